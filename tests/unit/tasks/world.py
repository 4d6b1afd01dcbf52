"""A task service over memory, with people and short ways to ask it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any, TypeAlias

from tasks.commands import (
    AddTask,
    AssignTask,
    CompleteTask,
    DeleteTask,
    EditTask,
    PrioritiseTask,
    ReopenTask,
    RestoreTask,
    Saved,
    ScheduleTask,
    TagTask,
    UndoChange,
)
from tasks.model import Actor, Change, Field, PersonId, Source, Task, Value
from tasks.ports import ChangeOrder
from tasks.service import TaskService
from tests.fakes.clock import FakeClock
from tests.fakes.database import MemoryDatabase
from tests.fakes.tasks import MemoryTaskStore

Given: TypeAlias = Any
"""A field of a request, whichever; mypy has nothing to check, the request itself has."""
TEAM = "T1"
MARIA = Actor(person="U1", source=Source.SLACK)
SAM = Actor(person="U2", source=Source.SLACK)
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def a_task(**fields: Given) -> Task:
    """Return a task as it is after its creation."""
    given: dict[str, Given] = {"title": "Book the venue", "creator": "U1"} | fields
    created = Change(rev=1, by=MARIA, at=NOW, key="k0")
    return Task(
        id="id-1", team=TEAM, number=1, created_at=NOW, updated_at=NOW, changes=(created,), **given
    )


class ForgetfulStore(MemoryTaskStore):
    """Shows tasks with their two latest changes only; earlier ones are in the history."""

    async def get(self, team: str, number: int) -> Task:
        return _short(await super().get(team, number))

    async def change(self, order: ChangeOrder) -> Saved:
        saved = await super().change(order)
        return replace(saved, task=_short(saved.task))

    async def touched(self, team: str, person: PersonId, *, limit: int) -> tuple[Task, ...]:
        return tuple(_short(task) for task in await super().touched(team, person, limit=limit))


def _short(task: Task) -> Task:
    return replace(task, changes=task.changes[-2:])


@dataclass(slots=True)
class Office:
    """Where people ask things of the service; each asking is an action with a key of its own."""

    clock: FakeClock = field(default_factory=FakeClock)
    told: list[None] = field(default_factory=list)
    """Grows by one when followers are told of a change."""
    store_kind: type[MemoryTaskStore] = MemoryTaskStore
    database: MemoryDatabase = field(init=False)
    store: MemoryTaskStore = field(init=False)
    service: TaskService = field(init=False)
    _keys: count[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        ids = count(1)
        self.database = MemoryDatabase(now=self.clock)
        self.store = self.store_kind(self.database)
        self.service = TaskService(
            store=self.store,
            now=self.clock,
            new_id=lambda: f"id-{next(ids)}",
            on_change=lambda: self.told.append(None),
        )

    def action(self, by: Actor = MARIA, **facts: Given) -> dict[str, Given]:
        """Return what every request on task 1 carries."""
        return {"team": TEAM, "number": 1, "by": by, "key": f"k{next(self._keys)}"} | facts

    async def add(self, title: str = "Book the venue", by: Actor = MARIA, **facts: Given) -> Saved:
        given = self.action(by, **facts)
        del given["number"]
        return await self.service.add(AddTask(title=title, **given))

    async def edit(
        self, values: dict[Field, Value], *, seen: int, by: Actor = MARIA, **facts: Given
    ) -> Saved:
        """Send an edit form that was opened at rev `seen`."""
        return await self.service.edit(
            EditTask(expected_rev=seen, values=values, **self.action(by, **facts))
        )

    async def undo(self, by: Actor = MARIA, **facts: Given) -> Saved:
        """Undo the latest, or what is named."""
        return await self.service.undo(UndoChange(**self.action(by, **({"number": None} | facts))))

    async def complete(self, by: Actor = MARIA, **facts: Given) -> Saved:
        return await self.service.complete(CompleteTask(**self.action(by, **facts)))

    async def reopen(self, by: Actor = MARIA, **facts: Given) -> Saved:
        return await self.service.reopen(ReopenTask(**self.action(by, **facts)))

    async def assign(self, *people: PersonId, by: Actor = MARIA, **facts: Given) -> Saved:
        return await self.service.assign(AssignTask(assignees=people, **self.action(by, **facts)))

    async def schedule(self, by: Actor = MARIA, **facts: Given) -> Saved:
        return await self.service.schedule(ScheduleTask(**self.action(by, **facts)))

    async def prioritise(self, by: Actor = MARIA, **facts: Given) -> Saved:
        return await self.service.prioritise(PrioritiseTask(**self.action(by, **facts)))

    async def tag(
        self, *tags: str, off: tuple[str, ...] = (), by: Actor = MARIA, **facts: Given
    ) -> Saved:
        request = TagTask(add=tags, remove=off, **self.action(by, **facts))
        return await self.service.tag(request)

    async def delete(self, by: Actor = MARIA, **facts: Given) -> Saved:
        return await self.service.delete(DeleteTask(**self.action(by, **facts)))

    async def restore(self, by: Actor = MARIA, **facts: Given) -> Saved:
        return await self.service.restore(RestoreTask(**self.action(by, **facts)))
