"""What Slack is told at the deadline, after a failure, and when the late answer is there."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from slack_bolt.response import BoltResponse

from handlers.slack.again import AgainTyped
from handlers.slack.blocks import errors
from handlers.slack.blocks.form import first_input
from handlers.slack.explain import NOT_KNOWN, explain, sentence
from handlers.slack.replies import Replies
from handlers.slack.subcommands import saves_nothing
from handlers.slack.troubles import Busy, HeldUp

Json = dict[str, Any]

SAID_AT_ONCE = 50
"""So many are told at the same time that they were turned away; each costs a call to Slack."""
_REFUSED = 503


class Late:
    """Answers by kind of request, from its body alone: neither waits nor fails."""

    def __init__(self, *, replies: Replies, request_id: Callable[[], str | None]) -> None:
        self._replies = replies
        self._request_id = request_id

    def now(self, body: Json) -> BoltResponse:
        """Answer a request whose work goes on: nothing is lost, trying again doubles nothing."""
        if "command" in body:
            typed = _typed(body)
            waits = errors.still_looking if saves_nothing(typed.text) else errors.still_saving
            return _json(waits(typed).body())
        if body.get("type") == "view_submission":
            return _json(form_errors(body, NOT_KNOWN))
        return _nothing(body)

    def failed(self, body: Json, error: Exception | None = None) -> BoltResponse:
        """Answer a request that raised where no listener could say so."""
        error = error or RuntimeError()
        if "command" in body:
            said = errors.for_command(error, _typed(body), request_id=self._request_id())
            return _json(said.body())
        if body.get("type") == "view_submission":
            return _json(form_errors(body, sentence(error, request_id=self._request_id())))
        return _nothing(body)

    def busy(self, body: Json, *, is_held_up: Callable[[], bool] = lambda: False) -> BoltResponse:
        """Answer a request that nothing was done with, so that it can be sent again as it was.

        Where our words cannot be shown it is refused: Slack says then that it did not work, keeps
        forms open, and brings events again. Of `is_held_up` it hears whether the others wait for
        the database.
        """
        why = HeldUp() if is_held_up() else Busy()
        if "command" in body:
            return _json(errors.for_command(why, _typed(body)).body())
        match body.get("type"):
            case "view_submission":
                shown = form_errors(body, sentence(why))
                return _json(shown) if shown else BoltResponse(status=_REFUSED)
            case "block_suggestion" | "view_closed":
                return _nothing(body)
            case "block_actions" | "message_action" if self._says_why(body, why):
                return _nothing(body)
            case _:
                return BoltResponse(status=_REFUSED)

    def _says_why(self, body: Json, why: Busy) -> bool:
        """Have it said below the message; False: there is none, or too much is said already."""
        url = body.get("response_url")
        if not url or self._replies.under_way >= SAID_AT_ONCE:
            return False
        said = errors.said(explain(why)).body(replace=False)
        self._replies.later(self._tell(str(url), said))
        return True

    async def _tell(self, url: str, said: Json) -> None:
        _ = await self._replies.post(url, said)

    async def deliver(self, body: Json, response: BoltResponse) -> None:
        """Announce the real answer of a command; buttons and forms announce their own."""
        url = body.get("response_url")
        if "command" not in body or not url or not response.body:
            return
        try:
            found = json.loads(response.body)
        except ValueError:
            return
        if isinstance(found, dict):
            await self._replies.post(str(url), found)


def form_errors(body: Json, sentence: str) -> Json:
    """Return an error on the first input of a form: it stays open, with all that was typed."""
    view = body.get("view") or {}
    block = first_input(view.get("blocks") or [])
    return {"response_action": "errors", "errors": {block: sentence}} if block else {}


def _nothing(body: Json) -> BoltResponse:
    """Acknowledge; a menu that waits for options is given none."""
    is_menu = body.get("type") == "block_suggestion"
    return _json({"options": []} if is_menu else {})


def _typed(body: Json) -> AgainTyped:
    return AgainTyped(text=str(body.get("text", "")), key=str(body.get("trigger_id", "")))


def _json(body: Json) -> BoltResponse:
    return BoltResponse(status=200, body=body) if body else BoltResponse(status=200)
