from __future__ import annotations

import pytest

from tasks.commands import AddTask, CompleteTask, DeleteTask, EditTask
from tasks.errors import KeyReused, StaleRevision
from tasks.model import Actor, Field, Source, Status, Task
from tasks.service import TaskService
from tests.fakes.clock import FakeClock
from tests.fakes.database import MemoryDatabase
from tests.fakes.tasks import MemoryTaskStore
from tests.make import fresh

BY = Actor(person=None, source=Source.REST)


@pytest.fixture
def service() -> TaskService:
    store = MemoryTaskStore(MemoryDatabase(now=FakeClock()))
    return TaskService(store=store, now=FakeClock(), new_id=lambda: fresh("id"))


@pytest.fixture
async def task(service: TaskService) -> Task:
    request = AddTask(team="T1", by=BY, key="made", fingerprint="f", title="Book the venue")
    return (await service.add(request)).task


def edit(*, key: str, only_at: int | None = None, fingerprint: str = "", **values: str) -> EditTask:
    return EditTask(
        team="T1",
        number=1,
        by=BY,
        key=key,
        fingerprint=fingerprint,
        only_at=only_at,
        expected_rev=None,
        values={Field(name): value for name, value in values.items()},
    )


@pytest.mark.usefixtures("task")
async def test_without_a_form_the_named_fields_are_set_whatever_they_are(
    service: TaskService,
) -> None:
    await service.edit(edit(key="a", notes="theirs"))
    saved = await service.edit(edit(key="b", notes="ours"))
    assert (saved.task.notes, saved.task.rev) == ("ours", 3)


@pytest.mark.usefixtures("task")
async def test_a_change_wanted_at_one_revision_is_never_merged(service: TaskService) -> None:
    await service.edit(edit(key="a", notes="theirs"))
    with pytest.raises(StaleRevision):
        await service.edit(edit(key="b", only_at=1, title="Another field"))
    assert (await service.edit(edit(key="c", only_at=2, title="Now"))).task.rev == 3


@pytest.mark.parametrize("kind", [CompleteTask, DeleteTask])
@pytest.mark.usefixtures("task")
async def test_any_change_can_be_wanted_at_one_revision(
    service: TaskService, kind: type[CompleteTask | DeleteTask]
) -> None:
    asked = {CompleteTask: service.complete, DeleteTask: service.delete}[kind]
    with pytest.raises(StaleRevision):
        await asked(kind(team="T1", number=1, by=BY, key="a", only_at=7))  # type: ignore[operator]  # one of the two
    task = await service.get("T1", 1)
    assert (task.status, task.deleted, task.rev) == (Status.OPEN, False, 1)


async def test_the_fingerprint_reaches_the_task_and_is_compared(
    service: TaskService, task: Task
) -> None:
    assert task.changes[0].fingerprint == "f"
    saved = await service.edit(edit(key="a", fingerprint="g", notes="x"))
    assert saved.task.changes[-1].fingerprint == "g"
    with pytest.raises(KeyReused):
        await service.edit(edit(key="a", fingerprint="h", notes="y"))
