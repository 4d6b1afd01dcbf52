"""p50, p95 and p99 of the last five minutes, for people without Prometheus.

Every 10 s the cumulative bucket counts go into a ring of 31; the difference between now and the
oldest is a sliding window, read as PromQL's `histogram_quantile` does, so that both agree.
"""

import math
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import pairwise

from prometheus_client import Histogram

SAMPLE_SECONDS = 10.0
SAMPLES = 31
QUANTILES = (0.5, 0.95, 0.99)

Buckets = tuple[tuple[float, float], ...]
"""(upper bound, cumulative count), rising, the last bound infinite."""


class Stats:
    """A sliding window over the histograms it is given, each by the name that people see."""

    def __init__(
        self,
        histograms: Mapping[str, Histogram],
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._histograms = histograms
        self._clock = clock
        self._sleep = sleep
        self._ring: deque[tuple[float, Mapping[tuple[str, str], Buckets]]] = deque(maxlen=SAMPLES)
        self.sample()

    async def run(self) -> None:
        """Sample until cancelled."""
        while True:
            await self._sleep(SAMPLE_SECONDS)
            self.sample()

    def sample(self) -> None:
        """Take the counts as they are now into the ring."""
        self._ring.append((self._clock(), self._counts()))

    def summary(self) -> dict[str, object]:
        """Return the quantiles (seconds) and counts of the window by histogram and label."""
        since, before = self._ring[0]
        found: dict[str, dict[str, object]] = {name: {} for name in self._histograms}
        for (name, label), buckets in self._counts().items():
            window = _difference(buckets, before.get((name, label)))
            if count := int(window[-1][1]):
                shown = {f"p{q * 100:g}": _rounded(quantile(window, q)) for q in QUANTILES}
                found[name][label] = {"count": count, **shown}
        return {
            "scope": "this instance only; quantiles of several instances cannot be averaged",
            "window_seconds": round(self._clock() - since, 1),
            "unit": "seconds",
            **found,
        }

    def _counts(self) -> dict[tuple[str, str], Buckets]:
        return {
            (name, label): buckets
            for name, histogram in self._histograms.items()
            for label, buckets in _read(histogram).items()
        }


def quantile(buckets: Sequence[tuple[float, float]], q: float) -> float:
    """Interpolate linearly within the bucket; beyond the last finite bound, return that bound."""
    total = buckets[-1][1]
    if not total:
        return math.nan
    rank = q * total
    for (low, below), (high, upto) in pairwise([(0.0, 0.0), *buckets]):
        if upto >= rank and upto > below:
            return low if math.isinf(high) else low + (high - low) * (rank - below) / (upto - below)
    return math.nan


def _read(histogram: Histogram) -> dict[str, Buckets]:
    found: dict[str, list[tuple[float, float]]] = {}
    for family in histogram.collect():
        for sample in family.samples:
            if sample.name.endswith("_bucket"):
                label = ",".join(v for k, v in sample.labels.items() if k != "le")
                found.setdefault(label, []).append((float(sample.labels["le"]), sample.value))
    return {label: tuple(buckets) for label, buckets in found.items()}


def _difference(now: Buckets, before: Buckets | None) -> Buckets:
    if before is None:
        return now
    return tuple((bound, n - b) for (bound, n), (_, b) in zip(now, before, strict=True))


def _rounded(seconds: float) -> float:
    return round(seconds, 4)
