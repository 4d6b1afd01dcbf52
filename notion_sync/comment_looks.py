"""Looks at a page's comments and has what people said there copied into the task's threads.

Hints are never believed: the comments themselves are read. One of ours is told by its id, or by
the address of the reply that it shows where its id was not noted yet; never by its author alone.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from notion_sync.client import Caller, NotionClient
from notion_sync.comment_text import author_of, source_of, text_of
from notion_sync.comment_trouble import CommentTrouble
from notion_sync.errors import NotShared
from notion_sync.people import PeopleFinder
from notion_sync.wire import JsonObject
from tasks.errors import LeaseLost, StoreError
from tasks.model import Source
from tasks.ports import (
    ChannelSettings,
    Connections,
    Copies,
    Copy,
    Feature,
    Inbox,
    Lane,
    Mark,
    Named,
    Now,
    Remark,
    RowBook,
    Said,
    Thread,
    Threads,
)

log = logging.getLogger(__name__)

OFF = timedelta(minutes=10)
MISSING_MAX = 25
"""So many comments that are in no list any more are asked about in one look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Followed:
    """A thread of the task that follows, and what was said since when belongs into it."""

    thread: Thread
    since: datetime


class CommentLooks:
    """Compares a page's comments with what is known of them."""

    def __init__(
        self,
        *,
        inbox: Inbox,
        copies: Copies,
        threads: Threads,
        settings: ChannelSettings,
        connections: Connections,
        rows: RowBook,
        client: NotionClient,
        people: PeopleFinder,
        trouble: CommentTrouble,
        now: Now,
        on_news: Callable[[], None],
    ) -> None:
        """Take the inbox of pages whose comments may have changed."""
        self._inbox = inbox
        self._copies = copies
        self._threads = threads
        self._settings = settings
        self._connections = connections
        self._rows = rows
        self._client = client
        self._people = people
        self._trouble = trouble
        self._now = now
        self._on_news = on_news
        self._resolved: set[tuple[str, str]] = set()

    async def look(self, mark: Mark) -> None:
        """Look at one page; the mark is done, given back, or left to its lease."""
        with suppress(LeaseLost, StoreError):
            again = await self._again(mark)
            if again is None:
                await self._inbox.done(mark)
            else:
                await self._inbox.later(mark, wait=again)

    async def _again(self, mark: Mark) -> timedelta | None:
        """Look; return how long to wait before another look, None where all is done."""
        number = await self._rows.number_of(mark.team, mark.row_id)
        followed = () if number is None else await self._followed(mark.team, number)
        if number is None or not followed:
            return None  # nobody wants to hear of it, and Notion is not asked
        connection = await self._connections.of(mark.team)
        if connection is None:
            return OFF
        if hold := self._trouble.hold(connection):
            return hold
        caller = Caller(connection=connection, lane=mark.lane)
        try:
            await self._compare(mark, number, followed, caller)
        except (StoreError, LeaseLost):
            raise
        except NotShared:
            return None  # the page is gone or hidden: there is nothing to follow
        except Exception as error:  # noqa: BLE001  # every failure has a verdict
            wait, reason = self._trouble.verdict(connection, error, attempts=mark.attempts)
            if wait is None:
                log.warning("comments left out", extra={"action": "look", "reason": reason})
            return wait
        self._trouble.works(connection)
        return None

    async def _followed(self, team: str, number: int) -> tuple[_Followed, ...]:
        found: list[_Followed] = []
        for thread in await self._threads.of_task(team, number):
            on = await self._settings.of(team, thread.channel)
            if Feature.COMMENTS in on:
                since = max(thread.since, on[Feature.COMMENTS])
                # Notion's times are whole minutes: what was said in that minute counts.
                since = since.replace(second=0, microsecond=0)
                found.append(_Followed(thread=thread, since=since))
        return tuple(found)

    async def _compare(
        self, mark: Mark, number: int, followed: tuple[_Followed, ...], caller: Caller
    ) -> None:
        listed = [one async for one in self._client.comments(caller, mark.row_id)]
        known = await self._copies.of_task(mark.team, number)
        ours = _Ours.of(known)
        said = {(c.remark.thread, c.remark.original) for c in known if c.remark.of is Source.NOTION}
        theirs = [one for one in listed if not await self._is_ours(ours, one, caller)]
        names = await self._names(caller, theirs)
        link = (await self._rows.known(mark.team, [mark.row_id]))[mark.row_id].row.url
        news = False
        for place, comment in enumerate(theirs):
            now = Said(
                by=Named(name=author_of(comment, names)), words=(text_of(comment),), link=link
            )
            order = f"{comment['created_time']}|{self._now().isoformat()}|{place:06d}"
            for one in followed:
                remark = _remark(mark.team, number, one.thread, str(comment["id"]))
                is_new = (remark.thread, remark.original) not in said
                if is_new and datetime.fromisoformat(comment["created_time"]) < one.since:
                    continue
                news |= await self._copies.say(remark, now, version="", order=order)
        present = {str(one["id"]) for one in listed}
        async for gone in self._gone(mark, known, present, caller):
            # One by one: where the next cannot be asked for, this need not be asked for again.
            news |= await self._copies.say(gone.remark, None, version="", order="")
        if news:
            await self._threads.talked(mark.team, number)
            self._on_news()

    async def _is_ours(self, ours: _Ours, comment: JsonObject, caller: Caller) -> bool:
        if comment["id"] in ours.ids:
            return True
        if source_of(comment) not in ours.replies:
            return False
        # On its way, or its answer was lost; a person may have quoted one of ours, though.
        return (comment.get("created_by") or {}).get("id") == await self._people.bot(caller)

    async def _names(self, caller: Caller, comments: Iterable[JsonObject]) -> dict[str, str]:
        """Return the members' names, which are asked for only where a comment tells none."""
        if all((one.get("display_name") or {}).get("resolved_name") for one in comments):
            return {}
        return await self._people.names(caller)

    async def _gone(
        self, mark: Mark, known: Iterable[Copy], present: set[str], caller: Caller
    ) -> AsyncIterator[Copy]:
        """Yield the copies whose original was deleted: in no list are those resolved, too."""
        missing = [
            copy
            for copy in known
            if copy.remark.of is Source.NOTION
            and not copy.is_deleted
            and copy.remark.original not in present
        ]
        asked = 0
        for original in dict.fromkeys(copy.remark.original for copy in missing):
            is_known = (mark.team, original) in self._resolved
            if is_known and (mark.lane is not Lane.WEBHOOK or mark.attempts > 1):
                continue  # it was asked for lately, perhaps a moment ago for the same hint
            if asked == MISSING_MAX:
                return
            asked += 1
            if await self._is_deleted(mark.team, original, caller):
                for copy in missing:
                    if copy.remark.original == original:
                        yield copy

    async def _is_deleted(self, team: str, comment_id: str, caller: Caller) -> bool:
        try:
            await self._client.comment(caller, comment_id)
        except NotShared:
            return True
        self._resolved.add((team, comment_id))
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ours:
    """How comments of our own making are told."""

    ids: frozenset[str]
    replies: frozenset[tuple[str, str] | None]

    @classmethod
    def of(cls, known: Iterable[Copy]) -> _Ours:
        own = [copy for copy in known if copy.remark.of is Source.SLACK]
        return cls(
            ids=frozenset(copy.copy_id for copy in own if copy.copy_id is not None),
            replies=frozenset((copy.remark.channel, copy.remark.original) for copy in own),
        )


def _remark(team: str, number: int, thread: Thread, comment_id: str) -> Remark:
    return Remark(
        team=team,
        number=number,
        of=Source.NOTION,
        channel=thread.channel,
        thread=thread.ts,
        original=comment_id,
    )
