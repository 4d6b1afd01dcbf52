"""`python -m bot notion import`, as a person runs it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

import pytest
from pymongo import MongoClient
from pymongo.database import Database

from playground.notion.faults import Armed, Fault
from tests.acceptance.world import World

ROWS = 450
QUERY = "POST /v1/data_sources/*/query"
RawDatabase: TypeAlias = Database[dict[str, Any]]


@pytest.fixture
def world(empty_world: World) -> World:
    return empty_world


@pytest.fixture
def raw(mongo_uri: str, mongo_database: str) -> Iterator[RawDatabase]:
    with MongoClient[dict[str, Any]](mongo_uri, tz_aware=True) as client:
        yield client[mongo_database]


@asynccontextmanager
async def importing(world: World) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "notion", "import"),
        env={**os.environ, **world.environ},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def imported(world: World) -> tuple[int | None, str, str]:
    async with importing(world) as process:
        out, err = await asyncio.wait_for(process.communicate(), 60)
        return process.returncode, out.decode(), err.decode()


def add_rows(world: World, count: int = ROWS) -> None:
    for number in range(count):
        world.bench.add_row(world.database.data_source_id, {"Name": f"Row {number}"})


def a_minute_passes(raw: RawDatabase) -> None:
    """Let the leases of a dead process end, which is judged by the database's clock."""
    raw.turns.update_many({}, [{"$set": {"lease_until": "$$NOW"}}])


async def until_tasks(raw: RawDatabase, count: int) -> None:
    async with asyncio.timeout(30):
        while raw.tasks.count_documents({}) < count:  # noqa: ASYNC110  # nobody tells
            await asyncio.sleep(0.01)


async def test_the_import_makes_tasks_of_all_rows_and_says_so(world: World) -> None:
    add_rows(world, 30)
    code, out, err = await imported(world)
    assert (code, out) == (0, "30 rows: 30 imported, 0 already there.\n"), err
    assert "100% · 30 of 30 rows" in err
    assert await imported(world) == (0, "30 rows: 0 imported, 30 already there.\n", err)


def hold_in_the_middle(world: World) -> Armed:
    """Have Notion keep the import waiting for its third hundred: the first five are counted."""
    return world.notion.faults.add(Fault(match=QUERY, skip=7, hang=True))


async def test_killed_it_goes_on_and_makes_nothing_twice(world: World, raw: RawDatabase) -> None:
    add_rows(world)
    held = hold_in_the_middle(world)
    async with importing(world) as process:
        await asyncio.wait_for(held.reached.wait(), 30)
        process.kill()
        await process.wait()
    held.release.set()
    a_minute_passes(raw)
    assert raw.tasks.count_documents({}) < ROWS
    code, out, err = await imported(world)
    assert code == 0, err
    assert out.startswith(f"{ROWS} rows: ")
    assert "Counting" not in err  # it goes on, and does not begin anew
    assert raw.tasks.count_documents({}) == ROWS
    assert len(raw.tasks.distinct("notion.page_id")) == ROWS


async def test_stopped_by_hand_it_says_how_to_go_on(world: World, raw: RawDatabase) -> None:
    add_rows(world)
    held = hold_in_the_middle(world)
    async with importing(world) as process:
        await asyncio.wait_for(held.reached.wait(), 30)
        process.send_signal(signal.SIGINT)
        held.release.set()
        _, err = await process.communicate()
    assert process.returncode == 130
    assert "say `python -m bot notion import` again" in err.decode()
    code, out, _ = await imported(world)
    # The row that was being saved when it was stopped is in, and nobody counted it.
    uncounted = 1 if "1 already there" in out else 0
    said = f"{ROWS} rows: {ROWS - uncounted} imported, {uncounted} already there.\n"
    assert (code, out) == (0, said)
    assert raw.tasks.count_documents({}) == ROWS


async def test_beside_a_serving_bot_each_row_is_one_task_and_people_go_first(
    world: World, raw: RawDatabase
) -> None:
    add_rows(world)
    async with world.run_bot():
        async with importing(world) as process:
            await until_tasks(raw, 50)
            await world.slack.command("/task add From Slack meanwhile")
            await world.row("From Slack meanwhile")
            out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        assert out.decode().startswith(f"{ROWS} rows: {ROWS} imported")
        assert raw.tasks.count_documents({}) == ROWS + 1
        await world.slack.command("/task done 1")
        done = await world.row((await world.task(1)).title, Status="Done")
        assert done.properties["Task ID"] == (await world.task(1)).id
    assert world.notion.journal.most_calls_in_any(60) <= 180
    assert all(entry.status != 429 for entry in world.notion.journal.entries)


async def test_without_notion_the_import_says_what_is_missing(world: World) -> None:
    del world.environ["NOTION_TOKEN"]
    code, out, err = await imported(world)
    assert (code, out) == (1, "")
    assert "NOTION_TOKEN" in err


async def test_without_a_workspace_the_import_names_the_token_of_slack(world: World) -> None:
    del world.environ["SLACK_BOT_TOKEN"]
    code, out, err = await imported(world)
    assert (code, out) == (1, "")
    assert err == "Sync is off: SLACK_BOT_TOKEN, which says whose tasks they are, is not set.\n"
