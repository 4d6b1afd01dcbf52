"""The subcommands that only look: the bare `/task`, `list`, `show`, `history`, `help`."""

from __future__ import annotations

from handlers.slack import asked
from handlers.slack.blocks import help as help_blocks
from handlers.slack.blocks.history import history
from handlers.slack.blocks.listing import listing
from handlers.slack.blocks.message import Message
from handlers.slack.blocks.parts import Part
from handlers.slack.cards import Cards
from handlers.slack.changing import on
from handlers.slack.incoming import Sender, Typed
from handlers.slack.text import tokens
from handlers.slack.troubles import Usage
from handlers.slack.when import Dates
from tasks.commands import ListTasks
from tasks.service import TaskService

HISTORY_LENGTH = 15


class Reading:
    """Shows tasks."""

    def __init__(self, *, tasks: TaskService, dates: Dates, cards: Cards) -> None:
        self._tasks = tasks
        self._dates = dates
        self._cards = cards

    async def bare(self, typed: Typed) -> Message:
        """Show the person's open tasks and what can be typed."""
        return await self.page("", typed.sender, after=(help_blocks.short(),))

    async def list(self, typed: Typed) -> Message:
        """Show the first page of a list."""
        return await self.page(typed.rest, typed.sender)

    async def search(self, typed: Typed) -> Message:
        """Show open tasks by words of their title."""
        if not typed.rest:
            raise Usage("Say what to look for: `/task search venue`.")
        return await self.page(f"all {typed.rest}", typed.sender)

    async def show(self, typed: Typed) -> Message:
        """Show one task."""
        given = on(typed, "show")
        return self._cards.of(await self._tasks.get(given["team"], given["number"]), typed.sender)

    async def history(self, typed: Typed) -> Message:
        """Show who changed what in a task."""
        given = on(typed, "history")
        return history(
            await self._tasks.history(given["team"], given["number"], limit=HISTORY_LENGTH)
        )

    async def help(self, typed: Typed) -> Message:
        """Show what can be typed."""
        return help_blocks.help_on(typed.rest)

    async def page(
        self,
        words: str,
        sender: Sender,
        *,
        cursor: str | None = None,
        after: tuple[Part, ...] = (),
    ) -> Message:
        """Show the page of a list that begins at `cursor`."""
        list_ = asked.read(tokens(words), user=sender.user, channel=sender.channel)
        if list_.span is not None:
            now, _ = await self._dates.now_for(sender)
            list_ = list_.over(now)
        page = await self._tasks.list(
            ListTasks(team=sender.team, filter=list_.filter, cursor=cursor)
        )
        return listing(
            page,
            title=list_.title,
            asked=words,
            now=self._cards.now(),
            is_first=cursor is None,
            after=after,
        )
