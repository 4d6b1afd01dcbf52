"""Listing more rows than a query of Notion gives."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from notion_sync.client import QueryPage
from notion_sync.listing import Batch, Edge, listed
from notion_sync.wire import JsonObject

PAGE = 4
CAP = 12
"""Of a query, in place of 10,000."""


def minute(number: int) -> str:
    return f"2026-11-23T12:{number:02d}:00.000Z"


class Table:
    """Answers queries as Notion does: by creation time, in pages, up to a cap."""

    def __init__(self, minutes: list[int]) -> None:
        self.rows = [{"id": f"r{n}", "created_time": minute(m)} for n, m in enumerate(minutes)]
        self.calls = 0

    async def ask(self, query: JsonObject) -> QueryPage:
        self.calls += 1
        found = sorted(self.rows, key=lambda row: row["created_time"])
        condition = (query.get("filter") or {}).get("created_time") or {}
        for name, bound in condition.items():
            found = [
                row
                for row in found
                if (row["created_time"] > bound)
                or (name == "on_or_after" and row["created_time"] == bound)
            ]
        begin = int(query.get("start_cursor") or 0)
        end = min(begin + PAGE, CAP, len(found))
        return QueryPage(
            rows=tuple(found[begin:end]),
            cursor=str(end) if end < min(CAP, len(found)) else None,
            is_cut=len(found) > CAP,
        )

    async def all(self, since: Edge = Edge()) -> list[Batch]:  # noqa: B008  # frozen
        return [batch async for batch in listed(self.ask, since=since)]


def ids(batches: list[Batch]) -> list[str]:
    return [row["id"] for batch in batches for row in batch.rows]


spread = st.lists(st.integers(0, 59), max_size=80).filter(
    lambda minutes: all(minutes.count(one) < CAP for one in minutes)
)


@given(minutes=spread)
async def test_every_row_is_listed_once_however_many_there_are(minutes: list[int]) -> None:
    table = Table(minutes)
    assert sorted(ids(await table.all())) == sorted(row["id"] for row in table.rows)


@given(minutes=spread, stop=st.integers(0, 30))
async def test_stopped_anywhere_it_goes_on_with_the_rows_that_are_left(
    minutes: list[int], stop: int
) -> None:
    table = Table(minutes)
    first = (await table.all())[:stop]
    edge = first[-1].edge if first else Edge()
    rest = await table.all(edge)
    assert sorted(ids(first) + ids(rest)) == sorted(row["id"] for row in table.rows)


@given(before=st.lists(st.integers(0, 9), max_size=8), after=st.lists(st.integers(11, 59)))
async def test_a_minute_of_too_many_rows_is_named_and_the_rest_is_listed(
    before: list[int], after: list[int]
) -> None:
    after = [one for one in after if after.count(one) < CAP]
    table = Table([*before, *[10] * (CAP + 5), *after])
    batches = await table.all()
    assert [batch.unlisted for batch in batches if batch.unlisted] == [minute(10)]
    outside = {row["id"] for row in table.rows if row["created_time"] != minute(10)}
    assert outside <= set(ids(batches))
    assert len(ids(batches)) == len(set(ids(batches)))


async def test_a_small_table_costs_one_call() -> None:
    table = Table([1, 2, 3])
    await table.all()
    assert table.calls == 1
