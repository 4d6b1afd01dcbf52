"""How much one key may ask: a token bucket each, in this process's memory.

Each instance counts for itself: behind n instances a key may have up to n times as much. That is
said in the documentation; a shared count would cost a write per request.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

BUCKETS_MAX = 10_000
BURST_SECONDS = 2.0
"""A bucket holds as much as comes in this time, so that a page of parallel calls passes."""


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class ApiLimits:
    """Requests per caller."""

    def __init__(self, *, per_minute: int, clock: Callable[[], float]) -> None:
        """`clock` counts seconds and never goes back."""
        self._rate = per_minute / 60
        self._size = max(1.0, self._rate * BURST_SECONDS)
        self._clock = clock
        self._buckets: dict[str, _Bucket] = {}

    def take(self, caller: str) -> int:
        """Spend one request and return 0, or spend nothing and return whole seconds to wait."""
        now = self._clock()
        bucket = self._buckets.get(caller)
        if bucket is None:
            self._make_room(now)
            bucket = self._buckets[caller] = _Bucket(left=self._size, at=now)
        bucket.left = self._filled(bucket, now)
        bucket.at = now
        if bucket.left >= 1:
            bucket.left -= 1
            return 0
        return max(1, math.ceil((1 - bucket.left) / self._rate))

    def _filled(self, bucket: _Bucket, now: float) -> float:
        return min(self._size, bucket.left + (now - bucket.at) * self._rate)

    def _make_room(self, now: float) -> None:
        if len(self._buckets) < BUCKETS_MAX:
            return
        full = [name for name, b in self._buckets.items() if self._filled(b, now) >= self._size]
        # Where none is full, the one that came first gives way: memory is bounded, come what may.
        for name in full or [next(iter(self._buckets))]:
            del self._buckets[name]
