"""A run beside an earlier one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.compare import NotComparable, read, table, worse

MACHINE = {"system": "Linux x86_64", "cores": 2, "python": "3.11.7", "load": 0.1}


def load(**marks: float) -> dict[str, float]:
    return {"p50": 2.0, "p95": 4.0, "p99": 8.0, "success": 1.0} | marks


def run(loads: dict[str, Any], **machine: object) -> dict[str, Any]:
    return {
        "kind": "load",
        "version": 1,
        "at": "2026-11-23T12:00:00+00:00",
        "machine": MACHINE | machine,
        "settings": {"rate": 100.0},
        "loads": loads,
    }


def test_what_changed_stands_beside_what_was() -> None:
    shown = table(run({"mixed": load()}), run({"mixed": load(p95=8.0), "forms": load()}))
    assert "4.0 → 8.0 ms (+100%)" in shown
    assert "WORSE" in shown
    assert "new" in shown


@pytest.mark.parametrize(
    ("fresh", "expected"),
    [
        (load(), False),
        (load(p95=5.9), False),
        (load(p95=6.1), True),
        (load(success=0.999), True),
        (load(p95=2.0), False),
    ],
)
def test_worse_is_more_than_noise(fresh: dict[str, float], expected: bool) -> None:  # noqa: FBT001  # a table's column
    assert worse(load(), fresh) is expected


def test_unlike_runs_are_said_to_be_unlike() -> None:
    shown = table(run({}, cores=8), run({}))
    assert "Not the same cores: 8 then, 2 now." in shown


def test_equal_circumstances_are_no_remark() -> None:
    assert "Not the same" not in table(run({}), run({}))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{", "cannot be read"),
        ("[]", "not what a load test"),
        (json.dumps({"kind": "soak"}), "not what a load test"),
        (json.dumps({"kind": "load", "version": 0}), "another version"),
    ],
)
def test_another_file_is_no_earlier_run(tmp_path: Path, content: str, why: str) -> None:
    path = tmp_path / "old.json"
    path.write_text(content)
    with pytest.raises(NotComparable, match=why):
        read(path)


def test_an_earlier_run_is_read(tmp_path: Path) -> None:
    path = tmp_path / "old.json"
    path.write_text(json.dumps(run({})))
    assert read(path)["kind"] == "load"
