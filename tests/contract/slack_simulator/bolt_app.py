"""A small real Bolt app, the way Slack's documentation writes one, and a workspace for it."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack.simulator import SlackSimulator

SIGNING = "shhh"
BOT = "xoxb-one"
CARD: list[dict[str, Any]] = [
    {
        "type": "section",
        "block_id": "card",
        "text": {"type": "mrkdwn", "text": "*Task*"},
    },
    {
        "type": "actions",
        "block_id": "buttons",
        "elements": [
            {
                "type": "button",
                "action_id": "done",
                "value": "1",
                "text": {"type": "plain_text", "text": "Done"},
            },
            {
                "type": "button",
                "action_id": "edit",
                "text": {"type": "plain_text", "text": "Edit"},
            },
            {"type": "users_select", "action_id": "assign"},
        ],
    },
]
MODAL: dict[str, Any] = {
    "type": "modal",
    "callback_id": "task",
    "private_metadata": "rev 1",
    "notify_on_close": True,
    "title": {"type": "plain_text", "text": "New task"},
    "submit": {"type": "plain_text", "text": "Save"},
    "blocks": [
        {
            "type": "input",
            "block_id": "title",
            "label": {"type": "plain_text", "text": "Title"},
            "element": {"type": "plain_text_input", "action_id": "title"},
        },
        {
            "type": "input",
            "block_id": "due",
            "optional": True,
            "label": {"type": "plain_text", "text": "Due"},
            "element": {"type": "datepicker", "action_id": "due"},
        },
    ],
}


def one_workspace(signing_secret: str) -> SlackSimulator:
    simulator = SlackSimulator(signing_secret=signing_secret)
    simulator.install("T1", "One", BOT)
    simulator.add_user("U1", "maria")
    simulator.add_user("U2", "sam")
    simulator.add_channel("C1", "general")
    return simulator


def bolt_app(api_url: str) -> AsyncApp:
    app = AsyncApp(
        signing_secret=SIGNING,
        client=AsyncWebClient(token=BOT, base_url=api_url, retry_handlers=[]),
        process_before_response=True,
        ignoring_self_assistant_message_events_enabled=False,
    )

    @app.command("/task")
    async def task(ack: AsyncAck, command: dict[str, str], client: AsyncWebClient) -> None:
        if command["text"] == "modal":
            await client.views_open(trigger_id=command["trigger_id"], view=MODAL)
            await ack()
        elif command["text"] == "broken":
            await ack(text="x", blocks=[{"type": "section"}])
        else:
            await ack(text=f"Saved {command['text']}", blocks=CARD)

    @app.action("done")
    async def done(ack: AsyncAck, respond: AsyncRespond) -> None:
        await respond(replace_original=True, text="Done!")
        await ack()

    @app.action("edit")
    async def edit(ack: AsyncAck, body: dict[str, str], client: AsyncWebClient) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)
        await ack()

    @app.view("task")
    async def submitted(ack: AsyncAck, view: dict[str, Any]) -> None:
        title = view["state"]["values"]["title"]["title"]["value"]
        if title == "bad":
            await ack(response_action="errors", errors={"title": "Too bad."})
        else:
            await ack()

    @app.view_closed("task")
    async def closed(ack: AsyncAck) -> None:
        await ack()

    @app.event(re.compile(".*"))
    async def event(ack: AsyncAck) -> None:
        await ack()

    return app


@asynccontextmanager
async def served(app: AsyncApp) -> AsyncIterator[str]:
    async def endpoint(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    server = web.Application()
    server.router.add_post("/slack/events", endpoint)
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    try:
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def socketed(app: AsyncApp, api_url: str, app_token: str) -> AsyncIterator[SocketModeClient]:
    client = AsyncWebClient(base_url=api_url, retry_handlers=[])
    handler = AsyncSocketModeHandler(app, app_token, web_client=client, ping_interval=0.1)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # unannotated in the SDK
    socket_client = handler.client
    assert isinstance(socket_client, SocketModeClient)
    try:
        yield socket_client
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # unannotated in the SDK
