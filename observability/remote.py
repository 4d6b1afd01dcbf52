"""A check of another service by its latest real answer, asking only when there is none lately."""

from collections.abc import Callable

from observability.checks import Aged, Check, Finding, Probe, Status

FRESH_SECONDS = 30.0
ASK_TIMEOUT_SECONDS = 2.0


class Off:
    """A check of something that is switched off: fine, and said."""

    def __init__(self, name: str, detail: str) -> None:
        self.name = name
        self._detail = detail

    async def ask(self) -> Aged:
        """Return that it is off."""
        return Aged(finding=Finding(status=Status.OK, detail=self._detail), age=0.0)

    async def close(self) -> None:
        """Nothing is under way."""


class Remote:
    """A service we call anyway: `heard` takes each real answer, `probe` asks when none is recent.

    The probe runs at most once in 30 s, however often anybody wants to know.
    """

    def __init__(self, name: str, probe: Probe, *, clock: Callable[[], float]) -> None:
        self.name = name
        self._clock = clock
        self._heard: tuple[float, Finding] | None = None
        self._asked = Check(
            name, probe, ttl=FRESH_SECONDS, timeout=ASK_TIMEOUT_SECONDS, clock=clock
        )

    def heard(self, finding: Finding) -> None:
        """Take note of what a real call has just shown."""
        self._heard = (self._clock(), finding)

    async def ask(self) -> Aged:
        """Return what the last real call showed if it is recent, else what the probe finds."""
        if (recent := self._recent()) is not None:
            return recent
        asked = await self._asked.ask()
        return self._recent() or asked  # where the probe was a real call, that one heard more

    def _recent(self) -> Aged | None:
        if self._heard is None:
            return None
        age = self._clock() - self._heard[0]
        return Aged(finding=self._heard[1], age=age) if age < FRESH_SECONDS else None

    async def close(self) -> None:
        """End the question under way."""
        await self._asked.close()
