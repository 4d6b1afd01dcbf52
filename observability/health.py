"""What the three probes answer: alive, ready for traffic, and how everything stands."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from observability.checks import Aged, Finding, Status
from observability.heartbeat import Heartbeat

READY_WITHOUT_STORAGE_SECONDS = 30.0
"""All instances share one database: gone for less than this, leaving traffic helps nobody."""


class Askable(Protocol):
    """A named question with an answer at hand."""

    @property
    def name(self) -> str:
        """The key in the answer."""

    async def ask(self) -> Aged:
        """Return the answer and its age; never raises."""

    async def close(self) -> None:
        """End what is under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How everything stands, as one word and by check."""

    status: Status
    checks: Mapping[str, Aged]


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """Whether to send traffic here, and why not."""

    ready: bool
    reason: str


class Health:
    """Puts the checks together; only storage, without which nothing is saved, can fail the bot."""

    def __init__(
        self,
        *,
        storage: Askable,
        others: Iterable[Askable] = (),
        heartbeat: Heartbeat,
        clock: Callable[[], float],
    ) -> None:
        self._storage = storage
        self._others = tuple(others)
        self._heartbeat = heartbeat
        self._clock = clock
        self._started = False
        self._draining = False
        self._storage_seen = False
        self._storage_gone_since: float | None = None

    def started(self) -> None:
        """Say that everything is up."""
        self._started = True

    def draining(self) -> None:
        """Say that shutdown has begun: no new traffic, please."""
        self._draining = True

    @property
    def is_alive(self) -> bool:
        """Tell whether the event loop runs; asks nobody else."""
        return self._heartbeat.is_alive

    async def ready(self) -> Readiness:
        """Tell whether to send traffic here."""
        if self._draining:
            return Readiness(ready=False, reason="Shutting down.")
        if not self._started:
            return Readiness(ready=False, reason="Starting.")
        self._note(await self._storage.ask())
        if not self._storage_seen:
            return Readiness(ready=False, reason="MongoDB has not been reached yet.")
        gone = self._storage_gone_since
        if gone is not None and self._clock() - gone > READY_WITHOUT_STORAGE_SECONDS:
            return Readiness(ready=False, reason="MongoDB has been gone for more than 30 s.")
        return Readiness(ready=True, reason="Ready.")

    async def report(self) -> Report:
        """Ask every check at once."""
        asked = (self._storage, *self._others)
        storage, *rest = await asyncio.gather(*(check.ask() for check in asked))
        self._note(storage)
        answers = (storage, *(_excused(answer, storage) for answer in rest))
        return Report(
            status=_overall(answers[0].finding, [answer.finding for answer in answers[1:]]),
            checks={check.name: answer for check, answer in zip(asked, answers, strict=True)},
        )

    async def close(self) -> None:
        """End the questions under way."""
        await asyncio.gather(*(check.close() for check in (self._storage, *self._others)))

    def _note(self, storage: Aged) -> None:
        if storage.finding.status is not Status.FAIL:
            self._storage_seen = True
            self._storage_gone_since = None
        elif self._storage_gone_since is None:
            self._storage_gone_since = self._clock() - storage.age


def _excused(answer: Aged, storage: Aged) -> Aged:
    """Blame nobody else for what may well follow from the database, which many checks need."""
    if storage.finding.status is not Status.FAIL or answer.finding.status is not Status.FAIL:
        return answer
    unknown = Finding(status=Status.DEGRADED, detail="Not known while the database is gone.")
    return replace(answer, finding=unknown)


def _overall(storage: Finding, others: Iterable[Finding]) -> Status:
    if storage.status is Status.FAIL:
        return Status.FAIL
    if any(finding.status is not Status.OK for finding in (storage, *others)):
        return Status.DEGRADED
    return Status.OK
