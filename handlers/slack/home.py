"""The home tab: read anew and published whenever it is opened or something on it is used."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from weakref import WeakValueDictionary

from handlers.slack.blocks import home
from handlers.slack.blocks.home import Found, Lead, Shown, Which
from handlers.slack.blocks.parts import Json
from handlers.slack.blocks.sync import Standing
from handlers.slack.incoming import Sender
from handlers.slack.web import SlackRefused, Web
from handlers.slack.when import Dates
from tasks.commands import LinePage, ListTasks, TaskFilter
from tasks.errors import BrokenCursor, TaskError
from tasks.service import TaskService

_OVERTAKEN = "hash_conflict"
NOT_READ = "Your tasks cannot be read right now: try again in a moment."


class Home:
    """Publishes home tabs; of one person one at a time, and the latest wins."""

    def __init__(
        self,
        *,
        tasks: TaskService,
        dates: Dates,
        standing: Callable[[Sender], Awaitable[Standing | None]],
    ) -> None:
        """Take what tells how the sync stands."""
        self._tasks = tasks
        self._dates = dates
        self._standing = standing
        self._turns: dict[tuple[str, str], int] = {}
        self._locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    async def publish(
        self,
        sender: Sender,
        web: Web,
        kept: str = "",
        *,
        hash_: str | None = None,
        lead: Lead | None = None,
    ) -> None:
        """Show a person their home tab as it is now.

        `kept` is what their tab carried unseen, `hash_` names the tab that they saw.
        """
        who = (sender.team, sender.user)
        turn = self._turns[who] = self._turns.get(who, 0) + 1
        lock = self._locks.setdefault(who, asyncio.Lock())
        async with lock:
            if self._turns.get(who) != turn:
                return  # a later one waits already, and shows all that this one would
            try:
                await self._put(sender, web, Shown.read(kept), hash_, lead)
            finally:
                if self._turns.get(who) == turn:
                    del self._turns[who]

    async def _put(
        self, sender: Sender, web: Web, shown: Shown, hash_: str | None, lead: Lead | None
    ) -> None:
        view = await self.view(sender, shown, lead)
        try:
            await web.publish_home(sender.user, view, hash_=hash_)
        except SlackRefused as error:
            if error.code != _OVERTAKEN:
                raise
            # Another instance published meanwhile: what it read may be older than what we do now.
            await web.publish_home(sender.user, await self.view(sender, shown, lead))

    async def view(self, sender: Sender, shown: Shown, lead: Lead | None = None) -> Json:
        """Return the tab of somebody as it is now; where it cannot be read it says so."""
        try:
            (now, _), standing, (shown, page) = await asyncio.gather(
                self._dates.now_for(sender), self._standing(sender), self._page(sender, shown)
            )
            done = await self._done(sender, shown, page)
        except TaskError:
            return home.trouble(NOT_READ, shown)
        page = replace(page, is_whole=page.is_whole and done.is_whole)
        found = Found(page=page, done=done.lines, standing=standing)
        return home.home(found, shown, now=now, lead=lead)

    async def _page(self, sender: Sender, shown: Shown) -> tuple[Shown, LinePage]:
        """Return the page, or the first one where nothing is left of it."""
        try:
            page = await self._lines(sender, shown.filter(sender.user), home.LENGTH, shown.cursor)
        except BrokenCursor:
            page = LinePage(lines=())
        if page.lines or not shown.cursor:
            return shown, page
        shown = shown.first()
        return shown, await self._lines(sender, shown.filter(sender.user), home.LENGTH)

    async def _done(self, sender: Sender, shown: Shown, page: LinePage) -> LinePage:
        """Return what they have done lately, below the last of their tasks."""
        if shown.which != Which.MINE or page.next is not None:
            return LinePage(lines=())
        wanted = replace(shown, which=Which.DONE).filter(sender.user)
        return await self._lines(sender, wanted, home.DONE_LENGTH)

    async def _lines(
        self, sender: Sender, wanted: TaskFilter, limit: int, cursor: str = ""
    ) -> LinePage:
        return await self._tasks.lines(
            ListTasks(
                team=sender.team,
                filter=wanted,
                cursor=cursor or None,
                limit=limit,
                by=sender.actor,
                presence=sender.presence,
            )
        )
