"""Who answers what Slack sends: by kind and name, in one look."""

from __future__ import annotations

from typing import Any

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from handlers.slack.ids import Event
from handlers.slack.router import Kind, Listener, Router, addressed

Body = dict[str, Any]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"command": "/task", "text": "list"}, (Kind.COMMAND, "/task")),
        ({"command": "/task", "type": "shortcut"}, (Kind.COMMAND, "/task")),
        (
            {"type": "block_actions", "actions": [{"action_id": "done"}, {"action_id": "edit"}]},
            (Kind.ACTION, "done"),
        ),
        ({"type": "view_submission", "view": {"callback_id": "f"}}, (Kind.FORM, "f")),
        ({"type": "view_closed", "view": {"callback_id": "f"}}, (Kind.CLOSED, "f")),
        ({"type": "shortcut", "callback_id": "new_task"}, (Kind.SHORTCUT, "new_task")),
        ({"type": "message_action", "callback_id": "c"}, (Kind.SHORTCUT, "c")),
        ({"type": "block_suggestion", "action_id": "task"}, (Kind.OPTIONS, "task")),
        ({"type": "event_callback", "event": {"type": "app_mention"}}, (Kind.EVENT, "app_mention")),
    ],
)
def test_everything_slack_sends_has_a_kind_and_a_name(body: Body, found: tuple[Kind, str]) -> None:
    assert addressed(body) == found


@pytest.mark.parametrize(
    ("conversation", "event"),
    [
        ("im", Event.WRITTEN),
        ("channel", Event.REPLIED),
        ("group", Event.REPLIED_IN_PRIVATE),
        ("mpim", "message.mpim"),
        (None, "message"),
        ({}, "message"),
    ],
)
def test_messages_are_named_by_their_conversation_as_they_are_subscribed_to(
    conversation: object, event: str
) -> None:
    said = {"type": "message", "channel_type": conversation}
    assert addressed({"type": "event_callback", "event": said}) == (Kind.EVENT, event)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"type": "block_actions"}, Kind.ACTION),
        ({"type": "block_actions", "actions": []}, Kind.ACTION),
        ({"type": "block_actions", "actions": [{}]}, Kind.ACTION),
        ({"type": "block_actions", "actions": "done"}, Kind.ACTION),
        ({"type": "view_submission"}, Kind.FORM),
        ({"type": "view_submission", "view": {"callback_id": None}}, Kind.FORM),
        ({"type": "shortcut", "callback_id": ["a"]}, Kind.SHORTCUT),
        ({"type": "event_callback"}, Kind.EVENT),
        ({"type": "event_callback", "event": ["a"]}, Kind.EVENT),
        ({"type": "event_callback", "event": {"type": 1}}, Kind.EVENT),
    ],
)
def test_what_lacks_its_name_has_none(body: Body, kind: Kind) -> None:
    assert addressed(body) == (kind, None)


@pytest.mark.parametrize("body", [{"a": 1}, {"type": "dialog_submission"}, {"type": ["shortcut"]}])
def test_what_slack_never_sends_us_is_of_no_kind(body: Body) -> None:
    assert addressed(body) is None


async def test_the_listener_of_the_name_answers_then_that_of_the_kind_else_it_is_acknowledged() -> (
    None
):
    router = Router()
    router.on(Kind.FORM, "edit", _says("edited"))
    router.on_others(Kind.COMMAND, _says("unknown"))

    assert await _answer(router, _form("edit")) == "edited"
    assert await _answer(router, _form("another")) == ""
    assert await _answer(router, {"command": "/other"}) == "unknown"
    assert await _answer(router, {"type": "block_actions", "actions": []}) == ""


async def test_what_is_of_no_kind_goes_on_to_bolt() -> None:
    assert await _answer(Router(), {"type": "dialog_submission"}) == "bolt's"


def test_two_listeners_cannot_have_one_name() -> None:
    router = Router()
    router.on(Kind.FORM, "edit", _says("a"))
    router.on_others(Kind.FORM, _says("b"))

    with pytest.raises(ValueError, match="FORM edit"):
        router.on(Kind.FORM, "edit", _says("c"))
    with pytest.raises(ValueError, match="FORM"):
        router.on_others(Kind.FORM, _says("c"))


def _form(name: str) -> Body:
    return {"type": "view_submission", "view": {"callback_id": name}}


def _says(words: str) -> Listener:
    async def listener(_request: AsyncBoltRequest) -> BoltResponse:
        return BoltResponse(status=200, body=words)

    return listener


async def _answer(router: Router, body: Body) -> str:
    async def bolts() -> BoltResponse:
        return BoltResponse(status=404, body="bolt's")

    request = AsyncBoltRequest(mode="socket_mode", body=body)
    response = await router.async_process(req=request, resp=BoltResponse(status=200), next=bolts)
    return response.body
