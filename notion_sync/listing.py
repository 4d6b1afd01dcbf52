"""Lists a whole table, however large: in windows of ascending creation time.

Notion ends a query after 10,000 rows; the next window begins in the minute of the last one, and
what was met in that minute is left out of it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Self, TypeAlias

from notion_sync.client import QueryPage
from notion_sync.wire import JsonObject

Ask: TypeAlias = Callable[[JsonObject], Awaitable[QueryPage]]
"""Asks for one page of a query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """How far a listing is: the minute it has come to, and the rows of that minute it has met."""

    after: str = ""
    ids: frozenset[str] = frozenset()

    def beyond(self, rows: Sequence[JsonObject]) -> Self:
        """Return the edge with these rows met, too."""
        if not rows:
            return self
        after = rows[-1]["created_time"]
        met = self.ids if after == self.after else frozenset()
        new = frozenset(row["id"] for row in rows if row["created_time"] == after)
        return type(self)(after=after, ids=met | new)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Up to a hundred rows that were not met before, and how far the listing is with them."""

    rows: tuple[JsonObject, ...]
    edge: Edge
    unlisted: str | None = None
    """A minute in which more rows were made than Notion lists: some were left out."""


async def listed(ask: Ask, *, since: Edge) -> AsyncIterator[Batch]:
    """Yield all rows of a table that are beyond an edge, in the order of their creation."""
    edge, began, cursor = since, since.after, None
    window = _from(began, "on_or_after")
    while True:
        page = await ask(window | ({"start_cursor": cursor} if cursor else {}))
        rows = tuple(row for row in page.rows if row["id"] not in edge.ids)
        edge, cursor = edge.beyond(page.rows), page.cursor
        if rows:
            yield Batch(rows=rows, edge=edge)
        if cursor:
            continue
        if not page.is_cut:
            return
        if edge.after == began:
            yield Batch(rows=(), edge=edge, unlisted=began)
            window, began = _from(began, "after"), ""
        else:
            window, began = _from(edge.after, "on_or_after"), edge.after


def _from(minute: str, condition: str) -> JsonObject:
    query: JsonObject = {"sorts": [{"timestamp": "created_time", "direction": "ascending"}]}
    if minute:
        query["filter"] = {"timestamp": "created_time", "created_time": {condition: minute}}
    return query
