"""The messages that show a task: posted once each, and edited in place."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from notifications.calls import Calls, NotDone, Refused, Unreached, Wait
from notifications.objects import OBJECT, is_unwanted, offered, was_dropped, why
from notifications.previews import UNFURL
from tasks.model import PersonId, Task
from tasks.ports import Pacer, Place, Threads

Render = Callable[[Task, Place], Awaitable[Mapping[str, Any]]]
"""How a task looks there: the body of a message."""
EVENT = "taskbridge_card"
EDITING = "chat.update"
_BLIND = ("missing_scope", "not_allowed_token_type")
_PAGE = 200
_PAGES_MAX = 10
_SLACK_SECONDS = 5

log = logging.getLogger(__name__)


class Never(NotDone):
    """It cannot be told whether it was posted: so it never is again."""


class EditsPaused(Wait):
    """No message of the workspace can be edited for a while."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPosts:
    """Slack, for cards."""

    calls: Calls
    pacer: Pacer
    edits: Pacer
    threads: Threads
    render: Render
    apology: Callable[[Task, Place], Mapping[str, Any]]
    """What is told whoever wanted to show a task where it cannot be shown."""

    async def body(self, task: Task, place: Place) -> tuple[dict[str, Any], str]:
        """Return what a place is to show, and its digest."""
        body = dict(await self.render(task, place))
        text = json.dumps(body, sort_keys=True, ensure_ascii=True)
        return body, sha256(text.encode()).hexdigest()[:32]

    async def post(self, task: Task, place: Place, body: Mapping[str, Any]) -> str:
        """Post and return the message; what is said below it belongs to the task. NotDone."""
        return (await self.sent(task, place, body))[1]

    async def sent(self, task: Task, place: Place, body: Mapping[str, Any]) -> tuple[str, str]:
        """Post; return the conversation, which of a person is known only then, and the message."""
        whole = {
            **body,
            "channel": place.channel,
            "metadata": {"event_type": EVENT, "event_payload": {"place": place.key}},
            **({"thread_ts": place.thread} if place.thread else {}),
        }
        try:
            answer = await self.calls.post(task.team, "chat.postMessage", whole)
        except Wait as error:
            await self.pacer.hold(task.team, place.channel, wait=error.wait)
            raise
        return str(answer.get("channel") or place.channel), str(answer["ts"])

    async def apologise(self, task: Task, place: Place) -> None:
        """Tell whoever wanted to show it that it is not there. Wait, Unreached: not yet."""
        if place.by is None:
            return
        body = {**self.apology(task, place), "channel": place.by}
        try:
            await self.calls.post(task.team, "chat.postMessage", body)
        except (Wait, Unreached):
            raise
        except NotDone as error:  # nobody to be told, or perhaps told: that is not told twice
            log.warning("not told", extra={"action": "tell", "error": type(error).__name__})

    async def edit(self, task: Task, place: Place, body: Mapping[str, Any]) -> None:
        """Show something else in a message, or below a link in it. NotDone."""
        method = UNFURL if place.link else EDITING
        if wait := await self.edits.wait(task.team, method):
            raise EditsPaused(wait)
        if not place.link:
            await self._change(task, place, method, body)
        elif not await self._took_object(task, place, body):
            # At once: put off, it would begin with the object again, and never get here.
            await self._change(task, place, method, {"unfurls": {place.link: preview(body)}})

    async def _took_object(self, task: Task, place: Place, body: Mapping[str, Any]) -> bool:
        """Show it as one of Slack's objects, if it is to be; False: it is not. NotDone."""
        if OBJECT not in body:
            return False
        try:
            answer = await self._change(task, place, UNFURL, offered([body[OBJECT]]))
        except Refused as error:
            if not is_unwanted(error.code):
                raise
            told = {
                "error_code": error.code,
                "why": why(getattr(error.__cause__, "response", None)),
            }
        else:
            if not was_dropped(answer):
                return True
            told = {"error_code": str(answer.get("warning")), "why": why(answer)}
        log.warning("work_object_refused", extra=told)
        return False

    async def _change(
        self, task: Task, place: Place, method: str, changed: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        try:
            return await self.calls.post(
                task.team, method, {**changed, "channel": place.channel, "ts": place.ts}
            )
        except Wait as error:
            await self.edits.hold(task.team, method, wait=error.wait)
            raise EditsPaused(error.wait) from error

    async def bind(self, task: Task, place: Place, ts: str) -> None:
        """Let what is said below a message belong to its task, if it is no message of people's."""
        if not (place.channel.startswith("D") or place.link):
            await self.threads.bind(task.team, place.channel, place.thread or ts, task.number)

    async def direct(self, team: str, person: PersonId) -> str:
        """Return the conversation with somebody; Never, where Slack lets nobody ask. NotDone."""
        try:
            answer = await self.calls.post(team, "conversations.open", {"users": person})
        except Refused as error:
            if error.code in _BLIND:
                raise Never from error
            raise
        return str((answer.get("channel") or {}).get("id"))

    async def found(self, task: Task, place: Place) -> str | None:
        """Return the message of an earlier attempt; Never, where Slack lets nobody look."""
        if place.last_sent_at is None:
            return None
        since = place.last_sent_at - timedelta(seconds=_SLACK_SECONDS)
        asked: dict[str, Any] = {
            "channel": place.channel,
            "oldest": f"{since.timestamp():.6f}",
            "include_all_metadata": "true",
            "limit": _PAGE,
        }
        method = "conversations.history"
        if place.thread:
            method, asked = "conversations.replies", asked | {"ts": place.thread}
        for _ in range(_PAGES_MAX):
            try:
                answer = await self.calls.get(task.team, method, asked)
            except Refused as error:
                if error.code in _BLIND:
                    raise Never from error
                raise
            for message in answer.get("messages") or ():
                if _named(message) == place.key:
                    return str(message["ts"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None
            asked = asked | {"cursor": cursor}
        raise Never


def preview(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of a message as what stands below a link."""
    return {"blocks": body["blocks"], "fallback": body["text"]}


def _named(message: Mapping[str, Any]) -> str | None:
    """Return which place a message is; None: none."""
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT:
        return None
    return (metadata.get("event_payload") or {}).get("place")
