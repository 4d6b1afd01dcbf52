"""Messages of the bot's that stay: where they cannot be edited any more, and how they are found."""

from playground.slack.faults import Fault
from tests.contract.slack_simulator.world import ALL_SCOPES, World, refusal

HISTORY = [*ALL_SCOPES, "channels:history"]
MARK = {"event_type": "mark", "event_payload": {"place": "V1"}}


async def posted(world: World) -> str:
    answer = await world.one.chat_postMessage(channel="C1", text="A card", metadata=MARK)
    return str(answer["ts"])


async def test_nothing_is_edited_or_posted_in_an_archived_channel(world: World) -> None:
    ts = await posted(world)
    world.slack.archive("C1", team="T1")
    edit = world.one.chat_update(channel="C1", ts=ts, text="Another")
    assert (await refusal(edit))["error"] == "is_inactive"
    assert (await refusal(world.one.chat_delete(channel="C1", ts=ts)))["error"] == "is_archived"
    post = world.one.chat_postMessage(channel="C1", text="More")
    assert (await refusal(post))["error"] == "is_archived"


async def test_a_bot_that_was_removed_edits_nothing(world: World) -> None:
    ts = await posted(world)
    world.slack.kick("C1", team="T1")
    edit = world.one.chat_update(channel="C1", ts=ts, text="Another")
    assert (await refusal(edit))["error"] == "channel_not_found"


async def test_a_person_who_was_removed_is_no_member(world: World) -> None:
    world.slack.kick("C1", user="U2", team="T1")
    members = await world.one.conversations_members(channel="C1")
    assert "U2" not in members["members"]
    assert "U1" in members["members"]


async def test_the_history_tells_of_marks_to_whoever_asks_the_latest_first(world: World) -> None:
    world.slack.install("T1", "One", "xoxb-T1", HISTORY)
    before = world.slack.say("Hello", user="U1", team="T1")
    ts = await posted(world)
    found = await world.one.conversations_history(channel="C1", include_all_metadata=True)
    assert [one["ts"] for one in found["messages"]] == [ts, before.ts]
    assert found["messages"][0]["metadata"] == MARK
    bare = await world.one.conversations_history(channel="C1", oldest=before.ts)
    assert [one["ts"] for one in bare["messages"]] == [ts]
    assert "metadata" not in bare["messages"][0]
    first = await world.one.conversations_history(channel="C1", limit=1)
    cursor = first["response_metadata"]["next_cursor"]
    rest = await world.one.conversations_history(channel="C1", limit=1, cursor=cursor)
    assert [one["ts"] for one in rest["messages"]] == [before.ts]


async def test_the_history_needs_its_scope_and_the_channel(world: World) -> None:
    missing = await refusal(world.one.conversations_history(channel="C1"))
    assert missing["error"] == "missing_scope"
    world.slack.install("T1", "One", "xoxb-T1", HISTORY)
    world.slack.kick("C1", team="T1")
    assert (await refusal(world.one.conversations_history(channel="C1")))[
        "error"
    ] == "not_in_channel"


async def test_an_answer_can_come_long_after_the_effect(world: World) -> None:
    world.slack.faults.script("chat.postMessage", Fault(kind="delay_after", seconds=60))
    before = world.clock.at
    ts = await posted(world)
    assert float(ts) < before + 60
    assert world.clock.slept == [60]
