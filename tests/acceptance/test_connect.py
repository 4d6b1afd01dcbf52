"""`/task connect`: an admin picks a database, maps it, looks at some rows, and rows are made."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from bot.doctor import doctor
from bot.loading import load
from playground.notion.faults import Fault
from playground.notion.workbench import NewDatabase, Row
from playground.slack.state import Message
from playground.slack.views import View
from tasks.model import Priority, Status, Task
from tests.acceptance.world import QUICK, WEBHOOK_TOKEN, World, free_port

CHORES: dict[str, Any] = {
    "Chore": {"title": {}},
    "State": {"status": {}},
    "Owner": {"people": {}},
    "Deadline": {"date": {}},
    "Importance": {"select": {"options": [{"name": "Low"}, {"name": "High"}]}},
    "Details": {"rich_text": {}},
}
TUNING = replace(QUICK, teller_seconds=0.3)
MEND = "Mend the mapping"
SLOW = 30.0
"""Seconds that are enough on a busy machine: a turn is looked for every two."""


@pytest_asyncio.fixture
async def house(empty_world: World) -> AsyncIterator[World]:
    """Give a world with an admin, Ada."""
    empty_world.slack.add_user("U3", "ada", email="ada@example.com", is_admin=True)
    yield empty_world


def chores(world: World, title: str = "Chores of the house") -> NewDatabase:
    return world.bench.add_database(title, CHORES)


async def opened(world: World, *, user: str = "U3") -> View:
    await world.slack.command("/task connect", user=user)
    await world.slack.until(lambda: world.slack.modals(user))
    view = world.slack.modals(user)[-1]
    await world.slack.until(lambda: "Looking" not in view.plain)
    return view


def rows(world: World, database: NewDatabase) -> list[Row]:
    return world.bench.live_pages(database.data_source_id)


async def picked(world: World, view: View, words: str) -> None:
    found = await world.slack.suggest(view, "Database", words)
    (option,) = found.options
    world.slack.fill(view, {"Database": option})


async def submitted(world: World, view: View, shows: str, **values: object) -> None:
    await world.slack.submit(view, values)
    assert shows in view.plain


async def connected(world: World, words: str, **columns: str) -> None:
    view = await opened(world)
    await picked(world, view, words)
    await submitted(world, view, "What of a task goes where")
    await world.slack.submit(view, columns)
    await submitted(world, view, "Connected")


async def test_an_admin_connects_a_database_and_a_task_gets_its_row_there(house: World) -> None:
    database = chores(house)
    async with house.run_bot(NOTION_DATABASE=None):
        answer = await house.slack.command("/task sync status", user="U1")
        assert "`/task connect`" in answer.text or "/task connect" in answer.plain
        _, health = await house.get("/health")
        assert "no Notion database is chosen" in str(health)
        assert "tasks get their rows once a database is chosen" in str(health)
        await house.slack.command("/task add Before anything", user="U1")
        view = await opened(house)
        await picked(house, view, "house")
        await submitted(house, view, "What of a task goes where in Chores of the house?")
        assert view.value("Due")["text"]["text"] == "Deadline (date)"
        await submitted(house, view, "has no rows yet")
        assert "Added to the database: Task ID" in view.plain
        await submitted(house, view, "Connected")
        await house.until(lambda: rows(house, database), seconds=SLOW)
        await house.slack.command("/task add Mow the lawn due 2026-12-01 !high", user="U1")
        await house.until(lambda: len(rows(house, database)) == 2, seconds=SLOW)
        shown = {row.title: row.properties for row in rows(house, database)}
        assert shown["Mow the lawn"]["Importance"] == "High"
        assert shown["Mow the lawn"]["Deadline"]


async def test_rows_are_shown_as_tasks_first_and_come_in_where_that_is_wanted(
    house: World,
) -> None:
    database = chores(house)
    for number in range(12):
        values = {"Chore": f"Chore {number}", "Importance": "High", "Owner": ["Maria"]}
        house.bench.add_row(database.data_source_id, values)
    async with house.run_bot():
        view = await opened(house)
        await picked(house, view, "chores")
        await house.slack.submit(view)
        await submitted(house, view, "its last 10 rows as tasks")
        assert "Chore 11" in view.plain
        assert "Open · @maria · High" in view.plain
        everything = {"Rows that are there already": ["all"]}
        await submitted(house, view, "Its rows become tasks now", **everything)
        await house.until_task(12, lambda task: task.title.startswith("Chore"), seconds=SLOW)


async def test_another_database_gets_all_rows_without_a_restart_and_from_every_instance(
    house: World,
) -> None:
    async with (
        house.run_bot(PORT=str(free_port())),
        house.run_bot(PORT=str(free_port())),
    ):
        for number in range(4):
            await house.slack.command(f"/task add Task {number}", user="U1")
        await house.until(lambda: len(house.rows()) == 4, seconds=SLOW)
        database = chores(house)
        await connected(house, "house", Notes="Don't mirror")
        await house.until(lambda: len(rows(house, database)) == 4, seconds=SLOW)
        for number in range(4, 10):
            await house.slack.command(f"/task add Task {number}", user="U1")
        await house.until(lambda: len(rows(house, database)) == 10, seconds=SLOW)
        assert len(house.rows()) == 4
        assert {row.properties["Details"] for row in rows(house, database)} == {""}


async def test_who_is_no_admin_is_told_who_can(house: World) -> None:
    async with house.run_bot():
        view = await opened(house, user="U1")
        assert "Only admins and owners of this workspace can connect Notion" in view.plain


async def test_without_a_token_the_form_says_who_can_set_one(house: World) -> None:
    async with house.run_bot(NOTION_TOKEN=None, NOTION_DATABASE=None):
        view = await opened(house)
        assert "whoever runs me has to set NOTION_TOKEN" in view.plain


async def test_a_form_that_is_sent_twice_is_one_choice(house: World) -> None:
    database = chores(house)
    async with house.run_bot(NOTION_DATABASE=None):
        await house.slack.command("/task add Once", user="U1")
        view = await opened(house)
        await picked(house, view, "house")
        await house.slack.submit(view)
        await house.slack.submit(view)
        await house.slack.submit(view, deliveries=2)
        assert "Connected" in view.plain
        await house.until(lambda: rows(house, database), seconds=SLOW)
        choice = await house.bot.stores.choices.load("T1")
        assert choice is not None
        assert (choice.rev, choice.by) == (1, "U3")
        assert [row.title for row in rows(house, database)] == ["Once"]


async def test_the_doctor_examines_what_was_chosen(
    house: World, capsys: pytest.CaptureFixture[str]
) -> None:
    chores(house)
    async with house.run_bot(NOTION_DATABASE=None):
        await connected(house, "house", Notes="Don't mirror")
        environ = {k: v for k, v in house.environ.items() if k != "NOTION_DATABASE"}
        await doctor(load(environ, None), as_json=True)
    found = {one["about"]: one for one in json.loads(capsys.readouterr().out)["findings"]}
    assert "“Chores of the house” is shared" in found["Notion database"]["sentence"]
    assert "so it was chosen" in found["Notion column Notes"]["sentence"]
    assert "“Deadline” (date) holds Due" in found["Notion column Due"]["sentence"]


async def test_a_slow_notion_is_said_in_time_and_looked_at_again(house: World) -> None:
    chores(house)
    slow = replace(QUICK, notion_timeout_seconds=8.0)
    async with house.run_bot(tuning=slow):
        view = await opened(house)
        await picked(house, view, "house")
        held = house.notion.faults.add(Fault(match="GET /v1/data_sources/*", times=None, hang=True))
        await submitted(house, view, "Looking in Notion …")
        held.release.set()
        await house.slack.click(view, "Look again")
        await house.slack.until(lambda: "What of a task goes where" in view.plain, seconds=SLOW)


async def test_what_notion_refuses_is_a_sentence_and_the_form_goes_on(house: World) -> None:
    database = chores(house)
    async with house.run_bot():
        view = await opened(house)
        await picked(house, view, "house")
        house.bench.unshare(database.database_id)
        answer = await house.slack.submit(view)
        assert "share it with my connection" in str(answer.errors)
        house.bench.share(database.database_id)
        await submitted(house, view, "What of a task goes where")


def told(world: World) -> list[Message]:
    return [one for one in world.slack.direct_messages(user="U3") if MEND in one.plain]


async def test_a_removed_column_pauses_its_field_until_an_admin_mends_the_mapping(
    house: World,
) -> None:
    table = house.database.data_source_id
    async with (
        house.run_bot(tuning=TUNING, PORT=str(free_port()), NOTION_WEBHOOK_TOKEN=WEBHOOK_TOKEN),
        house.run_bot(tuning=TUNING, PORT=str(free_port()), NOTION_WEBHOOK_TOKEN=WEBHOOK_TOKEN),
    ):
        house.subscribe()
        await house.slack.command("/task add Book the venue", user="U1")
        await house.row("Book the venue", seconds=SLOW)
        house.bench.remove_column(table, "Priority")
        await house.until(lambda: told(house), seconds=SLOW)
        (message,) = told(house)
        assert "“Priority” is missing" in message.plain
        await house.slack.command("/task priority T-1 high", user="U1")
        await house.slack.command("/task due T-1 2026-12-01", user="U1")
        await house.until(lambda: house.rows()[0].properties["Due"], seconds=SLOW)
        house.bench.edit(house.rows()[0].id, {"Name": "Book the hall"})
        await house.until_task(1, lambda task: task.title == "Book the hall", seconds=SLOW)
        status = await house.slack.command("/task sync status", user="U1")
        assert "“Priority” is missing" in status.plain
        _, health = await house.get("/health")
        assert "“Priority” is missing" in str(health)
        house.bench.add_column(table, "Urgency", {"select": {"options": [{"name": "High"}]}})
        await house.slack.click(message, MEND, user="U3")
        await house.slack.until(lambda: house.slack.modals("U3"))
        view = house.slack.modals("U3")[-1]
        await house.slack.until(lambda: "What of a task goes where" in view.plain, seconds=SLOW)
        assert view.value("Priority")["text"]["text"] == "Urgency (select)"
        await submitted(house, view, "as a task")
        await submitted(house, view, "Connected")
        await house.row("Book the hall", seconds=SLOW, Urgency="High")
        assert len(told(house)) == 1
        assert len(house.rows()) == 1


async def test_columns_with_long_names_are_all_told_with_what_to_do_about_each(
    house: World,
) -> None:
    table = house.database.data_source_id
    async with house.run_bot(tuning=TUNING, NOTION_WEBHOOK_TOKEN=WEBHOOK_TOKEN):
        house.subscribe()
        await house.slack.command("/task add Book the venue !high due 2030-01-02", user="U1")
        await house.row("Book the venue", seconds=SLOW, Priority="High")
        for name, to in (("Priority", "multi_select"), ("Due", "select"), ("Tags", "select")):
            house.bench.rename_column(table, name, f"{name} {'as we see it ' * 40}")
            house.bench.retype_column(table, f"{name} {'as we see it ' * 40}", {to: {}})
        await house.until(lambda: any("3 fields" in one.plain for one in told(house)), seconds=SLOW)
        (message,) = (one for one in told(house) if "3 fields" in one.plain)
        status = await house.slack.command("/task sync status", user="U1")

    for shown in (message.plain, message.text, status.plain):
        for end in (
            "Due: make it date.",
            "Priority: make it select.",
            "Tags: make it multi_select.",
        ):
            assert end in shown


async def test_a_retyped_column_pauses_its_field_until_an_admin_mends_the_mapping(
    house: World,
) -> None:
    table = house.database.data_source_id
    async with house.run_bot(tuning=TUNING, NOTION_WEBHOOK_TOKEN=WEBHOOK_TOKEN):
        house.subscribe()
        await house.slack.command("/task add Book the venue !high", user="U1")
        row = await house.row("Book the venue", seconds=SLOW, Priority="High")
        house.bench.retype_column(table, "Priority", {"number": {}})
        await house.until(lambda: told(house), seconds=SLOW)
        (message,) = told(house)
        assert "“Priority” has the type number" in message.plain
        house.bench.edit(row.id, {"Priority": 3, "Notes": "By the lake"})
        await house.until_task(1, lambda task: task.notes == "By the lake", seconds=SLOW)
        await house.slack.command("/task due T-1 2026-12-01", user="U1")
        await house.until(lambda: house.rows()[0].properties["Due"], seconds=SLOW)
        card = await house.slack.command("/task priority T-1 urgent", user="U1")
        assert "Urgent" in card.plain
        status = await house.slack.command("/task sync status", user="U1")
        assert "“Priority” has the type number" in status.plain
        _, health = await house.get("/health")
        assert "“Priority” has the type number" in str(health)
        await house.slack.click(message, MEND, user="U3")
        await house.slack.until(lambda: house.slack.modals("U3"))
        view = house.slack.modals("U3")[-1]
        await house.slack.until(lambda: "What of a task goes where" in view.plain, seconds=SLOW)
        assert view.value("Priority")["text"]["text"] == "Add a column “Priority”"
        await submitted(house, view, "Added to the database: Priority (Taskbridge)")
        await submitted(house, view, "Connected")
        mended = {"Priority (Taskbridge)": "Urgent", "Priority": 3}
        await house.row("Book the venue", seconds=SLOW, **mended)
        while "is up to date" not in status.plain:  # the test's own time limit ends it
            status = await house.slack.command("/task sync status", user="U1")
        assert len(told(house)) == 1
        assert len(house.rows()) == 1


STATES: dict[str, Any] = {
    "options": [
        {"name": "Backlog", "group": "To-do"},
        {"name": "Doing", "group": "In progress"},
        {"name": "In review", "group": "In progress"},
        {"name": "Shipped", "group": "Complete"},
    ]
}
RANKED: dict[str, Any] = {
    "Chore": {"title": {}},
    "State": {"status": STATES},
    "Importance": {"select": {"options": [{"name": "P0"}, {"name": "P1"}, {"name": "P2"}]}},
}


class Ranked:
    """A database whose options are called as the bot would never call them."""

    def __init__(self, house: World) -> None:
        self.house = house
        self.database = house.bench.add_database("Chores of the house", RANKED)
        self.paint = self.row("Paint", "In review", "P1")

    def row(self, title: str, state: str, importance: str) -> str:
        values = {"Chore": title, "State": state, "Importance": importance}
        return self.house.bench.add_row(self.database.data_source_id, values)

    def shown(self, page: str) -> tuple[object, object]:
        (row,) = [one for one in rows(self.house, self.database) if one.id == page]
        return row.properties["State"], row.properties["Importance"]

    async def looked_at(self) -> View:
        view = await opened(self.house)
        await picked(self.house, view, "house")
        await submitted(self.house, view, "What of a task goes where")
        await submitted(self.house, view, "its row as a task")
        return view

    async def meaning(self, view: View) -> None:
        await self.house.slack.click(view, "Change what options mean")
        await self.house.slack.until(lambda: "Which options stand" in view.plain, seconds=SLOW)

    async def chosen(self) -> None:
        """Connect it; what is in review is done, and P0 and P1 are urgent."""
        view = await self.looked_at()
        await self.meaning(view)
        await submitted(self.house, view, "done is “Shipped” (also “In review”)", **CHOSEN)
        everything = {"Rows that are there already": ["all"]}
        await submitted(self.house, view, "Connected", **everything)
        await self.until(1, Status.DONE)

    async def until(self, number: int, status: Status) -> Task:
        return await self.house.until_task(number, lambda t: t.status is status, seconds=SLOW)


CHOSEN = {
    "In progress (State)": ["Doing"],
    "Done (State)": ["Shipped", "In review"],
    "Urgent (Importance)": ["P0", "P1"],
}


def names(view: View, label: str) -> list[str]:
    return [one["text"]["text"] for one in view.value(label)]


async def test_what_options_mean_is_suggested_chosen_and_shown(house: World) -> None:
    ranked = Ranked(house)
    async with house.run_bot(NOTION_DATABASE=None):
        view = await ranked.looked_at()
        assert "In progress" in view.plain
        assert "Importance is “P1” in Notion" in view.plain
        await ranked.meaning(view)
        assert names(view, "In progress (State)") == ["Doing", "In review"]
        twice = {"Done (State)": ["Shipped", "In review"]}
        wrong = await house.slack.submit(view, twice)
        assert "“In review” stands for In progress already" in str(wrong.errors)
        await submitted(house, view, "done is “Shipped” (also “In review”)", **CHOSEN)
        assert "urgent is “P0” (also “P1”)" in view.plain
        assert "Done · Urgent" in view.plain
        await ranked.meaning(view)
        assert names(view, "Urgent (Importance)") == ["P0", "P1"]


async def test_what_was_chosen_of_options_counts_both_ways(house: World) -> None:
    ranked = Ranked(house)
    async with house.run_bot(NOTION_DATABASE=None, NOTION_WEBHOOK_TOKEN=WEBHOOK_TOKEN):
        house.subscribe()
        await ranked.chosen()
        assert (await house.task(1)).priority is Priority.URGENT
        await house.slack.command("/task add Mow the lawn !urgent", user="U1")
        await house.until(lambda: len(rows(house, ranked.database)) == 2, seconds=SLOW)
        (mow,) = [one.id for one in rows(house, ranked.database) if one.title == "Mow the lawn"]
        assert ranked.shown(mow) == ("Backlog", "P0")
        await house.slack.command("/task done T-2", user="U1")
        await house.until(lambda: ranked.shown(mow) == ("Shipped", "P0"), seconds=SLOW)
        house.bench.edit(mow, {"State": "Doing", "Importance": "P1"})
        await ranked.until(2, Status.IN_PROGRESS)
        house.bench.edit(mow, {"State": "In review"})
        assert (await ranked.until(2, Status.DONE)).priority is Priority.URGENT
        for number, title in ((1, "Paint it white"), (2, "Mow it all")):
            form = (await house.slack.command(f"/task edit T-{number}", user="U1")).modal
            assert form is not None
            await house.slack.submit(form, {"Title": title}, user="U1")
        both = {"Paint it white", "Mow it all"}
        await house.until(lambda: {r.title for r in rows(house, ranked.database)} == both)
        for page in (ranked.paint, mow):
            assert ranked.shown(page) == ("In review", "P1"), "it means the same, and is let alone"


async def test_what_means_something_else_from_now_on_is_read_so_and_not_written_over(
    house: World,
) -> None:
    ranked = Ranked(house)
    async with house.run_bot(NOTION_DATABASE=None):
        await ranked.chosen()
        view = await opened(house)
        await house.slack.click(view, "Change the columns of the connected one", user="U3")
        await house.slack.until(lambda: "What of a task goes where" in view.plain, seconds=SLOW)
        assert "done is “Shipped” (also “In review”)" in view.plain
        await submitted(house, view, "its row as a task")
        await ranked.meaning(view)
        assert names(view, "Done (State)") == ["Shipped", "In review"]
        otherwise = {"Done (State)": ["Shipped"], "In progress (State)": ["Doing", "In review"]}
        await submitted(house, view, "as a task", **otherwise)
        await submitted(house, view, "Connected")
        task = await ranked.until(1, Status.IN_PROGRESS)
        assert task.priority is Priority.URGENT
        assert ranked.shown(ranked.paint) == ("In review", "P1")
        history = await house.slack.command("/task history T-1", user="U1")
        assert "In progress" in history.plain


async def test_a_second_data_source_changes_nothing_once_one_is_known(house: World) -> None:
    async with house.run_bot():
        await house.slack.command("/task add First", user="U1")
        await house.row("First", seconds=SLOW)
        house.bench.add_data_source(house.database.database_id, "Other", {"Name": {"title": {}}})
        await house.slack.command("/task add Second", user="U1")
        await house.row("Second", seconds=SLOW)
    async with house.run_bot():
        await house.slack.command("/task add Third", user="U1")
        await house.row("Third", seconds=SLOW)


async def test_an_unshared_database_waits_says_why_and_goes_on_by_itself(house: World) -> None:
    async with house.run_bot():
        await house.slack.command("/task add First", user="U1")
        await house.row("First", seconds=SLOW)
        house.bench.unshare(house.database.database_id)
        await house.slack.command("/task add Second", user="U1")
        await house.until_task(2, lambda task: "share" in (task.sync.reason or ""), seconds=SLOW)
        house.bench.share(house.database.database_id)
        await house.row("Second", seconds=SLOW)
        assert house.titles() == ["First", "Second"]


async def test_a_change_of_columns_is_heard_of_and_our_own_is_none(house: World) -> None:
    chores(house)

    async def rev() -> int:
        choice = await house.bot.stores.choices.load("T1")
        return 0 if choice is None else choice.rev

    async with house.run_bot(NOTION_WEBHOOK_TOKEN=WEBHOOK_TOKEN):
        house.subscribe()
        await house.slack.command("/task add First", user="U1")
        await house.row("First", seconds=SLOW)
        await house.until(lambda: house.notion.journal.calls("GET /v1/users/me"), seconds=SLOW)
        await connected(house, "house")
        await house.notion.webhooks.settle(within_seconds=10)
        assert await rev() == 1
        house.bench.rename_column(house.database.data_source_id, "Notes", "Remarks")
        await house.notion.webhooks.settle(within_seconds=10)
        assert await rev() == 2
