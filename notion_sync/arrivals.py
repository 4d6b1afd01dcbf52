"""Rows that no task has: new ones become tasks, copies of our own making go to the trash.

A row that we made carries its task's key from the first moment, so it never becomes a second task.
A person who duplicates a row copies the key along: that is a new row, and gets a key of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from notion_sync.canonical import key_of
from notion_sync.client import Caller, NotionClient
from notion_sync.databases import Databases
from notion_sync.errors import InTrash, NotShared
from notion_sync.intake import Intake
from notion_sync.layout import Layout
from notion_sync.observer import Observer
from notion_sync.people import PeopleFinder
from notion_sync.wire import JsonObject
from tasks.ports import Announcements, Lane, Mark, Now, Row, RowBook, TaskStore

NEWS = timedelta(days=1)
"""How old a row may be to be announced."""

log = logging.getLogger(__name__)


class Arrivals:
    """Meets rows that belong to no task yet."""

    def __init__(
        self,
        *,
        tasks: TaskStore,
        book: RowBook,
        client: NotionClient,
        databases: Databases,
        people: PeopleFinder,
        intake: Intake,
        observer: Observer,
        now: Now,
        announcements: Announcements,
        on_change: Callable[[], None],
    ) -> None:
        self._announcements = announcements
        self._tasks = tasks
        self._book = book
        self._client = client
        self._databases = databases
        self._people = people
        self._intake = intake
        self._observer = observer
        self._now = now
        self._on_change = on_change

    async def meet(self, mark: Mark, caller: Caller) -> None:
        """Do what is to be done about a row; what is not of the table is nobody's business."""
        layout = await self._databases.layout(caller)
        if mark.place not in {None, layout.schema.id}:
            return
        try:
            page = await self._client.page(caller, mark.row_id)
        except NotShared:
            return
        if (page.get("parent") or {}).get("data_source_id") != layout.schema.id:
            return
        if page.get("in_trash") or page.get("is_archived"):
            return
        layout = await self._databases.layout_for(caller, page)
        key = key_of(page, layout)
        owner = await self._book.by_key(mark.team, key) if key else None
        if owner is not None and (owner.id == page["id"] or _is_being_made(owner)):
            return  # whoever makes it will find it
        if owner is not None and await self._is_untouched_copy(caller, page):
            with suppress(InTrash, NotShared):  # somebody was faster
                await self._client.update_page(caller, page["id"], {"in_trash": True})
                self._observer.duplicates(1)
            return
        if mark.lane is not Lane.BACKFILL and self._is_new(page):
            await self._announcements.note(mark.team, page["id"])
        await self._take_in(mark.team, caller, layout, page)
        if mark.lane is not Lane.BACKFILL:
            edited = datetime.fromisoformat(page["last_edited_time"])
            self._observer.arrived(max(self._now() - edited, timedelta()))

    def _is_new(self, page: JsonObject) -> bool:
        """Tell whether somebody made the row lately; an old one that was edited is no news."""
        return self._now() - datetime.fromisoformat(page["created_time"]) < NEWS

    async def _is_untouched_copy(self, caller: Caller, page: JsonObject) -> bool:
        """Tell whether nobody but the bot has ever had a hand in it."""
        bot = await self._people.bot(caller)
        hands = {(page.get(name) or {}).get("id") for name in ("created_by", "last_edited_by")}
        return hands == {bot}

    async def _take_in(self, team: str, caller: Caller, layout: Layout, page: JsonObject) -> None:
        now = self._now()
        drawn = await self._intake.drawn(team, caller, layout, page, at=now)
        saved = await self._tasks.add(drawn.task, key=drawn.key, row=drawn.row)
        log.info("taken in", extra={"action": "arrive", "team": team, "task": saved.task.id})
        self._on_change()


def _is_being_made(row: Row) -> bool:
    return row.id is None and row.create_attempts > 0
