"""Deleted tasks: restorable for thirty days, then gone for good; numbers are never used again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from storage.old_mappings import KEPT_FOR
from storage.tombstones import RESTORABLE, WORK
from tasks.errors import NoSuchTask
from tasks.model import Field, Source, SyncState, Task
from tasks.patch import Patch
from tasks.ports import Choice, Named, Remark, Said
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


async def test_its_threads_and_what_was_said_there_go_with_it_and_nobody_elses(
    mongo: MongoWorld,
) -> None:
    old, other = await deleted(mongo, LONG_DELETED), await added(mongo)
    await mongo.threads.bind("T2", "C9", "9.9", old.number)
    for number in (old.number, other.number):
        await mongo.threads.bind("T1", "C1", f"{number}.1", number)
        remark = Remark(
            team="T1",
            number=number,
            of=Source.SLACK,
            channel="C1",
            thread=f"{number}.1",
            original=f"{number}.2",
        )
        said = Said(by=Named(name="Maria"), words=("On it",))
        await mongo.copies.say(remark, said, version="1", order="1")
    await mongo.stores.tombstones.drain()
    assert await mongo.threads.task_of("T1", "C1", f"{old.number}.1") is None
    assert await mongo.threads.task_of("T1", "C1", f"{other.number}.1") == other.number
    assert await mongo.threads.task_of("T2", "C9", "9.9") == old.number
    assert await mongo.copies.of_task("T1", old.number) == ()
    assert len(await mongo.copies.of_task("T1", other.number)) == 1


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
    await mongo.turns.save(turn, {"burying": {"gone": 7}})
    await mongo.threads.bind("T1", "C1", "7.1", 7)
    await mongo.elapse(timedelta(minutes=6))
    await mongo.stores.tombstones.drain()
    assert mongo.raw.history.count_documents({"task_id": "gone"}) == 0
    assert await mongo.threads.task_of("T1", "C1", "7.1") is None


def mappings(mongo: MongoWorld) -> list[str]:
    return sorted(one["_id"] for one in mongo.raw.columns.find())


async def test_mappings_that_were_replaced_go_after_thirty_days_and_the_chosen_one_stays(
    mongo: MongoWorld,
) -> None:
    database = mongo.stores.tombstones._mappings
    for name in ("first", "second", "third"):
        choice = Choice(team="T1", database="d", mapping=name, by="U1")
        await mongo.stores.columns.save("T1", f"d#{name}", {"title": "title"})
        await mongo.stores.choices.choose(choice)
    for key in ("d", "e"):
        await mongo.stores.columns.save("T2", key, {"title": "title"})
    assert await database.drain() == 0
    for name in ("T1|d#first", "T1|d#third", "T2|d", "T2|e"):
        ago = datetime.now(UTC) - KEPT_FOR - timedelta(days=1)
        mongo.raw.columns.update_one({"_id": name}, {"$set": {"saved_at": ago}})
    assert await database.drain() == 1
    assert mappings(mongo) == ["T1|d#second", "T1|d#third", "T2|d", "T2|e"]
