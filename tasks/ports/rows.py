"""The tasks' counterparts on the other side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A task's counterpart on the other side."""

    id: str | None = None
    """None until it is known to exist."""
    url: str | None = None
    rev: int = 0
    """The task's rev that the row shows."""
    base: Mapping[str, object] | None = None
    """What both sides last agreed on, canonical: the base of three-way merges."""
    create_attempts: int = 0
    last_sent_at: datetime | None = None
    """When a creation was last sent whose outcome may be unknown (the database's clock)."""
    remark: str | None = None
    """What of the row the task cannot show, as a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRow:
    """The row of a task."""

    row: Row
    is_gone: bool
    """Whether the task was set aside because its row could not be found."""


class RowBook(Protocol):
    """Which rows belong to tasks, and which of them a sweep has met."""

    async def known(self, team: str, row_ids: Sequence[str]) -> Mapping[str, KnownRow]:
        """Return those of the rows that belong to tasks, by id; 100 at most."""

    async def number_of(self, team: str, row_id: str) -> int | None:
        """Return the number of the task that a row belongs to; None: to none."""

    async def by_key(self, team: str, task_id: str) -> Row | None:
        """Return the row of the task with this id, one not made yet too; None: no such task."""

    async def meet(self, team: str, row_ids: Sequence[str], *, sweep: int) -> None:
        """Note that a sweep has met these rows; 100 at most."""

    async def missed(self, team: str, *, sweep: int, limit: int) -> tuple[str, ...]:
        """Return rows that should be there and that the sweep has not met."""

    async def expected(self, team: str) -> int:
        """Return how many rows should be there: of tasks that are neither deleted nor gone."""

    async def recheck(self, team: str, *, anew: bool = False) -> None:
        """Make every task due to be compared with its row, but those that are gone.

        Whoever works on one at the moment loses the lease.

        With `anew` no task has a row any more: each is looked for by its key, then made. The
        old rows stay where they are. May be repeated.
        """
