"""The worker that keeps task documents short."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

import pytest

from storage.change import CHANGES_KEPT, CHANGES_MAX
from storage.history import HistoryWorker
from storage.operations import Operations
from tasks.errors import NotSaved
from tasks.model import Field, Task
from tasks.patch import Patch
from tests import make
from tests.storage_world import MongoWorld


async def with_changes(mongo: MongoWorld, count: int, team: str = "T1") -> Task:
    task = (await mongo.tasks.add(make.task(team=team), key=make.fresh("key"))).task
    for number in range(count - 1):
        at = make.NOON + timedelta(seconds=number)
        order = make.order(task, Patch.of({Field.NOTES: str(number)}), at=at)
        task = (await mongo.tasks.change(order)).task
    return task


async def test_a_task_with_twenty_changes_is_left_alone(mongo: MongoWorld) -> None:
    task = await with_changes(mongo, CHANGES_MAX)
    assert await mongo.stores.history.drain() == 0
    assert await mongo.tasks.get("T1", task.number) == task


async def test_of_more_the_newest_ten_stay_and_the_others_move(mongo: MongoWorld) -> None:
    task = await with_changes(mongo, CHANGES_MAX + 1)
    assert await mongo.stores.history.drain() == 1
    kept = await mongo.tasks.get("T1", task.number)
    assert kept.changes == task.changes[-CHANGES_KEPT:]
    assert mongo.raw.history.count_documents({"team_id": "T1", "task_id": task.id}) == 11
    assert await mongo.stores.history.drain() == 0


async def test_a_crash_between_the_two_writes_doubles_nothing(mongo: MongoWorld) -> None:
    task = await with_changes(mongo, CHANGES_MAX + 1)
    before = mongo.raw.tasks.find_one()
    await mongo.stores.history.drain()
    assert before is not None
    mongo.raw.tasks.replace_one({}, before)
    assert await mongo.stores.history.drain() == 1
    assert mongo.raw.history.count_documents({}) == 11
    assert len(await mongo.tasks.history(task, before_rev=99, limit=99)) == CHANGES_MAX + 1


async def test_what_changes_meanwhile_is_not_lost(mongo: MongoWorld) -> None:
    task = await with_changes(mongo, CHANGES_MAX + 1)

    async def change() -> None:
        for number in range(30):
            patch = Patch.of({Field.NOTES: f"meanwhile {number}"})
            await mongo.tasks.change(make.order(task, patch))

    async def move() -> None:
        for _ in range(10):
            await mongo.stores.history.drain()

    await asyncio.gather(change(), move(), move())
    revs = [c.rev for c in await mongo.tasks.history(task, before_rev=99, limit=99)]
    assert revs == list(range(CHANGES_MAX + 31, 0, -1))


async def test_moving_changes_is_no_change(mongo: MongoWorld) -> None:
    task = await with_changes(mongo, CHANGES_MAX + 1)
    waiting = await mongo.queue.backlog()
    await mongo.stores.history.drain()
    assert (await mongo.tasks.get("T1", task.number)).rev == task.rev
    assert await mongo.queue.backlog() == waiting


async def test_it_runs_until_it_is_stopped(mongo: MongoWorld) -> None:
    await with_changes(mongo, CHANGES_MAX + 1)
    slept = asyncio.Event()

    async def sleep(_: float) -> None:
        slept.set()
        await asyncio.Event().wait()

    worker = HistoryWorker(mongo.database, sleep=sleep)
    running = asyncio.create_task(worker.run())
    await slept.wait()
    worker.stop()
    await running
    assert mongo.raw.history.count_documents({}) == 11


async def test_a_database_that_is_away_is_tried_again(
    mongo: MongoWorld, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sleeps = 0

    async def sleep(_: float) -> None:
        nonlocal sleeps
        sleeps += 1
        if sleeps == 2:
            worker.stop()

    async def away(*_: object) -> None:
        raise NotSaved

    monkeypatch.setattr(Operations, "read", away)
    worker = HistoryWorker(mongo.database, sleep=sleep)
    with caplog.at_level(logging.WARNING):
        await worker.run()
    assert [record.getMessage() for record in caplog.records] == ["history_waits"] * 2
