"""What Notion finishes some time after its answer."""

from collections.abc import Callable
from datetime import datetime, timedelta


class Later:
    """Effects that wait for their time; nothing runs by itself, whoever looks catches up first."""

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        self._now = now
        self._waiting: list[tuple[datetime, Callable[[], None]]] = []

    def add(self, seconds: float, effect: Callable[[], None]) -> None:
        """Let an effect happen so many seconds from now."""
        self._waiting.append((self._now() + timedelta(seconds=seconds), effect))

    def catch_up(self) -> None:
        """Do what is due, the earliest first."""
        now = self._now()
        due = sorted((each for each in self._waiting if each[0] <= now), key=lambda each: each[0])
        self._waiting = [each for each in self._waiting if each[0] > now]
        for _, effect in due:
            effect()

    @property
    def seconds_left(self) -> float | None:
        """Return how long the next effect has still to wait, None if none does."""
        if not self._waiting:
            return None
        first = min(moment for moment, _ in self._waiting)
        return max(0.0, (first - self._now()).total_seconds())
