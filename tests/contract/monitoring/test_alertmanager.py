"""Who hears of which alert, and what it looks like; judged by amtool."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.monitoring import ALERTMANAGER, Rule, alerts
from tests.tools import tool

CONFIG = ALERTMANAGER / "alertmanager.yml"
RECEIVERS = {"page": "pagerduty-and-slack", "ticket": "slack"}


def amtool(*arguments: str | Path) -> str:
    """Run amtool and return what it said; fails the test where it complains."""
    command = [tool("amtool"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # ours
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def configured() -> dict[str, Any]:
    """Return the configuration as it is deployed."""
    given: dict[str, Any] = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    return given


def test_amtool_accepts_the_configuration_and_its_templates() -> None:
    assert "SUCCESS" in amtool("check-config", CONFIG)


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert.name)
def test_pages_wake_somebody_and_tickets_only_tell(alert: Rule) -> None:
    labels = (f"alertname={alert.name}", f"severity={alert.severity}")
    routed = amtool("config", "routes", "test", f"--config.file={CONFIG}", *labels)
    assert routed.split() == [RECEIVERS[alert.severity]]


def test_no_secret_is_in_the_configuration() -> None:
    text = CONFIG.read_text(encoding="utf-8")
    keys = re.findall(r"^\s*-?\s*(\w*(?:key|url|token|password)\w*):", text, re.MULTILINE)
    assert keys
    assert all(key.endswith("_file") for key in keys)


def test_what_holds_back_and_what_is_held_back_are_alerts_of_ours() -> None:
    names = {alert.name for alert in alerts()}
    for rule in configured()["inhibit_rules"]:
        for side in ("source_matchers", "target_matchers"):
            wanted = [pattern(matcher) for matcher in rule[side]]
            assert [each for each in wanted if not any(each.fullmatch(n) for n in names)] == []


def pattern(matcher: str) -> re.Pattern[str]:
    """Return what a matcher of alert names looks for, negated ones as well."""
    _, value = re.split(r"\s*(?:=~|!=|=)\s*", matcher, maxsplit=1)
    return re.compile(value.strip('"'))


def test_no_alert_holds_itself_back() -> None:
    for rule in configured()["inhibit_rules"]:
        source, *_ = (pattern(matcher) for matcher in rule["source_matchers"])
        sources = {alert.name for alert in alerts() if source.fullmatch(alert.name)}
        targets = {alert.name for alert in alerts() if _is_held_back(rule, alert.name)}
        assert sources
        assert targets
        assert sources & targets == set()


def _is_held_back(rule: dict[str, Any], name: str) -> bool:
    return all(
        ("!=" in matcher) != bool(pattern(matcher).fullmatch(name))
        for matcher in rule["target_matchers"]
    )


def test_a_message_says_what_it_is_and_where_the_runbook_is(tmp_path: Path) -> None:
    alert = next(each for each in alerts() if each.name == "TaskbridgeMongoDown")
    data = tmp_path / "data.json"
    shown = {"labels": {"alertname": alert.name}, "annotations": dict(alert.annotations)}
    common = {"commonLabels": shown["labels"], "commonAnnotations": shown["annotations"]}
    given = {"status": "firing", "receiver": "slack", "alerts": [shown], **common}
    data.write_text(json.dumps(given), encoding="utf-8")

    said = amtool(
        "template",
        "render",
        f"--template.glob={ALERTMANAGER}/templates/*.tmpl",
        f"--template.data={data}",
        '--template.text={{ template "taskbridge.title" . }}|{{ template "taskbridge.text" . }}',
    )

    assert said.startswith("Firing: TaskbridgeMongoDown — Nothing can be saved|")
    assert "Runbook: docs/runbooks/TaskbridgeMongoDown.md" in said
