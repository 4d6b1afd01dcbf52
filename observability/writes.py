"""Counts how writes end, for the objective that people's changes are saved."""

from __future__ import annotations

from collections.abc import Awaitable

from observability.metrics import Metrics
from tasks.commands import LinePage, ListTasks, Page, Saved
from tasks.errors import NotSaved, OutcomeUnknown
from tasks.model import Change, PersonId, Task
from tasks.permissions import ANYBODY, Asker
from tasks.ports import ChangeOrder, Row, TaskStore


class CountedStore(TaskStore):
    """A task store whose writes are counted: saved, not saved, or not known.

    What is refused for a reason (no such task, a stale revision) is no write and not counted.
    """

    def __init__(self, store: TaskStore, metrics: Metrics) -> None:
        self._store = store
        self._saved = metrics.writes.labels("saved").inc
        self._not_saved = metrics.writes.labels("not_saved").inc
        self._not_known = metrics.writes.labels("not_known").inc

    async def add(self, task: Task, *, key: str, row: Row | None = None, said: str = "") -> Saved:
        """Keep a new task; see the port."""
        return await self._counted(self._store.add(task, key=key, row=row, said=said))

    async def change(self, order: ChangeOrder) -> Saved:
        """Apply a patch; see the port."""
        return await self._counted(self._store.change(order))

    async def get(self, team: str, number: int) -> Task:
        """Return the task; see the port."""
        return await self._store.get(team, number)

    async def find(self, request: ListTasks) -> Page:
        """Return one page of a list; see the port."""
        return await self._store.find(request)

    async def lines(self, request: ListTasks) -> LinePage:
        """Return one page of a list, line by line; see the port."""
        return await self._store.lines(request)

    async def touched(self, team: str, person: PersonId, *, limit: int) -> tuple[Task, ...]:
        """Return what the person had a hand in; see the port."""
        return await self._store.touched(team, person, limit=limit)

    async def applied(self, team: str, person: PersonId, *, key: str, limit: int) -> Task | None:
        """Return the task that a key was applied to; see the port."""
        return await self._store.applied(team, person, key=key, limit=limit)

    async def tags(
        self, team: str, prefix: str, *, asker: Asker = ANYBODY, limit: int
    ) -> tuple[str, ...]:
        """Return the first tags that begin so; see the port."""
        return await self._store.tags(team, prefix, asker=asker, limit=limit)

    async def history(self, task: Task, *, before_rev: int, limit: int) -> tuple[Change, ...]:
        """Return earlier changes; see the port."""
        return await self._store.history(task, before_rev=before_rev, limit=limit)

    async def _counted(self, write: Awaitable[Saved]) -> Saved:
        try:
            saved = await write
        except NotSaved:
            self._not_saved()
            raise
        except OutcomeUnknown:
            self._not_known()
            raise
        self._saved()
        return saved
