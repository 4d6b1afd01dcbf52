"""The safety net under the webhooks: asks every minute for what was edited lately.

The watermark comes from the data, never from a clock, and overlaps by two minutes; it is stored
only when a whole poll is. Which of the rows differ is decided by their content.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from notion_sync.canonical import Agreed, read
from notion_sync.client import Caller, NotionClient
from notion_sync.databases import Databases
from notion_sync.errors import Forbidden
from notion_sync.layout import Layout
from notion_sync.people import PeopleFinder
from notion_sync.wire import PAGE_SIZE, JsonObject
from tasks.ports import Connection, Inbox, Lane, RowBook, Turn, Turns

EVERY = timedelta(seconds=60)
OVERLAP = timedelta(minutes=2)
LEASE = timedelta(minutes=2)
WORK = "poll"


class Differences:
    """Finds the rows of a table that are not as both sides last agreed on, and marks them."""

    def __init__(self, *, book: RowBook, inbox: Inbox) -> None:
        self._book = book
        self._inbox = inbox

    async def mark(
        self, team: str, layout: Layout, pages: list[JsonObject], *, since: str, lane: Lane
    ) -> tuple[str, ...]:
        """Mark those that differ, and those that no task has and that were edited `since`."""
        found = await self.among(team, layout, pages, since=since)
        if found:
            await self._inbox.mark(team, found, lane=lane, place=layout.schema.id)
        return found

    async def among(
        self, team: str, layout: Layout, pages: list[JsonObject], *, since: str
    ) -> tuple[str, ...]:
        """Return the ids of those rows."""
        known = await self._book.known(team, [page["id"] for page in pages])
        return tuple(
            page["id"]
            for page in pages
            if (
                page["last_edited_time"] >= since
                if (of := known.get(page["id"])) is None
                else of.is_gone or not Agreed.of(of.row.base).shows(read(page, layout))
            )
        )


class Poll:
    """One poll of one table."""

    def __init__(
        self,
        *,
        client: NotionClient,
        databases: Databases,
        differences: Differences,
        people: PeopleFinder,
        turns: Turns,
        book: RowBook,
        every: timedelta = EVERY,
    ) -> None:
        self._book = book
        self._client = client
        self._databases = databases
        self._people = people
        self._differences = differences
        self._turns = turns
        self._every = every

    async def run(self, turn: Turn, caller: Caller) -> None:
        """Mark what was edited since the poll before; the first only learns where to begin."""
        layout = await self._databases.layout(caller)
        with suppress(Forbidden):  # webhooks of our own writes are looked at then, and no more
            await self._people.bot(caller)
        state, again = turn.state, self._every
        if _is_elsewhere(state, layout, caller.connection):
            state = await self._begun(state, caller, layout)
            again = timedelta(0) if caller.connection.takes_all else again
        else:
            state = {**state, "watermark": await self._marked(turn, caller, layout, state)}
        await self._turns.end(turn, state, again=again)

    async def _begun(
        self, before: Mapping[str, object], caller: Caller, layout: Layout
    ) -> Mapping[str, object]:
        """Return where to begin in a table, or under a mapping, that somebody has chosen."""
        connection = caller.connection
        state = {"table": layout.schema.id, "mapping": connection.mapping}
        is_new = before.get("table") != layout.schema.id
        if before.get("table") is not None and is_new:
            # Before the note of it: killed in between, the next poll does it again.
            await self._book.recheck(connection.team, anew=True)
        elif connection.rev:
            await self._book.recheck(connection.team)
        if connection.takes_all:
            return {**state, "since": "", "watermark": ""}
        if not is_new:
            return {**before, **state}
        newest = await self._newest(caller, layout)
        return {**state, "since": newest, "watermark": newest}

    async def _marked(
        self, turn: Turn, caller: Caller, layout: Layout, state: Mapping[str, object]
    ) -> str:
        largest = str(state["watermark"])
        query = _edited_since(largest)
        async for pages in batches(self._client.rows(caller, layout.schema.id, query)):
            await self._differences.mark(
                turn.team, layout, pages, since=str(state["since"]), lane=Lane.POLL
            )
            largest = max(largest, *(page["last_edited_time"] for page in pages))
            await self._turns.save(turn, state)
        return largest

    async def _newest(self, caller: Caller, layout: Layout) -> str:
        """Return when the latest edit was; empty for an empty table."""
        query = {"sorts": [{"timestamp": "last_edited_time", "direction": "descending"}]}
        newest = await self._client.first_row(caller, layout.schema.id, query)
        return "" if newest is None else str(newest["last_edited_time"])


def _is_elsewhere(state: Mapping[str, object], layout: Layout, connection: Connection) -> bool:
    is_other = state.get("mapping", "") != connection.mapping
    return is_other or state.get("table") != layout.schema.id


def _edited_since(watermark: str) -> JsonObject:
    query: JsonObject = {"sorts": [{"timestamp": "last_edited_time", "direction": "ascending"}]}
    if watermark:
        begin = (datetime.fromisoformat(watermark) - OVERLAP).isoformat(timespec="milliseconds")
        condition = {"on_or_after": begin}
        query["filter"] = {"timestamp": "last_edited_time", "last_edited_time": condition}
    return query


async def batches(rows: AsyncIterator[JsonObject]) -> AsyncIterator[list[JsonObject]]:
    """Yield rows by the hundred."""
    batch: list[JsonObject] = []
    async for row in rows:
        batch.append(row)
        if len(batch) == PAGE_SIZE:
            yield batch
            batch = []
    if batch:
        yield batch
