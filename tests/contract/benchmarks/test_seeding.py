"""What is seeded is what the storage itself reads and goes on from."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

from benchmarks.growth import costs
from benchmarks.home import home_costs
from benchmarks.population import TEAMS, person, team
from benchmarks.seeding import seed_api_keys, seed_installations, seed_tasks
from handlers.slack.blocks.home import LENGTH
from storage.api_keys import MongoApiKeys
from storage.client import connect
from storage.installations import MongoInstallations
from storage.sealing import KeyRing
from storage.tasks import MongoTaskStore
from tasks.api_keys import digest_of, id_of
from tasks.commands import ListTasks, TaskFilter
from tests import make

KEY = base64.b64encode(bytes(32)).decode()
PER_TEAM = 30


async def test_the_storage_reads_seeded_tasks_and_counts_on(
    mongo_uri: str, mongo_database: str
) -> None:
    async with connect(mongo_uri, database=mongo_database) as database:
        await seed_tasks(database, count=PER_TEAM * TEAMS)
        store = MongoTaskStore(database)
        asked = TaskFilter(owner=person(team(3), 5))
        page = await store.find(ListTasks(team=team(3), filter=asked))
        assert page.tasks
        assert all(person(team(3), 5) in task.owners for task in page.tasks)
        saved = await store.add(make.task(team=team(3), at=datetime.now(UTC)), key="k")
        assert saved.task.number == PER_TEAM + 1


async def test_lists_of_seeded_tasks_read_what_they_return(
    mongo_uri: str, mongo_database: str
) -> None:
    async with connect(mongo_uri, database=mongo_database) as database:
        await seed_tasks(database, count=PER_TEAM * TEAMS)
    found = await costs(mongo_uri, mongo_database, tasks=PER_TEAM * TEAMS, times=1)
    assert {"mine", "all", "#tag", "overdue", "done"} <= {one.name for one in found}
    for one in found:
        if not one.name.startswith(("word", "prefix")):
            assert one.documents == one.returned, one


async def test_the_home_tab_of_somebody_busy_reads_what_it_shows(
    mongo_uri: str, mongo_database: str
) -> None:
    async with connect(mongo_uri, database=mongo_database) as database:
        await seed_tasks(database, count=PER_TEAM * TEAMS)
    found = await home_costs(mongo_uri, mongo_database, tasks=PER_TEAM * TEAMS, times=1, mine=60)
    assert [(one.documents, one.returned) for one in found] == [(LENGTH + 1, LENGTH + 1)] * 3


async def test_the_bot_is_installed_everywhere_and_has_keys(
    mongo_uri: str, mongo_database: str
) -> None:
    async with connect(mongo_uri, database=mongo_database) as database:
        await seed_installations(database, encryption_key=KEY)
        installations = MongoInstallations(database, keys=KeyRing.parse([KEY]))
        installed = await installations.find(team=team(TEAMS - 1), enterprise=None)
        assert installed is not None
        assert installed.bot_token == f"xoxb-{team(TEAMS - 1)}"
        tokens = await seed_api_keys(database)
        key = await MongoApiKeys(database).find(id_of(tokens[7]) or "")
        assert key is not None
        assert (key.team, key.digest) == (team(7), digest_of(tokens[7]))
