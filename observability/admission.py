"""How much is let in at once: as much as is answered in time, by how late the event loop is.

All requests of a process stand in one queue, the event loop's, and each does so ten to twenty
times: to be read, after every wait for the database, to be written. So how late the loop wakes a
sleeper tells how long an answer takes, whatever it is that slows the process down: more requests
than it can work off, or neighbours that take the processor. A slow database does not make it late.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

AT_MOST = 100
"""As many as there are connections to the database: more would only stand in line for one."""
AT_LEAST = 16
"""Let in however late the loop is: fewer would not make use of the time between two waits."""
IN_TIME_SECONDS = 0.1
"""So late the loop may be: an answer takes ten to twenty times that, and has three seconds."""
BEATS = 5
"""Judged together, by the one that was least late: a stall passes, a queue stays."""
CUT, GROWTH = 0.5, 1.2
"""Each time: at worst half of what was let in, at best a fifth more."""


def next_limit(limit: float, *, lag: float, at_most: float = AT_MOST) -> float:
    """Return how much is let in at once, after the loop was `lag` seconds late."""
    if lag <= IN_TIME_SECONDS:
        return min(at_most, limit * GROWTH)
    return max(min(AT_LEAST, at_most), limit * max(CUT, IN_TIME_SECONDS / lag))


def time_left(seconds: float, *, lag: float) -> float:
    """Return how long somebody can still be waited for who is to have an answer in `seconds`.

    Whoever waits is woken late, and the answer leaves late.
    """
    return max(0.0, seconds - 2 * lag)


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
        self._lags: deque[float] = deque([0.0], maxlen=BEATS)
        self._beats = 0
        self.limit = float(at_most)
        """How much is let in at once."""
        self.under_way = 0

    @property
    def is_in_time(self) -> bool:
        """Whether the loop is not late: those who were let in wait for something else."""
        return self.limit >= self._at_most

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
        self._lags.append(lag)
        self._beats += 1
        if self._beats % BEATS == 0:
            self.limit = next_limit(self.limit, lag=min(self._lags), at_most=self._at_most)

    def left(self, seconds: float) -> float:
        """Return how long can still be waited where an answer is due in `seconds`."""
        return time_left(seconds, lag=self._lags[-1])
