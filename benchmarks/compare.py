"""A load test beside an earlier one; pure but for reading the file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from benchmarks import report

Findings: TypeAlias = Mapping[str, Any]

MARKS = ("p50", "p95", "p99", "success")
WORSE = 1.25
"""From this factor on a latency is pointed out, …"""
WORSE_MS = 2.0
"""… where it is so much more as well: of two milliseconds a quarter is noise."""


class NotComparable(Exception):
    """The file is no earlier run of the load test; the message says what it is."""


def read(path: Path) -> Findings:
    """Return an earlier run. NotComparable."""
    try:
        found: object = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NotComparable(f"{path} cannot be read: {error}.") from error
    if not isinstance(found, dict) or found.get("kind") != "load":
        raise NotComparable(f"{path} is not what a load test has written.")
    if found.get("version") != report.VERSION:
        raise NotComparable(f"{path} was written by another version of the load test.")
    return found


def table(earlier: Findings, now: Findings) -> str:
    """Return the figures of both, load by load, and what they do not tell."""
    rows = [(f"since {earlier['at']}", *(f"{mark}, then → now" for mark in MARKS), "")]
    for name, fresh in now["loads"].items():
        old = earlier["loads"].get(name)
        if old is None:
            rows.append((name, *("new" for _ in MARKS), ""))
        else:
            changes = (_change(mark, old[mark], fresh[mark]) for mark in MARKS)
            rows.append((name, *changes, "WORSE" if worse(old, fresh) else ""))
    return "\n".join((report.table(rows), *_cautions(earlier, now)))


def worse(old: Findings, fresh: Findings) -> bool:
    """Tell whether a load went worse by more than noise: less success, or a slower p95."""
    if fresh["success"] < old["success"]:
        return True
    before, after = old["p95"], fresh["p95"]
    return bool(before and after and after > before * WORSE and after > before + WORSE_MS)


def _change(mark: str, old: float | None, fresh: float | None) -> str:
    if old is None or fresh is None:
        return "-"
    if mark == "success":
        return f"{old:.2%} → {fresh:.2%}"
    percent = f" ({fresh / old - 1:+.0%})" if old else ""
    return f"{old:.1f} → {fresh:.1f} ms{percent}"


def _cautions(earlier: Findings, now: Findings) -> list[str]:
    """Return what else differs: absolute figures of unlike runs prove nothing."""
    found = []
    for what in ("system", "cores", "python"):
        then, here = earlier["machine"][what], now["machine"][what]
        if then != here:
            found.append(f"Not the same {what}: {then} then, {here} now.")
    for what, then in earlier["settings"].items():
        if then != now["settings"].get(what):
            found.append(f"Not the same {what}: {then} then, {now['settings'].get(what)} now.")
    return found
