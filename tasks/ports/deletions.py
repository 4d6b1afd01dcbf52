"""Deletions that come from the other side: counted, stopped where they are many, answered once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from tasks.model import PersonId, Task

MANY_ROWS = 20
MANY_PART = 0.1
FEW_ROWS = 3
"""So few may be more than a tenth of a small table."""
WINDOW = timedelta(minutes=10)
"""What is deleted within so long counts as one deed."""


def is_too_many(gone: int, *, expected: int) -> bool:
    """Tell whether an admin has to look before rows that are gone delete their tasks."""
    return gone > MANY_ROWS or (gone > FEW_ROWS and gone > MANY_PART * expected)


class Judgement(StrEnum):
    """What is to be done about a row in the trash."""

    TAKE = "take"
    """Its task is deleted, too."""
    HOLD = "hold"
    """Nothing, until somebody has answered."""
    BRING_BACK = "bring_back"
    """The row is taken out of the trash, and its task with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What an admin of a team has to decide."""

    team: str
    since: datetime
    count: int
    """Rows held, counted up to a bound of 10,000."""
    expected: int
    """How many rows there should be."""
    preview: tuple[Task, ...]
    """A few of their tasks."""
    told: bool = False
    """Whether somebody was asked already."""

    @property
    def sentence(self) -> str:
        """What is asked, for people."""
        are = "is" if self.count == 1 else "are"
        return (
            f"{self.count} of {self.expected} rows {are} gone from the Notion database at once: "
            "their tasks are kept until an admin says whether they were deleted on purpose."
        )


class Deletions(Protocol):
    """A brake on deletions, shared by all instances; every count is by the database's clock.

    Once they are too many within WINDOW (or one sweep misses too many), what comes is held until
    somebody answers. What was let through within WINDOW before counts as part of the same deed.
    """

    async def judge(self, team: str, row_id: str, *, is_news: bool) -> Judgement:
        """Say what to do about a row in the trash.

        `is_news`: its task would be deleted now, so it is counted; else only an answer matters.
        """

    async def hold(self, team: str, row_ids: tuple[str, ...]) -> None:
        """Keep these from deleting anything, and ask; those answered already are left alone."""

    async def question(self, team: str) -> Question | None:
        """Return what is asked; None where nothing is."""

    async def answer(self, team: str, *, bring_back: bool, by: PersonId | None) -> int | None:
        """Decide about all that is held, and return how many rows; None: nothing was asked."""

    async def answered(self, team: str, *, limit: int) -> tuple[str, ...]:
        """Return rows that were decided about and that nobody was told to look at yet."""

    async def handed_on(self, team: str, row_ids: tuple[str, ...]) -> None:
        """Note that these will be looked at."""

    async def settled(self, team: str, row_ids: Sequence[str]) -> None:
        """Let go of rows that are as they should be; with the last one held the question ends."""

    async def asked(self, team: str, *, since: datetime) -> None:
        """Note that somebody was asked the question that is open since then; no other one."""
