"""What comes from the other side, and work in turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from tasks.ports.queue import Backlog


class Lane(StrEnum):
    """Who goes first when calls are scarce."""

    PERSON = "person"
    WEBHOOK = "webhook"
    POLL = "poll"
    BACKFILL = "backfill"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A hint that a row may have changed, claimed to be looked at."""

    team: str
    row_id: str
    lane: Lane
    place: str | None
    """The table it was said to be in; None where nobody said."""
    fence: int
    attempts: int


class Inbox(Protocol):
    """Rows that may have changed on the other side: one mark each, however many hints there were.

    A completion that comes too late raises LeaseLost.
    """

    async def mark(
        self, team: str, row_ids: Sequence[str], *, lane: Lane, place: str | None = None
    ) -> None:
        """Return once a majority holds the hints; one during a look makes another look due."""

    async def claim(self) -> Mark | None:
        """Take the mark that is due longest, or None; never one that another holds."""

    async def done(self, mark: Mark) -> None:
        """Forget the mark, unless a hint came since the claim."""

    async def renew(self, mark: Mark) -> None:
        """Let the lease begin anew: the row is still being looked at. LeaseLost."""

    async def later(self, mark: Mark, *, wait: timedelta) -> None:
        """Give it back, not to be claimed before `wait` has passed."""

    async def next_due(self) -> timedelta | None:
        """Return how long until something is due (zero: now), None when nothing waits."""

    async def waiting(self) -> Backlog:
        """Return how many marks wait, and since when."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The right to do some work that one instance does for all, until the turn's time is over."""

    team: str
    work: str
    fence: int
    state: Mapping[str, object]
    """What the turn before has left."""


class Turns(Protocol):
    """Work that is done every so often, by one of all instances."""

    async def take(self, team: str, work: str, *, lease: timedelta) -> Turn | None:
        """Take the turn where it is due and nobody holds it."""

    async def save(self, turn: Turn, state: Mapping[str, object]) -> None:
        """Keep how far it is, and go on. LeaseLost: another has the turn; nothing is kept."""

    async def end(self, turn: Turn, state: Mapping[str, object], *, again: timedelta) -> None:
        """Keep how far it is; the next turn is due when `again` has passed. LeaseLost."""

    async def call(self, team: str, work: str) -> None:
        """Make the next turn due now."""

    async def state(self, team: str, work: str) -> Mapping[str, object]:
        """Return what the last turn has left; empty before the first."""


class Deliveries(Protocol):
    """Events of the other side that were received, kept for days against repeats and replays."""

    async def seen(self, event_id: str) -> bool:
        """Tell whether it was received before."""

    async def remember(self, event_id: str) -> None:
        """Keep its id; no error where it is kept already."""


class VerificationTokens(Protocol):
    """The secret that the other side's webhooks are signed with, sealed at rest."""

    async def load(self) -> str | None:
        """Return it; None where no hand-shake has brought one."""

    async def offer(self, token: str) -> bool:
        """Keep it unless a verified one is kept already; tell whether it was kept."""

    async def verified(self) -> None:
        """Note that a request was signed with it: no other takes its place any more."""

    async def forget(self) -> None:
        """Drop it, verified or not: a hand-shake can bring another one."""
