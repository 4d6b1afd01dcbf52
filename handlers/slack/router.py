"""Finds who answers a request, by its kind and its name in one look.

Bolt asks one listener after the other whether a request is theirs, and hands each all that it could
want: that costs more than most answers do. So all of ours stand behind one middleware, its last.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from enum import Enum, auto
from typing import Any, TypeAlias

from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

Json: TypeAlias = dict[str, Any]
Listener: TypeAlias = Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]
Next: TypeAlias = Callable[[], Awaitable[BoltResponse]]
log = logging.getLogger(__name__)


class Kind(Enum):
    """What people and Slack do; names are those of the manifest and of `handlers.slack.ids`."""

    COMMAND = auto()
    """A slash command, by its own name."""
    ACTION = auto()
    """A button or menu, by its action id."""
    FORM = auto()
    """A form that was sent, by its callback id."""
    CLOSED = auto()
    """A form that was closed, by the same."""
    SHORTCUT = auto()
    """A shortcut, by its callback id; of a message or from anywhere."""
    OPTIONS = auto()
    """A menu that asks for its options, by its action id."""
    EVENT = auto()
    """Something that happened, by what it is subscribed to as."""


_TYPES = {
    "block_actions": Kind.ACTION,
    "block_suggestion": Kind.OPTIONS,
    "event_callback": Kind.EVENT,
    "message_action": Kind.SHORTCUT,
    "shortcut": Kind.SHORTCUT,
    "view_closed": Kind.CLOSED,
    "view_submission": Kind.FORM,
}
_MESSAGES = {"channel": "message.channels", "group": "message.groups"}
"""What messages are subscribed to as, by the kind of conversation; the others' names agree."""


def addressed(body: Json) -> tuple[Kind, str | None] | None:
    """Return the kind and the name of a request; None: Slack has never sent us such a thing."""
    if "command" in body:
        return Kind.COMMAND, str(body["command"])
    kind = _TYPES.get(str(body.get("type")))
    return None if kind is None else (kind, _name(kind, body))


def _name(kind: Kind, body: Json) -> str | None:
    match kind, body:
        case Kind.EVENT, {"event": {"type": "message", "channel_type": str(place)}}:
            return _MESSAGES.get(place, f"message.{place}")
        case (
            (Kind.ACTION, {"actions": [{"action_id": str(name)}, *_]})
            | (Kind.FORM | Kind.CLOSED, {"view": {"callback_id": str(name)}})
            | (Kind.SHORTCUT, {"callback_id": str(name)})
            | (Kind.OPTIONS, {"action_id": str(name)})
            | (Kind.EVENT, {"event": {"type": str(name)}})
        ):
            return name
        case _:
            return None


class Router(AsyncMiddleware):
    """All listeners.

    What has none is acknowledged all the same: Slack repeats what is not. What is of no kind at all
    goes on to Bolt, which refuses it.
    """

    def __init__(self) -> None:
        self._named: dict[tuple[Kind, str | None], Listener] = {}
        self._others: dict[Kind, Listener] = {}

    def on(self, kind: Kind, name: str, listener: Listener) -> None:
        """Let a listener answer what has this name. ValueError: another one does."""
        if (kind, name) in self._named:
            raise ValueError(f"{kind.name} {name}")
        self._named[kind, name] = listener

    def on_others(self, kind: Kind, listener: Listener) -> None:
        """Let a listener answer every other name of a kind. ValueError: as above."""
        if kind in self._others:
            raise ValueError(kind.name)
        self._others[kind] = listener

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,  # noqa: ARG002  # as Bolt calls it
        next: Next,  # noqa: A002  # Bolt's name
    ) -> BoltResponse:
        """Answer a request."""
        found = addressed(req.body)
        if found is None:
            return await next()
        kind, name = found
        if name is None:
            log.warning("slack_request_nameless", extra={"kind": kind.name})
            return BoltResponse(status=200)
        listener = self._named.get(found) or self._others.get(kind, _acknowledged)
        return await listener(req)


async def _acknowledged(_request: AsyncBoltRequest) -> BoltResponse:
    return BoltResponse(status=200)
