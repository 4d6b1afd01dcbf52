"""The same person saying the same words twice within two minutes is caught; nothing else is."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from tasks.commands import Saved
from tasks.errors import AlreadyAdded
from tasks.model import Field, Status
from tasks.patch import Patch
from tests import make
from tests.make import MARIA, SAM
from tests.storage_world import Backend, MongoWorld, World, open_mongo

SAID = "book the venue"
MOMENT = timedelta(seconds=110)
LONGER = timedelta(seconds=121)


async def say(world: World, *, by: object = MARIA, team: str = "T1", said: str = SAID) -> Saved:
    task = make.task(by=by, team=team)  # type: ignore[arg-type]  # an Actor
    return await world.tasks.add(task, key=make.fresh("key"), said=said)


async def test_the_same_words_a_moment_later_name_the_task_they_made(world: World) -> None:
    first = await say(world)
    await world.elapse(MOMENT)
    with pytest.raises(AlreadyAdded) as caught:
        await say(world)
    assert caught.value.task.number == first.task.number
    assert (await world.tasks.get("T1", first.task.number)).rev == 1


async def test_after_two_minutes_they_make_a_task_and_are_remembered_anew(world: World) -> None:
    first = await say(world)
    await world.elapse(LONGER)
    second = await say(world)
    assert second.task.number != first.task.number
    with pytest.raises(AlreadyAdded) as caught:
        await say(world)
    assert caught.value.task.number == second.task.number


async def test_others_other_words_and_other_teams_are_not_caught(world: World) -> None:
    await say(world)
    for other in (
        await say(world, by=SAM),
        await say(world, said="book the other venue"),
        await say(world, team="T2"),
        await say(world, said=""),
        await say(world, said=""),
    ):
        assert not other.repeated


async def test_what_is_done_or_taken_back_can_be_said_again(world: World) -> None:
    for patch in (Patch.of({Field.STATUS: Status.DONE}), Patch.of({Field.DELETED: True})):
        first = await say(world)
        await world.tasks.change(make.order(first.task, patch))
        again = await say(world)
        assert again.task.number != first.task.number
        await world.tasks.change(make.order(again.task, Patch.of({Field.DELETED: True})))


async def test_p2_the_same_key_is_a_repetition_and_no_second_saying(world: World) -> None:
    task = make.task()
    await world.tasks.add(task, key="k", said=SAID)
    again = await world.tasks.add(make.task(), key="k", said=SAID)
    assert again.repeated


async def test_a_task_that_is_changed_stays_the_one_that_was_said(world: World) -> None:
    first = await say(world)
    changed = await world.tasks.change(make.order(first.task, Patch.of({Field.NOTES: "More"})))
    with pytest.raises(AlreadyAdded) as caught:
        await say(world)
    assert caught.value.task == changed.task


async def test_two_processes_at_once_make_one_task(mongo_backend: Backend) -> None:
    async with open_mongo(mongo_backend) as one, open_mongo(mongo_backend) as other:
        saying = [say(world) for world in (one, other) for _ in range(5)]
        found = await asyncio.gather(*saying, return_exceptions=True)
        saved = [each for each in found if isinstance(each, Saved)]
        caught = [each for each in found if isinstance(each, AlreadyAdded)]
        assert (len(saved), len(caught)) == (1, 9)
        assert {each.task.number for each in caught} == {saved[0].task.number}


async def test_nothing_is_asked_for_before_an_addition(mongo: MongoWorld) -> None:
    await say(mongo)
    mongo.raw.command("profile", 2)
    await say(mongo, said="something else")
    mongo.raw.command("profile", 0)
    asked = [
        one["op"]
        for one in mongo.raw["system.profile"].find({"ns": {"$regex": "tasks$|counters$"}})
    ]
    assert sorted(asked) == ["command", "insert"]
