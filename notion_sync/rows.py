"""Makes a task and its row equal: finds or makes the row, and leaves the rest to the exchange."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from notion_sync.canonical import Agreed, read
from notion_sync.client import PATIENCE, PATIENCE_IN_LINE, Caller, Errand, NotionClient
from notion_sync.creation import Creation, key_column
from notion_sync.databases import Databases
from notion_sync.errors import InTrash, NotShared, PageGone, Refused
from notion_sync.exchange import GONE, MOVED, TRASHED, Exchange, complete, sent_with
from notion_sync.layout import Layout
from notion_sync.lease import Lease
from notion_sync.mapping import agreed_after, properties
from notion_sync.trouble import Troubles
from notion_sync.wire import JsonObject
from tasks.ports import Claim, Connection, Lane, Row, SyncQueue


class Rows:
    """What has to be done for a claim, step by step; every failure is an exception."""

    def __init__(
        self,
        *,
        queue: SyncQueue,
        client: NotionClient,
        databases: Databases,
        creation: Creation,
        exchange: Exchange,
        troubles: Troubles,
        monotonic: Callable[[], float],
    ) -> None:
        self._queue = queue
        self._client = client
        self._databases = databases
        self._creation = creation
        self._exchange = exchange
        self._troubles = troubles
        self._monotonic = monotonic

    async def bring_up_to_date(
        self,
        claim: Claim,
        connection: Connection,
        *,
        look: bool = False,
        lane: Lane = Lane.PERSON,
        keep: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Make task and row equal and record it.

        Without `look` a row that should be equal already costs no call. `keep` is awaited whenever
        the claim is renewed.
        """
        lease = Lease(queue=self._queue, claim=claim, monotonic=self._monotonic, keep=keep)
        caller = Caller(
            connection=connection,
            lane=lane,
            patience=PATIENCE_IN_LINE if lane is Lane.BACKFILL else PATIENCE,
            before=lease.assure,
            errand=Errand(keep=lease.keep),
        )
        parked = self._troubles.is_parked(connection, new=claim.row.id is None)
        layout = await self._layout(caller, fresh=parked)
        self._troubles.resume(connection)
        try:
            await self._bring(lease, caller, layout, look=look)
        except InTrash:
            raise
        except Refused:
            # The schema may have changed under us: once, with what it is now.
            fresh = await self._layout(caller, fresh=True)
            if fresh == layout:
                await self._see_whether_it_moved(lease, caller, fresh)
                raise
            await self._bring(lease, caller, fresh, look=look)

    async def _layout(self, caller: Caller, *, fresh: bool) -> Layout:
        layout = await self._databases.layout(caller, fresh=fresh)
        self._troubles.note(caller.connection.team, layout.issues)
        return layout

    async def _bring(self, lease: Lease, caller: Caller, layout: Layout, *, look: bool) -> None:
        if lease.row.id is None and lease.row.create_attempts:
            key_column(layout)
            found = await self._creation.find(lease, caller, layout)
            if found is not None:
                await self._adopt(lease, found)
        if lease.row.id is not None:
            await self._exchange.meet(lease, caller, layout, lease.row.id, look=look)
        elif lease.claim.task.deleted:
            await complete(self._queue, lease, layout, Agreed())
        else:
            await self._make(lease, caller, layout)

    async def _adopt(self, lease: Lease, page: JsonObject) -> None:
        row = Row(id=page["id"], url=page.get("url"), base=lease.row.base)
        await self._queue.adopt(lease.claim, row)
        lease.claim = replace(lease.claim, row=row)

    async def _make(self, lease: Lease, caller: Caller, layout: Layout) -> None:
        key_column(layout)
        wanted = await self._exchange.cells(caller, layout, lease.claim.task, Agreed())
        # First the note of what is sent: found later, the page is not taken for a person's.
        row = replace(lease.row, base=sent_with(Agreed(), wanted).kept())
        await self._queue.adopt(lease.claim, row)
        lease.claim = replace(lease.claim, row=row)
        page = await self._creation.create(lease, caller, layout, properties(wanted))
        self._databases.learn(caller.connection, page)
        agreed = agreed_after(Agreed(), wanted, read(page, layout))
        made = replace(lease.row, id=page["id"], url=page.get("url"))
        lease.claim = replace(lease.claim, row=made)
        await complete(self._queue, lease, layout, agreed)
        self._troubles.resume(caller.connection, created=True)

    async def _see_whether_it_moved(self, lease: Lease, caller: Caller, layout: Layout) -> None:
        if lease.row.id is None:
            return
        try:
            page = await self._client.page(caller, lease.row.id)
        except NotShared as error:
            raise PageGone(GONE) from error
        if page.get("in_trash"):
            raise PageGone(TRASHED)
        if (page.get("parent") or {}).get("data_source_id") != layout.schema.id:
            raise PageGone(MOVED)
