from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack.server import serving
from playground.slack.simulator import SlackSimulator
from tests.contract.slack_simulator.bolt_app import (
    BOT,
    SIGNING,
    bolt_app,
    one_workspace,
    socketed,
)


@pytest.fixture
async def slack() -> AsyncIterator[SlackSimulator]:
    simulator = one_workspace(SIGNING)
    simulator.transport = "socket"
    simulator.add_app_token("xapp-1")
    async with serving(simulator):
        yield simulator


def api(slack: SlackSimulator) -> str:
    return f"{slack.core.base_url}/api/"


async def test_without_a_socket_the_person_sees_dispatch_failed(slack: SlackSimulator) -> None:
    assert (await slack.command("/task x")).failure == "dispatch_failed"


async def test_two_sockets_share_the_envelopes(slack: SlackSimulator) -> None:
    app = bolt_app(api(slack))
    async with AsyncExitStack() as stack:
        seen: list[list[object]] = [[], []]
        for counted in seen:
            client = await stack.enter_async_context(socketed(app, api(slack), "xapp-1"))
            client.on_message_listeners.append(counting(counted))
        await slack.until(lambda: len(slack.sockets.connections) == 2)

        answers = await slack.command("/task x", deliveries=4)

        assert [answer.text for answer in answers] == ["Saved x"] * 4
        envelopes = [[m for m in counted if "envelope_id" in str(m)] for counted in seen]
        assert [len(each) for each in envelopes] == [2, 2]


def counting(into: list[object]) -> Callable[[aiohttp.WSMessage], Awaitable[None]]:
    async def listener(message: aiohttp.WSMessage) -> None:
        into.append(message.data)

    return listener


async def test_a_told_disconnect_brings_a_new_connection(slack: SlackSimulator) -> None:
    app = bolt_app(api(slack))
    async with socketed(app, api(slack), "xapp-1"):
        old = (await slack.until(lambda: slack.sockets.connections))[0]

        await slack.sockets.disconnect()
        await slack.until(lambda: fresh(slack, old))

        assert (await slack.command("/task x")).text == "Saved x"


async def test_an_abrupt_end_brings_a_new_connection(slack: SlackSimulator) -> None:
    app = bolt_app(api(slack))
    async with socketed(app, api(slack), "xapp-1"):
        old = (await slack.until(lambda: slack.sockets.connections))[0]

        slack.sockets.drop()
        await slack.until(lambda: fresh(slack, old))

        assert (await slack.command("/task x")).text == "Saved x"


def fresh(slack: SlackSimulator, old: object) -> bool:
    return any(c is not old and not c.leaving for c in slack.sockets.connections)


async def test_an_envelope_nobody_acknowledges_is_a_timeout() -> None:
    slack = SlackSimulator(signing_secret=SIGNING, ack_seconds=0.05)
    slack.transport = "socket"
    slack.install("T1", "One", BOT)
    slack.add_user("U1", "maria")
    slack.add_channel("C1", "general")
    slack.add_app_token("xapp-1")
    async with serving(slack) as url, aiohttp.ClientSession() as session:
        opened = await AsyncWebClient(base_url=f"{url}/api/").apps_connections_open(
            app_token="xapp-1"  # noqa: S106 - of a simulator
        )
        async with session.ws_connect(str(opened["url"])) as socket:
            hello = await socket.receive_json()
            answer = await slack.command("/task x")
            envelope = await socket.receive_json()

    assert hello["type"] == "hello"
    assert hello["num_connections"] == 1
    assert answer.failure == "operation_timeout"
    assert envelope["type"] == "slash_commands"
    assert envelope["accepts_response_payload"] is True
    assert envelope["payload"]["text"] == "x"


async def test_a_ticket_works_once(slack: SlackSimulator) -> None:
    client = AsyncWebClient(base_url=api(slack))
    opened = await client.apps_connections_open(app_token="xapp-1")  # noqa: S106 - of a simulator
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(str(opened["url"])):
            pass
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(str(opened["url"]))


@pytest.mark.parametrize(
    ("token", "code"), [(BOT, "not_allowed_token_type"), ("xapp-2", "invalid_auth")]
)
async def test_only_the_apps_own_token_opens_a_socket(
    slack: SlackSimulator, token: str, code: str
) -> None:
    with pytest.raises(SlackApiError) as refused:
        await AsyncWebClient(base_url=api(slack)).apps_connections_open(app_token=token)

    assert refused.value.response["error"] == code
