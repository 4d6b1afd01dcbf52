"""How much is let in at once: as much as is answered in time, by how late the event loop is.

All requests of a process stand in one queue, the event loop's, and each does so ten to twenty
times: to be read, after every wait for the database, to be written. So how late the loop wakes a
sleeper tells how long an answer takes, whatever it is that slows the process down: more requests
than it can work off, or neighbours that take the processor. A slow database does not make it late.
"""

from __future__ import annotations

from collections.abc import Callable

AT_MOST = 100
"""As many as there are connections to the database: more would only stand in line for one."""
AT_LEAST = 8
"""Let in however late the loop is: answered within 2 s still where four are worked off a second."""
IN_TIME_SECONDS = 0.1
"""So late the loop may be: an answer takes ten to twenty times that, and has three seconds."""
CUT, GROWTH = 0.5, 1.05
"""At each beat: at worst half of what was let in, at best a twentieth more."""
LEAST_SECONDS = 0.4
"""Every request is given that long, however late it was begun."""


def next_limit(limit: float, *, lag: float, at_most: float = AT_MOST) -> float:
    """Return how much is let in at once, after the loop was `lag` seconds late."""
    if lag <= IN_TIME_SECONDS:
        return min(at_most, limit * GROWTH)
    return max(min(AT_LEAST, at_most), limit * max(CUT, IN_TIME_SECONDS / lag))


def time_left(seconds: float, *, lag: float) -> float:
    """Return what is left of `seconds` of a request that has just been begun.

    It waited for as long as the loop is late, and its answer will.
    """
    return max(min(seconds, LEAST_SECONDS), seconds - 2 * lag)


class Admission:
    """Counts what is under way, and lets nothing more in where that is too much.

    Whoever is turned away is told so at once, before anything is done: nothing was changed, for
    sure. Events and people are turned away alike, since Slack ends a subscription of which nothing
    is taken for an hour.
    """

    def __init__(self, *, turned_away: Callable[[str], object], at_most: int = AT_MOST) -> None:
        """Take what counts those turned away, by kind."""
        self._turned_away = turned_away
        self._at_most = at_most
        self._lag = 0.0
        self.limit = float(at_most)
        """How much is let in at once."""
        self.under_way = 0

    def enter(self, kind: str) -> bool:
        """Let a request in, which then has to `leave`; False: it is turned away."""
        if self.under_way >= self.limit:
            self._turned_away(kind)
            return False
        self.under_way += 1
        return True

    def leave(self) -> None:
        """Note that one of those let in needs nothing more."""
        self.under_way -= 1

    def felt(self, lag: float) -> None:
        """Take in how many seconds late the loop was just now."""
        self._lag = lag
        self.limit = next_limit(self.limit, lag=lag, at_most=self._at_most)

    def left(self, seconds: float) -> float:
        """Return what is left of `seconds` of a request that has just been begun."""
        return time_left(seconds, lag=self._lag)
