"""The event loop's pulse: proof of life, and how late it wakes sleepers."""

from collections import deque
from collections.abc import Awaitable, Callable

BEAT_SECONDS = 1.0
ALIVE_SECONDS = 30.0
REMEMBERED_BEATS = 30  # longer than a scrape interval, so that no scrape misses a stall


class Heartbeat:
    """Beats once a second while the loop runs; `report` is told the worst lag of 30 beats."""

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        report: Callable[[float], object],
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._report = report
        self._last = clock()
        self._lags = deque[float](maxlen=REMEMBERED_BEATS)

    async def run(self) -> None:
        """Beat until cancelled."""
        while True:
            before = self._clock()
            await self._sleep(BEAT_SECONDS)
            self._last = self._clock()
            self._lags.append(max(0.0, self._last - before - BEAT_SECONDS))
            self._report(max(self._lags))

    @property
    def age(self) -> float:
        """Seconds since the last beat."""
        return self._clock() - self._last

    @property
    def is_alive(self) -> bool:
        """Tell whether the last beat is recent enough."""
        return self.age < ALIVE_SECONDS
