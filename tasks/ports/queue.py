"""Tasks whose row is behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from tasks.model import SyncState, Task
from tasks.ports.rows import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A follower's exclusive right to bring one row up to date, until the lease ends."""

    task: Task
    row: Row
    fence: int
    """Rises with every claim; a completion with an older one is refused."""
    attempts: int
    """Claims since the last success, this one included."""
    at: datetime
    """When it was claimed, by the database's clock."""
    broken_off: int = 0
    """How many holders in a row, right before this one, let their lease run out: they died."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """How far a follower is behind."""

    behind: int
    """Tasks that wait, counted up to a bound of 10,000."""
    oldest: datetime | None
    """Since when the one that waits longest does."""
    set_aside: int
    """Tasks that need a person."""
    conflicts: int = 0
    """Tasks that both sides have changed, and of which nobody has said which stands."""


class SyncQueue(Protocol):
    """The tasks whose row is behind, shared by all instances through leases.

    A completion that comes too late (another instance claimed meanwhile) raises LeaseLost and
    changes nothing.
    """

    async def claim(self, *, fresh: bool = False) -> Claim | None:
        """Take the task that is due longest, or None; never one that another holds.

        `fresh`: the one that is due last, of those that were changed, and are due, for some
        minutes at most: what was just changed need not wait behind a backlog.
        """

    async def claim_row(self, team: str, row_id: str) -> Claim | None:
        """Take the task of a row, due or not; None: no task has it. LeaseHeld: not now."""

    async def next_due(self, *, fresh: bool = False) -> timedelta | None:
        """Return how long until something is due (zero: now), None when nothing waits."""

    async def still_held(self, claim: Claim) -> bool:
        """Tell whether the lease still runs; asked before each call to the outside."""

    async def renew(self, claim: Claim) -> bool:
        """Let a lease that still runs begin anew; tell whether it did."""

    async def intend(self, claim: Claim) -> Claim:
        """Remember, before it is sent, that a creation is about to be; return the claim with it."""

    async def complete(self, claim: Claim, row: Row) -> None:
        """Record the row as it is now, for the task's rev `row.rev`; a later change stays due."""

    async def adopt(self, claim: Claim, row: Row) -> None:
        """Record that the row exists, keeping the lease and all else."""

    async def postpone(
        self, claim: Claim, *, wait: timedelta, reason: str | None = None, paced: bool = False
    ) -> None:
        """Give it back, not to be claimed before `wait` has passed; a change does not cut it.

        It does where the task was only `paced`: it waits for its place in a queue of calls.
        """

    async def release(self, claim: Claim) -> None:
        """Give it back as if it had never been claimed (shutdown, a pause of the connection)."""

    async def set_aside(self, claim: Claim, *, state: SyncState, reason: str) -> None:
        """Stop trying until the task changes or a person asks; `reason` is shown on the card."""

    async def requeue(self, team: str, number: int) -> Task:
        """Make a task due again at once, set aside or not. NoSuchTask.

        A private task, which has no row, stays as it is.
        """

    async def settle(self, team: str, number: int) -> Task:
        """Close a task's open conflicts: what it holds stays. NoSuchTask."""

    async def backlog(self, team: str | None = None) -> Backlog:
        """Return how far behind one team is, or all."""
