"""Asks a team's admins, once, whether many rows were deleted on purpose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from notifications.admins import Admins
from notifications.each_once import EachOnce
from notifications.said_once import NotYet
from tasks.ports import Deletions, Question, Turn, Turns

WORK = "question"
LEASE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """Writes to each of the admins; who surely was not reached is tried again with the next.

    That it was asked is noted after the messages: a process that dies in between leaves an intent,
    and the next one looks whether they are there.
    """

    deletions: Deletions
    turns: Turns
    each: EachOnce
    admins: Admins
    render: Callable[[Question], Mapping[str, Any]]
    lease: timedelta = LEASE
    _counts: dict[str, int] = field(default_factory=dict)

    async def once(self, team: str) -> bool:
        """Ask what is to be asked; tell whether nobody could be reached, and it stays to do."""
        question = await self.deletions.question(team)
        if question is None or question.told:
            self._counts.pop(team, None)
            return False
        before, self._counts[team] = self._counts.get(team), question.count
        if before != question.count:
            return False  # more is still coming in: whoever is asked shall see all of it
        turn = await self.turns.take(team, WORK, lease=self.lease)
        return turn is not None and await self._left(turn, question)

    async def _left(self, turn: Turn, question: Question) -> bool:
        """Ask; tell whether nobody could be reached."""
        kept = dict(turn.state)
        people = await self.admins.of(turn.team)
        try:
            is_asked = await self.each.tell(
                turn,
                kept,
                name=f"question/{question.since.isoformat()}",
                people=people,
                body=self.render(question),
            )
        except NotYet as later:
            await self.turns.end(turn, kept, again=later.wait)
            return False
        if is_asked:
            await self.deletions.asked(turn.team, since=question.since)
        await self.turns.end(turn, {} if is_asked else kept, again=timedelta())
        return not is_asked
