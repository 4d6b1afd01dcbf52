"""What of the sync needs a person: the lists, the question about deletions, where news goes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from handlers.slack.blocks import attention as shown
from handlers.slack.blocks.attention import LENGTH
from handlers.slack.blocks.message import Message, message
from handlers.slack.blocks.parts import Channel, Lines
from handlers.slack.blocks.words import code
from handlers.slack.ids import Act
from handlers.slack.incoming import Pressed, Sender
from handlers.slack.instrument import OnAction
from handlers.slack.troubles import Usage
from observability.metrics import Metrics
from tasks.commands import TakeOther
from tasks.permissions import Right
from tasks.ports import Announcements, Attention, Deletions, Mine, Need, SyncQueue
from tasks.service import TaskService

_CHANNEL = re.compile(r"<#([CG][A-Z0-9]+)(?:\|[^>]*)?>")
INVITE = code("I cannot write where I am not: type `/invite @taskbridge` there.")
NEWS_USAGE = "Type `/task sync announce #channel`, `here`, or `off`."


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What it asks of the database."""

    attention: Attention
    deletions: Deletions
    announcements: Announcements


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What needs a person, in figures."""

    conflicts: int
    mine: Mine
    channel: str | None
    """Where rows made in Notion are announced."""


class Attending:
    """Shows what needs a person, and does what they decide."""

    def __init__(
        self, desk: Desk, *, tasks: TaskService, queue: SyncQueue, metrics: Metrics
    ) -> None:
        self._metrics = metrics
        self._desk = desk
        self._tasks = tasks
        self._queue = queue

    def actions(self) -> Mapping[str, OnAction]:
        """Return what each button does."""
        return {
            Act.LIST_CONFLICTS: self._turned(Need.CONFLICTS),
            Act.LIST_ASIDE: self._turned(Need.ASIDE),
            Act.LISTED_TAKE: self.take,
            Act.LISTED_KEEP: self.keep,
            Act.LISTED_RETRY: self.retry,
            Act.ROWS_DELETED: self._answer(bring_back=False),
            Act.ROWS_KEEP: self._answer(bring_back=True),
        }

    async def standing(self, sender: Sender) -> Standing:
        """Return what needs a person, and how the asker's own changes wait."""
        return Standing(
            conflicts=await self._desk.attention.count(sender.team, Need.CONFLICTS),
            mine=await self._desk.attention.mine(sender.team, sender.user),
            channel=await self._desk.announcements.channel(sender.team),
        )

    async def listed(self, sender: Sender, need: Need, *, after: int, lead: str = "") -> Message:
        """Return one page of a list; the first where the one asked for is empty by now."""
        attention = self._desk.attention
        page = await attention.page(sender.team, need, after=after, limit=LENGTH)
        if not page.tasks and after:
            after, page = 0, await attention.page(sender.team, need, after=0, limit=LENGTH)
        count = await attention.count(sender.team, need)
        return shown.listed(page, need, count=count, after=after, lead=lead)

    async def take(self, pressed: Pressed) -> Message:
        """Take Notion's values, and show the list as it is then."""
        sender = pressed.sender
        request = TakeOther(
            team=sender.team,
            number=pressed.number,
            by=sender.actor,
            key=pressed.key,
            presence=sender.presence,
        )
        saved = await self._tasks.take_other(request)
        if saved.changed and not saved.repeated:
            self._metrics.conflicts.labels("notion").inc()
        return await self._after(pressed, Need.CONFLICTS, "took Notion's value")

    async def keep(self, pressed: Pressed) -> Message:
        """Keep what the task has, and show the list as it is then."""
        await self._check(pressed)
        await self._queue.settle(pressed.sender.team, pressed.number)
        return await self._after(pressed, Need.CONFLICTS, "kept as it is here; Notion follows")

    async def retry(self, pressed: Pressed) -> Message:
        """Try a row again, and show the list as it is then."""
        await self._check(pressed)
        await self._queue.requeue(pressed.sender.team, pressed.number)
        return await self._after(pressed, Need.ASIDE, "is tried again")

    async def announce(self, sender: Sender, words: str) -> Message:
        """Choose where rows made in Notion are announced."""
        word = words.strip()
        found = _CHANNEL.fullmatch(word)
        channel = found[1] if found else sender.channel if word.casefold() == "here" else None
        if channel is None and word.casefold() != "off":
            raise Usage(NEWS_USAGE)
        await self._desk.announcements.choose(sender.team, channel)
        if channel is None:
            return message(Lines((("New rows in Notion are announced nowhere.",),)))
        place = Channel(channel)
        first = ("New rows in Notion are announced in ", place, ".")
        return message(Lines((first, INVITE)))

    async def _after(self, pressed: Pressed, need: Need, done: str) -> Message:
        lead = f"T-{pressed.number}: {done}."
        return await self.listed(pressed.sender, need, after=pressed.rev or 0, lead=lead)

    async def _check(self, pressed: Pressed) -> None:
        sender = pressed.sender
        await self._tasks.check(
            sender.team, pressed.number, Right.EDIT, by=sender.actor, presence=sender.presence
        )

    def _turned(self, need: Need) -> OnAction:
        async def turn(pressed: Pressed) -> Message:
            return await self.listed(pressed.sender, need, after=pressed.number)

        return turn

    def _answer(self, *, bring_back: bool) -> OnAction:
        async def answer(pressed: Pressed) -> Message:
            sender = pressed.sender
            count = await self._desk.deletions.answer(
                sender.team, bring_back=bring_back, by=sender.user
            )
            return shown.answered(count, bring_back=bring_back, by=sender.user)

        return answer
