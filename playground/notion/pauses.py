"""Until when callers were told to wait, and which calls came all the same.

A call can cross the answer that announces a pause: it was on its way before that answer could be
heard. Such a call is no fault of its caller. The server cannot see when a call was sent, but it
sees on which network connection, its line: a call on the line that carried the announcement was
surely sent after it. On every other line one call may cross, within a moment.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum, auto

# Of the emulator's clock: longer than an answer takes to be read and told to all workers.
MOMENT_SECONDS = 0.25


class Timing(Enum):
    """How a call stands to the pauses its caller was told of."""

    FREE = auto()
    CROSSING = auto()
    INSIDE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pause:
    """A pause, the line it was announced on, and those on which a call has crossed it."""

    line: object
    announced_at: float
    until: float
    crossed: set[object] = field(default_factory=set)

    def can_be_crossed(self, line: object, now: float, moment_seconds: float) -> bool:
        is_in_time = now - self.announced_at <= moment_seconds
        return is_in_time and line != self.line and line not in self.crossed


class Pauses:
    """The pauses in force by connection or workspace (seconds of the clock)."""

    def __init__(
        self, *, monotonic: Callable[[], float], moment_seconds: float = MOMENT_SECONDS
    ) -> None:
        self.moment_seconds = moment_seconds
        self._monotonic = monotonic
        self._pauses: dict[str, list[_Pause]] = {}

    def announce(self, key: str, seconds: float, *, line: object) -> None:
        """Note that a Retry-After goes out now on a line."""
        now = self._monotonic()
        pause = _Pause(line=line, announced_at=now, until=now + seconds)
        self._pauses[key] = [*self._active([key], now), pause]

    def timing(self, line: object, *keys: str) -> Timing:
        """Tell how a call that arrives now on a line stands to the pauses of any of the keys."""
        now = self._monotonic()
        active = self._active(keys, now)
        if not active:
            return Timing.FREE
        if not all(each.can_be_crossed(line, now, self.moment_seconds) for each in active):
            return Timing.INSIDE
        for each in active:
            each.crossed.add(line)
        return Timing.CROSSING

    def _active(self, keys: Iterable[str], now: float) -> list[_Pause]:
        return [each for key in keys for each in self._pauses.get(key, []) if now < each.until]
