"""Tasks that began as rows on the other side, and where a team is told of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from tasks.model import Task

LATELY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """A row that a team is to be told of."""

    row_id: str
    at: datetime
    """When it was met, by the database's clock."""
    age: timedelta
    task: Task | None
    """Its task; None while that is not made yet."""


class Announcements(Protocol):
    """What is to be announced: noted before the task is made, so that no crash can swallow it.

    It stays news until it is noted that it was sent.
    """

    async def channel(self, team: str) -> str | None:
        """Return where the team is told; None: it is not."""

    async def choose(self, team: str, channel: str | None) -> None:
        """Tell the team there from now on, or nowhere."""

    async def note(self, team: str, row_id: str) -> None:
        """Keep that the row is news, unless the team is told nowhere, or was told already."""

    async def news(self, team: str, *, limit: int) -> tuple[News, ...]:
        """Return what is to be announced, the oldest first."""

    async def told_lately(self, team: str) -> int:
        """Return how many rows were announced within LATELY."""

    async def sent(self, team: str, row_ids: Sequence[str]) -> None:
        """Note that these were sent, or need not be."""
