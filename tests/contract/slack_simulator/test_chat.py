from typing import Any

import pytest

from tests.contract.slack_simulator.world import World, refusal

SECTION: dict[str, Any] = {"type": "section", "text": {"type": "mrkdwn", "text": "*hi*"}}


async def test_a_posted_message_is_seen_by_everyone(world: World) -> None:
    posted = await world.one.chat_postMessage(channel="C1", text="hi", blocks=[SECTION])

    (shown,) = world.slack.messages("C1", user="U2", team="T1")
    assert (shown.ts, shown.text, shown.plain) == (posted["ts"], "hi", "*hi*")
    assert posted["message"]["bot_id"] == shown.bot_id
    assert world.slack.messages("C1", team="T2") == []


async def test_a_channel_may_be_a_name_or_a_person(world: World) -> None:
    named = await world.one.chat_postMessage(channel="#general", text="hi")
    direct = await world.one.chat_postMessage(channel="U2", text="psst")

    assert named["channel"] == "C1"
    assert direct["channel"].startswith("D")
    assert [m.text for m in world.slack.direct_messages(user="U2", team="T1")] == ["psst"]
    assert world.slack.direct_messages(user="U1", team="T1") == []


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ({"channel": "C404", "text": "x"}, "channel_not_found"),
        ({"channel": "C1"}, "no_text"),
        ({"channel": "C1", "blocks": "{"}, "invalid_blocks_format"),
        ({"channel": "C1", "blocks": {}}, "invalid_blocks_format"),
        ({"channel": "C1", "text": "x", "blocks": [{"type": "x"}]}, "invalid_blocks"),
        ({"channel": "C1", "text": "x", "markdown_text": "y"}, "markdown_text_conflict"),
        ({"channel": "C1", "text": "x", "metadata": {"a": 1}}, "invalid_metadata_format"),
        ({"channel": "C1", "text": "x", "thread_ts": "1.2"}, "thread_not_found"),
        ({"channel": "C2", "text": "x"}, "not_in_channel"),
        ({"channel": "C3", "text": "x"}, "is_archived"),
        ({"text": "x"}, "invalid_arguments"),
    ],
)
async def test_a_message_is_refused(world: World, args: dict[str, Any], code: str) -> None:
    world.slack.add_channel("C2", "elsewhere", with_bot=False)
    world.slack.add_channel("C3", "old").is_archived = True

    body = await refusal(world.one.api_call("chat.postMessage", json=args))

    assert body["error"] == code


async def test_refused_blocks_are_a_violation_with_a_pointer(world: World) -> None:
    body = await refusal(
        world.one.chat_postMessage(channel="C1", text="x", blocks=[{"type": "section"}])
    )

    problem = "missing required field: text or fields [json-pointer:/blocks/0]"
    assert body["errors"] == [problem]
    assert body["response_metadata"]["messages"] == [f"[ERROR] {problem}"]
    assert [violation.kind for violation in world.slack.violations] == ["invalid_blocks"]


@pytest.mark.filterwarnings("ignore:The top-level `text` argument")
async def test_blocks_without_text_are_taken_and_noted(world: World) -> None:
    await world.one.chat_postMessage(channel="C1", blocks=[SECTION])

    assert [violation.kind for violation in world.slack.violations] == ["no_text"]


async def test_a_long_text_is_cut_with_a_warning(world: World) -> None:
    posted = await world.one.chat_postMessage(channel="C1", text="x" * 40_001)

    assert posted["warning"] == "message_truncated"
    assert len(posted["message"]["text"]) == 40_000


async def test_one_message_a_second_and_channel(world: World) -> None:
    await world.one.chat_postMessage(channel="C1", text="1")

    with pytest.raises(Exception, match="ratelimited") as refused:
        await world.one.chat_postMessage(channel="C1", text="2")
    response = refused.value.response  # type: ignore[attr-defined]  # a SlackApiError
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "1"

    await world.two.chat_postMessage(channel="C1", text="another workspace")
    world.clock.at += 1
    await world.one.chat_postMessage(channel="C1", text="2")


