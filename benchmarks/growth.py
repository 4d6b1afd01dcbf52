"""Do lists cost more as the data grows? Asked of the database's own `explain`."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import AsyncMongoClient

from benchmarks.population import channel, person, team
from benchmarks.seeding import seed_tasks
from benchmarks.stats import MILLISECONDS, quantile
from storage.client import connect
from storage.codec import Document
from storage.collections import of_team
from storage.lists import SORTS, Position, index_of, query
from storage.tasks import MongoTaskStore
from tasks.commands import ListTasks, TaskFilter

TIMES = 200
"""How often each list is read for its time."""
PAGE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one page of a list costs."""

    name: str
    tasks: int
    """In the whole database."""
    returned: int
    documents: int
    """Read for it."""
    keys: int
    """Of the index, examined for it."""
    p50: float
    """Milliseconds, through the storage's own method."""


def lists(team_id: str, now: datetime) -> Mapping[str, TaskFilter]:
    """Return what people ask for."""
    day = timedelta(days=1)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    week = midnight + 7 * day
    return {
        "mine": TaskFilter(owner=person(team_id, 3)),
        "all": TaskFilter(),
        "here": TaskFilter(channel=channel(team_id, 3)),
        "#tag": TaskFilter(tag="offsite"),
        "unassigned": TaskFilter(unassigned=True),
        "overdue": TaskFilter(due_before=now, days_before=midnight),
        "week": TaskFilter(due_from=midnight, due_before=week, days_before=week),
        "done": TaskFilter(done=True),
        "done mine": TaskFilter(done=True, owner=person(team_id, 3)),
        "given to others": TaskFilter(handed_by=person(team_id, 3)),
    }


def searches() -> Mapping[str, TaskFilter]:
    """Return searches: what they examine depends on how rare the words are."""
    return {"word": TaskFilter(words=("venue",)), "prefix": TaskFilter(words=("ven", "off"))}


@asynccontextmanager
async def grown(uri: str, *, tasks: int) -> AsyncIterator[str]:
    """Give the name of a database with that many tasks; it is dropped in the end."""
    name = f"bench_{tasks}"
    async with connect(uri, database=name) as database:
        await seed_tasks(database, count=tasks)
    try:
        yield name
    finally:
        async with AsyncMongoClient[Document](uri) as client:
            await client.drop_database(name)


async def costs(uri: str, name: str, *, tasks: int, times: int = TIMES) -> list[Cost]:
    """Measure every list, the first page and the second."""
    team_id, now = team(7), datetime.now(UTC)
    found = []
    async with (
        AsyncMongoClient[Document](uri, tz_aware=True, tzinfo=UTC) as client,
        connect(uri, database=name) as database,
    ):
        database.indexed = True
        store = MongoTaskStore(database)
        for what, asked in {**lists(team_id, now), **searches()}.items():
            request = ListTasks(team=team_id, filter=asked, limit=PAGE)
            page = await store.find(request)
            for turn, cursor in (("", None), (", page 2", page.next)):
                if turn and cursor is None:
                    continue
                again = replace(request, cursor=cursor)
                explained = await examined(client[name]["tasks"], team_id, asked, cursor)
                found.append(
                    Cost(
                        name=f"{what}{turn}",
                        tasks=tasks,
                        returned=explained["nReturned"],
                        documents=documents_read(explained),
                        keys=explained["totalKeysExamined"],
                        p50=await _p50(store, again, times),
                    )
                )
    return found


def documents_read(stats: Mapping[str, Any]) -> int:
    """Return how many documents a plan read; `explain` counts one again at every filter above.

    Through an index no more can be read than keys were; without one, no keys are.
    """
    examined, keys = int(stats["totalDocsExamined"]), int(stats["totalKeysExamined"])
    return min(examined, keys) if keys else examined


async def examined(
    tasks: Any,  # noqa: ANN401  # a collection of the driver
    team_id: str,
    asked: TaskFilter,
    cursor: str | None,
    *,
    limit: int = PAGE + 1,
) -> Mapping[str, Any]:
    """Return what the database says it did for one page."""
    after = None if cursor is None else Position.read(cursor, asked.order)
    where = of_team(team_id, query(asked, after))
    sort, hint = SORTS[asked.order], index_of(asked)
    # One more than is shown, as the storage asks: whether there is another page.
    plan = await tasks.find(where, sort=sort, limit=limit, hint=hint).explain()
    stats: Mapping[str, Any] = plan["executionStats"]
    return stats


async def _p50(store: MongoTaskStore, request: ListTasks, times: int) -> float:
    took = []
    for _ in range(times):
        since = time.perf_counter()
        await store.find(request)
        took.append(time.perf_counter() - since)
    return quantile(took, 0.5) * MILLISECONDS
