"""Tasks whose sync needs a person."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from tasks.model import PersonId, Task


class Need(StrEnum):
    """What a person has to see to."""

    CONFLICTS = "conflicts"
    """Both sides changed the same field, and nobody has said which stands."""
    ASIDE = "aside"
    """The row is gone, or cannot be written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InNeed:
    """One page of such tasks, by number."""

    tasks: tuple[Task, ...]
    after: int | None
    """The number that the next page begins after; None: this is the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """How a person's own changes wait."""

    waiting: int
    """Tasks with a change of theirs that wait, of the 1,000 due first and last."""
    ahead: int
    """About how many tasks come before the first of them."""


class Attention(Protocol):
    """Finds tasks whose sync needs a person; documents examined are documents returned."""

    async def page(self, team: str, need: Need, *, after: int, limit: int) -> InNeed:
        """Return those with numbers above `after`."""

    async def count(self, team: str, need: Need) -> int:
        """Return how many there are, counted up to a bound of 10,000."""

    async def mine(self, team: str, person: PersonId) -> Mine:
        """Return how a person's own changes wait."""
