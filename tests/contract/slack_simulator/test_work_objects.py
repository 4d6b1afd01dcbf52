"""Work Objects: taken as Slack documents them, opened by one person, and refreshed for all."""

from __future__ import annotations

import copy
from collections.abc import Awaitable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from playground.slack.errors import Impossible
from playground.slack.panes import Pane
from playground.slack.state import Message
from tests.contract.slack_simulator.world import World

LINK = "https://tasks.example/t/1?from=chat"
URL = "https://tasks.example/t/1"
ENTITY: dict[str, Any] = {
    "entity_type": "slack#/entities/task",
    "url": URL,
    "external_ref": {"id": "T1-1", "type": "task"},
    "entity_payload": {
        "attributes": {
            "title": {"text": "Book it"},
            "display_id": "T-1",
            "metadata_last_modified": 100,
        },
        "fields": {
            "status": {"value": "Open", "tag_color": "blue"},
            "assignee": {"type": "slack#/types/user", "user": {"user_id": "U2"}},
            "due_date": {"type": "slack#/types/date", "value": "2026-11-27"},
        },
        "custom_fields": [
            {
                "key": "tags",
                "label": "Tags",
                "type": "array",
                "item_type": "string",
                "value": [{"value": "a"}, {"value": "b"}],
            }
        ],
        "display_order": ["status", "assignee", "due_date", "tags"],
        "actions": {
            "primary_actions": [{"text": "Done", "action_id": "done", "value": "1"}],
            "overflow_actions": [{"text": "History", "action_id": "history", "value": "1"}],
        },
    },
}
BELOW: dict[str, Any] = {"app_unfurl_url": LINK, **ENTITY}
SEEN = """\
Book it  T-1
Status: Open
Assignee: sam
Due date: 2026-11-27
Tags: a, b
[Done]
[History]"""


def changed(where: str, value: object, *, base: dict[str, Any] = BELOW) -> dict[str, Any]:
    """Return the object with something else in one place; `...` takes it away."""
    found = copy.deepcopy(base)
    *path, last = where.split("/")
    at: Any = found
    for name in path:
        at = at[int(name) if name.isdigit() else name]
    if value is ...:
        del at[last]
    else:
        at[last] = value
    return found


def newer(seconds: int, title: str) -> dict[str, Any]:
    found = changed("entity_payload/attributes/metadata_last_modified", seconds, base=ENTITY)
    return changed("entity_payload/attributes/title/text", title, base=found)


async def posted(world: World, *, on: bool = True) -> Message:
    world.slack.core.work_objects = on
    return await world.slack.share(LINK, user="U1", channel="C1", team="T1")


async def unfurl(world: World, message: Message, *entities: dict[str, Any]) -> None:
    await world.one.api_call(
        "chat.unfurl",
        json={"channel": "C1", "ts": message.ts, "metadata": {"entities": list(entities)}},
    )


async def opened(world: World, user: str = "U2") -> tuple[Message, Pane, str]:
    """Return a message with an object, what somebody sees who opens it, and their trigger."""
    message = await posted(world)
    await unfurl(world, message, BELOW)
    pane = await world.slack.open_details(message, user=user)
    return message, pane, str(world.bot.received[-1]["event"]["trigger_id"])


async def present(world: World, trigger_id: str, **given: object) -> None:
    await world.one.api_call("entity.presentDetails", json={"trigger_id": trigger_id, **given})


async def refused(call: Awaitable[object]) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def test_an_object_is_seen_below_its_link(world: World) -> None:
    message = await posted(world)
    await unfurl(world, message, BELOW)
    assert message.plain.partition("\n")[2] == SEEN
    assert message.pings == frozenset()


