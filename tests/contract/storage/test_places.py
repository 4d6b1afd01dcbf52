"""What every Places promises, and what a pacer does that lets several go at once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from storage.follower import LEASE
from storage.notices import QUIET, SPACING
from storage.pacer import EDITS_BURST, EDITS_SPACING
from tasks.errors import LeaseLost, NoSuchTask
from tasks.model import Field, SyncState, Task
from tasks.patch import Patch
from tasks.ports import Place, PlacesClaim, Row, Shape
from tasks.ports.places import PLACES_MAX
from tests import make
from tests.storage_world import MongoWorld, World

SETTLED = timedelta(seconds=20)
NOW = timedelta(0)
ROW = Row(id="page", url="https://notion.example/page", rev=1)


async def a_task(world: World) -> Task:
    return (await world.tasks.add(make.task(title="Book the venue"), key="add")).task


def shared(key: str = "V1", channel: str = "C1") -> Place:
    return Place(key=key, channel=channel, lead="look: $this", by="U1")


def there(ts: str = "1.1", channel: str = "C1") -> Place:
    return Place(key=f"{channel}/{ts}", channel=channel, ts=ts, shape=Shape.LINE, lead="A task:")


async def kept(world: World, *places: Place) -> Task:
    task = await a_task(world)
    for place in places or (there(),):
        await world.places.keep("T1", task.number, place, rev=task.rev)
    return task


async def change(world: World, title: str) -> Task:
    task = await world.tasks.get("T1", 1)
    return (await world.tasks.change(make.order(task, Patch.of({Field.TITLE: title})))).task


async def claimed(world: World) -> PlacesClaim:
    claim = await world.places.claim()
    assert claim is not None
    return claim


async def test_a_task_without_places_is_never_due(world: World) -> None:
    await a_task(world)
    await change(world, "Book the hall")
    assert await world.places.next_due() is None
    assert await world.places.claim() is None


async def test_a_change_makes_places_due_once_it_is_quiet(world: World) -> None:
    await kept(world)
    assert await world.places.next_due() is None
    await change(world, "Book the hall")
    assert NOW < (await world.places.next_due() or NOW) <= QUIET
    assert await world.places.claim() is None
    await world.elapse(QUIET)
    claim = await claimed(world)
    assert (claim.task.title, claim.places) == ("Book the hall", (there(),))
    assert await world.places.claim() is None


async def test_a_place_is_no_change_of_the_task(world: World) -> None:
    before = await kept(world)
    await world.places.hurry("T1", 1, there("2.2"))
    claim = await claimed(world)
    await world.places.settle(claim, shown={"C1/1.1": "abc"})
    after = await world.tasks.get("T1", 1)
    assert (after.rev, after.changes, after.updated_at) == (1, before.changes, before.updated_at)


async def test_a_burst_holds_its_first_change_up_for_a_while_only(world: World) -> None:
    await kept(world)
    for turn in range(6):
        await change(world, f"Book hall {turn}")
        await world.elapse(QUIET * 0.6)
    assert (await claimed(world)).task.title == "Book hall 5"


async def test_two_edits_of_a_message_are_some_seconds_apart(world: World) -> None:
    await kept(world)
    await change(world, "Book a hall")
    await world.elapse(QUIET)
    await world.places.settle(await claimed(world), shown={"C1/1.1": "abc"})
    assert await world.places.next_due() is None
    await change(world, "Book the hall")
    await world.elapse(QUIET * 1.5)
    assert await world.places.claim() is None
    await world.elapse(SPACING)
    assert [one.shown for one in (await claimed(world)).places] == ["abc"]


async def test_what_changes_while_it_is_told_stays_due(world: World) -> None:
    await kept(world)
    await change(world, "Book a hall")
    await world.elapse(QUIET)
    claim = await claimed(world)
    await change(world, "Book the hall")
    assert await world.places.claim() is None
    await world.places.settle(claim, shown={"C1/1.1": "abc"})
    await world.elapse(SPACING)
    assert (await claimed(world)).task.title == "Book the hall"


async def test_a_settlement_that_comes_too_late_changes_nothing(world: World) -> None:
    await kept(world)
    await change(world, "Book a hall")
    await world.elapse(QUIET)
    late = await claimed(world)
    assert await world.places.still_held(late)
    await world.elapse(LEASE)
    assert not await world.places.still_held(late)
    claim = await claimed(world)
    for done in (
        world.places.settle(late, shown={"C1/1.1": "late"}),
        world.places.sending(late, "C1/1.1"),
    ):
        with pytest.raises(LeaseLost):
            await done
    await world.places.settle(claim, shown={"C1/1.1": "abc"})
    await world.places.hurry("T1", 1, there())
    await world.elapse(SPACING)
    assert (await claimed(world)).places[0].shown == "abc"


async def test_what_somebody_is_to_be_told_is_kept_in_the_write_of_the_change(
    world: World,
) -> None:
    told = Place(key="declined/k1", channel="", shape=Shape.DECLINED)
    task = await a_task(world)
    patch = Patch.of({Field.TITLE: "Book the hall"})
    order = make.order(task, patch, key="k1", tells=told)
    await world.tasks.change(order)
    assert (await world.tasks.change(order)).repeated
    assert await world.places.next_due() == NOW
    claim = await claimed(world)
    assert (claim.task.title, claim.places) == ("Book the hall", (told,))
    await world.places.settle(claim, shown={}, gone=frozenset({told.key}))
    assert not (await world.tasks.change(make.order(task, patch, tells=told))).changed
    assert await world.places.next_due() is None


async def test_a_posting_that_surely_failed_is_taken_back_and_not_tried_at_once(
    world: World,
) -> None:
    await a_task(world)
    await world.places.intend("T1", 1, shared(), settled_after=NOW)
    claim = await claimed(world)
    await world.places.sending(claim, "V1")
    await world.places.settle(
        claim, shown={}, unsent=frozenset({"V1"}), again=timedelta(seconds=30)
    )
    assert timedelta(seconds=20) < (await world.places.next_due() or NOW) <= timedelta(seconds=30)
    await world.elapse(timedelta(seconds=30))
    assert [one.sends for one in (await claimed(world)).places] == [1]


async def test_gone_places_go_and_the_others_stay(world: World) -> None:
    await kept(world, there("1.1"), there("2.2", "C2"))
    await change(world, "Book a hall")
    await world.elapse(QUIET)
    await world.places.settle(
        await claimed(world), shown={"C1/1.1": "abc"}, gone=frozenset({"C2/2.2"})
    )
    await world.places.hurry("T1", 1, there("1.1"))
    await world.elapse(SPACING)
    assert [one.key for one in (await claimed(world)).places] == ["C1/1.1"]


async def test_what_is_left_to_do_comes_again(world: World) -> None:
    await kept(world)
    await world.places.hurry("T1", 1, there())
    claim = await claimed(world)
    await world.places.settle(claim, shown={}, again=SETTLED)
    assert QUIET < (await world.places.next_due() or NOW) <= SETTLED
    await world.elapse(SETTLED)
    assert (await claimed(world)).attempts == 2


async def test_an_intent_counts_once_and_is_looked_for_later(world: World) -> None:
    task = await a_task(world)
    first = await world.places.intend("T1", 1, shared(), settled_after=SETTLED)
    again = await world.places.intend("T1", 1, shared(), settled_after=SETTLED)
    assert (first.is_new, again.is_new, again.task.rev) == (True, False, task.rev)
    assert await world.places.claim() is None
    await world.elapse(SETTLED)
    (place,) = (await claimed(world)).places
    assert (place.ts, place.sends, place.lead, place.by) == (None, 1, "look: $this", "U1")
    assert place.last_sent_at is not None


async def test_of_the_same_action_twice_at_once_one_counts(world: World) -> None:
    await a_task(world)
    intents = await asyncio.gather(
        *(world.places.intend("T1", 1, shared(), settled_after=SETTLED) for _ in range(5))
    )
    assert [one.is_new for one in intents].count(True) == 1


async def test_an_intent_on_no_task_says_so(world: World) -> None:
    with pytest.raises(NoSuchTask):
        await world.places.intend("T1", 9, shared(), settled_after=SETTLED)


async def test_what_was_posted_is_known_by_its_message(world: World) -> None:
    await a_task(world)
    await world.places.intend("T1", 1, shared(), settled_after=SETTLED)
    await world.places.posted("T1", 1, "V1", ts="5.5", shown="abc", rev=1)
    await world.places.hurry("T1", 1, there("5.5"))
    (place,) = (await claimed(world)).places
    assert (place.key, place.ts, place.shown, place.sends) == ("V1", "5.5", "abc", 0)


async def test_what_changed_while_it_was_posted_is_due(world: World) -> None:
    await a_task(world)
    await world.places.intend("T1", 1, shared(), settled_after=SETTLED)
    await change(world, "Book a hall")
    await world.elapse(QUIET)
    await world.places.settle(await claimed(world), shown={}, again=SETTLED)
    await world.places.posted("T1", 1, "V1", ts="5.5", shown="abc", rev=1)
    await world.elapse(QUIET)
    assert [one.ts for one in (await claimed(world)).places] == ["5.5"]


async def test_what_was_surely_not_posted_is_due_at_once(world: World) -> None:
    await a_task(world)
    await world.places.intend("T1", 1, shared(), settled_after=SETTLED)
    await world.places.unsent("T1", 1, "V1")
    claim = await claimed(world)
    assert claim.places[0].sends == 0
    await world.places.sending(claim, "V1")
    await world.places.settle(claim, shown={}, again=NOW)
    assert (await claimed(world)).places[0].sends == 1


async def test_a_place_can_be_let_go(world: World) -> None:
    await kept(world, there("1.1"), there("2.2"))
    await world.places.forget("T1", 1, "C1/1.1")
    await world.places.hurry("T1", 1, there("2.2"))
    assert [one.ts for one in (await claimed(world)).places] == ["2.2"]


async def test_the_oldest_place_is_let_go_where_there_are_too_many(world: World) -> None:
    await kept(world, *(there(f"{n}.0", f"C{n}") for n in range(PLACES_MAX)))
    intended = await world.places.intend("T1", 1, shared(), settled_after=SETTLED)
    assert intended.let_go == "C0"
    await world.elapse(SETTLED)
    places = (await claimed(world)).places
    assert (len(places), places[0].channel, places[-1].key) == (PLACES_MAX, "C1", "V1")


async def test_a_message_is_kept_once_and_is_behind_where_the_task_moved_on(world: World) -> None:
    task = await a_task(world)
    await change(world, "Book a hall")
    await world.places.keep("T1", 1, there(), rev=task.rev)
    await world.places.keep("T1", 1, there(), rev=task.rev)
    await world.elapse(QUIET)
    assert len((await claimed(world)).places) == 1


async def test_nothing_is_kept_of_what_is_not_there(world: World) -> None:
    await world.places.keep("T1", 7, there(), rev=1)
    await world.places.hurry("T1", 7, there())
    await world.places.forget("T1", 7, "x")
    assert await world.places.next_due() is None


async def test_another_team_s_tasks_have_no_part_in_it(world: World) -> None:
    await kept(world)
    await world.places.hurry("T2", 1, there())
    await world.places.keep("T2", 1, there("9.9"), rev=0)
    assert await world.places.next_due() is None


async def test_a_row_that_can_be_opened_shows_and_one_made_equal_again_does_not(
    world: World,
) -> None:
    await kept(world)
    claim = await world.queue.claim()
    assert claim is not None
    await world.queue.complete(claim, ROW)
    await world.elapse(QUIET)
    await world.places.settle(await claimed(world), shown={"C1/1.1": "abc"})
    await change(world, "Book a hall")
    await world.elapse(SPACING + LEASE)
    await world.places.settle(await claimed(world), shown={"C1/1.1": "def"})
    claim = await world.queue.claim()
    assert claim is not None
    await world.queue.complete(claim, replace(ROW, rev=2))
    assert await world.places.next_due() is None


async def test_that_a_row_is_stalled_shows_and_that_it_is_tried_again(world: World) -> None:
    await kept(world)
    claim = await world.queue.claim()
    assert claim is not None
    await world.queue.set_aside(claim, state=SyncState.STALLED, reason="Column Due is missing.")
    await world.elapse(QUIET)
    told = await claimed(world)
    assert told.task.sync.state is SyncState.STALLED
    await world.places.settle(told, shown={"C1/1.1": "abc"})
    await world.queue.requeue("T1", 1)
    await world.elapse(SPACING)
    assert (await claimed(world)).task.sync.state is SyncState.WAITING


async def test_only_what_waits_is_in_the_index(mongo: MongoWorld) -> None:
    await a_task(mongo)
    await change(mongo, "Book a hall")
    document = mongo.raw.tasks.find_one({})
    assert document is not None
    assert not {"places", "notices"} & document.keys()
    await mongo.places.keep("T1", 1, there(), rev=1)
    explained = mongo.raw.tasks.find({"notices.next_attempt_at": {"$exists": True}}).explain()
    assert explained["executionStats"]["totalDocsExamined"] == 1
    assert explained["executionStats"]["nReturned"] == 1


async def test_several_go_at_once_and_then_one_after_the_other(world: World) -> None:
    waits = [await world.edits.wait("T1", "chat.update") for _ in range(EDITS_BURST + 1)]
    assert waits[:-1] == [NOW] * EDITS_BURST
    assert NOW < waits[-1] <= EDITS_SPACING
    await world.elapse(EDITS_SPACING)
    assert await world.edits.wait("T1", "chat.update") == NOW
    assert await world.edits.wait("T1", "chat.update") > NOW
    await world.edits.hold("T1", "chat.update", wait=SETTLED)
    await world.elapse(SETTLED * 0.9)
    assert await world.edits.wait("T1", "chat.update") > NOW
    await world.elapse(SETTLED * 0.2)
    assert await world.edits.wait("T1", "chat.update") == NOW
