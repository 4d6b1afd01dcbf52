"""Stands before the store: who asks is known, and what they may not see is not there for them."""

from __future__ import annotations

from dataclasses import replace

from tasks.access import Access
from tasks.commands import Saved
from tasks.errors import CannotTell, NoSuchTask, NotAllowed, OutOfReach, TaskError
from tasks.model import Actor, Task
from tasks.permissions import Asker, Presence, Right, may, may_view, reach, why_not
from tasks.ports import ChangeOrder, TaskStore


class Guard:
    """Reads and changes tasks for people, within the rule."""

    def __init__(self, *, store: TaskStore, access: Access) -> None:
        self._store = store
        self._access = access

    async def seen(
        self, team: str, number: int, by: Actor | None, presence: Presence
    ) -> tuple[Task, Asker]:
        """Return a task that somebody may see, and them. NoSuchTask, CannotTell."""
        asker = await self._access.of(team, by, presence)
        try:
            task = await self._store.get(team, number)
        except NoSuchTask:
            raise unseen(number, asker) from None
        if not may_view(asker, task):
            asker = await self._surely(task, by, presence, asker)
            if not may_view(asker, task):
                raise unseen(number, asker)
        return task, asker

    async def change(self, order: ChangeOrder, right: Right, presence: Presence) -> Saved:
        """Apply an order where the rule allows it, checked within its one write.

        NoSuchTask, CannotTell, NotAllowed, and what the store raises.
        """
        asker = await self._access.of(order.team, order.by, presence)
        try:
            return await self._store.change(replace(order, reach=reach(asker, right)))
        except NoSuchTask:
            raise unseen(order.number, asker) from None
        except OutOfReach as out:
            asker = await self._surely(out.task, order.by, presence, asker)
            if not may(asker, out.task, right):
                raise refusal(out.task, asker, right) from None
        # They are let in after all: another instance had made the task private, say.
        try:
            return await self._store.change(replace(order, reach=reach(asker, right)))
        except OutOfReach as out:
            raise refusal(out.task, asker, right) from None

    async def touched(
        self, team: str, by: Actor, presence: Presence, *, limit: int
    ) -> tuple[tuple[Task, ...], Asker]:
        """Return what somebody had a hand in and may still see, latest first, and them."""
        asker = await self._access.of(team, by, presence)
        if by.person is None:
            return (), asker
        touched = await self._store.touched(team, by.person, limit=limit)
        if any(task.audience is not None and not may_view(asker, task) for task in touched):
            asker = await self._access.of(team, by, presence, surely=True)
        return tuple(task for task in touched if may_view(asker, task)), asker

    async def _surely(
        self, task: Task, by: Actor | None, presence: Presence, asker: Asker
    ) -> Asker:
        """Return the asker with their memberships, where those decide and were not asked for."""
        if task.audience in (None, task.creator) or asker.person is None:
            return asker  # no conversation decides
        return await self._access.of(task.team, by, presence, surely=True)


def refusal(task: Task, asker: Asker, right: Right) -> TaskError:
    """Return why somebody may not do it, in a way that tells nothing they may not know."""
    if may_view(asker, task):
        return NotAllowed(task, why_not(asker, task, right))
    return unseen(task.number, asker)


def unseen(number: int, asker: Asker) -> TaskError:
    """Return the same for a task that is not there and for one that may not be seen."""
    return NoSuchTask(number) if asker.is_sure else CannotTell(number)
