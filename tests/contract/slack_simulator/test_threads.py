"""Threads: who hears of replies, edits and deletions, and how a thread is read again."""

import json
from typing import Any

import pytest
from jsonschema import Draft7Validator

from playground.slack.errors import Impossible
from playground.slack.state import Message
from tests.contract.slack_simulator.world import ALL_SCOPES, World, refusal
from tests.shared_data import shared_data

HISTORY = [*ALL_SCOPES, "channels:history"]


def may_hear(world: World) -> Message:
    world.slack.install("T1", "One", "xoxb-T1", HISTORY)
    return world.slack.say("Who does it?", user="U1", team="T1")


def events(world: World) -> list[dict[str, Any]]:
    return [body["event"] for body in world.bot.received]


def completed(event: dict[str, Any]) -> dict[str, Any]:
    """Return an event whose inner messages have what the types ask for, and Slack leaves out."""
    outer = {key: event[key] for key in ("channel", "channel_type", "event_ts")}
    inner = {key: outer | event[key] for key in ("message", "previous_message") if key in event}
    return event | inner


async def test_a_reply_its_edit_and_its_deletion_are_told_as_slack_tells_them(
    world: World,
) -> None:
    parent = may_hear(world)
    reply = await world.slack.reply(parent, "On it", user="U2")
    await world.slack.edit_message(reply, "Done")
    await world.slack.delete_message(reply)
    said, changed, deleted = events(world)
    assert (said["text"], said["thread_ts"], said["channel_type"]) == (
        "On it",
        parent.ts,
        "channel",
    )
    assert (changed["subtype"], changed["message"]["text"]) == ("message_changed", "Done")
    assert said["ts"] < changed["message"]["edited"]["ts"]
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", reply.ts)
    schema = shared_data("slack", "types-schemas", "SlackEvent.schema.json")
    judge = Draft7Validator(json.loads(schema.read_text()))
    for event in events(world):
        assert list(judge.iter_errors(completed(event))) == []


async def test_without_the_scope_or_out_of_the_channel_nothing_is_told(world: World) -> None:
    parent = world.slack.say("Who does it?", user="U1", team="T1")
    await world.slack.reply(parent, "On it", user="U2")
    may_hear(world)
    room = world.slack.core.state.teams["T1"].channels["C1"]
    bot = world.slack.core.state.teams["T1"].installation
    assert bot is not None
    room.members.remove(bot.bot_user_id)
    await world.slack.reply(parent, "On it", user="U2")
    assert events(world) == []


async def test_nothing_is_told_that_the_manifest_does_not_ask_for(world: World) -> None:
    parent = may_hear(world)
    world.slack.use_manifest({"settings": {"event_subscriptions": {"bot_events": []}}})
    await world.slack.reply(parent, "On it", user="U2")
    assert events(world) == []


async def test_an_ephemeral_message_has_no_thread(world: World) -> None:
    may_hear(world)
    await world.one.chat_postEphemeral(channel="C1", user="U1", text="psst")
    (_, hidden) = world.slack.messages("C1", user="U1", team="T1")
    with pytest.raises(Impossible):
        await world.slack.reply(hidden, "What?", user="U1")


async def test_a_thread_is_read_with_its_first_message_and_without_what_is_gone(
    world: World,
) -> None:
    parent = may_hear(world)
    replies = [await world.slack.reply(parent, text, user="U2") for text in ("a", "b", "c")]
    await world.slack.delete_message(replies[1])
    whole = await world.one.conversations_replies(channel="C1", ts=parent.ts)
    assert [each["text"] for each in whole["messages"]] == ["Who does it?", "a", "c"]
    page = await world.one.conversations_replies(channel="C1", ts=parent.ts, limit=2)
    assert page["has_more"]
    cursor = page["response_metadata"]["next_cursor"]
    rest = await world.one.conversations_replies(channel="C1", ts=parent.ts, limit=2, cursor=cursor)
    assert [each["text"] for each in rest["messages"]] == ["c"]


async def test_metadata_is_shown_to_who_asks_for_it(world: World) -> None:
    parent = may_hear(world)
    metadata = {"event_type": "copy", "event_payload": {"id": "1"}}
    await world.one.chat_postMessage(channel="C1", thread_ts=parent.ts, text="x", metadata=metadata)
    plain = await world.one.conversations_replies(channel="C1", ts=parent.ts)
    assert "metadata" not in plain["messages"][1]
    shown = await world.one.conversations_replies(
        channel="C1", ts=parent.ts, include_all_metadata=True
    )
    assert shown["messages"][1]["metadata"] == metadata


async def test_a_thread_is_read_with_the_scope_of_its_channel_only(world: World) -> None:
    parent = world.slack.say("Who does it?", user="U1", team="T1")
    body = await refusal(world.one.conversations_replies(channel="C1", ts=parent.ts))
    assert body["error"] == "missing_scope"
    may_hear(world)
    body = await refusal(world.one.conversations_replies(channel="C1", ts="1.1"))
    assert body["error"] == "thread_not_found"
