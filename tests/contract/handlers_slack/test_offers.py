"""A reaction offers a task, once for a message, where the channel has switched that on."""

from __future__ import annotations

import pytest

from playground.slack.faults import Fault
from playground.slack.state import Message
from tasks.errors import NotSaved
from tasks.ports import Feature
from tests.contract.handlers_slack.world import TEAM, World

ASKED = "Make this message a task?"


async def switched_on(world: World) -> Message:
    await world.channels.switch(TEAM, "C1", {Feature.REACTIONS: True}, by="U1")
    return world.slack.say("Book the venue\nby friday", user="U2", channel="C1")


def offers(world: World, user: str) -> list[Message]:
    found = world.slack.messages("C1", user=user)
    return [message for message in found if message.plain.startswith(ASKED)]


async def test_off_at_first_nothing_is_offered(world: World) -> None:
    message = world.slack.say("Book the venue", channel="C1")
    await world.slack.react(message, "memo")
    await world.settled()
    assert not offers(world, "U1")


@pytest.mark.parametrize("emoji", ["memo", "ballot_box_with_check"])
async def test_the_first_who_reacts_is_asked_and_nobody_else(world: World, emoji: str) -> None:
    message = await switched_on(world)
    await world.slack.react(message, emoji, user="U1", deliveries=3)
    await world.slack.react(message, emoji, user="U2")
    await world.settled()
    assert len(offers(world, "U1")) == 1
    assert not offers(world, "U2")


async def test_other_emoji_say_nothing(world: World) -> None:
    message = await switched_on(world)
    await world.slack.react(message, "heart_eyes")
    await world.settled()
    assert not offers(world, "U1")


async def test_the_form_starts_with_the_message_and_its_thread_is_told(world: World) -> None:
    message = await switched_on(world)
    await world.slack.react(message, "memo", user="U1")
    await world.settled()
    (offer,) = offers(world, "U1")
    opened = await world.slack.click(offer, "Make it a task", user="U1")
    assert opened.modal is not None
    await world.slack.submit(opened.modal)
    await world.settled()
    task = await world.task()
    assert (task.title, task.notes) == ("Book the venue", "by friday")
    assert (task.author, task.channel) == ("U2", "C1")
    assert task.source is not None
    below = [m for m in world.slack.messages("C1", user="U2") if m.thread_ts == message.ts]
    assert below[-1].plain.startswith("This is a task now")
    assert offer.deleted


async def test_a_reply_in_a_thread_can_be_marked_too(world: World) -> None:
    parent = await switched_on(world)
    for text in ("first", "second"):
        await world.slack.reply(parent, text, user="U2")
    reply = await world.slack.reply(parent, "the third", user="U2")
    await world.slack.react(reply, "memo", user="U1")
    await world.settled()
    opened = await world.slack.click(offers(world, "U1")[0], "Make it a task", user="U1")
    assert opened.modal is not None
    await world.slack.submit(opened.modal)
    assert (await world.task()).title == "the third"


async def test_without_the_right_to_read_the_form_says_so_and_keeps_the_link(world: World) -> None:
    message = await switched_on(world)
    await world.slack.react(message, "memo", user="U1")
    await world.settled()
    world.slack.faults.script("conversations.replies", Fault(kind="error", code="missing_scope"))
    opened = await world.slack.click(offers(world, "U1")[0], "Make it a task", user="U1")
    assert opened.modal is not None
    assert "I cannot read that message here" in opened.modal.plain
    await world.slack.submit(opened.modal, {"Title": "Book it"})
    task = await world.task()
    assert task.source is not None
    assert task.author == "U2"


async def test_not_now_takes_the_question_away_for_good(world: World) -> None:
    message = await switched_on(world)
    await world.slack.react(message, "memo", user="U1")
    await world.settled()
    (offer,) = offers(world, "U1")
    await world.slack.click(offer, "Not now", user="U1")
    await world.slack.react(message, "ballot_box_with_check", user="U1")
    await world.settled()
    assert offer.deleted
    assert not world.database.records


async def test_fault_2_the_database_is_away_and_slack_brings_it_again(world: World) -> None:
    message = await switched_on(world)
    world.channels.fail_next(NotSaved())
    answer = await world.slack.react(message, "memo", user="U1")
    await world.settled()
    assert answer is not None
    assert len(answer.attempts) == 2
    assert len(offers(world, "U1")) == 1