async def test_an_own_message_is_updated_in_place(world: World) -> None:
    posted = await world.one.chat_postMessage(channel="C1", text="a", blocks=[SECTION])

    await world.one.chat_update(channel="C1", ts=posted["ts"], text="b")

    (shown,) = world.slack.messages("C1", team="T1")
    assert (shown.text, shown.plain, shown.ts) == ("b", "b", posted["ts"])
    body = await refusal(world.one.chat_update(channel="C1", ts=posted["ts"], text="x" * 4001))
    assert body["error"] == "msg_too_long"


async def test_an_ephemeral_is_out_of_reach(world: World) -> None:
    posted = await world.one.chat_postEphemeral(channel="C1", user="U1", text="psst")
    ts = posted["message_ts"]

    assert [m.text for m in world.slack.messages("C1", user="U1", team="T1")] == ["psst"]
    assert world.slack.messages("C1", user="U2", team="T1") == []
    for call in (
        world.one.chat_update(channel="C1", ts=ts, text="x"),
        world.one.chat_delete(channel="C1", ts=ts),
        world.one.chat_getPermalink(channel="C1", message_ts=ts),
    ):
        assert (await refusal(call))["error"] == "message_not_found"


async def test_an_ephemeral_needs_somebody_in_the_channel(world: World) -> None:
    world.slack.add_user("U3", "guest", is_guest=True)

    body = await refusal(world.one.chat_postEphemeral(channel="C1", user="U3", text="psst"))

    assert body["error"] == "user_not_in_channel"


async def test_somebody_elses_message_stays_as_it_is(world: World) -> None:
    message = world.slack.say("mine", user="U1", channel="C1", team="T1")

    update = world.one.chat_update(channel="C1", ts=message.ts, text="yours")
    assert (await refusal(update))["error"] == "cant_update_message"
    delete = world.one.chat_delete(channel="C1", ts=message.ts)
    assert (await refusal(delete))["error"] == "cant_delete_message"


async def test_a_deleted_message_is_gone(world: World) -> None:
    posted = await world.one.chat_postMessage(channel="C1", text="a")

    await world.one.chat_delete(channel="C1", ts=posted["ts"])

    assert world.slack.messages("C1", team="T1") == []
    again = world.one.chat_delete(channel="C1", ts=posted["ts"])
    assert (await refusal(again))["error"] == "message_not_found"


async def test_a_permalink_names_workspace_channel_and_message(world: World) -> None:
    message = world.slack.say("x", user="U1", channel="C1", team="T1")

    answer = await world.one.chat_getPermalink(channel="C1", message_ts=message.ts)

    packed = message.ts.replace(".", "")
    assert answer["permalink"] == f"https://one.slack.com/archives/C1/p{packed}"


async def test_a_reaction_is_added_once(world: World) -> None:
    message = world.slack.say("x", user="U1", channel="C1", team="T1")

    await world.one.reactions_add(channel="C1", timestamp=message.ts, name="eyes")

    assert list(message.reactions) == ["eyes"]
    again = world.one.reactions_add(channel="C1", timestamp=message.ts, name="eyes")
    assert (await refusal(again))["error"] == "already_reacted"


async def test_a_shared_link_is_unfurled(world: World) -> None:
    link = "https://tasks.example/T-12"
    message = await world.slack.share(link, user="U1", channel="C1", team="T1")
    event = world.bot.received[-1]["event"]

    await world.one.chat_unfurl(
        unfurl_id=event["unfurl_id"], source=event["source"], unfurls={link: {"text": "T-12"}}
    )
    assert message.unfurls == {link: {"text": "T-12"}}

    other = world.one.chat_unfurl(channel="C1", ts=message.ts, unfurls={"https://e.com": {}})
    assert (await refusal(other))["error"] == "cannot_unfurl_message"
