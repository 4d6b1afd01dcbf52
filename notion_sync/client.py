"""Notion's API as Taskbridge uses it: budgeted, bounded in time, every outcome classified."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import httpx
from notion_client import AsyncClient

from notion_sync.errors import Blocked, NotionError, RateLimited, Scope, Throttled, UnknownOutcome
from notion_sync.limiter import Limiter
from notion_sync.observer import Observer, Unobserved
from notion_sync.outcome import classified
from notion_sync.trail import note_call
from notion_sync.wire import NOTION_VERSION, PAGE_SIZE, JsonObject
from tasks.ports import Connection, Lane, Now

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 30.0
PROBE_SECONDS = 2.0
PATIENCE = timedelta(seconds=2)
"""How long a call waits for the budget before it gives its place to others."""
PATIENCE_IN_LINE = timedelta(seconds=10)
"""How long a backfill waits: its calls go at an even pace, and others have workers of their own."""
PATIENCE_BEGUN = timedelta(seconds=62)
"""How long one waits that follows another call, whose cost would be lost: longer than anybody
waits for the budget, however small it is. Only a pause that Notion asks for may be longer."""
BLOCKED_FOR = timedelta(days=1)
COUNTED = (Scope.CONNECTION, Scope.WORKSPACE)
"""Limits that the budget stands for: who meets them has counted wrong, or does not count alone."""


async def _at_once() -> None:
    """Stand in where nothing has to be checked before a call."""


@dataclass(slots=True, kw_only=True)
class Errand:
    """Calls that belong together: without the next, those before are lost and made again.

    So who has begun goes on: with a small budget everybody would begin, else, and nobody end.
    """

    keep: Callable[[], Awaitable[None]] = _at_once
    """Awaited again and again while a call waits for the budget; may raise to end that."""
    calls: int = 0
    """How many were made by now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """On whose account, and how urgently, a call is made."""

    connection: Connection
    lane: Lane = Lane.PERSON
    patience: timedelta = PATIENCE
    before: Callable[[], Awaitable[None]] = field(default=_at_once, repr=False)
    """Awaited when the budget is spent, right before the call; may raise to stop it."""
    errand: Errand | None = field(default=None, repr=False, compare=False)
    """What its calls belong to; None: each is made for itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryPage:
    """Up to a hundred rows."""

    rows: tuple[JsonObject, ...]
    cursor: str | None
    """What to ask the next page with; None where there is none."""
    is_cut: bool
    """Whether Notion lists no more of what the query finds, though there is more."""


def _silent() -> logging.Logger:
    """Return a logger for the SDK, which would log Notion's sentences, and so people's texts."""
    silent = logging.getLogger("notion_sync.sdk")
    silent.disabled = True
    return silent


class NotionClient:
    """One client for all tenants; the token goes with each call.

    Every method raises a `NotionError` where Notion did not do it.
    """

    def __init__(
        self,
        *,
        http: httpx.AsyncClient,
        api_url: str,
        limiter: Limiter,
        now: Now,
        monotonic: Callable[[], float],
        observer: Observer | None = None,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        # Never entered with `async with`: the SDK would replace `http` by a client of its own.
        self._sdk = AsyncClient(
            client=http,
            notion_version=NOTION_VERSION,
            retry=False,
            timeout_ms=int(timeout_seconds * 1000),
            logger=_silent(),
            base_url=api_url.rstrip("/"),
        )
        self._limiter = limiter
        self._now = now
        self._monotonic = monotonic
        self._observer = observer or Unobserved()
        self.timeout_seconds = timeout_seconds
        self._paused_until: dict[str, float] = {}

    async def me(self, caller: Caller) -> JsonObject:
        """Return the bot behind the token."""
        return await self._call(caller, "users", "GET", "users/me")

    async def probe(self, connection: Connection) -> None:
        """Ask the cheapest question there is; a NotionError within two seconds, or all is well."""
        caller = Caller(connection=connection, patience=timedelta())
        await self._call(caller, "users", "GET", "users/me", within=PROBE_SECONDS)

    def users(self, caller: Caller) -> AsyncIterator[JsonObject]:
        """Yield all members and bots of the workspace."""
        return self._pages(caller, "users", "GET", "users", {})

    def comments(self, caller: Caller, page_id: str) -> AsyncIterator[JsonObject]:
        """Yield the open comments of a page, the oldest first."""
        return self._pages(caller, "comments", "GET", "comments", {"block_id": page_id})

    async def comment(self, caller: Caller, comment_id: str) -> JsonObject:
        """Return a comment, one of a resolved discussion too."""
        return await self._call(caller, "comments", "GET", f"comments/{comment_id}")

    async def create_comment(
        self, caller: Caller, page_id: str, rich_text: list[JsonObject]
    ) -> JsonObject:
        """Comment on a page; the protocol of `comments.py` alone may ask for it."""
        body = {"parent": {"type": "page_id", "page_id": page_id}, "rich_text": rich_text}
        return await self._call(caller, "comments", "POST", "comments", body=body)

    async def update_comment(
        self, caller: Caller, comment_id: str, rich_text: list[JsonObject]
    ) -> JsonObject:
        """Let a comment of ours say something else."""
        body = {"rich_text": rich_text}
        return await self._call(caller, "comments", "PATCH", f"comments/{comment_id}", body=body)

    async def delete_comment(self, caller: Caller, comment_id: str) -> JsonObject:
        """Delete a comment of ours; the one that began a discussion takes it along."""
        return await self._call(caller, "comments", "DELETE", f"comments/{comment_id}")

    async def page(self, caller: Caller, page_id: str) -> JsonObject:
        """Return a page, one in the trash too."""
        return await self._call(caller, "get_page", "GET", f"pages/{page_id}")

    async def create_page(
        self, caller: Caller, *, data_source: str, properties: JsonObject
    ) -> JsonObject:
        """Make a row; the protocol of `creation.py` alone may ask for it."""
        parent = {"type": "data_source_id", "data_source_id": data_source}
        body = {"parent": parent, "properties": properties}
        return await self._call(caller, "create_page", "POST", "pages", body=body)

    async def update_page(self, caller: Caller, page_id: str, body: JsonObject) -> JsonObject:
        """Change `properties` or `in_trash` of a page."""
        return await self._call(caller, "update_page", "PATCH", f"pages/{page_id}", body=body)

    async def database(self, caller: Caller, database_id: str) -> JsonObject:
        """Return a database, the container of data sources."""
        return await self._call(caller, "read_schema", "GET", f"databases/{database_id}")

    async def create_database(self, caller: Caller, body: JsonObject) -> JsonObject:
        """Make a database with its first data source."""
        return await self._call(caller, "write_schema", "POST", "databases", body=body)

    async def data_source(self, caller: Caller, data_source: str) -> JsonObject:
        """Return a data source with its schema."""
        path = f"data_sources/{data_source}"
        return await self._call(caller, "read_schema", "GET", path)

    async def update_data_source(
        self, caller: Caller, data_source: str, properties: JsonObject
    ) -> JsonObject:
        """Add or change columns."""
        path = f"data_sources/{data_source}"
        body = {"properties": properties}
        return await self._call(caller, "write_schema", "PATCH", path, body=body)

    def rows(self, caller: Caller, data_source: str, body: JsonObject) -> AsyncIterator[JsonObject]:
        """Yield the rows that a query finds, none from the trash."""
        path = f"data_sources/{data_source}/query"
        return self._pages(caller, "query", "POST", path, body)

    async def first_row(
        self, caller: Caller, data_source: str, body: JsonObject
    ) -> JsonObject | None:
        """Return the first row that a query finds, or None."""
        path = f"data_sources/{data_source}/query"
        answer = await self._call(caller, "query", "POST", path, body=body | {"page_size": 1})
        found: list[JsonObject] = answer.get("results", [])
        return found[0] if found else None

    async def some_rows(
        self, caller: Caller, data_source: str, *, most: int
    ) -> tuple[list[JsonObject], bool]:
        """Return the rows edited last, and whether there are more."""
        sorts = [{"timestamp": "last_edited_time", "direction": "descending"}]
        body = {"sorts": sorts, "page_size": most}
        path = f"data_sources/{data_source}/query"
        answer = await self._call(caller, "query", "POST", path, body=body)
        return list(answer.get("results", ())), bool(answer.get("has_more"))

    async def search(self, caller: Caller, words: str) -> list[JsonObject]:
        """Return a hundred data sources at most, the latest edited first; with `words` by title."""
        wanted = {"property": "object", "value": "data_source"}
        body: JsonObject = {"filter": wanted, "page_size": PAGE_SIZE}
        asked = body | ({"query": words} if words else {})
        answer = await self._call(caller, "search", "POST", "search", body=asked)
        return list(answer.get("results", ()))

    async def query_page(
        self, caller: Caller, data_source: str, body: JsonObject, *, only: Sequence[str] = ()
    ) -> QueryPage:
        """Return one page of a query's rows, with all of their columns or `only` some."""
        answer = await self._call(
            caller,
            "query",
            "POST",
            f"data_sources/{data_source}/query",
            query={"filter_properties": list(only)} if only else None,
            body=body | {"page_size": PAGE_SIZE},
        )
        status = answer.get("request_status") or {}
        return QueryPage(
            rows=tuple(answer.get("results", ())),
            cursor=answer.get("next_cursor") if answer.get("has_more") else None,
            is_cut=status.get("type") == "incomplete",
        )

    async def _pages(
        self, caller: Caller, operation: str, method: str, path: str, given: JsonObject
    ) -> AsyncIterator[JsonObject]:
        asked = given | {"page_size": PAGE_SIZE}
        while True:
            answer = await self._call(
                caller,
                operation,
                method,
                path,
                query=asked if method == "GET" else None,
                body=None if method == "GET" else asked,
            )
            for result in answer.get("results", ()):
                yield result
            if not answer.get("has_more") or not answer.get("next_cursor"):
                return
            asked = asked | {"start_cursor": answer["next_cursor"]}

    async def _call(
        self,
        caller: Caller,
        operation: str,
        method: str,
        path: str,
        *,
        query: JsonObject | None = None,
        body: JsonObject | None = None,
        within: float | None = None,
    ) -> JsonObject:
        key = caller.connection.key
        # Spend before the call: a request whose answer is lost still counted.
        errand = caller.errand or Errand()
        has_begun = errand.calls > 0
        await self._limiter.spend(
            key,
            lane=caller.lane,
            patience=max(caller.patience, PATIENCE_BEGUN) if has_begun else caller.patience,
            has_begun=has_begun,
            keep=errand.keep,
        )
        await caller.before()
        self._see_no_pause(key)
        started = self._monotonic()
        try:
            # The SDK's own timeout is per phase, not in total.
            async with asyncio.timeout(within or self.timeout_seconds):
                answer: Any = await self._sdk.request(
                    path=path, method=method, query=query, body=body, auth=caller.connection.token
                )
        except Exception as raised:
            error = classified(raised, self._now())
            if error is None:
                raise
            self._note(operation, started, error)
            await self._heed(key, error)
            raise error from raised
        if not isinstance(answer, dict):
            strange = UnknownOutcome()
            self._note(operation, started, strange)
            raise strange
        self._note(operation, started, None, answer.get("request_id"))
        errand.calls += 1
        return answer

    def _see_no_pause(self, key: str) -> None:
        """Raise Throttled where another call of ours was told to wait since this one had leave."""
        left = self._paused_until.get(key, 0.0) - self._monotonic()
        if left > 0:
            raise Throttled(timedelta(seconds=left))
        self._paused_until.pop(key, None)

    def _pause(self, key: str, wait: timedelta) -> None:
        until = self._monotonic() + wait.total_seconds()
        self._paused_until[key] = max(until, self._paused_until.get(key, until))

    async def _heed(self, key: str, error: NotionError) -> None:
        if isinstance(error, RateLimited):
            self._pause(key, error.wait)
            self._observer.limited(error.scope, until=self._now() + error.wait)
            await self._limiter.pause(
                key,
                wait=error.wait,
                reason=f"rate limit: {error.scope}",
                learn=error.scope in COUNTED,
            )
        elif isinstance(error, Blocked):
            self._pause(key, BLOCKED_FOR)
            await self._limiter.pause(key, wait=BLOCKED_FOR, reason="blocked by Notion")

    def _note(
        self,
        operation: str,
        started: float,
        error: NotionError | None,
        request_id: str | None = None,
    ) -> None:
        seconds = self._monotonic() - started
        status = HTTPStatus.OK if error is None else error.answer.status
        self._observer.called(operation, status=status, seconds=seconds)
        if error is not None:
            request_id = error.answer.request_id
        note_call(request_id)
        log.log(
            logging.DEBUG if error is None else logging.WARNING,
            "Notion call",
            extra={
                "action": "notion_call",
                "operation": operation,
                "status": status if error is None else (status or type(error).__name__),
                "seconds": round(seconds, 3),
                "notion_request_id": request_id,
            },
        )
