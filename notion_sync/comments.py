"""Brings the copy of a reply up to date: a comment on the task's page, made exactly once.

The intent is kept before a comment is sent. Where its outcome is unknown, or a new owner finds an
intent, the page's comments are read once Notion has had time to finish: ours carries the address
of the reply that it shows, and only where there is none another one is sent.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from notion_sync.client import Caller, NotionClient
from notion_sync.comment_text import SOMEBODY, copied, source_of, withdrawn
from notion_sync.comment_trouble import CommentTrouble
from notion_sync.errors import NoEffect, NotShared, Pending, UnknownOutcome
from notion_sync.people import PeopleFinder
from notion_sync.wire import JsonObject
from tasks.errors import LeaseLost, NoSuchTask, StoreError
from tasks.model import PersonId
from tasks.ports import (
    ChannelSettings,
    Connections,
    Copies,
    CopyClaim,
    Feature,
    Inbox,
    Lane,
    Named,
    People,
    Permalinks,
    RowBook,
    Said,
    TaskStore,
)

log = logging.getLogger(__name__)

OFF = timedelta(minutes=10)
NO_PAGE_YET = timedelta(seconds=1)
LONGEST_WAIT_FOR_A_PAGE = timedelta(minutes=5)


class CannotBe(Exception):
    """This copy cannot be made; the message says why."""


class NotYet(Exception):
    """It can be made later."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__()
        self.wait = wait


@dataclass(slots=True, kw_only=True)
class _Held:
    """A claim at work; intents raise its count."""

    copies: Copies
    claim: CopyClaim

    async def assure(self) -> None:
        """Return while the lease runs. LeaseLost."""
        if not await self.copies.still_held(self.claim):
            raise LeaseLost

    async def intend(self) -> None:
        """Remember that a comment is about to be sent, and see that it still may."""
        self.claim = await self.copies.intend(self.claim)
        await self.assure()


