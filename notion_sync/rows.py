"""Brings one row up to date with its task: makes it, changes it, trashes or restores it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from notion_sync.canonical import Agreed, read
from notion_sync.client import Caller, NotionClient
from notion_sync.columns import Role
from notion_sync.creation import Creation, key_column
from notion_sync.databases import Databases
from notion_sync.errors import InTrash, NotShared, PageGone, Refused
from notion_sync.layout import Layout
from notion_sync.lease import Lease
from notion_sync.mapping import Assigned, Cell, agreed_after, cells, differs, properties
from notion_sync.people import PeopleFinder
from notion_sync.trouble import Troubles
from notion_sync.wire import JsonObject
from tasks.ports import Claim, Connection, Row, SyncQueue

log = logging.getLogger(__name__)

GONE = (
    "The page is not in Notion any more (deleted for good, or no longer shared): "
    "share it again and retry, or delete the task."
)
TRASHED = (
    "The page was put into the trash in Notion: restore it there and retry, or delete the task."
)
MOVED = "The page was moved out of the database in Notion: move it back and retry."


class Rows:
    """What has to be done for a claim, step by step; every failure is an exception."""

    def __init__(
        self,
        *,
        queue: SyncQueue,
        client: NotionClient,
        databases: Databases,
        creation: Creation,
        people: PeopleFinder,
        troubles: Troubles,
        monotonic: Callable[[], float],
    ) -> None:
        self._queue = queue
        self._client = client
        self._databases = databases
        self._creation = creation
        self._people = people
        self._troubles = troubles
        self._monotonic = monotonic

    async def bring_up_to_date(self, claim: Claim, connection: Connection) -> None:
        """Make the row equal to the task and record it; a row that is equal costs no call."""
        lease = Lease(queue=self._queue, claim=claim, monotonic=self._monotonic)
        caller = Caller(connection=connection, before=lease.assure)
        parked = self._troubles.is_parked(connection, new=claim.row.id is None)
        layout = await self._layout(caller, fresh=parked)
        self._troubles.resume(connection)
        try:
            await self._bring(lease, caller, layout)
        except InTrash:
            raise
        except Refused:
            # The schema may have changed under us: once, with what it is now.
            fresh = await self._layout(caller, fresh=True)
            if fresh == layout:
                await self._see_whether_it_moved(lease, caller, fresh)
                raise
            await self._bring(lease, caller, fresh)

    async def _layout(self, caller: Caller, *, fresh: bool) -> Layout:
        layout = await self._databases.layout(caller, fresh=fresh)
        self._troubles.note(caller.connection.team, layout.issues)
        return layout

    async def _bring(self, lease: Lease, caller: Caller, layout: Layout) -> None:
        if lease.row.id is None and lease.row.create_attempts:
            key_column(layout)
            found = await self._creation.find(lease, caller, layout)
            if found is not None:
                await self._adopt(lease, found, layout)
        if lease.claim.task.deleted:
            await self._put_away(lease, caller)
        elif lease.row.id is None:
            await self._make(lease, caller, layout)
        else:
            await self._update(lease, caller, layout, lease.row.id)

    async def _adopt(self, lease: Lease, page: JsonObject, layout: Layout) -> None:
        row = Row(id=page["id"], url=page.get("url"), base=read(page, layout).kept())
        await self._queue.adopt(lease.claim, row)
        lease.claim = replace(lease.claim, row=row)

    async def _make(self, lease: Lease, caller: Caller, layout: Layout) -> None:
        key_column(layout)
        wanted = await self._cells(lease, caller, layout, Agreed())
        page = await self._creation.create(lease, caller, layout, properties(wanted))
        agreed = self._agreed(caller, layout, Agreed(), wanted, page)
        await self._complete(lease, Row(id=page["id"], url=page.get("url")), agreed)
        self._troubles.resume(caller.connection, created=True)

    async def _update(self, lease: Lease, caller: Caller, layout: Layout, page_id: str) -> None:
        row, agreed = lease.row, Agreed.of(lease.row.base)
        if agreed.in_trash:
            await self._patch(caller, page_id, {"in_trash": False})
            agreed = replace(agreed, in_trash=False)
        wanted = await self._cells(lease, caller, layout, agreed)
        changed = differs(agreed, wanted)
        if changed:
            page = await self._patch(caller, page_id, {"properties": properties(changed)})
            agreed = self._agreed(caller, layout, agreed, changed, page)
            row = replace(row, url=page.get("url") or row.url)
        await self._complete(lease, row, agreed)

    async def _put_away(self, lease: Lease, caller: Caller) -> None:
        row, agreed = lease.row, Agreed.of(lease.row.base)
        if row.id is not None:
            if not agreed.in_trash:
                # First the note that it was us: restored, it is not taken for a person's deed.
                agreed = replace(agreed, in_trash=True)
                noted = replace(row, base=agreed.kept())
                await self._queue.adopt(lease.claim, noted)
            try:
                await self._patch(caller, row.id, {"in_trash": True})
            except PageGone:
                log.info("already gone", extra={"action": "trash", "task": lease.claim.task.id})
        await self._complete(lease, row, agreed)

    async def _patch(self, caller: Caller, page_id: str, body: JsonObject) -> JsonObject:
        """Change a page. PageGone: it is not there, though the database is."""
        try:
            return await self._client.update_page(caller, page_id, body)
        except (NotShared, InTrash) as error:
            # It may be the whole database, which parks the connection instead.
            await self._databases.assure_in_place(caller)
            raise PageGone(TRASHED if isinstance(error, InTrash) else GONE) from error

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

    async def _cells(
        self, lease: Lease, caller: Caller, layout: Layout, agreed: Agreed
    ) -> dict[Role, Cell]:
        task = lease.claim.task
        assigned = Assigned()
        if {Role.ASSIGNEES, Role.OTHERS} & layout.columns.keys():
            assigned = await self._people.assigned(caller, task.assignees)
        return cells(task, layout, assigned, agreed)

    def _agreed(
        self,
        caller: Caller,
        layout: Layout,
        before: Agreed,
        written: dict[Role, Cell],
        page: JsonObject,
    ) -> Agreed:
        self._databases.learn(caller.connection, page)
        return agreed_after(before, written, read(page, layout))

    async def _complete(self, lease: Lease, row: Row, agreed: Agreed) -> None:
        done = replace(
            row,
            rev=lease.claim.task.rev,
            base=agreed.kept(),
            create_attempts=0,
            last_sent_at=None,
        )
        await self._queue.complete(lease.claim, done)
