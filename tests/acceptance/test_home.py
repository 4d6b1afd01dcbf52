"""The home tab of somebody with many tasks, over HTTP and a real database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pymongo import MongoClient

from playground.slack.views import View
from storage.codec import to_document
from tasks.model import Due, Status, Task
from tests import make
from tests.acceptance.world import World
from tests.storage_world import RawDatabase

MINE = 600
OTHERS = 1400
PAGE = 25
NOW = datetime.now(UTC)


def tasks() -> Iterator[Task]:
    """Yield many tasks of maria's and more of others', on all days and none."""
    for number in range(1, MINE + OTHERS + 1):
        is_mine = number % 10 < 3
        day = NOW.date() + timedelta(days=number % 41 - 5)
        done = number % 20 == 0
        yield make.task(
            number=number,
            title=f"Task {number}",
            assignees=("U1",) if is_mine else (f"U{2 + number % 7}",),
            creator="U1" if number % 3 == 0 else "U2",
            due=Due.on(day) if number % 6 else None,
            status=Status.DONE if done else Status.OPEN,
            completed_at=NOW - timedelta(minutes=number) if done else None,
            completed_by="U1" if done else None,
        )


@pytest.fixture
def raw(mongo_uri: str, mongo_database: str) -> Iterator[RawDatabase]:
    with MongoClient[dict[str, Any]](mongo_uri, tz_aware=True) as client:
        yield client[mongo_database]


async def seeded(world: World, raw: RawDatabase) -> None:
    await world.slack.command("/task list", user="U1")  # its indexes are there
    await world.until(lambda: "owner_done" in raw.tasks.index_information())
    made = [to_document(task, origin_key=str(task.number)) for task in tasks()]
    raw.tasks.insert_many([document | {"notion": {}} for document in made])


async def opened(world: World, before: View | None = None) -> View:
    seen = before.hash if before else ""
    if before is None:
        await world.slack.open_home(user="U1")
    found = await world.slack.until(
        lambda: (home := world.slack.home("U1")) and home.hash != seen and home
    )
    assert isinstance(found, View)
    return found


async def used(world: World, home: View, action: str, value: object = None) -> View:
    seen = home.hash
    await world.slack.click(home, action, user="U1", value=value)

    def renewed() -> View | None:
        now = world.slack.home("U1")
        return now if now is not None and now.hash != seen else None

    found = await world.slack.until(renewed)
    assert found is not None
    return found


def numbers(home: View) -> list[int]:
    ids = [str(one["block_id"]) for one in home.blocks if one["type"] == "section"]
    return [int(one.removeprefix("task/")) for one in ids if one.startswith("task/")]


def reads(raw: RawDatabase) -> list[tuple[int, int]]:
    """Return what was read of the tasks since the last time: documents examined, and returned."""
    raw.command("profile", 0)
    asked = raw["system.profile"].find({"ns": f"{raw.name}.tasks", "command.sort": {"$exists": 1}})
    found = [(one["docsExamined"], one["nreturned"]) for one in asked if "limit" in one["command"]]
    raw.drop_collection("system.profile")
    raw.command("profile", 2)
    return [pair for pair in found if pair[1]]


async def test_the_tab_reads_what_it_shows_and_pages_walk_through_all(
    http_world: World, raw: RawDatabase
) -> None:
    await seeded(http_world, raw)
    reads(raw)
    home = await opened(http_world)
    assert reads(raw) == [(PAGE + 1, PAGE + 1)]
    seen = numbers(home)
    while "Next page" in home.plain:
        home = await used(http_world, home, "home_page:1")
        if "Next page" in home.plain:
            assert reads(raw) == [(PAGE + 1, PAGE + 1)]
        seen += [n for n in numbers(home) if n % 20]
    expected = {task.number for task in tasks() if task.is_open and "U1" in task.assignees}
    assert len(seen) == len(set(seen))
    assert set(seen) == expected
    assert "Recently done" in home.plain
    # The end of the list, and the latest of what is done.
    assert [examined for examined, _ in reads(raw)][1:] == [6]


@pytest.mark.parametrize("which", ["given", "team", "done"])
async def test_every_list_of_the_tab_reads_what_it_shows(
    http_world: World, raw: RawDatabase, which: str
) -> None:
    await seeded(http_world, raw)
    home = await opened(http_world)
    reads(raw)
    home = await used(http_world, home, "home_list", which)
    assert len(numbers(home)) == PAGE
    assert reads(raw) == [(PAGE + 1, PAGE + 1)]


async def test_a_task_is_done_on_the_tab_and_comes_to_notion(http_world: World) -> None:
    await http_world.slack.command("/task add Book the venue due friday", user="U1")
    home = await opened(http_world)
    home = await used(http_world, home, "home_task", "done:1")
    assert "Done: T-1." in home.plain
    await http_world.row("Book the venue", Status="Done")
    home = await used(http_world, home, "home_undo")
    await http_world.until_task(1, lambda task: task.is_open)
