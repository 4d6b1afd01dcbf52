"""What every Threads, ChannelSettings, Copies and Pacer promise."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from storage.codec import Document
from storage.copies import WAITING
from storage.follower import LEASE
from storage.pacer import SPACING
from tasks.errors import LeaseLost
from tasks.model import Source
from tasks.ports import CopyClaim, Feature, Lane, Named, Remark, Said
from tests.storage_world import MongoWorld, World

MINUTE = timedelta(minutes=1)
NOW = timedelta(0)


def remark(
    original: str = "100.1",
    *,
    of: Source = Source.SLACK,
    number: int = 1,
    thread: str = "99.9",
    team: str = "T1",
) -> Remark:
    return Remark(team=team, number=number, of=of, channel="C1", thread=thread, original=original)


def said(text: str = "Hello", link: str | None = None) -> Said:
    words = (text, Named(person="U2"), "{$gt: 1}")
    return Said(by=Named(person="U1", name="maria"), words=words, link=link)


async def saying(
    world: World, what: Said | None, about: Remark | None = None, *, version: str = "1"
) -> bool:
    about = about or remark()
    return await world.copies.say(about, what, version=version, order=about.original)


async def claimed(world: World, of: Source = Source.SLACK) -> CopyClaim:
    claim = await world.copies.claim(of)
    assert claim is not None
    return claim


async def test_a_thread_belongs_to_the_task_it_was_first_bound_to(world: World) -> None:
    assert await world.threads.task_of("T1", "C1", "1.1") is None
    await world.threads.bind("T1", "C1", "1.1", 7)
    await world.threads.bind("T1", "C1", "1.1", 8)
    assert await world.threads.task_of("T1", "C1", "1.1") == 7
    assert await world.threads.task_of("T1", "C2", "1.1") is None
    assert await world.threads.task_of("T2", "C1", "1.1") is None
    assert [one.ts for one in await world.threads.of_task("T1", 7)] == ["1.1"]
    assert await world.threads.of_task("T1", 8) == ()


async def test_what_was_talked_about_last_comes_first(world: World) -> None:
    for number in (1, 2, 3):
        await world.threads.bind("T1", "C1", f"{number}.0", number)
        await world.elapse(MINUTE)
    await world.threads.talked("T1", 1)
    hour = timedelta(hours=1)
    assert await world.threads.lively("T1", within=hour, limit=2) == (1, 3)
    assert await world.threads.lively("T1", within=MINUTE * 1.5, limit=9) == (1, 3)
    assert await world.threads.lively("T2", within=hour, limit=2) == ()


async def test_a_channel_switches_what_it_names(world: World) -> None:
    assert await world.channels.of("T1", "C1") == {}
    await world.channels.switch("T1", "C1", {Feature.COMMENTS: True}, by="U1")
    (since,) = (await world.channels.of("T1", "C1")).values()
    await world.channels.switch("T1", "C1", {Feature.COMMENTS: True}, by="U2")
    assert await world.channels.of("T1", "C1") == {Feature.COMMENTS: since}
    assert await world.channels.of("T1", "C2") == {}
    assert await world.channels.of("T2", "C1") == {}
    await world.channels.switch("T1", "C1", {}, by="U2")
    assert await world.channels.of("T1", "C1") == {Feature.COMMENTS: since}
    await world.channels.switch("T1", "C1", {Feature.COMMENTS: False}, by="U2")
    assert await world.channels.of("T1", "C1") == {}


async def test_what_was_said_is_due_once(world: World) -> None:
    assert await world.copies.next_due(Source.SLACK) is None
    assert await saying(world, said("$title", link="https://x"))
    assert not await saying(world, said("$title", link="https://y"))
    assert await world.copies.next_due(Source.SLACK) == NOW
    assert await world.copies.next_due(Source.NOTION) is None
    assert await world.copies.claim(Source.NOTION) is None
    claim = await claimed(world)
    assert (claim.remark, claim.said) == (remark(), said("$title", link="https://x"))
    assert (claim.copy_id, claim.sends, claim.attempts) == (None, 0, 1)
    assert await world.copies.claim(Source.SLACK) is None
    await world.copies.complete(claim, copy_id="n1")
    assert await world.copies.next_due(Source.SLACK) is None
    assert not await saying(world, said("$title"))


async def test_what_was_said_at_once_by_many_is_one_copy(world: World) -> None:
    news = await asyncio.gather(*(saying(world, said()) for _ in range(5)))
    assert news.count(True) == 1
    assert len(await world.copies.of_task("T1", 1)) == 1


async def test_an_edit_is_due_under_the_same_copy(world: World) -> None:
    await saying(world, said())
    await world.copies.complete(await claimed(world), copy_id="n1")
    assert await saying(world, said("Edited"), version="2")
    assert not await saying(world, said("Hello"), version="1")
    claim = await claimed(world)
    assert (claim.copy_id, claim.said) == ("n1", said("Edited"))


async def test_a_deletion_stands_against_what_was_said_before_it(world: World) -> None:
    assert await saying(world, None, version="9")
    assert not await saying(world, said(), version="1")
    claim = await claimed(world)
    assert claim.said is None
    await world.copies.complete(claim, copy_id=None)
    (copy,) = await world.copies.of_task("T1", 1)
    assert copy.is_deleted
    assert copy.copy_id is None


async def test_an_edit_while_it_is_being_copied_stays_due(world: World) -> None:
    await saying(world, said())
    claim = await claimed(world)
    await saying(world, said("Edited"), version="2")
    assert await world.copies.claim(Source.SLACK) is None
    await world.copies.complete(claim, copy_id="n1")
    again = await claimed(world)
    assert (again.said, again.copy_id) == (said("Edited"), "n1")


async def test_an_intent_outlives_its_owner(world: World) -> None:
    await saying(world, said())
    claim = await world.copies.intend(await claimed(world))
    assert claim.sends == 1
    assert await world.copies.still_held(claim)
    await world.elapse(LEASE * 2)
    assert not await world.copies.still_held(claim)
    again = await claimed(world)
    assert (again.sends, again.attempts) == (1, 2)
    assert again.last_sent_at is not None
    with pytest.raises(LeaseLost):
        await world.copies.complete(claim, copy_id="n1")
    await world.copies.unsent(again)
    await world.copies.postpone(again, wait=MINUTE)
    assert await world.copies.claim(Source.SLACK) is None
    await world.elapse(MINUTE)
    assert (await claimed(world)).sends == 0


async def test_what_was_given_up_is_due_again_when_something_else_is_said(world: World) -> None:
    await saying(world, said())
    await world.copies.give_up(await claimed(world), reason="no")
    assert await world.copies.claim(Source.SLACK) is None
    assert await saying(world, said("Edited"), version="2")
    assert (await claimed(world)).said == said("Edited")


async def test_a_page_gets_its_copies_in_order(world: World) -> None:
    await saying(world, said("second"), remark("100.2"))
    await saying(world, said("first"), remark("100.1"))
    await saying(world, said("elsewhere"), remark("100.3", number=2))
    first = await claimed(world)
    assert first.said == said("first")
    assert (await claimed(world)).said == said("elsewhere")
    assert await world.copies.claim(Source.SLACK) is None
    await world.copies.complete(first, copy_id="n1")
    assert (await claimed(world)).said == said("second")


async def test_the_next_goes_on_where_the_first_was_given_up(world: World) -> None:
    await saying(world, said("first"), remark("100.1"))
    await saying(world, said("second"), remark("100.2"))
    first = await claimed(world)
    assert await world.copies.claim(Source.SLACK) is None
    await world.copies.give_up(first, reason="no")
    assert (await claimed(world)).said == said("second")


async def test_threads_do_not_wait_for_each_other(world: World) -> None:
    for thread in ("1.1", "2.2"):
        await saying(world, said(), remark("c1", of=Source.NOTION, thread=thread))
    both = [await claimed(world, Source.NOTION) for _ in range(2)]
    assert {claim.remark.thread for claim in both} == {"1.1", "2.2"}


async def test_a_copy_is_known_by_its_id_within_its_team(world: World) -> None:
    await saying(world, said())
    assert not await world.copies.is_copy("T1", "n1")
    await world.copies.complete(await claimed(world), copy_id="n1")
    assert await world.copies.is_copy("T1", "n1")
    assert not await world.copies.is_copy("T2", "n1")
    assert await world.copies.of_task("T2", 1) == ()


async def test_a_channel_is_posted_to_once_a_second_by_all_together(world: World) -> None:
    waits = await asyncio.gather(*(world.pacer.wait("T1", "C1") for _ in range(4)))
    assert waits.count(NOW) == 1
    assert all(wait <= SPACING for wait in waits)
    assert await world.pacer.wait("T1", "C2") == NOW
    assert await world.pacer.wait("T2", "C1") == NOW
    await world.elapse(SPACING)
    assert await world.pacer.wait("T1", "C1") == NOW


async def test_a_held_channel_waits_and_a_hold_is_never_shortened(world: World) -> None:
    await world.pacer.hold("T1", "C1", wait=MINUTE)
    await world.pacer.hold("T1", "C1", wait=timedelta(seconds=1))
    assert await world.pacer.wait("T1", "C1") > timedelta(seconds=30)
    await world.elapse(MINUTE)
    assert await world.pacer.wait("T1", "C1") == NOW


async def test_the_inbox_of_comments_is_another_than_that_of_rows(world: World) -> None:
    await world.comment_inbox.mark("T1", ["p"], lane=Lane.WEBHOOK)
    await world.elapse(MINUTE)
    assert await world.inbox.claim() is None
    mark = await world.comment_inbox.claim()
    assert mark is not None
    assert mark.row_id == "p"


async def test_every_question_about_comments_has_its_index(mongo: MongoWorld) -> None:
    mongo.raw.copies.insert_many(
        {"_id": f"{n}", "team_id": "T1", "number": n % 9, "order": f"{n}", "copy_id": f"n{n}"}
        for n in range(200)
    )
    questions: list[tuple[str, Document, str]] = [
        ("copies", {"of": "slack", **WAITING}, "copies_due"),
        ("copies", {"team_id": "T1", "number": 1}, "copies_of_task"),
        ("copies", {"team_id": "T1", "copy_id": "n1"}, "copy"),
        ("threads", {"team_id": "T1", "number": 1}, "threads_of_task"),
        ("comment_inbox", WAITING, "comment_inbox_due"),
    ]
    for collection, where, index in questions:
        plan = mongo.raw[collection].find(where).explain()["queryPlanner"]["winningPlan"]
        assert plan["inputStage"]["indexName"] == index
    lively = mongo.raw.threads.find({"team_id": "T1"}, sort=[("talked_at", -1)]).explain()
    assert lively["queryPlanner"]["winningPlan"]["inputStage"]["indexName"] == "talked"