async def test_an_app_that_has_not_switched_them_on_is_refused(world: World) -> None:
    message = await posted(world, on=False)
    assert await refused(unfurl(world, message, BELOW)) == "feature_not_enabled"
    assert await refused(present(world, "1.2.3", metadata=ENTITY)) == "feature_not_enabled"
    assert message.unfurls == {}


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("app_unfurl_url", ...),
        ("url", ...),
        ("url", "not an address"),
        ("external_ref", ...),
        ("external_ref/id", ...),
        ("entity_type", "slack#/entities/chore"),
        ("entity_payload/attributes/title", "Book it"),
        ("entity_payload/attributes/title/text", ""),
        ("entity_payload/attributes/colour", "red"),
        ("entity_payload/attributes/metadata_last_modified", "now"),
        ("entity_payload/fields/creator", {"value": "maria"}),
        ("entity_payload/fields/status/value", ""),
        ("entity_payload/fields/status/tag_color", "pink"),
        ("entity_payload/fields/assignee/type", ...),
        ("entity_payload/fields/assignee/user/text", "Sam"),
        ("entity_payload/fields/due_date/value", "27 Nov"),
        ("entity_payload/fields/due_date/type", "slack#/types/timestamp"),
        ("entity_payload/custom_fields/0/label", ...),
        ("entity_payload/custom_fields/0/item_type", ...),
        ("entity_payload/custom_fields/0/value", ["a"]),
        ("entity_payload/display_order", ["status", "size"]),
        ("entity_payload/actions/primary_actions/0/text", {"type": "plain_text", "text": "Done"}),
        ("entity_payload/actions/primary_actions/0/action_id", "x" * 256),
        ("entity_payload/actions/primary_actions/0/value", "x" * 2001),
        ("entity_payload/actions/primary_actions/0/style", "loud"),
        ("entity_payload/actions/primary_actions", [{"text": "x", "action_id": "x"}] * 3),
        ("entity_payload/actions/overflow_actions", [{"text": "x", "action_id": "x"}] * 6),
    ],
)
async def test_what_is_not_as_documented_is_refused(
    world: World, where: str, value: object
) -> None:
    message = await posted(world)
    wrong = changed(where, value)
    assert await refused(unfurl(world, message, wrong)) == "error_processing_metadata"
    assert message.unfurls == {}
    assert [one.kind for one in world.slack.violations] == ["error_processing_metadata"]


async def test_only_links_of_the_message_can_be_objects(world: World) -> None:
    message = await posted(world)
    other = changed("app_unfurl_url", "https://tasks.example/t/9")
    assert await refused(unfurl(world, message, other)) == "cannot_unfurl_message"


async def test_rich_text_is_not_taken_below_links(world: World) -> None:
    message = await posted(world)
    rich = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]}
    call = world.one.api_call(
        "chat.unfurl",
        json={"channel": "C1", "ts": message.ts, "unfurls": {LINK: {"blocks": [rich]}}},
    )
    assert await refused(call) == "invalid_blocks"


async def test_an_attachment_takes_the_place_of_an_object(world: World) -> None:
    message = await posted(world)
    await unfurl(world, message, BELOW)
    text = {"type": "section", "text": {"type": "plain_text", "text": "plain"}}
    await world.one.api_call(
        "chat.unfurl",
        json={"channel": "C1", "ts": message.ts, "unfurls": {LINK: {"blocks": [text]}}},
    )
    assert message.plain.endswith("\nplain")
    with pytest.raises(Impossible):
        await world.slack.open_details(message, user="U2")


async def test_whoever_opens_an_object_is_told_of_with_all_that_names_it(world: World) -> None:
    message, pane, _ = await opened(world)
    event = world.bot.received[-1]["event"]
    assert (event["type"], event["user"]) == ("entity_details_requested", "U2")
    assert (event["entity_url"], event["app_unfurl_url"]) == (URL, LINK)
    assert event["external_ref"] == ENTITY["external_ref"]
    assert (event["channel"], event["message_ts"]) == ("C1", message.ts)
    assert pane.plain == ""


