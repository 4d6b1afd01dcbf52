"""Wraps listeners as they are registered: reads the body, measures, turns errors into sentences."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack import incoming
from handlers.slack.again import AgainPressed, AgainTyped, unpack
from handlers.slack.blocks import errors
from handlers.slack.blocks.message import Message, as_json
from handlers.slack.explain import sentence
from handlers.slack.ids import Act
from handlers.slack.incoming import (
    Overheard,
    Pressed,
    Searched,
    Sender,
    Submitted,
    Typed,
    Used,
    is_outsider,
)
from handlers.slack.late import form_errors
from handlers.slack.replies import Replies
from handlers.slack.router import Listener
from handlers.slack.troubles import Trouble
from handlers.slack.web import Web
from observability.metrics import Metrics
from tasks.errors import StoreError, TaskError

Json: TypeAlias = dict[str, Any]
OnCommand: TypeAlias = Callable[[Typed], Awaitable[Message | None]]
OnAction: TypeAlias = Callable[[Pressed], Awaitable[Message | None]]
OnForm: TypeAlias = Callable[[Submitted], Awaitable[Json | None]]
OnShortcut: TypeAlias = Callable[[Used], Awaitable[None]]
OnSearch: TypeAlias = Callable[[Searched], Awaitable[list[Json]]]
OnOverheard: TypeAlias = Callable[[Overheard], Awaitable[None]]
OnEvent: TypeAlias = Callable[[Json, str, Web], Awaitable[None]]

NOT_INSTALLED = (
    "Taskbridge is not installed in this workspace: ask whoever runs it to install it here."
)
OUTSIDER = "These tasks belong to another workspace: ask one of its members."
FOR_STRANGERS = frozenset(
    {Act.DONE, Act.REOPEN, Act.UNDO, Act.RESTORE, Act.SHOW, Act.PAGE, Act.EARLIER, Act.HISTORY}
)
"""What people of another workspace may press; what of it they may do the rule says."""
SLOW_SECONDS = 1.0

log = logging.getLogger(__name__)


def nothing_below(_sender: Sender, _web: Web) -> None:
    """Stand in where no cards are shown below links."""


def no_details(_pressed: Pressed) -> None:
    """Stand in where no Work Objects are shown."""


class Instrument:
    """Turns our handlers into Bolt's listeners."""

    def __init__(
        self,
        *,
        metrics: Metrics,
        replies: Replies,
        request_id: Callable[[], str | None],
        clock: Callable[[], float] = time.perf_counter,
        renew: Callable[[Sender, Web], None] = nothing_below,
        details: Callable[[Pressed], None] = no_details,
    ) -> None:
        """Take also what brings the card below a link up to date that somebody acted on.

        And its `details`, where it was a button in them that showed a task in the end.
        """
        self._details = details
        self._renew = renew
        self._metrics = metrics
        self._replies = replies
        self._request_id = request_id
        self._clock = clock

    def command(self, handle: OnCommand) -> Listener:
        """Wrap a handler whose message is the acknowledgement itself."""

        async def listener(request: AsyncBoltRequest) -> BoltResponse:
            body, context = request.body, request.context
            if context.bot_token is None:
                return _answer(errors.said((NOT_INSTALLED,)).body())
            given = incoming.typed(body, team=context.team_id or "", web=self._web(context.client))
            shown = await self._run(
                "command", handle(given), lambda error: self.failed_command(error, given)
            )
            return _answer((shown.ready or shown.body()) if shown else None)

        return listener

    def action(self, handle: OnAction) -> Listener:
        """Wrap a handler whose message replaces the one with the button."""

        async def listener(request: AsyncBoltRequest) -> BoltResponse:
            body, context = request.body, request.context
            if context.bot_token is None:
                return _answer(None)
            given = incoming.pressed(
                body, team=context.team_id or "", web=self._web(context.client)
            )
            if given.sender.is_stranger and given.action not in FOR_STRANGERS:
                self._show(given, errors.said((OUTSIDER,)), replace=False)
                return _answer(None)
            shown = await self._run(
                "action", handle(given), lambda error: self._failed_action(error, given)
            )
            self._renew(given.sender, given.web)
            if shown is not None:
                self._details(given)
                self._show(given, shown, replace=True)
            return _answer(None)

        return listener

    def form(self, handle: OnForm) -> Listener:
        """Wrap a handler of a submitted form; None closes it."""

        async def listener(request: AsyncBoltRequest) -> BoltResponse:
            body, context = request.body, request.context
            if context.bot_token is None:
                return _answer(form_errors(body, NOT_INSTALLED))
            given = incoming.submitted(
                body, team=context.team_id or "", web=self._web(context.client)
            )
            if is_outsider(body, given.sender.team):
                return _answer(form_errors(body, OUTSIDER))
            answer = await self._run(
                "view",
                handle(given),
                lambda error: form_errors(body, sentence(error, request_id=self._request_id())),
            )
            self._renew(given.sender, given.web)
            return _answer(answer)

        return listener

    def shortcut(self, handle: OnShortcut) -> Listener:
        """Wrap a handler of a shortcut; what went wrong is said to whoever used it."""

        async def listener(request: AsyncBoltRequest) -> BoltResponse:
            body, context = request.body, request.context
            if context.bot_token is None:
                return _answer(None)
            given = incoming.used(body, team=context.team_id or "", web=self._web(context.client))
            if given.sender.is_stranger:
                self._tell(given, errors.said((OUTSIDER,)))
                return _answer(None)
            await self._run(
                "shortcut",
                handle(given),
                lambda error: self._tell(
                    given,
                    errors.for_shortcut(
                        error,
                        said_at=str(given.message.get("ts") or ""),
                        author=given.message.get("user"),
                        request_id=self._request_id(),
                    ),
                ),
            )
            return _answer(None)

        return listener

    def options(self, handle: OnSearch) -> Listener:
        """Wrap what a menu offers; where that cannot be told it offers nothing."""

        async def listener(request: AsyncBoltRequest) -> BoltResponse:
            body, context = request.body, request.context
            given = incoming.searched(body, team=context.team_id or "")
            found: list[Json] = []
            if context.bot_token is not None and not given.sender.is_stranger:
                found = await self._run("options", handle(given), lambda _: [])
            return _answer({"options": found})

        return listener

    def overheard(self, handle: OnOverheard) -> Listener:
        """Wrap a handler of what people say and do; Slack brings it again where it was not kept."""

        async def listener(request: AsyncBoltRequest) -> BoltResponse:
            body, context = request.body, request.context
            if context.bot_token is None:
                return _answer(None)
            retried = (request.headers.get("x-slack-retry-num") or ["0"])[0]
            given = incoming.overheard(
                body,
                team=context.team_id or "",
                web=self._web(context.client),
                attempt=int(retried) if retried.isdecimal() else 0,
            )
            kept = await self._run("event", _kept(handle(given)), _may_come_again)
            return _answer(None) if kept else BoltResponse(status=500)

        return listener

    def event(self, handle: OnEvent) -> Listener:
        """Wrap a handler of an event; one that fails for want of the database comes again."""

        async def listener(request: AsyncBoltRequest) -> BoltResponse:
            body, context = request.body, request.context
            try:
                await handle(body, context.team_id or "", self._web(context.client))
            except StoreError as error:
                log.warning("slack_event_put_off", extra={"error": type(error).__name__})
                return BoltResponse(status=500)
            return _answer(None)

        return listener

    def took_other(self) -> None:
        """Count a conflict that somebody has ended with the other side's values."""
        self._metrics.conflicts.labels("notion").inc()

    def failed_command(self, error: Exception, typed: Typed) -> Message:
        """Return what a command that failed is answered with."""
        again = AgainTyped(text=typed.text, key=typed.key, leave=typed.leave)
        return errors.for_command(error, again, request_id=self._request_id())

    def _failed_action(self, error: Exception, pressed: Pressed) -> None:
        again = unpack(pressed.value) if pressed.action == Act.AGAIN else None
        # What a button repeats is handed on as it is: wrapped anew, it would outgrow a button.
        again = again or AgainPressed(action=pressed.action, value=pressed.value, key=pressed.key)
        shown = errors.for_action(error, again, request_id=self._request_id())
        self._show(pressed, shown, replace=False)

    def _tell(self, used: Used, message: Message) -> None:
        self._replies.later(self._replies.answer(used.sender, used.web, message))

    def _show(self, pressed: Pressed, message: Message, *, replace: bool) -> None:
        self._replies.later(
            self._replies.answer(pressed.sender, pressed.web, message, replace=replace)
        )

    def _web(self, client: AsyncWebClient) -> Web:
        return Web(client, metrics=self._metrics)

    async def _run(
        self,
        surface: str,
        work: Awaitable[Any],
        otherwise: Callable[[Exception], Any],
    ) -> Any:
        since = self._clock()
        try:
            return await work
        except (TaskError, Trouble) as error:
            if isinstance(error, StoreError):
                name = type(error).__name__
                log.warning("slack_not_saved", extra={"surface": surface, "error": name})
            return otherwise(error)
        except Exception as error:
            log.exception("slack_listener_failed", extra={"surface": surface})
            self._metrics.slack_listener_failures.labels(surface).inc()
            return otherwise(error)
        finally:
            if (seconds := self._clock() - since) > SLOW_SECONDS:
                log.warning(
                    "slack_listener_slow",
                    extra={"surface": surface, "seconds": round(seconds, 3)},
                )


async def _kept(work: Awaitable[None]) -> bool:
    await work
    return True


def _may_come_again(error: Exception) -> bool:
    """Tell whether an event is done with: only the database's troubles pass by themselves."""
    return not isinstance(error, StoreError)


def _answer(body: Json | str | None) -> BoltResponse:
    if not body:
        return BoltResponse(status=200)
    return BoltResponse(status=200, body=body if isinstance(body, str) else as_json(body))
