"""What happens when the bot posts to a `response_url`."""

import json
import time
from urllib.parse import parse_qsl

from aiohttp import web

from playground.slack import posting
from playground.slack.core import Core
from playground.slack.errors import Refused
from playground.slack.faults import RESPONSE_URL
from playground.slack.journal import Exchange
from playground.slack.response_urls import ResponseUrl
from playground.slack.validate.messages import problems_of_message
from playground.slack.wire import Json


class ResponseUrlEndpoint:
    """Serves `/commands/…`, `/actions/…` and `/app/…`."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Post, replace or delete; refusals are 4xx with a word in the body."""
        started = time.perf_counter()
        fault = self._core.faults.next(RESPONSE_URL)
        if fault is not None and fault.kind == "delay":
            await self._core.sleep(fault.seconds)
        given: Json = {}
        status, text = 200, "ok"
        if fault is not None and fault.kind in {"drop_before", "status"}:
            status, text = fault.status, "service_unavailable"
        else:
            try:
                url = self._core.response_urls.look(request.path)
                given = _given(await request.read(), request.content_type)
                self._apply(url, given)
            except Refused as refused:
                status, text = refused.status, refused.code
        self._record(given, status, text, time.perf_counter() - started)
        if fault is not None and fault.kind.startswith("drop") and request.transport:
            request.transport.abort()
        return web.Response(status=status, text=text)

    def _record(self, given: Json, status: int, text: str, seconds: float) -> None:
        if text not in {"ok", "service_unavailable", "expired_url", "used_url"}:
            self._core.journal.blame(RESPONSE_URL, text, given)
        self._core.journal.record(
            Exchange(
                at=self._core.now(),
                direction="to_slack",
                kind=RESPONSE_URL,
                request=given,
                status=status,
                answer=text,
                seconds=seconds,
                headers={},
            )
        )

    def _apply(self, url: ResponseUrl, given: Json) -> None:
        _check(given)
        url.uses += 1
        original = url.message
        alters = given.get("replace_original") is True or given.get("delete_original") is True
        if original is not None and original.bot_id is None and alters:
            raise Refused("cant_update_message", status=400)  # what people wrote is theirs
        if given.get("delete_original") is True and original is not None:
            original.deleted = True
        if posting.empty(given):
            return
        if given.get("replace_original") is True and original is not None and not original.deleted:
            posting.replace(original, given, self._core.ids)
            return
        in_channel = given.get("response_type") == "in_channel"
        posting.from_bot(
            self._core,
            url.team,
            url.team.channels[url.channel_id],
            given,
            ephemeral_to=None if in_channel else url.user_id,
        )


def _given(raw: bytes, content_type: str) -> Json:
    try:
        text = raw.decode()
        if content_type == "application/x-www-form-urlencoded":
            text = dict(parse_qsl(text)).get("payload", "")
        given = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused("invalid_payload", status=400) from None
    if not isinstance(given, dict):
        raise Refused("invalid_payload", status=400)
    return given


def _check(given: Json) -> None:
    if given.get("response_type", "ephemeral") not in {"ephemeral", "in_channel"}:
        raise Refused("invalid_response_type", status=400)
    if posting.empty(given) and given.get("delete_original") is not True:
        raise Refused("no_text", status=400)
    if problems_of_message(given):
        raise Refused("invalid_blocks", status=400)
    threaded = given.get("thread_ts") is not None
    replaces = given.get("replace_original") is not False
    if threaded and (given.get("response_type") != "in_channel" or replaces):
        raise Refused("invalid_thread_ts", status=400)
