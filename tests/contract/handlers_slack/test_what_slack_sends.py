"""What Slack is known to send, of every kind we asked for, is answered over the real door."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from playground.slack.delivery import Kind, Parcel
from tests.contract.handlers_slack.test_recordings import as_object
from tests.contract.handlers_slack.world import TEAM, World
from tests.shared_data import shared_data

Body = dict[str, Any]
SUBSCRIBED = (
    *("app_home_opened", "app_mention", "app_uninstalled", "tokens_revoked"),
    *("message", "reaction_added", "function_executed", "link_shared"),
)
INTERACTIONS = (
    *("shortcut", "message_action", "block_actions", "block_suggestion"),
    *("view_submission", "view_closed"),
)
IDS = (
    "create_task",
    "new_task",
    "task_create",
    "task_append",
    "task_edit",
    "act",
    "task",
    "append",
)
"""Ours, in place of those in the recordings, so that our own handlers meet them."""


def recorded() -> Iterator[tuple[str, Body]]:
    for source in ("bolt-python", "java-json-logs"):
        path = shared_data("slack", "payloads", source, "bodies.json")
        for one in json.loads(path.read_text()):
            body = as_object(one["body"])
            if isinstance(body, dict) and (kind := kind_of(body)):
                yield kind, body


def kind_of(body: Body) -> str | None:
    if "command" in body:
        return "command"
    if body.get("type") in INTERACTIONS:
        return str(body["type"])
    event = body.get("event")
    inner = event.get("type") if isinstance(event, dict) else None
    return f"event:{inner}" if inner in SUBSCRIBED else None


def as_ours(body: Body, name: str) -> Body:
    """Return a body as if it were about something of ours, in our workspace."""
    ours = copy.deepcopy(body)
    ours["team_id"] = TEAM
    if isinstance(ours.get("team"), dict):
        ours["team"]["id"] = TEAM
    for authorization in ours.get("authorizations") or ():
        authorization["team_id"] = TEAM
    if "callback_id" in ours:
        ours["callback_id"] = name
    if isinstance(ours.get("view"), dict):
        ours["view"]["callback_id"] = name
    for action in [ours, *(a for a in ours.get("actions") or () if isinstance(a, dict))]:
        if "action_id" in action:
            action["action_id"] = name
    event = ours.get("event")
    if isinstance(event, dict) and event.get("type") == "message":
        event["channel_type"] = "im"
    if isinstance(event, dict) and isinstance(event.get("function"), dict):
        event["function"]["callback_id"] = name
    return ours


def parcel(kind: str, body: Body) -> Parcel:
    is_event = kind.startswith("event:")
    how: Kind = "events_api" if is_event else "interactive"
    return Parcel(kind="slash_commands" if kind == "command" else how, name=kind, body=body)


def bodies() -> list[tuple[str, Body]]:
    found = list(recorded())
    return found + [(kind, as_ours(body, name)) for kind, body in found for name in IDS]


@pytest.mark.parametrize("transport", ["http", "socket"])
async def test_everything_is_answered_without_a_5xx_and_in_time(
    world: World, transport: str
) -> None:
    found = bodies()
    assert {kind.partition(":")[0] for kind, _ in found} >= {*INTERACTIONS, "command", "event"}
    world.slack.limits.enabled = False
    for kind, body in found:
        if transport == "socket":
            response = await world.dispatch(body, {})
            assert response.status == 200, (kind, body)
            continue
        (ack,) = await world.slack.post.send(parcel(kind, body))
        assert ack.trouble == "", (kind, body)
        assert ack.status == 200, (kind, ack, body)
    await world.settled()
    world.slack.journal.violations.clear()  # their view ids and triggers are not this Slack's
