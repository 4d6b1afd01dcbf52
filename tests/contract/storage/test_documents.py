"""What only the documents show: when a change becomes due, and what is kept of other versions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from storage.codec import Document
from storage.follower import DEBOUNCE, DEBOUNCE_LIMIT, LEASE, SPACING
from tasks.model import Field, Task
from tasks.patch import Patch
from tasks.ports import Row
from tests import make
from tests.storage_world import MongoWorld

LONG = timedelta(minutes=10)


async def added(mongo: MongoWorld) -> Task:
    return (await mongo.tasks.add(make.task(), key=make.fresh("key"))).task


async def changed(mongo: MongoWorld, task: Task) -> Document:
    patch = Patch.of({Field.NOTES: make.fresh("note")})
    await mongo.tasks.change(make.order(task, patch))
    return block(mongo)


def stored(mongo: MongoWorld) -> dict[str, Any]:
    document = mongo.raw.tasks.find_one()
    assert document is not None
    return document


def block(mongo: MongoWorld) -> Document:
    notion: Document = stored(mongo)["notion"]
    return notion


async def completed(mongo: MongoWorld) -> None:
    claim = await mongo.queue.claim()
    assert claim is not None
    await mongo.queue.complete(claim, Row(id="page", rev=claim.task.rev))


async def test_a_single_change_leaves_after_the_debounce(mongo: MongoWorld) -> None:
    task = await added(mongo)
    await completed(mongo)
    await mongo.elapse(LONG)
    notion = await changed(mongo, task)
    assert notion["next_attempt_at"] - notion["pending_since"] == DEBOUNCE


async def test_a_burst_cannot_hold_its_first_change_up_for_ever(mongo: MongoWorld) -> None:
    task = await added(mongo)
    await completed(mongo)
    await mongo.elapse(LONG)
    await changed(mongo, task)
    await mongo.elapse(DEBOUNCE_LIMIT)
    notion = await changed(mongo, task)
    assert notion["next_attempt_at"] - notion["pending_since"] == DEBOUNCE_LIMIT


async def test_pushes_of_one_task_are_spaced(mongo: MongoWorld) -> None:
    task = await added(mongo)
    await completed(mongo)
    # As if it had been pushed in a moment from now: no stall of this machine can matter.
    mongo.raw.tasks.update_one(
        {}, [{"$set": {"notion.pushed_at": {"$add": ["$notion.pushed_at", 600_000]}}}]
    )
    notion = await changed(mongo, task)
    assert notion["next_attempt_at"] - notion["pushed_at"] == SPACING


async def test_a_change_during_a_lease_is_due_when_it_ends(mongo: MongoWorld) -> None:
    task = await added(mongo)
    claim = await mongo.queue.claim()
    assert claim is not None
    notion = await changed(mongo, task)
    assert notion["next_attempt_at"] == notion["lease_until"] == claim.at + LEASE


async def test_fields_of_a_newer_version_are_tolerated_and_kept(mongo: MongoWorld) -> None:
    task = await added(mongo)
    newer = {
        "colour": "red",
        "notion.colour": "blue",
        "changes.0.colour": "green",
        "changes.0.fields": [{"field": "colour", "before": None, "after": "red"}],
    }
    mongo.raw.tasks.update_one({}, {"$set": newer})
    assert await mongo.tasks.get("T1", task.number) == task
    await changed(mongo, task)
    await mongo.elapse(LONG)
    await completed(mongo)
    kept = stored(mongo)
    assert (kept["colour"], kept["notion"]["colour"]) == ("red", "blue")
    assert kept["changes"][0]["colour"] == "green"
    assert kept["changes"][0]["fields"][0]["after"] == "red"


async def test_a_document_of_an_older_version_can_be_read_and_changed(mongo: MongoWorld) -> None:
    task = await added(mongo)
    missing = ("notes", "priority", "tags", "due", "repeat", "deleted", "applied", "touched_by")
    mongo.raw.tasks.update_one({}, {"$unset": dict.fromkeys((*missing, "notion"), "")})
    assert await mongo.tasks.get("T1", task.number) == task
    patch = Patch(values={Field.DUE: None, Field.NOTES: ""}, added={Field.TAGS: ("a",)})
    order = make.order(task, patch)
    saved = await mongo.tasks.change(order)
    expected = task.changed(patch, by=order.by, at=order.at, key=order.key)
    assert saved.task == expected
    assert block(mongo)["next_attempt_at"] is not None


async def test_a_number_that_the_counter_lost_is_not_given_twice(mongo: MongoWorld) -> None:
    for _ in range(3):
        await added(mongo)
    mongo.raw.counters.update_one({}, {"$set": {"last": 1}})  # as a failover might leave it
    assert (await added(mongo)).number == 4
    assert (await added(mongo)).number == 5


async def test_the_first_tasks_of_a_team_at_once_share_one_counter(mongo: MongoWorld) -> None:
    await added(mongo)
    counters = list(mongo.raw.counters.find())
    assert [(one["_id"], one["team_id"], one["last"]) for one in counters] == [("T1", "T1", 1)]
