"""Attention in memory."""

from __future__ import annotations

from tasks.model import PersonId, Task
from tasks.ports import Attention, InNeed, Mine, Need
from tests.fakes.database import MemoryDatabase, Record


class MemoryAttention(Attention):
    """Looks through the tasks of a `MemoryDatabase`."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._database = database

    async def page(self, team: str, need: Need, *, after: int, limit: int) -> InNeed:
        left = [task for task in self._needy(team, need) if task.number > after]
        shown = tuple(left[:limit])
        return InNeed(tasks=shown, after=shown[-1].number if len(left) > limit else None)

    async def count(self, team: str, need: Need) -> int:
        return len(self._needy(team, need))

    async def mine(self, team: str, person: PersonId) -> Mine:
        order = sorted(
            (r for r in self._of(team) if r.follower.next_attempt_at is not None),
            key=lambda r: str(r.follower.next_attempt_at),
        )
        mine = [
            n
            for n, record in enumerate(order)
            if any(change.by.person == person for change in record.task.changes)
        ]
        ahead = min((2 * min(n, len(order) - 1 - n) for n in mine), default=0)
        return Mine(waiting=len(mine), ahead=min(ahead, len(order) - len(mine)))

    def _of(self, team: str) -> list[Record]:
        return [r for (owner, _), r in sorted(self._database.records.items()) if owner == team]

    def _needy(self, team: str, need: Need) -> list[Task]:
        return [
            record.shown
            for record in self._of(team)
            if (record.follower.conflicts if need is Need.CONFLICTS else record.follower.state)
        ]
