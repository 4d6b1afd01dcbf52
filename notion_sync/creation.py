"""Makes a page exactly once, though Notion knows no idempotency keys and answers get lost.

The intent is kept before the request is sent. Where its outcome is unknown, or a new owner of
the task finds an intent, nothing is sent before Notion has had time to finish and to index; then
the page is looked for by the task's key, and only if there is none another one is asked for.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from notion_sync.canonical import key_of
from notion_sync.client import Caller, NotionClient
from notion_sync.columns import Role
from notion_sync.errors import (
    Committed,
    Forbidden,
    InTrash,
    MayNotCreate,
    NoEffect,
    NoKeyColumn,
    NotionError,
    NotShared,
    Pending,
    UnknownOutcome,
)
from notion_sync.layout import Layout
from notion_sync.lease import Lease
from notion_sync.observer import Observer
from notion_sync.wire import JsonObject
from tasks.ports import SyncQueue

GRACE = timedelta(seconds=60)
"""How long Notion's index may lag behind its writes, as far as we know."""


class Creation:
    """The only place that makes pages."""

    def __init__(
        self,
        *,
        queue: SyncQueue,
        client: NotionClient,
        observer: Observer,
        grace: timedelta = GRACE,
    ) -> None:
        self._queue = queue
        self._client = client
        self._observer = observer
        self._settled_after = timedelta(seconds=client.timeout_seconds) + grace

    async def find(self, lease: Lease, caller: Caller, layout: Layout) -> JsonObject | None:
        """Return the page of an earlier attempt, the oldest where there are several.

        Without an earlier attempt nothing is asked. Pending: it is too early to tell.
        """
        row, task = lease.row, lease.claim.task
        if not row.create_attempts:
            return None
        if row.last_sent_at is not None:
            wait = row.last_sent_at + self._settled_after - lease.claim.at
            if wait > timedelta(0):
                raise Pending(wait=wait)
        pages = await self._with_key(caller, layout, task.id)
        if not pages:
            return None
        keep, *others = sorted(pages, key=lambda page: (page["created_time"], page["id"]))
        for other in others:
            # Before the oldest is adopted: killed in between, the next owner looks again.
            with suppress(InTrash, NotShared):  # somebody was faster
                await self._client.update_page(caller, other["id"], {"in_trash": True})
                self._observer.duplicates(1)
        return keep

    async def create(
        self, lease: Lease, caller: Caller, layout: Layout, properties: JsonObject
    ) -> JsonObject:
        """Make the page and return it. Pending: it may have been made."""
        before = lease.row
        try:
            page = await self._client.create_page(
                replace(caller, before=lease.intend),
                data_source=layout.schema.id,
                properties=properties,
            )
        except Committed as error:
            return await self._committed(error, lease, caller, layout)
        except UnknownOutcome as error:
            raise Pending(error.answer, wait=self._settled_after) from error
        except NoEffect as error:
            if lease.row != before:
                # Surely none was made: without its intent the next attempt need not wait.
                await self._queue.adopt(lease.claim, before)
                lease.claim = replace(lease.claim, row=before)
            if isinstance(error, Forbidden):
                raise MayNotCreate(error.answer) from error
            raise
        if page.get("object") != "page":
            raise Pending(wait=self._settled_after)
        return page

    async def _committed(
        self, error: Committed, lease: Lease, caller: Caller, layout: Layout
    ) -> JsonObject:
        pending = Pending(error.answer, wait=self._settled_after)
        try:
            page = await self._client.page(caller, error.resource)
        except NotionError:
            raise pending from error
        if key_of(page, layout) != lease.claim.task.id:
            raise pending from error
        return page

    async def _with_key(self, caller: Caller, layout: Layout, key: str) -> list[JsonObject]:
        query: JsonObject = {
            "filter": {"property": key_column(layout), "rich_text": {"equals": key}},
            "sorts": [{"timestamp": "created_time", "direction": "ascending"}],
        }
        found = self._client.rows(caller, layout.schema.id, query)
        return [page async for page in found if key_of(page, layout) == key]


def key_column(layout: Layout) -> str:
    """Return the id of the column that holds the task's key. NoKeyColumn: nothing may be made."""
    column = layout.columns.get(Role.KEY)
    if column is None:
        raise NoKeyColumn(layout.missing[Role.KEY])
    return column.id
