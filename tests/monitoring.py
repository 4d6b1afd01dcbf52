"""What the rules and the dashboard say, read from the files that are deployed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from prometheus_client.parser import text_string_to_metric_families

ROOT = Path(__file__).parents[1]
PROMETHEUS = ROOT / "deploy" / "prometheus"
ALERTMANAGER = ROOT / "deploy" / "alertmanager"
DASHBOARD = ROOT / "deploy" / "grafana" / "taskbridge.json"
RUNBOOKS = ROOT / "docs" / "runbooks"

_NAME = r"[a-zA-Z_:][\w:]*"
_BRACED = re.compile(rf"({_NAME})\s*\{{([^}}]*)\}}")
_BARE = re.compile(rf"(?<![\w.:]){_NAME}(?![\w:]|\s*\()")
_RANGE = re.compile(r"\[\w+\]")
_MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')
_STRINGS = re.compile(r'"[^"]*"')
_GROUPING = re.compile(r"\b(?:by|on|without|ignoring|group_left|group_right)\s*\([^)]*\)")
_WORDS = {"and", "or", "unless", "bool", "offset"}
OF_PROMETHEUS = {"up", "ALERTS"}
"""Series that Prometheus itself makes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A recording or alerting rule."""

    name: str
    expr: str
    is_alert: bool
    severity: str
    annotations: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    """A metric that an expression reads, and what it wants of its labels."""

    metric: str
    matchers: tuple[tuple[str, str, str], ...]

    def takes(self, metric: str, labels: Mapping[str, str]) -> bool:
        """Tell whether a series is one of those."""
        return metric == self.metric and all(
            _fits(labels.get(name, ""), how, value) for name, how, value in self.matchers
        )


def rules() -> list[Rule]:
    """Return every rule that is deployed."""
    return [_rule(each) for path in rule_files() for each in _rules_in(path)]


def alerts() -> list[Rule]:
    """Return the alerting ones."""
    return [rule for rule in rules() if rule.is_alert]


def rule_files() -> list[Path]:
    """Return the files of rules."""
    return sorted((PROMETHEUS / "rules").glob("*.yml"))


def panel_queries() -> list[tuple[str, str]]:
    """Return the title and the expression of every query of the dashboard that is committed."""
    panels = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    return [
        (panel["title"], target["expr"]) for panel in panels for target in panel.get("targets", ())
    ]


def selectors(expr: str) -> Iterator[Selector]:
    """Yield what a PromQL expression reads; enough of its grammar for ours."""
    for metric, inside in _BRACED.findall(expr):
        yield Selector(metric=metric, matchers=tuple(_MATCHER.findall(inside)))
    rest = expr
    for seen in (_BRACED, _STRINGS, _GROUPING, _RANGE):
        rest = seen.sub(" ", rest)
    for metric in _BARE.findall(rest):
        if metric not in _WORDS:
            yield Selector(metric=metric, matchers=())


def exported(text: str) -> list[tuple[str, dict[str, str]]]:
    """Return name and labels of every series in Prometheus' text format."""
    return [
        (sample.name, dict(sample.labels))
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    ]


def _rules_in(path: Path) -> list[dict[str, Any]]:
    groups = yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def _rule(given: dict[str, Any]) -> Rule:
    return Rule(
        name=given.get("alert") or given["record"],
        expr=given["expr"],
        is_alert="alert" in given,
        severity=given.get("labels", {}).get("severity", ""),
        annotations=given.get("annotations", {}),
    )


def _fits(found: str, how: str, value: str) -> bool:
    match how:
        case "=":
            return found == value
        case "!=":
            return found != value
        case "=~":
            return re.fullmatch(value, found) is not None
        case _:
            return re.fullmatch(value, found) is None
