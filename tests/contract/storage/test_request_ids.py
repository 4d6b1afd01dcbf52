"""A change remembers the request that asked for it, in the write that makes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tasks.model import Field, Task
from tasks.patch import Patch
from tests import make
from tests.storage_world import World

TITLE = Patch.of({Field.TITLE: "Another title"})


def asked_for_by(request_id: str) -> Task:
    task = make.task()
    return replace(task, changes=(replace(task.changes[0], request_id=request_id),))


async def test_creation_and_changes_tell_their_requests(world: World) -> None:
    task = (await world.tasks.add(asked_for_by("first"), key="k")).task
    await world.tasks.change(make.order(task, TITLE, request_id="$second"))
    await world.tasks.change(make.order(task, Patch.of({Field.NOTES: "x"})))

    read = await world.tasks.get(task.team, task.number)

    assert [change.request_id for change in read.changes] == ["first", "$second", None]


async def test_the_follower_is_handed_the_requests_with_the_task(world: World) -> None:
    task = (await world.tasks.add(asked_for_by("first"), key="k")).task
    await world.tasks.change(make.order(task, TITLE, request_id="second"))

    await world.elapse(timedelta(minutes=1))  # edits wait a moment for each other
    claim = await world.queue.claim()

    assert claim is not None
    assert [change.request_id for change in claim.task.changes] == ["first", "second"]
