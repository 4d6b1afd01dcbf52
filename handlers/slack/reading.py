"""The subcommands that only look: the bare `/task`, `list`, `show`, `history`, `help`."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from handlers.slack import asked
from handlers.slack.asked import Asked
from handlers.slack.blocks import help as help_blocks
from handlers.slack.blocks.history import history
from handlers.slack.blocks.listing import listing
from handlers.slack.blocks.message import Message
from handlers.slack.blocks.parts import Part
from handlers.slack.cards import Cards
from handlers.slack.changing import on
from handlers.slack.incoming import Sender, Typed
from handlers.slack.text import tokens
from handlers.slack.troubles import NotRead, Usage
from handlers.slack.when import Dates
from tasks.commands import LinePage, ListTasks
from tasks.errors import NotSaved
from tasks.service import TaskService

HISTORY_LENGTH = 15
LENGTH = 10
T = TypeVar("T")


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
        task = await _read(
            self._tasks.get(
                given["team"], given["number"], by=given["by"], presence=given["presence"]
            )
        )
        return self._cards.of(task, typed.sender)

    async def history(self, typed: Typed) -> Message:
        """Show who changed what in a task."""
        given = on(typed, "history")
        return await self.changes(typed.sender, given["number"], before_rev=None)

    async def changes(self, sender: Sender, number: int, *, before_rev: int | None) -> Message:
        """Show the latest changes of a task below a rev."""
        return history(
            await _read(
                self._tasks.history(
                    sender.team,
                    number,
                    before_rev=before_rev,
                    limit=HISTORY_LENGTH,
                    by=sender.actor,
                    presence=sender.presence,
                )
            )
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
        list_, found = await self._found(words, sender, cursor=cursor)
        return listing(
            found,
            title=list_.title,
            asked=words,
            now=self._cards.now(),
            is_first=cursor is None,
            after=after,
        )

    async def lines(self, words: str, sender: Sender, *, limit: int) -> LinePage:
        """Return the first tasks of a list."""
        return (await self._found(words, sender, limit=limit))[1]

    async def _found(
        self, words: str, sender: Sender, *, cursor: str | None = None, limit: int = LENGTH
    ) -> tuple[Asked, LinePage]:
        list_ = asked.read(tokens(words), user=sender.user, channel=sender.channel)
        if list_.span is not None:
            now, _ = await self._dates.now_for(sender)
            list_ = list_.over(now)
        request = ListTasks(
            team=sender.team,
            filter=list_.filter,
            cursor=cursor,
            limit=limit,
            by=sender.actor,
            presence=sender.presence,
        )
        return list_, await _read(self._tasks.lines(request))


async def _read(asked: Awaitable[T]) -> T:
    """Return what is there; NotRead in place of an error that speaks of saving."""
    try:
        return await asked
    except NotSaved as error:
        raise NotRead from error
