"""Figures from measurements; pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import TypeAlias

from benchmarks.load import Sample, Wrong, is_right

Points: TypeAlias = Sequence[tuple[float, float]]

MILLISECONDS = 1000.0
QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """The answers that were due within one second of a run."""

    at: int
    requests: int
    p50: float
    """Milliseconds, as all here."""
    p95: float
    worst: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A sample in figures; latencies in milliseconds."""

    name: str
    seconds: float
    requests: int
    success: float
    """Share of right answers, 0 to 1."""
    rate: float
    """Right answers per second."""
    minimum: float
    mean: float
    p50: float
    p95: float
    p99: float
    maximum: float
    outcomes: Mapping[str, int]
    late_start: float
    """Worst delay of the generator itself."""
    timeline: tuple[Second, ...] = ()
    wrong: tuple[Wrong, ...] = ()
    """The first wrong answers of each kind."""

    @property
    def errors(self) -> Mapping[str, int]:
        """The outcomes that are not right."""
        return {what: count for what, count in self.outcomes.items() if not is_right(what)}


def summarise(sample: Sample, *, timeline: bool = True) -> Summary:
    """Return the figures of one sample; NaN where nothing was answered."""
    ordered = sorted(latency * MILLISECONDS for latency in sample.latencies)
    marks = {name: of_sorted(ordered, q) for name, q in QUANTILES.items()}
    return Summary(
        name=sample.name,
        seconds=sample.seconds,
        requests=sample.requests,
        success=sample.right / sample.requests if sample.requests else 0.0,
        rate=sample.rate,
        minimum=of_sorted(ordered, 0.0),
        mean=fmean(ordered) if ordered else math.nan,
        maximum=of_sorted(ordered, 1.0),
        outcomes=dict(sorted(sample.outcomes.items())),
        late_start=sample.late_start * MILLISECONDS,
        timeline=tuple(by_second(sample.points)) if timeline else (),
        wrong=tuple(sample.wrong),
        **marks,
    )


def pooled(samples: Sequence[Sample]) -> Sample:
    """Return several runs of the same load as one."""
    whole = Sample(name=samples[0].name)
    for sample in samples:
        whole.points += [(whole.seconds + due, latency) for due, latency in sample.points]
        whole.outcomes += sample.outcomes
        for wrong in sample.wrong:
            whole.keep(replace(wrong, due=whole.seconds + wrong.due))
        whole.seconds += sample.seconds
        whole.late_start = max(whole.late_start, sample.late_start)
    return whole


def quantile(values: Iterable[float], q: float) -> float:
    """Return the nearest-rank quantile; NaN without any value."""
    return of_sorted(sorted(values), q)


def of_sorted(ordered: Sequence[float], q: float) -> float:
    """Return the nearest-rank quantile of values that are sorted already."""
    if not ordered:
        return math.nan
    return ordered[min(len(ordered) - 1, max(0, math.ceil(q * len(ordered)) - 1))]


def by_second(points: Points) -> Iterable[Second]:
    """Yield the quantiles of each second, by when a request was due."""
    seconds: dict[int, list[float]] = {}
    for due, latency in points:
        seconds.setdefault(int(due), []).append(latency * MILLISECONDS)
    for at, latencies in sorted(seconds.items()):
        latencies.sort()
        yield Second(
            at=at,
            requests=len(latencies),
            p50=of_sorted(latencies, 0.5),
            p95=of_sorted(latencies, 0.95),
            worst=latencies[-1],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A straight line through points, and how sure its slope is."""

    start: float
    """Its value at 0."""
    slope: float
    """Units per unit of x."""
    slope_error: float
    """Standard error of the slope; NaN with less than three points."""

    def at(self, x: float) -> float:
        """Return its value at `x`."""
        return self.start + self.slope * x


def least_squares(points: Points) -> Line:
    """Return the line with the least squared distances. ValueError: all at one x."""
    count = len(points)
    mean_x = fmean(x for x, _ in points)
    mean_y = fmean(y for _, y in points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    if not spread:
        raise ValueError("a line needs points at two places at least")
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
    start = mean_y - slope * mean_x
    left = sum((y - start - slope * x) ** 2 for x, y in points)
    error = math.sqrt(left / (count - 2) / spread) if count > 2 else math.nan  # noqa: PLR2004  # two points leave no freedom
    return Line(start=start, slope=slope, slope_error=error)
