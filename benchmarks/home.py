"""The home tab of a very busy person: how long the server takes, and what is read for it."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

from pymongo import AsyncMongoClient

from benchmarks.growth import Cost, documents_read, examined
from benchmarks.population import document, task, team
from benchmarks.stats import MILLISECONDS, quantile
from handlers.slack.blocks.home import LENGTH, Shown, Which
from handlers.slack.blocks.message import as_json
from handlers.slack.blocks.sync import Standing
from handlers.slack.home import Home
from handlers.slack.incoming import Sender
from handlers.slack.when import Dates
from storage.client import Database, connect
from storage.codec import Document
from storage.collections import Tenant
from storage.operations import Patience, within
from storage.queue import MongoSyncQueue
from storage.tasks import MongoTaskStore
from tasks.model import PersonId, Status, Task
from tasks.ports import People, Profile
from tasks.service import TaskService

BUSY = "U0BUSY"
MINE = 5_000
LIMIT_MS = 100.0
"""In which the tab is to be built."""
_BATCH = 1000
_PATIENT = Patience(each_seconds=60.0, whole_seconds=600.0, tries=1)


class Berliners(People):
    """Everybody is in one zone, as one's cache says."""

    async def profile(self, team: str, person: PersonId) -> Profile | None:  # noqa: ARG002  # as above
        """Return somebody."""
        return Profile(person=person, name="busy", zone="Europe/Berlin")

    async def by_email(self, team: str, email: str) -> PersonId | None:  # noqa: ARG002  # as above
        """Return nobody."""
        return None


async def home_costs(
    uri: str, name: str, *, tasks: int, times: int, mine: int = MINE
) -> list[Cost]:
    """Measure the tab of somebody with `mine` open tasks, put into the database before."""
    team_id, now = team(7), datetime.now(UTC)
    sender = Sender(team=team_id, user=BUSY)
    found = []
    async with (
        AsyncMongoClient[Document](uri, tz_aware=True, tzinfo=UTC) as client,
        connect(uri, database=name) as database,
    ):
        database.indexed = True
        await _fill(database.tenants("tasks").of(team_id), _tasks(team_id, mine, now))
        home = _home(database, now)
        for which in (Which.MINE, Which.GIVEN, Which.DONE):
            shown = Shown(which=which)
            stats = await examined(
                client[name]["tasks"], team_id, shown.filter(BUSY), None, limit=LENGTH + 1
            )
            took = []
            for _ in range(times):
                since = time.perf_counter()
                as_json(await home.view(sender, shown))
                took.append(time.perf_counter() - since)
            found.append(
                Cost(
                    name=f"home, {which} of {mine:,}",
                    tasks=tasks + mine,
                    returned=stats["nReturned"],
                    documents=documents_read(stats),
                    keys=stats["totalKeysExamined"],
                    p50=quantile(took, 0.5) * MILLISECONDS,
                )
            )
    return found


def _home(database: Database, now: datetime) -> Home:
    queue = MongoSyncQueue(database)

    async def standing(sender: Sender) -> Standing:
        return Standing(backlog=await queue.backlog(sender.team), pause=None, trouble=None)

    return Home(
        tasks=TaskService(store=MongoTaskStore(database), now=lambda: now, new_id=lambda: ""),
        dates=Dates(people=Berliners(), now=lambda: now),
        standing=standing,
    )


def _tasks(team_id: str, count: int, now: datetime) -> Iterable[Task]:
    """Yield open tasks of theirs, and as many that they gave to others, and that they have done."""
    dice = Random(team_id)  # noqa: S311  # the same tasks in every run
    for number in range(count * 3):
        made = task(team_id, 10_000_000 + number, now, dice)
        done, given = number % 3 == 1, number % 3 == 2  # noqa: PLR2004  # of three kinds
        yield replace(
            made,
            creator=BUSY,
            assignees=("U0OTHER",) if given else (BUSY,),
            status=Status.DONE if done else Status.OPEN,
            completed_at=made.created_at if done else None,
        )


async def _fill(tasks: Tenant, made: Iterable[Task]) -> None:
    batch: list[Document] = []
    with within(_PATIENT):
        for one in made:
            batch.append(document(one))
            if len(batch) == _BATCH:
                await tasks.insert_missing("bench.seed", batch)
                batch = []
        if batch:
            await tasks.insert_missing("bench.seed", batch)
