"""POST /notion/webhook: proves that it is Notion, keeps the hint, answers. Nothing is done here."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from aiohttp import web

from observability.metrics import Metrics
from tasks.errors import StoreError
from tasks.ports import (
    Choices,
    Copies,
    Deliveries,
    Inbox,
    Lane,
    Turns,
    VerificationTokens,
)

PATH = "/notion/webhook"
SIGNATURE = "X-Notion-Signature"
SCHEMA_EVENTS = ("data_source.schema_updated", "database.schema_updated")
POLL = "poll"
"""The work whose turn reads the columns."""
NOWHERE = "-"
"""Stands for the table of a page that is in none."""

_MAX_BYTES = 256 * 1024
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_EVENT_ID = re.compile(r"[!-~]{1,100}")
_TOKEN = re.compile(r"[!-~]{8,200}")

log = logging.getLogger(__name__)

Json: TypeAlias = dict[str, Any]


class NotionWebhook:
    """Takes hand-shakes and events; an event says where to look, and is believed no further."""

    def __init__(
        self,
        *,
        inbox: Inbox,
        deliveries: Deliveries,
        tokens: VerificationTokens | None,
        token: str | None,
        team: Callable[[], Awaitable[str | None]],
        own_bot: Callable[[], str | None],
        on_hint: Callable[[], None],
        choices: Choices,
        turns: Turns,
        comments: Inbox,
        copies: Copies,
        on_comment: Callable[[], None],
        metrics: Metrics,
    ) -> None:
        """Take where tokens of hand-shakes are kept, or the one of the settings, or none."""
        self._inbox = inbox
        self._deliveries = deliveries
        self._tokens = tokens
        self._token = token
        self._team = team
        self._own_bot = own_bot
        self._on_hint = on_hint
        self._choices = choices
        self._turns = turns
        self._comments = comments
        self._copies = copies
        self._on_comment = on_comment
        self._metrics = metrics
        self._is_verified = False

    def routes(self) -> list[web.RouteDef]:
        """Return the one route."""
        return [web.post(PATH, self.handle)]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request; what could not be kept is refused, so that Notion comes again."""
        try:
            raw = await request.read()
        except web.HTTPRequestEntityTooLarge:
            raw = b""
        if not raw or len(raw) > _MAX_BYTES:
            return self._answer("rejected", 400)
        try:
            result, status = await self._judge(raw, request.headers.getall(SIGNATURE, []))
        except StoreError:
            result, status = "failed", 503
        return self._answer(result, status)

    def _answer(self, result: str, status: int) -> web.Response:
        self._metrics.webhook_events.labels(result).inc()
        return web.json_response({"result": result}, status=status)

    async def _judge(self, raw: bytes, signatures: list[str]) -> tuple[str, int]:
        is_signed = len(signatures) == 1 and await self._is_signed(raw, signatures[0])
        body = _read(raw)
        if body is None:
            return "rejected", 400 if is_signed else 401
        if body.keys() == {"verification_token"}:
            return await self._handshake(str(body["verification_token"]))
        return await self._event(body) if is_signed else ("rejected", 401)

    async def _is_signed(self, raw: bytes, signature: str) -> bool:
        if self._token is not None:
            return _fits(raw, signature, self._token)
        token = await self._tokens.load() if self._tokens is not None else None
        return token is not None and _fits(raw, signature, token)

    async def _handshake(self, token: str) -> tuple[str, int]:
        """Keep the token where none is verified yet; it is shown by a command, and never logged."""
        if self._token is not None:
            return "handshake", 200  # the settings hold the one that counts
        if self._tokens is None:
            log.warning(
                "webhook_token_not_kept",
                extra={"advice": "set ENCRYPTION_KEYS, then resend the token in Notion"},
            )
            return "failed", 503
        if not _TOKEN.fullmatch(token):
            return "rejected", 400
        if not await self._tokens.offer(token):
            log.warning(
                "webhook_token_refused",
                extra={
                    "advice": "one is in use: `python -m bot notion webhook --reset` forgets it"
                },
            )
            return "rejected", 409
        log.info(
            "webhook_token_received", extra={"advice": "`python -m bot notion webhook` shows it"}
        )
        return "handshake", 200

    async def _event(self, body: Json) -> tuple[str, int]:
        event_id = str(body.get("id"))
        if not _EVENT_ID.fullmatch(event_id):
            return "ignored", 200
        await self._note_verified()
        if await self._deliveries.seen(event_id):
            return "duplicate", 200
        result = await self._hint(body)
        if result == "failed":
            return result, 503
        # After the hint is kept: killed in between, the next attempt keeps it again.
        await self._deliveries.remember(event_id)
        return result, 200

    async def _note_verified(self) -> None:
        if self._tokens is not None and self._token is None and not self._is_verified:
            await self._tokens.verified()
            self._is_verified = True

    async def _hint(self, body: Json) -> str:
        if commented := _commented(body):
            return await self._comment_hint(*commented)
        if str(body.get("type")) in SCHEMA_EVENTS:
            return await self._schema_hint(body)
        page = _page_of(body)
        if page is None:
            return "ignored"
        bot = self._own_bot()
        if bot is not None and _authors(body) == {bot}:
            return "echo"  # nobody else had a hand in it; the poll would find out if so
        team = await self._team()
        if team is None:
            return "failed"  # Slack has not told yet whose we are: Notion comes again
        await self._inbox.mark(team, [page], lane=Lane.WEBHOOK, place=_place(body))
        self._on_hint()
        return "accepted"

    async def _schema_hint(self, body: Json) -> str:
        """Have the columns read anew, by all instances."""
        bot = self._own_bot()
        if bot is not None and _authors(body) == {bot}:
            return "echo"
        team = await self._team()
        if team is None:
            return "failed"
        await self._choices.touch(team)
        await self._turns.call(team, POLL)
        return "accepted"

    async def _comment_hint(self, comment: str, page: str) -> str:
        """Have the page's comments looked at, but for one of ours, told by its id."""
        team = await self._team()
        if team is None:
            return "failed"
        if await self._copies.is_copy(team, comment):
            return "echo"
        await self._comments.mark(team, [page], lane=Lane.WEBHOOK)
        self._on_comment()
        return "accepted"


def _fits(raw: bytes, signature: str, token: str) -> bool:
    wanted = "sha256=" + hmac.new(token.encode(), raw, hashlib.sha256).hexdigest()
    return hmac.compare_digest(signature.encode("utf-8", "surrogateescape"), wanted.encode())


def _read(raw: bytes) -> Json | None:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _page_of(body: Json) -> str | None:
    entity = _object(body.get("entity"))
    page = str(entity.get("id", "")).lower()
    is_page = entity.get("type") == "page" and str(body.get("type", "")).startswith("page.")
    return page if is_page and _ID.fullmatch(page) else None


def _commented(body: Json) -> tuple[str, str] | None:
    """Return the comment that an event is about, and its page."""
    entity, data = _object(body.get("entity")), _object(body.get("data"))
    comment, page = str(entity.get("id", "")).lower(), str(data.get("page_id", "")).lower()
    is_comment = entity.get("type") == "comment" and str(body.get("type", ""))[:8] == "comment."
    return (comment, page) if is_comment and _ID.fullmatch(page) else None


def _place(body: Json) -> str:
    parent = _object(_object(body.get("data")).get("parent"))
    return str(parent.get("data_source_id") or NOWHERE)


def _authors(body: Json) -> set[str | None]:
    authors = body.get("authors")
    return {_object(one).get("id") for one in authors} if isinstance(authors, list) else set()


def _object(value: object) -> Json:
    return value if isinstance(value, dict) else {}
