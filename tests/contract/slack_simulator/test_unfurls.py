"""Links below which the app may show something: told of once, and guarded as Slack guards them."""

from __future__ import annotations

import pytest
from slack_sdk.errors import SlackApiError

from playground.slack.errors import Impossible
from tests.contract.slack_simulator.world import World

LINK, OTHER = "https://tasks.example/t/1", "https://tasks.example/t/2"
BUTTON = {
    "type": "button",
    "action_id": "done",
    "text": {"type": "plain_text", "text": "Done"},
    "value": "1",
}
CARD = {"blocks": [{"type": "actions", "elements": [BUTTON]}]}
MANIFEST = {
    "features": {"unfurl_domains": ["tasks.example"]},
    "settings": {
        "interactivity": {"is_enabled": True},
        "event_subscriptions": {"bot_events": ["link_shared"]},
    },
}


async def refused(world: World, **given: object) -> str:
    with pytest.raises(SlackApiError) as caught:
        await world.one.api_call("chat.unfurl", json=given)
    return str(caught.value.response["error"])


async def test_links_are_told_of_together_and_by_the_message(world: World) -> None:
    message = await world.slack.share(f"{LINK} and {OTHER}", user="U1", channel="C1", team="T1")
    event = world.bot.received[-1]["event"]
    assert [one["url"] for one in event["links"]] == [LINK, OTHER]
    named = (event["source"], event["channel"], event["message_ts"])
    assert named == ("conversations_history", "C1", message.ts)
    assert event["is_bot_user_member"] is True


async def test_of_a_draft_the_channel_is_not_told(world: World) -> None:
    draft = await world.slack.compose(LINK, user="U1", team="T1")
    event = world.bot.received[-1]["event"]
    assert (event["source"], event["channel"]) == ("composer", "COMPOSER")
    assert event["is_bot_user_member"] is False
    where = {"unfurl_id": event["unfurl_id"], "source": "composer"}
    await world.one.api_call("chat.unfurl", json={**where, "unfurls": {LINK: CARD}})
    assert "[Done]" in draft.plain
    wrong = {**where, "source": "conversations_history", "unfurls": {LINK: CARD}}
    assert await refused(world, **wrong) == "invalid_source"


@pytest.mark.parametrize(
    ("unfurls", "error"),
    [
        ({"https://tasks.example/t/9": CARD}, "cannot_unfurl_message"),
        ({LINK: {}}, "cannot_parse_attachment"),
        ({LINK: "text"}, "cannot_parse_attachment"),
        ({LINK: {"blocks": [{"type": "actions", "elements": []}]}}, "cannot_parse_attachment"),
        ({}, "missing_unfurls"),
    ],
)
async def test_what_slack_refuses_is_refused(
    world: World, unfurls: dict[str, object], error: str
) -> None:
    message = await world.slack.share(LINK, user="U1", channel="C1", team="T1")
    assert await refused(world, channel="C1", ts=message.ts, unfurls=unfurls) == error


async def test_only_links_that_the_app_was_told_of_are_unfurled(world: World) -> None:
    message = world.slack.say(LINK, user="U1", channel="C1", team="T1")
    given = {"channel": "C1", "ts": message.ts, "unfurls": {LINK: CARD}}
    assert await refused(world, **given) == "cannot_unfurl_url"


async def test_a_second_unfurl_takes_the_place_of_the_first(world: World) -> None:
    message = await world.slack.share(LINK, user="U1", channel="C1", team="T1")
    where = {"channel": "C1", "ts": message.ts}
    for words in ("one", "two"):
        shown = {"blocks": [{"type": "section", "text": {"type": "plain_text", "text": words}}]}
        await world.one.api_call("chat.unfurl", json={**where, "unfurls": {LINK: shown}})
    assert message.plain.endswith("\ntwo")
    assert "one" not in message.plain


async def test_a_button_below_a_link_says_below_which(world: World) -> None:
    message = await world.slack.share(LINK, user="U1", channel="C1", team="T1")
    given = {"channel": "C1", "ts": message.ts, "unfurls": {LINK: CARD}}
    await world.one.api_call("chat.unfurl", json=given)
    await world.slack.click(message, "Done", user="U2")
    body = world.bot.received[-1]
    container = body["container"]
    assert (container["type"], container["app_unfurl_url"]) == ("message_attachment", LINK)
    assert container["message_ts"] == message.ts
    assert body["app_unfurl"]["app_unfurl_url"] == LINK
    assert "message" not in body


async def test_links_of_domains_that_are_not_registered_are_not_told_of(world: World) -> None:
    world.slack.use_manifest(MANIFEST)
    await world.slack.share("https://deep.tasks.example/t/1", user="U1", channel="C1", team="T1")
    with pytest.raises(Impossible, match="does not register"):
        await world.slack.share("https://eviltasks.example/1", user="U1", channel="C1", team="T1")
