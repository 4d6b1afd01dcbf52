"""One action on many tasks: each of them is changed by itself, under a key of its own.

The keys come from the bulk's. So a repetition changes nothing twice, and what a crash has left
half done is completed by doing it again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

from tasks.commands import (
    AssignTask,
    CompleteTask,
    DeleteTask,
    ReopenTask,
    Saved,
    ScheduleTask,
    TagTask,
    UndoChange,
)
from tasks.model import Actor, Due, PersonId
from tasks.permissions import NOWHERE, Presence
from tasks.service import BULK_MAX, TaskService
from tasks.undoing import bulk_key

MOST = BULK_MAX
"""Tasks in one bulk."""
ASKS_ABOVE = 10
"""A person who changes more than these is asked first."""
AT_ONCE = 8
"""So many are under way at a time: others want to be served as well."""

Work: TypeAlias = Callable[[int], Awaitable[Saved]]


class Deed(StrEnum):
    """What can be done to many tasks."""

    DONE = "done"
    REOPEN = "reopen"
    ASSIGN = "assign"
    DUE = "due"
    TAG = "tag"
    DELETE = "delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkChange:
    """Do something to many tasks; of the values only the deed's own counts."""

    team: str
    by: Actor
    key: str
    """Without a slash."""
    numbers: tuple[int, ...]
    deed: Deed
    assignees: tuple[PersonId, ...] = ()
    due: Due | None = None
    tags: tuple[str, ...] = ()
    presence: Presence = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkUndo:
    """Take back what a bulk has changed in these tasks."""

    team: str
    by: Actor
    key: str
    of: str
    """The key of the bulk."""
    numbers: tuple[int, ...]
    presence: Presence = NOWHERE


@dataclass(slots=True, kw_only=True)
class Run:
    """A bulk under way: what became of each task so far."""

    numbers: tuple[int, ...]
    work: Work
    changed: set[int] = field(default_factory=set)
    """By this bulk, now or when it was run before."""
    same: set[int] = field(default_factory=set)
    """Were as asked for already."""
    failed: dict[int, Exception] = field(default_factory=dict)

    @property
    def left(self) -> int:
        """How many are still to be done."""
        return len(self.numbers) - len(self.changed) - len(self.same) - len(self.failed)

    async def finish(self) -> None:
        """Do all of them, several at a time; what one raises does not stop the others."""
        free = asyncio.Semaphore(AT_ONCE)

        async def one(number: int) -> None:
            async with free:
                try:
                    saved = await self.work(number)
                except Exception as error:  # noqa: BLE001  # kept, told, and logged by whoever asked
                    self.failed[number] = error
                else:
                    told = self.changed if saved.changed or saved.repeated else self.same
                    told.add(number)

        await asyncio.gather(*map(one, self.numbers))


class Bulk:
    """Changes many tasks for people."""

    def __init__(self, tasks: TaskService) -> None:
        self._tasks = tasks

    def change(self, request: BulkChange) -> Run:
        """Return the work of a bulk, not begun yet."""
        deeds: Mapping[Deed, Work] = {
            Deed.DONE: lambda n: self._tasks.complete(CompleteTask(**_on(request, n))),
            Deed.REOPEN: lambda n: self._tasks.reopen(ReopenTask(**_on(request, n))),
            Deed.ASSIGN: lambda n: self._tasks.assign(
                AssignTask(**_on(request, n), assignees=request.assignees)
            ),
            Deed.DUE: lambda n: self._tasks.schedule(
                ScheduleTask(**_on(request, n), due=request.due)
            ),
            Deed.TAG: lambda n: self._tasks.tag(TagTask(**_on(request, n), add=request.tags)),
            Deed.DELETE: lambda n: self._tasks.delete(DeleteTask(**_on(request, n))),
        }
        return Run(numbers=_each_once(request.numbers), work=deeds[request.deed])

    def undo(self, request: BulkUndo) -> Run:
        """Return the work of taking a bulk back, not begun yet."""

        async def one(number: int) -> Saved:
            return await self._tasks.undo(
                UndoChange(
                    team=request.team,
                    by=request.by,
                    key=f"{request.key}/{number}",
                    number=number,
                    under=bulk_key(request.of, number),
                    presence=request.presence,
                )
            )

        return Run(numbers=_each_once(request.numbers), work=one)


def _each_once(numbers: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(numbers))


def _on(request: BulkChange, number: int) -> dict[str, Any]:
    return {
        "team": request.team,
        "number": number,
        "by": request.by,
        "key": bulk_key(request.key, number),
        "presence": request.presence,
    }
