import asyncio

import pytest
from aiohttp import web

from tests.contract.slack_simulator.world import World


async def test_plain_text_is_shown_to_one_person(world: World) -> None:
    world.bot.says("saved")

    answer = await world.slack.command("/task add @sam", user="U1", channel="C1", team="T1")

    assert answer.plain == "saved"
    assert world.bot.received[0]["text"] == "add <@U2|sam>"
    assert [m.text for m in world.slack.messages("C1", user="U1", team="T1")] == ["saved"]
    assert world.slack.messages("C1", user="U2", team="T1") == []


async def test_an_in_channel_answer_shows_the_command_too(world: World) -> None:
    world.bot.says_json({"text": "saved", "response_type": "in_channel"})

    answer = await world.slack.command("/task add x", team="T1")

    assert answer.message.typed_command == "/task add x"
    assert world.slack.messages("C1", user="U2", team="T1") == [answer.message]


async def test_an_empty_answer_shows_nothing(world: World) -> None:
    answer = await world.slack.command("/task", team="T1")

    assert (answer.status, answer.failure, answer.shown, answer.text) == (200, "", None, "")
    assert world.slack.violations == []


async def test_a_late_answer_is_operation_timeout(world: World) -> None:
    release = asyncio.Event()

    async def late(_body: object, _request: object) -> web.Response:
        await release.wait()
        return web.Response(text="too late")

    world.bot.answer = late
    world.slack.post._ack_seconds = 0.05
    answer = await world.slack.command("/task x", team="T1")
    release.set()

    assert answer.failure == "operation_timeout"
    assert answer.plain == '/task failed with the error "operation_timeout"'
    assert world.slack.messages("C1", user="U1", team="T1") == []
    assert [violation.kind for violation in world.slack.violations] == ["operation_timeout"]


@pytest.mark.parametrize("status", [302, 400, 404, 500, 503])
async def test_anything_but_2xx_is_dispatch_failed(world: World, status: int) -> None:
    world.bot.says("sorry", status=status)

    assert (await world.slack.command("/task x", team="T1")).failure == "dispatch_failed"


async def test_a_bot_that_is_not_there_is_dispatch_failed(world: World) -> None:
    world.slack.bot_url = "http://127.0.0.1:9"

    assert (await world.slack.command("/task x", team="T1")).failure == "dispatch_failed"


@pytest.mark.parametrize(
    ("body", "failure"),
    [
        (["x"], "invalid_command_response"),
        ({"text": "x", "response_type": "loud"}, "invalid_command_response"),
        ({"text": "x", "blocks": [{"type": "section"}]}, "invalid_blocks"),
        ({"text": "x", "blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
    ],
)
async def test_an_answer_slack_cannot_show_is_a_violation(
    world: World,
    body: object,
    failure: str,
) -> None:
    world.bot.says_json(body)

    answer = await world.slack.command("/task x", team="T1")

    assert answer.failure == failure
    assert answer.shown is None
    assert world.slack.violations != []


async def test_one_workspace_is_told_apart_from_the_other(world: World) -> None:
    world.bot.says("hi")

    await world.slack.command("/task", user="U1", team="T2")

    body = world.bot.received[0]
    assert (body["team_id"], body["team_domain"]) == ("T2", "two")
    assert world.slack.messages("C1", user="U1", team="T1") == []


async def test_forgeries_can_be_posted_by_hand(world: World) -> None:
    ack = await world.slack.post.http().post(b"text=x", {"X-Slack-Signature": "v0=00"})

    assert ack.ok
    assert world.bot.headers[0]["X-Slack-Signature"] == "v0=00"
