"""Makes a task and its row equal: reads the row, merges, writes the task, then the row.

Nothing is written to Notion unread. Notion knows no conditional write, so what a person types
between our reading and our writing of the same cell, some tenths of a second, is written over.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from notion_sync.canonical import Agreed, read, resolved
from notion_sync.client import Caller, NotionClient
from notion_sync.columns import Role
from notion_sync.databases import Databases
from notion_sync.errors import InTrash, NotShared, PageGone
from notion_sync.layout import Layout
from notion_sync.lease import Lease
from notion_sync.mapping import Assigned, Cell, agreed_after, cells, properties, reads
from notion_sync.merge import Merged, brought_back, digests, merge, to_write
from notion_sync.observer import Observer
from notion_sync.people import PeopleFinder
from notion_sync.reading import Reader
from notion_sync.trouble import Troubles
from notion_sync.wire import JsonObject
from tasks.errors import LeaseLost, StaleRevision
from tasks.model import Actor, Field, Source, SyncState, Task
from tasks.ports import (
    Agreement,
    ChangeOrder,
    Claim,
    Deletions,
    Judgement,
    Now,
    SyncQueue,
    TaskStore,
)

log = logging.getLogger(__name__)

GONE = (
    "The page is not in Notion any more (deleted for good, or no longer shared): "
    "share it again and retry, or delete the task."
)
TRASHED = (
    "The page was put into the trash in Notion: restore it there and retry, or delete the task."
)
HELD = (
    "The page was put into the trash in Notion together with many others: an admin is asked "
    "whether they were deleted on purpose (see /task sync status)."
)
MOVED = "The page was moved out of the database in Notion: move it back and retry."
ARCHIVED = "The page was archived in Notion: take it out of the archive and retry."
MERGE_TRIES = 5


@dataclass(slots=True, kw_only=True)
class _Meeting:
    """One row as it is being worked on."""

    lease: Lease
    caller: Caller
    layout: Layout
    page_id: str

    @property
    def claim(self) -> Claim:
        return self.lease.claim

    @property
    def task(self) -> Task:
        return self.lease.claim.task


class Exchange:
    """What is done with a row that exists."""

    def __init__(
        self,
        *,
        queue: SyncQueue,
        tasks: TaskStore,
        client: NotionClient,
        databases: Databases,
        people: PeopleFinder,
        deletions: Deletions,
        troubles: Troubles,
        observer: Observer,
        now: Now,
    ) -> None:
        self._observer = observer
        self._deletions = deletions
        self._troubles = troubles
        self._queue = queue
        self._tasks = tasks
        self._client = client
        self._databases = databases
        self._people = people
        self._now = now

    async def meet(
        self, lease: Lease, caller: Caller, layout: Layout, page_id: str, *, look: bool
    ) -> None:
        """Make both equal and record it; without `look` a row that should be equal is not read."""
        meeting = _Meeting(lease=lease, caller=caller, layout=layout, page_id=page_id)
        was_gone = meeting.task.sync.state is SyncState.GONE  # and held, perhaps
        agreed = Agreed.of(lease.row.base)
        if not look and await self._is_equal(meeting, agreed):
            await self._complete(meeting, agreed)
            return
        try:
            page = await self._page(meeting)
        except PageGone:
            if not meeting.task.deleted:
                raise
            log.info("already gone", extra={"action": "trash", "task": meeting.task.id})
            await self._complete(meeting, replace(agreed, in_trash=True))
            return
        merged = await self._merged(meeting, page)
        remark = " ".join(merged.said) or None
        row = replace(lease.row, url=page.get("url") or lease.row.url, remark=remark)
        lease.claim = replace(lease.claim, row=row)
        await self._write(meeting, merged.agreed)
        if was_gone or page.get("in_trash") or self._troubles.is_asked(meeting.task.team):
            await self._deletions.settled(meeting.task.team, [meeting.page_id])

    async def cells(
        self, caller: Caller, layout: Layout, task: Task, agreed: Agreed
    ) -> dict[Role, Cell]:
        """Return what a row should hold by its task."""
        return cells(task, layout, await self._assigned(caller, layout, task, agreed), agreed)

    async def _is_equal(self, meeting: _Meeting, agreed: Agreed) -> bool:
        task = meeting.task
        if task.deleted != agreed.in_trash or agreed.unsure or agreed.sent:
            return False
        if agreed.reads != reads(agreed, meeting.layout):
            return False  # its options mean something else since
        wanted = await self.cells(meeting.caller, meeting.layout, task, agreed)
        return task.deleted or not to_write(task, agreed, wanted)

    async def _assigned(
        self, caller: Caller, layout: Layout, task: Task, agreed: Agreed
    ) -> Assigned:
        column = layout.columns.get(Role.ASSIGNEES)
        if column is None and Role.OTHERS not in layout.columns:
            return Assigned()
        assigned = await self._people.assigned(caller, task.assignees)
        there = agreed.values.get(Role.ASSIGNEES.value)
        if column is None or column.type != "people" or not isinstance(there, list):
            return assigned
        known = await self._people.known(caller, there, page={}, assigned=assigned)
        strangers = tuple(one for one in there if known[one].person is None)
        return replace(assigned, strangers=strangers)

    async def _page(self, meeting: _Meeting) -> JsonObject:
        """Return the page, in the trash or not. PageGone: it is no row of the database any more."""
        caller, layout = meeting.caller, meeting.layout
        try:
            page = await self._client.page(caller, meeting.page_id)
        except NotShared as error:
            # It may be the whole database, which parks the connection instead.
            await self._databases.assure_in_place(caller)
            raise PageGone(GONE) from error
        if (page.get("parent") or {}).get("data_source_id") != layout.schema.id:
            raise PageGone(MOVED)
        if page.get("is_archived") and not page.get("in_trash"):
            raise PageGone(ARCHIVED)
        base = Agreed.of(meeting.lease.row.base)
        meeting.layout = await self._databases.layout_for(caller, page, base=base)
        return page

    async def _merged(self, meeting: _Meeting, page: JsonObject) -> Merged:
        """Merge the page into the task, by one write; again where the task changed meanwhile."""
        author = None
        for _ in range(MERGE_TRIES):
            merged = await self._merge(meeting, page)
            if page.get("in_trash"):
                merged = await self._judged(meeting, merged)
            if not merged.changes_task:
                return merged
            author = author or Actor(
                person=await self._people.author(meeting.caller, page), source=Source.NOTION
            )
            claim, base = meeting.claim, merged.agreed.kept()
            try:
                saved = await self._tasks.change(self._order(claim, merged, author))
            except StaleRevision as stale:
                meeting.lease.claim = replace(claim, task=stale.task)
            else:
                row = replace(claim.row, base=base)
                meeting.lease.claim = replace(claim, task=saved.task, row=row)
                self._tell(merged, page)
                return merged
        raise LeaseLost  # people change it faster than it can be merged: the next claim goes on

    def _tell(self, merged: Merged, page: JsonObject) -> None:
        edited = datetime.fromisoformat(page["last_edited_time"])
        self._observer.arrived(max(self._now() - edited, timedelta()))
        if merged.lost:
            self._observer.conflicted(len(merged.lost))

    async def _judged(self, meeting: _Meeting, merged: Merged) -> Merged:
        """Return what becomes of a row in the trash; PageGone where nothing may become of it."""
        task, deletes = meeting.task, merged.patch.values.get(Field.DELETED) is True
        if merged.is_kept or deletes:
            # With the whole database in the trash all its pages are; no task goes for that.
            await self._databases.assure_in_place(meeting.caller)
        judgement = await self._deletions.judge(task.team, meeting.page_id, is_news=deletes)
        if judgement is Judgement.BRING_BACK:
            return brought_back(merged, task)
        if judgement is Judgement.HOLD:
            raise PageGone(HELD)
        if merged.is_kept:
            raise PageGone(TRASHED)
        return merged

    async def _merge(self, meeting: _Meeting, page: JsonObject) -> Merged:
        caller, layout, task = meeting.caller, meeting.layout, meeting.task
        base = _resolved(Agreed.of(meeting.lease.row.base), layout)
        seen = read(page, layout)
        assigned = await self._assigned(caller, layout, task, base)
        reader = await self.reader(caller, layout, task, page, base=base, assigned=assigned)
        return merge(task, base, seen, cells(task, layout, assigned, base), reader)

    async def reader(
        self,
        caller: Caller,
        layout: Layout,
        task: Task,
        page: JsonObject,
        *,
        base: Agreed,
        assigned: Assigned,
    ) -> Reader:
        """Return what reads this page for this task."""
        column = layout.columns.get(Role.ASSIGNEES)
        named: list[str] = []
        if column is not None and column.type == "people":
            for side in (base, read(page, layout)):
                there = side.values.get(Role.ASSIGNEES.value)
                named += there if isinstance(there, list) else []
        people = await self._people.known(caller, named, page=page, assigned=assigned)
        zone = await self._people.zone(caller.connection.team, task)
        return Reader(layout=layout, people=people, zone=zone)

    def _order(self, claim: Claim, merged: Merged, author: Actor) -> ChangeOrder:
        task = claim.task
        return ChangeOrder(
            team=task.team,
            number=task.number,
            patch=merged.patch,
            by=author,
            at=self._now(),
            key=f"notion:{claim.row.id}:{claim.fence}:{task.rev}",
            expected_rev=task.rev,
            agreed=Agreement(fence=claim.fence, base=merged.agreed.kept(), lost=merged.lost),
        )

    async def _write(self, meeting: _Meeting, agreed: Agreed) -> None:
        """Bring to Notion what the task has, and record that both are equal."""
        task = meeting.task
        if task.deleted != agreed.in_trash:
            # First the note that it is us: it must not be taken for a person's deed later.
            await self._note(meeting, replace(agreed, unsure=True))
            await self._patch(meeting, {"in_trash": task.deleted})
            agreed = replace(agreed, in_trash=task.deleted)
        if not task.deleted:
            agreed = await self._write_cells(meeting, agreed)
        await self._complete(meeting, agreed)

    async def _write_cells(self, meeting: _Meeting, agreed: Agreed) -> Agreed:
        task, layout = meeting.task, meeting.layout
        wanted = await self.cells(meeting.caller, layout, task, agreed)
        due = to_write(task, agreed, wanted)
        if not due:
            return agreed
        await self._note(meeting, sent_with(agreed, due))
        page = await self._patch(meeting, {"properties": properties(due)})
        self._databases.learn(meeting.caller.connection, page)
        return agreed_after(agreed, due, read(page, layout))

    async def _note(self, meeting: _Meeting, agreed: Agreed) -> None:
        row = replace(meeting.lease.row, base=agreed.kept())
        await self._queue.adopt(meeting.claim, row)
        meeting.lease.claim = replace(meeting.claim, row=row)

    async def _patch(self, meeting: _Meeting, body: JsonObject) -> JsonObject:
        """Change the page. PageGone: it is not there, though the database is."""
        try:
            return await self._client.update_page(meeting.caller, meeting.page_id, body)
        except (NotShared, InTrash) as error:
            await self._databases.assure_in_place(meeting.caller)
            raise PageGone(TRASHED if isinstance(error, InTrash) else GONE) from error

    async def _complete(self, meeting: _Meeting, agreed: Agreed) -> None:
        await complete(self._queue, meeting.lease, meeting.layout, agreed)


async def complete(queue: SyncQueue, lease: Lease, layout: Layout, agreed: Agreed) -> None:
    """Record that the row shows its task; one put away shows no later edits of a deleted task.

    Nothing is agreed on for a field whose column is missing: once it is back, what the task has
    is written, and its emptiness is no edit of a person's.
    """
    task = lease.claim.task
    mine = agreed.mine if task.deleted else {**agreed.mine, **digests(task)}
    there = {role.value for role in layout.columns}
    settled = replace(
        agreed,
        values={role: value for role, value in agreed.values.items() if role in there},
        columns={role: column for role, column in agreed.columns.items() if role in there},
        mine=mine,
        sent={},
        unsure=False,
    )
    settled = replace(settled, reads=reads(settled, layout))
    row = replace(
        lease.row, rev=task.rev, base=settled.kept(), create_attempts=0, last_sent_at=None
    )
    await queue.complete(lease.claim, row)


def sent_with(agreed: Agreed, cells_sent: Mapping[Role, Cell]) -> Agreed:
    """Return the base with the note that these cells are about to be sent."""
    new = {role.value: [cell.value] for role, cell in cells_sent.items()}
    before = agreed.sent
    sent = {role: [*before.get(role, ()), *new.get(role, ())] for role in {*before, *new}}
    return replace(agreed, sent=sent)


def _resolved(agreed: Agreed, layout: Layout) -> Agreed:
    """Return what was agreed on with the ids of options that were created by what was sent."""
    columns = {role.value: column for role, column in layout.columns.items()}
    sent = {
        role: [resolved(value, columns[role]) for value in values]
        for role, values in agreed.sent.items()
        if role in columns
    }
    return replace(agreed, sent=sent)
