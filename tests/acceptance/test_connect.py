"""`/task connect`: an admin picks a database, maps it, looks at some rows, and rows are made."""

from typing import Any

import pytest_asyncio

from playground.notion.workbench import NewDatabase, Row
from playground.slack.views import View
from tests.acceptance.world import World

CHORES: dict[str, Any] = {
    "Chore": {"title": {}},
    "State": {"status": {}},
    "Owner": {"people": {}},
    "Deadline": {"date": {}},
    "Importance": {"select": {"options": [{"name": "Low"}, {"name": "High"}]}},
    "Details": {"rich_text": {}},
}


@pytest_asyncio.fixture
async def chores(empty_world: World) -> NewDatabase:
    """Give a second database, of other column names, and an admin."""
    empty_world.slack.add_user("U3", "ada", email="ada@example.com", is_admin=True)
    return empty_world.bench.add_database("Chores of the house", CHORES)


async def opened(world: World, *, user: str = "U3") -> View:
    await world.slack.command("/task connect", user=user)
    await world.slack.until(lambda: world.slack.modals(user))
    return world.slack.modals(user)[-1]


def rows(world: World, database: NewDatabase) -> list[Row]:
    return world.bench.live_pages(database.data_source_id)


async def picked(world: World, view: View, words: str) -> None:
    found = await world.slack.suggest(view, "Database", words)
    (option,) = found.options
    world.slack.fill(view, {"Database": option})


async def test_an_admin_connects_a_database_and_a_task_gets_its_row_there(
    empty_world: World, chores: NewDatabase
) -> None:
    world = empty_world
    async with world.run_bot(NOTION_DATABASE=None):
        await world.slack.command("/task add Before anything", user="U1")
        view = await opened(world)
        await picked(world, view, "house")
        await world.slack.submit(view)
        assert "What of a task goes where in Chores of the house?" in view.plain
        assert view.value("Due")["text"]["text"] == "Deadline (date)"
        await world.slack.submit(view)
        assert "has no rows yet" in view.plain
        assert "Added to the database: Task ID" in view.plain
        await world.slack.submit(view)
        assert "Connected" in view.plain
        await world.until(lambda: rows(world, chores), seconds=15)
        await world.slack.command("/task add Mow the lawn due 2026-12-01 !high", user="U1")
        await world.until(lambda: len(rows(world, chores)) == 2, seconds=15)
        shown = {row.title: row.properties for row in rows(world, chores)}
        assert shown["Mow the lawn"]["Importance"] == "High"
        assert shown["Mow the lawn"]["Deadline"]
