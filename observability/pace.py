"""How fast the database has been of late, by what was really asked of it.

An empty question is answered quickly by a database whose disk or locks are slow.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

WINDOW_SECONDS = 60.0
KEPT = 1000
LEAST = 20
"""Of fewer operations one in twenty says nothing."""
SHARE = 0.95


class Pace:
    """The last operations, at most a thousand and of the last minute."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._latest: deque[tuple[float, float]] = deque(maxlen=KEPT)

    def observed(self, seconds: float) -> None:
        """Note one operation."""
        self._latest.append((self._clock(), seconds))

    def forget(self) -> None:
        """Begin anew: the database was gone, which is another fault than being slow."""
        self._latest.clear()

    def p95(self) -> float | None:
        """Return the time within which 19 of 20 ended; None where too few were asked."""
        since = self._clock() - WINDOW_SECONDS
        lately = sorted(seconds for at, seconds in self._latest if at >= since)
        if len(lately) < LEAST:
            return None
        return lately[int(SHARE * (len(lately) - 1))]
