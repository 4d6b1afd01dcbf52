"""The event loop's pulse: proof of life, and how late it wakes sleepers."""

from collections import deque
from collections.abc import Awaitable, Callable

BEAT_SECONDS = 0.1  # as often it is judged how much the process can take
ALIVE_SECONDS = 30.0
REMEMBERED_BEATS = 300  # longer than a scrape interval, so that no scrape misses a stall


def _nobody_feels(_lag: float) -> None:
    """Stand in where nobody acts on it."""


class Heartbeat:
    """Beats ten times a second while the loop runs.

    `report` is told the worst lag of half a minute, `felt` that of each beat.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        report: Callable[[float], object],
        felt: Callable[[float], object] = _nobody_feels,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._report = report
        self._felt = felt
        self._last = clock()
        self._lags = deque[float](maxlen=REMEMBERED_BEATS)

    async def run(self) -> None:
        """Beat until cancelled."""
        while True:
            before = self._clock()
            await self._sleep(BEAT_SECONDS)
            self._last = self._clock()
            lag = max(0.0, self._last - before - BEAT_SECONDS)
            self._lags.append(lag)
            self._felt(lag)
            self._report(max(self._lags))

    @property
    def age(self) -> float:
        """Seconds since the last beat."""
        return self._clock() - self._last

    @property
    def is_alive(self) -> bool:
        """Tell whether the last beat is recent enough."""
        return self.age < ALIVE_SECONDS
