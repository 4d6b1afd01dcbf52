"""The event loop's pulse: proof of life, and how late it wakes sleepers."""

from collections.abc import Awaitable, Callable

BEAT_SECONDS = 1.0
ALIVE_SECONDS = 30.0


class Heartbeat:
    """Beats once a second while the loop runs; the lag of each beat is handed to `report`."""

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

    async def run(self) -> None:
        """Beat until cancelled."""
        while True:
            before = self._clock()
            await self._sleep(BEAT_SECONDS)
            self._last = self._clock()
            self._report(max(0.0, self._last - before - BEAT_SECONDS))

    @property
    def age(self) -> float:
        """Seconds since the last beat."""
        return self._clock() - self._last

    @property
    def is_alive(self) -> bool:
        """Tell whether the last beat is recent enough."""
        return self.age < ALIVE_SECONDS
