"""Deleted tasks: restorable for thirty days, then gone for good; numbers are never used again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from storage.tombstones import RESTORABLE, WORK
from tasks.errors import NoSuchTask
from tasks.model import Field, SyncState, Task
from tasks.patch import Patch
from tests import make
from tests.contract.storage.test_queue import ROW, added, claimed
from tests.storage_world import MongoWorld

LONG_DELETED = RESTORABLE + timedelta(days=1)


async def deleted(mongo: MongoWorld, ago: timedelta, *, team: str = "T1") -> Task:
    task = await added(mongo, team=team)
    order = make.order(task, Patch.of({Field.DELETED: True}))
    task = (await mongo.tasks.change(order)).task
    await mongo.elapse(timedelta(seconds=10))
    claim = await claimed(mongo)
    await mongo.queue.complete(claim, replace(ROW, rev=claim.task.rev))
    at = datetime.now(UTC) - ago
    mongo.raw.tasks.update_one({"_id": task.id}, {"$set": {"updated_at": at}})
    return task


def is_there(mongo: MongoWorld, task: Task) -> bool:
    return mongo.raw.tasks.count_documents({"_id": task.id}) == 1


async def test_a_task_deleted_lately_can_be_restored_and_an_older_one_is_gone(
    mongo: MongoWorld,
) -> None:
    old = await deleted(mongo, LONG_DELETED)
    lately = await deleted(mongo, RESTORABLE - timedelta(hours=1))
    kept = await added(mongo)
    assert await mongo.stores.tombstones.drain() == 1
    with pytest.raises(NoSuchTask):
        await mongo.tasks.get("T1", old.number)
    restored = make.order(lately, Patch.of({Field.DELETED: False}))
    assert not (await mongo.tasks.change(restored)).task.deleted
    assert is_there(mongo, kept)
    assert (await added(mongo)).number > kept.number


async def test_its_history_goes_with_it_and_nobody_elses(mongo: MongoWorld) -> None:
    old, other = await deleted(mongo, LONG_DELETED), await added(mongo)
    for task in (old, other):
        change = {"team_id": "T1", "task_id": task.id, "rev": 1, "change": {}}
        mongo.raw.history.insert_one(change)
    await mongo.stores.tombstones.drain()
    assert [one["task_id"] for one in mongo.raw.history.find()] == [other.id]


async def test_what_notion_does_not_know_yet_stays(mongo: MongoWorld) -> None:
    waiting, stalled = await deleted(mongo, LONG_DELETED), await deleted(mongo, LONG_DELETED)
    mongo.raw.tasks.update_one(
        {"_id": waiting.id}, {"$set": {"notion.next_attempt_at": datetime.now(UTC)}}
    )
    mongo.raw.tasks.update_one(
        {"_id": stalled.id}, {"$set": {"notion.state": SyncState.STALLED.value}}
    )
    assert await mongo.stores.tombstones.drain() == 0
    assert is_there(mongo, waiting)
    assert is_there(mongo, stalled)


async def test_each_team_has_its_turn_once_a_day(mongo: MongoWorld) -> None:
    await deleted(mongo, LONG_DELETED)
    assert await mongo.stores.tombstones.drain() == 1
    again = await deleted(mongo, LONG_DELETED)
    others = await deleted(mongo, LONG_DELETED, team="T2")
    assert await mongo.stores.tombstones.drain() == 1
    assert is_there(mongo, again)
    assert not is_there(mongo, others)
    mongo.raw.turns.update_many({}, {"$unset": {"due_at": 1}})
    assert await mongo.stores.tombstones.drain() == 1


async def test_more_than_one_step_is_worked_off(mongo: MongoWorld) -> None:
    task = await deleted(mongo, LONG_DELETED)
    model = mongo.raw.tasks.find_one({"_id": task.id})
    assert model is not None
    mongo.raw.tasks.insert_many(
        {
            **model,
            "_id": f"copy-{n}",
            "number": 1000 + n,
            "origin_key": f"copy-{n}",
            "updated_at": model["updated_at"] + timedelta(milliseconds=n + 1),
        }
        for n in range(119)
    )
    assert await mongo.stores.tombstones.drain() == 120


async def test_after_a_crash_the_history_of_what_was_removed_is_removed_too(
    mongo: MongoWorld,
) -> None:
    await deleted(mongo, LONG_DELETED)
    mongo.raw.history.insert_one({"team_id": "T1", "task_id": "gone", "rev": 1, "change": {}})
    turn = await mongo.turns.take("T1", WORK, lease=timedelta(minutes=5))
    assert turn is not None
    await mongo.turns.save(turn, {"burying": ["gone"]})
    await mongo.elapse(timedelta(minutes=6))
    await mongo.stores.tombstones.drain()
    assert mongo.raw.history.count_documents({"task_id": "gone"}) == 0
