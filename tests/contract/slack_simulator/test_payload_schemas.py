"""What the simulator sends has the form Slack's own types describe."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from jsonschema import Draft7Validator

from playground.slack.server import serving
from playground.slack.simulator import SlackSimulator
from playground.slack.state import Message
from playground.slack.views import View
from tests.contract.slack_simulator.bolt_app import CARD, MODAL, SIGNING, one_workspace
from tests.shared_data import shared_data

KINDS: dict[str, dict[str, Any]] = {
    "users_select": {},
    "multi_users_select": {},
    "conversations_select": {},
    "multi_conversations_select": {},
    "channels_select": {},
    "multi_channels_select": {},
    "external_select": {"min_query_length": 1},
    "multi_external_select": {},
    "timepicker": {},
    "datetimepicker": {},
    "email_text_input": {},
    "url_text_input": {},
    "number_input": {"is_decimal_allowed": True},
    "rich_text_input": {},
    "file_input": {},
}
EXTRAS: list[dict[str, Any]] = [
    {
        "type": "input",
        "optional": True,
        "label": {"type": "plain_text", "text": f"{kind} & more"},
        "element": {"type": kind, "action_id": kind, **fields},
    }
    for kind, fields in KINDS.items()
]
PICK = {"text": {"type": "plain_text", "text": "One"}, "value": "1"}
MENUS = {
    "type": "actions",
    "block_id": "menus",
    "elements": [
        {"type": "static_select", "action_id": "static", "options": [PICK]},
        {"type": "overflow", "action_id": "more", "options": [PICK]},
        {"type": "datepicker", "action_id": "due"},
    ],
}
FULL: dict[str, Any] = {**MODAL, "blocks": [*MODAL["blocks"], *EXTRAS]}


@pytest.fixture
async def slack() -> AsyncIterator[SlackSimulator]:
    simulator = one_workspace(SIGNING)

    async def bot(request: web.Request) -> web.Response:
        form = await request.post()
        if "command" in form:
            return web.json_response({"text": "card", "blocks": [*CARD, MENUS]})
        payload = json.loads(str(form.get("payload", "{}")))
        if payload.get("type") == "block_suggestion":
            return web.json_response({"options": [PICK]})
        return web.Response()

    app = web.Application()
    app.router.add_post("/slack/events", bot)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    async with serving(simulator):
        simulator.bot_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield simulator
    assert simulator.violations == []
    await runner.cleanup()


def faults(schema: str, body: object, *, without: str | None = None) -> list[str]:
    path = shared_data("slack", "types-schemas", f"{schema}.schema.json")
    given = json.loads(path.read_text(encoding="utf-8"))
    if without is not None:
        given["definitions"]["BA"]["required"].remove(without)
    return [
        f"{list(e.absolute_path)}: {e.message[:300]}"
        for e in Draft7Validator(given).iter_errors(body)
    ]


def last(slack: SlackSimulator, kind: str) -> dict[str, Any]:
    return slack.journal.calls(kind)[-1].request


async def card(slack: SlackSimulator) -> Message:
    return (await slack.command("/task add <b> & co @sam https://e.com?a=1&b=2")).message


def modal(slack: SlackSimulator) -> View:
    team = slack.core.state.teams["T1"]
    return slack.core.views.open(team, "U1", FULL)


async def test_a_slash_command(slack: SlackSimulator) -> None:
    await card(slack)

    assert faults("SlashCommand", last(slack, "command")) == []


@pytest.mark.parametrize(
    ("action_id", "value"),
    [
        ("done", None),
        ("assign", "U2"),
        ("static", "1"),
        ("more", "One"),
        ("due", "2026-11-27"),
    ],
)
async def test_a_click_in_a_message(slack: SlackSimulator, action_id: str, value: object) -> None:
    await slack.click(await card(slack), action_id, value=value)

    assert faults("BlockAction", last(slack, "block_actions")) == []


async def test_a_click_in_a_channel_message_carries_the_message(slack: SlackSimulator) -> None:
    message = await card(slack)
    message.ephemeral_to = None

    await slack.click(message, "done", user="U2")

    body = last(slack, "block_actions")
    assert faults("BlockAction", body) == []
    assert body["message"]["ts"] == message.ts


async def test_a_click_in_a_modal_has_a_view_and_no_response_url(slack: SlackSimulator) -> None:
    await slack.click(modal(slack), "users_select", value="U2")

    body = last(slack, "block_actions")
    # Slack's types want a response_url everywhere, Slack sends none from views.
    assert faults("BlockAction", body, without="response_url") == []
    assert "response_url" not in body
    assert body["view"]["state"]["values"][body["actions"][0]["block_id"]] == {
        "users_select": {"type": "users_select", "selected_user": "U2"}
    }


async def test_a_submission_with_every_kind_of_empty_input(slack: SlackSimulator) -> None:
    await slack.submit(modal(slack), {"Title": "<b> & co"})

    body = last(slack, "view_submission")
    assert faults("ViewSubmitAction", body) == []
    assert body["view"]["state"]["values"]["title"]["title"]["value"] == "<b> & co"
    assert body["view"]["blocks"][2]["label"]["text"] == "users_select &amp; more"


async def test_a_closed_view(slack: SlackSimulator) -> None:
    await slack.close(modal(slack))

    assert faults("ViewClosedAction", last(slack, "view_closed")) == []


async def test_both_shortcuts(slack: SlackSimulator) -> None:
    await slack.shortcut("new_task")
    await slack.message_shortcut(slack.say("do this"), "task_from_message")

    assert faults("GlobalShortcut", last(slack, "shortcut")) == []
    assert faults("MessageShortcut", last(slack, "message_action")) == []


async def test_a_suggestion(slack: SlackSimulator) -> None:
    offered = await slack.suggest(modal(slack), "external_select", "boo")

    assert faults("BlockSuggestion", last(slack, "block_suggestion")) == []
    assert offered.options == (PICK,)


async def test_events_that_slack_itself_sends(slack: SlackSimulator) -> None:
    await slack.open_home(user="U1")
    await slack.uninstall()

    for name in ("app_home_opened", "tokens_revoked", "app_uninstalled"):
        assert faults("SlackEvent", last(slack, f"event:{name}")["event"]) == []
