"""Goes through a whole table, for what no poll can see: trash, archive, moves, lost webhooks.

Rows are met in windows of ascending creation time; how far it got is kept, so that it goes on
after a crash. What should be there and was not met is read one by one before anything is done
about it; where that is too much, nothing is done until an admin says so.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import timedelta

from notion_sync.client import Caller, NotionClient
from notion_sync.databases import Databases
from notion_sync.layout import Layout
from notion_sync.poll import WORK as POLL
from notion_sync.poll import Differences, batches
from notion_sync.wire import JsonObject
from tasks.ports import Deletions, Inbox, Lane, RowBook, Turn, Turns
from tasks.ports.deletions import is_too_many

log = logging.getLogger(__name__)

EVERY = timedelta(hours=24)
LEASE = timedelta(minutes=5)
WORK = "sweep"
MISSED_MAX = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What a sweep has found."""

    met: int
    differing: tuple[str, ...]
    """Rows that differ from what was agreed on, and new ones."""
    missing: tuple[str, ...]
    """Rows that should be there and were not met."""
    expected: int

    @property
    def is_too_much(self) -> bool:
        """Whether an admin has to look before anything is done about what is missing."""
        return is_too_many(len(self.missing), expected=self.expected)

    @property
    def question(self) -> str:
        """What the admin is asked."""
        return (
            f"{len(self.missing)} of {self.expected} rows are not in the Notion database any more: "
            "nothing is done about it before somebody answers. `python -m bot reconcile --yes`: "
            "they were deleted; `python -m bot reconcile --keep`: bring them back."
        )


class Sweep:
    """One sweep of one table."""

    def __init__(
        self,
        *,
        client: NotionClient,
        databases: Databases,
        differences: Differences,
        book: RowBook,
        inbox: Inbox,
        turns: Turns,
        deletions: Deletions,
        every: timedelta = EVERY,
    ) -> None:
        self._deletions = deletions
        self._client = client
        self._databases = databases
        self._differences = differences
        self._book = book
        self._inbox = inbox
        self._turns = turns
        self._every = every

    async def run(
        self, turn: Turn, caller: Caller, *, dry: bool = False, allowed: bool = False
    ) -> Swept:
        """Sweep and mark what was found; not `dry`, and what is missing only if not too much.

        `allowed`: an admin has said that it may be much.
        """
        layout = await self._databases.layout(caller)
        turn = _in(layout.schema.id, turn)
        number = _number(turn)
        met, differing = await self._meet(turn, caller, layout, number, dry=dry)
        swept = Swept(
            met=met,
            differing=differing,
            missing=await self._book.missed(turn.team, sweep=number, limit=MISSED_MAX),
            expected=await self._book.expected(turn.team),
        )
        if swept.missing and not dry:
            await self._see_to(turn.team, swept, allowed=allowed)
        await self._turns.end(turn, {"done": number}, again=self._every)
        return swept

    async def _see_to(self, team: str, swept: Swept, *, allowed: bool) -> None:
        if not swept.is_too_much:
            await self._inbox.mark(team, swept.missing, lane=Lane.BACKFILL)
            return
        log.warning("sweep held", extra={"action": "sweep", "missing": len(swept.missing)})
        await self._deletions.hold(team, swept.missing)
        if allowed:
            await self._deletions.answer(team, bring_back=False, by=None)

    async def _meet(
        self, turn: Turn, caller: Caller, layout: Layout, number: int, *, dry: bool
    ) -> tuple[int, tuple[str, ...]]:
        polled = await self._turns.state(turn.team, POLL)
        since = str(polled.get("since", "9999"))  # before the first poll nothing new is taken in
        after, met, found = str(turn.state.get("after", "")), 0, dict[str, None]()
        while True:
            begun, count = after, 0
            rows = self._client.rows(caller, layout.schema.id, _created_since(after))
            async for pages in batches(rows):
                there = [page["id"] for page in pages]
                await self._book.meet(turn.team, there, sweep=number)
                if not dry:
                    await self._deletions.settled(turn.team, there)
                args = (turn.team, layout, pages)
                look = self._differences.among if dry else self._marked
                found |= dict.fromkeys(await look(*args, since=since))
                count += len(pages)
                after = pages[-1]["created_time"]
                await self._turns.save(turn, {**turn.state, "number": number, "after": after})
            met += count
            if count < QUERY_MAX or after == begun:
                return met, tuple(found)

    async def _marked(
        self, team: str, layout: Layout, pages: list[JsonObject], *, since: str
    ) -> tuple[str, ...]:
        return await self._differences.mark(team, layout, pages, since=since, lane=Lane.BACKFILL)


QUERY_MAX = 10_000
"""Rows after which Notion ends a query; another window goes on."""


def _in(table: str, turn: Turn) -> Turn:
    """Return the turn; begun anew where the one before broke off in another table."""
    state = turn.state if turn.state.get("table", table) == table else {}
    return replace(turn, state={**state, "table": table})


def _number(turn: Turn) -> int:
    """Return the number of this sweep: the one that was interrupted, or the next."""
    going_on = turn.state.get("number")
    return going_on if isinstance(going_on, int) else turn.fence


def _created_since(after: str) -> JsonObject:
    query: JsonObject = {"sorts": [{"timestamp": "created_time", "direction": "ascending"}]}
    if after:
        query["filter"] = {"timestamp": "created_time", "created_time": {"on_or_after": after}}
    return query
