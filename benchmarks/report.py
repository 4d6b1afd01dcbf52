"""Findings for people (tables) and for machines (JSON)."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.checks import Check
from benchmarks.machine import Machine
from benchmarks.stats import Summary

VERSION = 1
FOLDER = Path(".taskbridge") / "bench"
_HEAD = ("", "requests/s", "success", "min", "mean", "P50", "P95", "P99", "max")


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows in columns, the first row the heading, all but the first column to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        first, *rest = (
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        lines.append("  ".join((first, *rest)).rstrip())
    return "\n".join(lines)


def summaries(found: Iterable[Summary]) -> str:
    """Return the figures of several loads as a table, then each load's statuses and errors."""
    several = tuple(found)
    rows = [_HEAD, *(_row(one) for one in several)]
    statuses = (f"  {one.name}: {_outcomes(one)}" for one in several)
    said = [line for one in several for line in wrong_answers(one)]
    return "\n".join(
        (
            table(rows),
            "Latencies in ms, from the time a request was due.",
            "Answers:",
            *statuses,
            *(("Wrong, the first of each kind:", *said) if said else ()),
        )
    )


def wrong_answers(one: Summary) -> list[str]:
    """Return what the kept wrong answers of a load said, one a line."""
    return [
        f"  {one.name}, second {wrong.due:.1f}, after {wrong.latency:.3f} s:"
        f" {wrong.asked}: {wrong.outcome}: {wrong.said or '(nothing)'}"
        for wrong in one.wrong
    ]


def _row(one: Summary) -> tuple[str, ...]:
    marks = (one.minimum, one.mean, one.p50, one.p95, one.p99, one.maximum)
    return (one.name, f"{one.rate:.0f}", f"{one.success:.2%}", *(f"{mark:.1f}" for mark in marks))


def _outcomes(one: Summary) -> str:
    return ", ".join(f"{count} of {outcome}" for outcome, count in one.outcomes.items()) or "none"


def checks(found: Iterable[Check]) -> str:
    """Return the verdict of each check, one a line."""
    return "\n".join(str(check) for check in found)


def document(
    kind: str,
    *,
    settings: Mapping[str, object],
    machine: Machine,
    neighbours: float | None,
    checks: Sequence[Check],
    **findings: object,
) -> dict[str, Any]:
    """Return what is kept of a run."""
    return {
        "kind": kind,
        "version": VERSION,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": asdict(machine),
        "used_by_others": neighbours,
        "settings": dict(settings),
        "checks": [asdict(check) | {"met": check.met} for check in checks],
        "met": all(check.met for check in checks),
        **{name: plain(value) for name, value in findings.items()},
    }


def plain(value: Any) -> Any:  # noqa: ANN401  # anything that JSON can hold comes out
    """Return a value as JSON holds it: dataclasses as objects, figures that are none as null."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, float):
        return round(value, 4) if math.isfinite(value) else None
    return value


def write_json(found: Mapping[str, Any], path: Path) -> None:
    """Write a run's findings."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def write_text(text: str, path: Path) -> None:
    """Write a chart."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