async def test_out_of_a_search_slack_knows_the_address_alone(world: World) -> None:
    world.slack.core.work_objects = True
    await world.slack.find_details(URL, user="U1", team="T1")
    event = world.bot.received[-1]["event"]
    assert event["entity_url"] == URL
    assert not {"external_ref", "channel", "message_ts"} & set(event)


async def test_details_are_shown_once_within_three_seconds(world: World) -> None:
    message, pane, trigger = await opened(world)
    await present(world, trigger, metadata=ENTITY)
    assert pane.plain == SEEN
    assert await refused(present(world, trigger, metadata=ENTITY)) == "invalid_trigger_id"
    late = await world.slack.open_details(message, user="U2")
    trigger = world.bot.received[-1]["event"]["trigger_id"]
    await world.clock.sleep(3.5)
    assert await refused(present(world, trigger, metadata=ENTITY)) == "invalid_trigger_id"
    assert late.plain == ""


async def test_the_trigger_is_looked_at_first_then_the_object(world: World) -> None:
    _, _, trigger = await opened(world)
    nameless = changed("external_ref", ..., base=ENTITY)
    assert await refused(present(world, "1.2.3", metadata=nameless)) == "invalid_trigger_id"
    assert await refused(present(world, trigger, metadata=nameless)) == "invalid_arguments"
    assert await refused(present(world, trigger, metadata=BELOW)) == "invalid_arguments"
    other = changed("external_ref/id", "T1-2", base=ENTITY)
    code = await refused(present(world, trigger, metadata=other))
    assert code == "entity_metadata_does_not_match_trigger"


async def test_newer_details_are_shown_below_the_link_too(world: World) -> None:
    message, _, trigger = await opened(world)
    await present(world, trigger, metadata=newer(100, "Not newer"))
    assert "Book it" in message.plain
    await world.slack.open_details(message, user="U1")
    trigger = world.bot.received[-1]["event"]["trigger_id"]
    await present(world, trigger, metadata=newer(101, "Book the hall"))
    assert "Book the hall" in message.plain


async def test_an_error_is_shown_in_place_of_the_details(world: World) -> None:
    message, pane, trigger = await opened(world)
    error = {"status": "custom", "custom_title": "No", "custom_message": "Not yours."}
    await present(world, trigger, error=error)
    assert pane.plain == "No\nNot yours."
    assert "Book it" in message.plain
    for wrong in ({"status": "gone"}, {"status": "not_found", "custom_message": "x"}, {}):
        await world.slack.open_details(message, user="U2")
        trigger = world.bot.received[-1]["event"]["trigger_id"]
        assert await refused(present(world, trigger, error=wrong)) == "invalid_arguments"


async def test_a_button_below_the_link_says_which_object_it_stands_in(world: World) -> None:
    message = await posted(world)
    await unfurl(world, message, BELOW)
    await world.slack.click(message, "Done", user="U2")
    body = world.bot.received[-1]
    container = body["container"]
    assert (container["type"], container["app_unfurl_url"]) == ("message_attachment", LINK)
    assert (container["entity_url"], container["external_ref"]["id"]) == (URL, "T1-1")
    assert body["app_unfurl"]["title"] == "Book it"
    assert "blocks" not in body["app_unfurl"]


async def test_a_button_in_the_details_opens_no_message_and_renews_them(world: World) -> None:
    message, pane, trigger = await opened(world)
    await present(world, trigger, metadata=ENTITY)
    with pytest.raises(Impossible, match="only U2"):
        await world.slack.click(pane, "Done", user="U1")
    await world.slack.click(pane, "Done")
    body = world.bot.received[-1]
    assert body["container"] == {
        "type": "entity_detail",
        "entity_url": URL,
        "app_unfurl_url": LINK,
        "external_ref": ENTITY["external_ref"],
        "channel_id": "C1",
        "message_ts": message.ts,
    }
    assert not {"message", "channel", "response_url"} & set(body)
    await present(world, body["trigger_id"], metadata=newer(101, "Booked"))
    assert pane.plain.startswith("Booked")
