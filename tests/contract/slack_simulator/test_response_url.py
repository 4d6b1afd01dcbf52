import aiohttp
import pytest

from playground.slack.errors import Impossible
from playground.slack.state import Message
from tests.contract.slack_simulator.bolt_app import CARD
from tests.contract.slack_simulator.world import World


async def command_url(world: World) -> str:
    await world.slack.command("/task", user="U1", team="T1")
    return str(world.bot.received[-1]["response_url"])


async def clicked(world: World, *, in_channel: bool) -> tuple[Message, str]:
    kind = "in_channel" if in_channel else "ephemeral"
    world.bot.says_json({"text": "card", "blocks": CARD, "response_type": kind})
    message = (await world.slack.command("/task", user="U1", team="T1")).message
    world.bot.says("")
    await world.slack.click(message, "done", user="U1")
    return message, str(world.bot.received[-1]["response_url"])


async def post(url: str, body: object) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as response:
        return response.status, await response.text()


def seen(world: World, user: str) -> list[str]:
    return [message.text for message in world.slack.messages("C1", user=user, team="T1")]


async def test_an_answer_is_ephemeral_unless_it_says_otherwise(world: World) -> None:
    url = await command_url(world)

    assert await post(url, {"text": "psst"}) == (200, "ok")
    await post(url, {"text": "all", "response_type": "in_channel"})

    assert seen(world, "U1") == ["psst", "all"]
    assert seen(world, "U2") == ["all"]


async def test_the_sixth_use_is_refused(world: World) -> None:
    url = await command_url(world)
    for number in range(5):
        assert (await post(url, {"text": str(number)}))[0] == 200

    assert await post(url, {"text": "6"}) == (404, "used_url")


async def test_after_thirty_minutes_it_is_expired(world: World) -> None:
    url = await command_url(world)
    world.clock.at += 30 * 60 + 1

    assert await post(url, {"text": "x"}) == (404, "expired_url")


@pytest.mark.parametrize("in_channel", [True, False])
async def test_replacing_changes_the_message_and_not_who_sees_it(
    world: World, *, in_channel: bool
) -> None:
    message, url = await clicked(world, in_channel=in_channel)

    other = "ephemeral" if in_channel else "in_channel"
    await post(url, {"text": "Done", "replace_original": True, "response_type": other})

    assert message.plain == "Done"
    assert seen(world, "U2") == (["Done"] if in_channel else [])


async def test_deleting_removes_it_and_may_say_something_else(world: World) -> None:
    message, url = await clicked(world, in_channel=False)

    await post(url, {"delete_original": True})
    assert message.deleted
    await post(url, {"delete_original": True, "text": "gone"})
    assert seen(world, "U1") == ["gone"]


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({}, "no_text"),
        ([], "invalid_payload"),
        ({"text": "x", "response_type": "loud"}, "invalid_response_type"),
        ({"text": "x", "blocks": [{"type": "section"}]}, "invalid_blocks"),
        ({"text": "x", "thread_ts": "1.2"}, "invalid_thread_ts"),
    ],
)
async def test_a_bad_answer_is_refused_and_costs_no_use(
    world: World,
    body: object,
    refused: str,
) -> None:
    url = await command_url(world)
    for _ in range(6):
        assert await post(url, body) == (400, refused)

    assert await post(url, {"text": "x"}) == (200, "ok")
    assert {violation.detail for violation in world.slack.violations} == {refused}


async def test_nobody_else_can_click_on_an_ephemeral(world: World) -> None:
    message, _ = await clicked(world, in_channel=False)

    with pytest.raises(Impossible, match="only U1"):
        await world.slack.click(message, "done", user="U2")


async def test_an_invented_url_is_unknown(world: World) -> None:
    assert (await post(f"{world.slack.core.base_url}/actions/T1/1/x", {"text": "x"}))[0] == 404
