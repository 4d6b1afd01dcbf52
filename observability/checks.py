"""One question about the bot's health, asked seldom however often it is wanted."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

OLD_SECONDS = 45.0
"""An answer of before the last scrape, and the one before it, says nothing of now."""
END_SECONDS = 0.5
"""How long a probe whose time is over may take to end."""

log = logging.getLogger(__name__)


class Status(StrEnum):
    """How it stands, from good to bad."""

    OK = "ok"
    DEGRADED = "degraded"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """An answer: how it stands, one sentence for a person, and figures for a monitor."""

    status: Status
    detail: str
    facts: Mapping[str, float | int | str | bool | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aged:
    """A finding and how many seconds old it is."""

    finding: Finding
    age: float


Probe = Callable[[], Awaitable[Finding]]


def watched(probe: Probe, tell: Callable[[bool], object]) -> Probe:
    """Return the probe, which tells each time whether it found what it looked for."""

    async def watching() -> Finding:
        found = False
        try:
            finding = await probe()
            found = finding.status is not Status.FAIL
            return finding
        finally:
            tell(found)

    return watching


class Check:
    """A named probe, cached for `ttl` seconds and never in flight twice.

    Anything but `ok` is cached for `bad_ttl`, where that is given: good news is wanted soon.

    Whoever comes while the answer is old joins the flight for up to `patience` seconds, then takes
    the old answer; one that nobody has asked for since long is not given, and the flight's end is
    waited for. A probe that raises, or takes longer than `timeout`, found `fail`.
    """

    def __init__(
        self,
        name: str,
        probe: Probe,
        *,
        ttl: float,
        bad_ttl: float | None = None,
        timeout: float,
        patience: float = 1.0,
        clock: Callable[[], float],
    ) -> None:
        self.name = name
        self._probe = probe
        self._ttl = ttl
        self._bad_ttl = ttl if bad_ttl is None else bad_ttl
        self._timeout = timeout
        self._patience = patience
        self._clock = clock
        self._found: tuple[float, Finding] | None = None
        self._flight: asyncio.Task[None] | None = None

    async def ask(self) -> Aged:
        """Return the answer at hand, after refreshing it where it is too old."""
        if self._is_old():
            if self._flight is None:
                self._flight = asyncio.create_task(self._fly(), name=f"check {self.name}")
            is_worthless = self._age() >= OLD_SECONDS
            patience = self._timeout + END_SECONDS if is_worthless else self._patience
            await asyncio.wait({self._flight}, timeout=patience)
        if self._found is None:
            return Aged(finding=Finding(status=Status.FAIL, detail="No answer yet."), age=0.0)
        return Aged(finding=self._found[1], age=self._age())

    def _is_old(self) -> bool:
        if self._found is None:
            return True
        ttl = self._ttl if self._found[1].status is Status.OK else self._bad_ttl
        return self._age() >= ttl

    def _age(self) -> float:
        return self._clock() - self._found[0] if self._found is not None else 0.0

    async def close(self) -> None:
        """End the flight under way."""
        if self._flight is not None:
            self._flight.cancel()
            await asyncio.gather(self._flight, return_exceptions=True)

    async def _fly(self) -> None:
        try:
            finding = await self._probed()
            self._found = (self._clock(), finding)
        finally:
            self._flight = None

    async def _probed(self) -> Finding:
        try:
            async with asyncio.timeout(self._timeout):
                return await self._probe()
        except TimeoutError:
            detail = f"No answer within {self._timeout:g} s."
        except Exception as error:  # a check must answer whatever breaks; said, and logged
            log.info("check_failed", extra={"check": self.name}, exc_info=True)
            detail = f"The check failed: {type(error).__name__}."
        return Finding(status=Status.FAIL, detail=detail)
