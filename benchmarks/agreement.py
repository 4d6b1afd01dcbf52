"""What the bot says of a load (`/stats`) beside what was measured from outside; pure."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks import report
from benchmarks.checks import Check, Kind
from benchmarks.stats import MILLISECONDS, Summary
from observability.metrics import ANSWER_SECONDS

MARKS = ("p50", "p95", "p99")
BUCKETS = 1
"""So many may lie between: a histogram knows the bucket, and the way there and back takes time."""
LATE_MS = ANSWER_SECONDS[0] * MILLISECONDS
"""A generator that was later than the narrowest bucket is wide has measured itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One load, by both."""

    name: str
    measured: Mapping[str, float]
    """Milliseconds by quantile; from when a request was due, so with the way and the waiting."""
    told: Mapping[str, float]
    """The same from within the bot: from when a request reached it."""
    late_start: float
    """Worst delay of the generator, milliseconds."""


def told(measured: Summary, stats: Mapping[str, Any], histogram: str, label: str) -> Told:
    """Put a load beside what `/stats` says of the same requests; NaN where it says nothing."""
    said: Mapping[str, float] = stats.get(histogram, {}).get(label, {})
    return Told(
        name=measured.name,
        measured={mark: float(getattr(measured, mark)) for mark in MARKS},
        told={mark: said.get(mark, math.nan) * MILLISECONDS for mark in MARKS},
        late_start=measured.late_start,
    )


def apart(one: float, other: float, bounds: Sequence[float] = ANSWER_SECONDS) -> float:
    """Return how many bounds of the histogram lie between two times in seconds; NaN if one is."""
    if math.isnan(one) or math.isnan(other):
        return math.nan
    return abs(bisect_left(bounds, one) - bisect_left(bounds, other))


def checks(found: Told, kind: Kind = Kind.ACCEPTANCE) -> list[Check]:
    """Return that both say the same, within a bucket.

    Of a generator that was late itself it is an aim: then the machine, not the bot, is to blame.
    """
    return [
        Check(
            name=f"{found.name}, {mark}, buckets from what /stats says",
            kind=Kind.AIM if found.late_start > LATE_MS else kind,
            measured=apart(found.measured[mark] / MILLISECONDS, found.told[mark] / MILLISECONDS),
            limit=BUCKETS,
        )
        for mark in MARKS
    ]


def table(found: Sequence[Told]) -> str:
    """Return both, load by load."""
    rows = [("measured here / by /stats, ms", *(mark.upper() for mark in MARKS))]
    for one in found:
        marks = (f"{one.measured[mark]:.1f} / {one.told[mark]:.1f}" for mark in MARKS)
        rows.append((one.name, *marks))
    return report.table(rows)