class Comments:
    """The only place that makes comments."""

    def __init__(
        self,
        *,
        copies: Copies,
        settings: ChannelSettings,
        connections: Connections,
        tasks: TaskStore,
        rows: RowBook,
        inbox: Inbox,
        people: People,
        permalinks: Permalinks,
        client: NotionClient,
        finder: PeopleFinder,
        trouble: CommentTrouble,
        grace: timedelta,
    ) -> None:
        """Take how long Notion's lists may lag."""
        self._copies = copies
        self._settings = settings
        self._connections = connections
        self._tasks = tasks
        self._rows = rows
        self._inbox = inbox
        self._people = people
        self._permalinks = permalinks
        self._client = client
        self._finder = finder
        self._trouble = trouble
        self._settled_after = timedelta(seconds=client.timeout_seconds) + grace

    async def do(self, claim: CopyClaim) -> None:
        """Do one claim; whatever happens, it is completed, given back, or left to its lease."""
        held = _Held(copies=self._copies, claim=claim)
        with suppress(LeaseLost, StoreError):
            result = await self._ended(held)
            log.info(
                "comment copied" if result == "done" else "comment not copied",
                extra={"action": "comment", "result": result, "team": claim.remark.team},
            )

    async def _ended(self, held: _Held) -> str:
        try:
            copy_id = await self._copied(held)
        except (LeaseLost, StoreError):
            raise
        except CannotBe as error:
            await self._copies.give_up(held.claim, reason=str(error))
            return "set_aside"
        except NotYet as error:
            await self._copies.postpone(held.claim, wait=error.wait)
            return "postponed"
        except Exception as error:  # noqa: BLE001  # every failure has a verdict
            return await self._failed(held, error)
        await self._copies.complete(held.claim, copy_id=copy_id)
        return "done"

    async def _failed(self, held: _Held, error: Exception) -> str:
        team = held.claim.remark.team
        connection = await self._connections.of(team)
        if connection is None:
            await self._copies.postpone(held.claim, wait=OFF)
            return "postponed"
        wait, reason = self._trouble.verdict(connection, error, attempts=held.claim.attempts)
        if wait is None:
            await self._copies.give_up(held.claim, reason=reason)
            return "set_aside"
        await self._copies.postpone(held.claim, wait=wait)
        return "postponed"

    async def _copied(self, held: _Held) -> str | None:
        """Make the comment say what was said; return its id, None where there is none."""
        remark, said = held.claim.remark, held.claim.said
        if said is None and held.claim.copy_id is None and not held.claim.sends:
            return None  # gone before anybody could see a copy
        if Feature.COMMENTS not in await self._settings.of(remark.team, remark.channel):
            raise CannotBe("The channel has switched it off.")
        connection = await self._connections.of(remark.team)
        if connection is None:
            raise NotYet(OFF)
        if wait := self._trouble.hold(connection):
            raise NotYet(wait)
        page = await self._page(held.claim)
        caller = Caller(connection=connection, lane=Lane.PERSON, before=held.assure)
        try:
            copy_id = held.claim.copy_id or await self._found(held, caller, page)
            if said is None:
                await self._withdraw(held, caller, page, copy_id)
            elif copy_id is None:
                copy_id = await self._create(held, caller, page, said)
            else:
                await self._update(caller, page, copy_id, await self._shown(held.claim, said))
        except NotShared as error:
            # Gone or not shared, which look alike: the row is read, and its task says which.
            await self._inbox.mark(remark.team, [page], lane=Lane.WEBHOOK)
            raise NotYet(self._trouble.backoff(held.claim.attempts)) from error
        self._trouble.works(connection)
        return copy_id

    async def _page(self, claim: CopyClaim) -> str:
        """Return the task's page. CannotBe: it is gone; NotYet: it is still to be made."""
        team = claim.remark.team
        try:
            task = await self._tasks.get(team, claim.remark.number)
        except NoSuchTask as error:
            raise CannotBe("The task is not there.") from error
        if task.deleted:
            raise CannotBe("The task is deleted.")
        if task.audience is not None:
            raise CannotBe("The task is private, and so not in Notion.")
        row = await self._rows.by_key(team, task.id)
        if row is None or row.id is None:
            wait = NO_PAGE_YET * 2 ** min(claim.attempts, 9)
            raise NotYet(min(wait, LONGEST_WAIT_FOR_A_PAGE))
        known = (await self._rows.known(team, [row.id])).get(row.id)
        if known is not None and known.is_gone:
            raise CannotBe("The page of the task is gone.")
        return row.id

    async def _found(self, held: _Held, caller: Caller, page: str) -> str | None:
        """Return the comment of an earlier attempt; nothing is asked where there was none."""
        claim = held.claim
        if not claim.sends:
            return None
        if claim.last_sent_at is not None:
            wait = claim.last_sent_at + self._settled_after - claim.at
            if wait > timedelta(0):
                raise NotYet(wait)
        wanted = (claim.remark.channel, claim.remark.original)
        bot = await self._finder.bot(caller)  # somebody may have quoted the same reply
        async for comment in self._client.comments(caller, page):
            author = (comment.get("created_by") or {}).get("id")
            if author == bot and source_of(comment) == wanted:
                return str(comment["id"])
        return None

    async def _create(self, held: _Held, caller: Caller, page: str, said: Said) -> str:
        shown = await self._shown(held.claim, said)
        before = held.claim.sends
        try:
            comment = await self._client.create_comment(
                replace(caller, before=held.intend), page, shown
            )
        except UnknownOutcome as error:
            raise Pending(error.answer, wait=self._settled_after) from error
        except NoEffect:
            if held.claim.sends > before:
                await self._copies.unsent(held.claim)  # surely none was made
            raise
        if comment.get("object") != "comment":
            raise Pending(wait=self._settled_after)
        return str(comment["id"])

    async def _update(
        self, caller: Caller, page: str, copy_id: str, shown: list[JsonObject]
    ) -> None:
        try:
            await self._client.update_comment(caller, copy_id, shown)
        except NotShared:
            await self._see_that_page_is_there(caller, page)  # then somebody deleted the comment

    async def _withdraw(self, held: _Held, caller: Caller, page: str, copy_id: str | None) -> None:
        """Delete the comment; one that others have answered says that it is gone instead.

        Notion deletes a whole discussion with the comment that began it; what the comments of a
        resolved one are cannot be asked, so ours is kept there too.
        """
        if copy_id is None:
            return
        open_ones = [comment async for comment in self._client.comments(caller, page)]
        own = next((one for one in open_ones if one["id"] == copy_id), None)
        thread = [one for one in open_ones if own and one["discussion_id"] == own["discussion_id"]]
        try:
            if own is None or (len(thread) > 1 and thread[0] is own):
                await self._client.update_comment(
                    caller, copy_id, withdrawn(await self._link(held.claim))
                )
            else:
                await self._client.delete_comment(caller, copy_id)
        except NotShared:
            await self._see_that_page_is_there(caller, page)

    async def _see_that_page_is_there(self, caller: Caller, page: str) -> None:
        """Return where the page can be read. NotShared: it cannot."""
        async for _ in self._client.comments(caller, page):
            return

    async def _shown(self, claim: CopyClaim, said: Said) -> list[JsonObject]:
        team = claim.remark.team
        text = "".join(
            [
                one if isinstance(one, str) else f"@{await self._name(team, one)}"
                for one in said.words
            ]
        )
        author = await self._name(team, said.by)
        return copied(author, text, await self._link(claim))

    async def _link(self, claim: CopyClaim) -> str:
        remark = claim.remark
        return await self._permalinks.of(
            remark.team, remark.channel, remark.original, thread=remark.thread
        )

    async def _name(self, team: str, one: Named) -> str:
        person: PersonId | None = one.person
        profile = await self._people.profile(team, person) if person else None
        return (profile.name if profile else one.name) or SOMEBODY
