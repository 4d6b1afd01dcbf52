"""Rows made in Notion are announced; what of the sync needs a person is listed, over HTTP."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest_asyncio

from playground.notion.faults import Fault as NotionFault
from playground.slack.faults import Fault as SlackFault
from playground.slack.state import Message
from tasks.model import SyncState
from tests.acceptance.world import QUICK, WEBHOOK_TOKEN, World

TUNING = replace(QUICK, teller_seconds=0.3, news_gathered_seconds=3.0)


@pytest_asyncio.fixture
async def told(empty_world: World) -> AsyncIterator[World]:
    """Give a world whose Notion tells the bot by webhooks."""
    async with empty_world.run_bot(tuning=TUNING, NOTION_WEBHOOK_TOKEN=WEBHOOK_TOKEN):
        empty_world.subscribe()
        yield empty_world


def posted(world: World) -> list[Message]:
    return [one for one in world.slack.messages("C1", user="U1") if not one.is_ephemeral]


async def announced(world: World) -> None:
    answer = await world.slack.command("/task sync announce #general", user="U1")
    assert "New rows in Notion are announced in" in answer.plain


def made(world: World, *titles: str) -> None:
    for title in titles:
        world.bench.add_row(world.database.data_source_id, {"Name": title})


async def test_a_row_made_in_notion_is_announced_once_with_its_card(told: World) -> None:
    await announced(told)
    made(told, "Made in Notion")
    await told.until(lambda: posted(told), seconds=10)
    (message,) = posted(told)
    for words in ("New in Notion", "Made in Notion", "T-1", "Done"):
        assert words in message.plain
    await told.slack.click(message, "Done", user="U2")
    await told.until_task(1, lambda task: not task.is_open)
    await told.slack.until(lambda: "Reopen" in message.plain)
    assert len(posted(told)) == 1
    status = await told.slack.command("/task sync status", user="U1")
    assert "New rows in Notion are announced in" in status.plain


async def test_an_announcement_names_people_and_notifies_nobody(told: World) -> None:
    await announced(told)
    told.bench.add_row(told.database.data_source_id, {"Name": "For Maria", "Assignees": ["Maria"]})
    await told.until(lambda: posted(told), seconds=10)
    (message,) = posted(told)
    assert "maria" in message.plain
    assert message.pings == frozenset()


async def test_many_rows_at_once_are_one_message(told: World) -> None:
    await announced(told)
    made(told, *(f"Row {number}" for number in range(9)))
    await told.until(lambda: sum(one.plain.count("Row ") for one in posted(told)) == 9, seconds=20)
    assert any("new tasks from Notion" in one.plain for one in posted(told))
    assert len(posted(told)) <= 6


async def test_slack_having_us_wait_costs_no_announcement_and_doubles_none(told: World) -> None:
    await announced(told)
    told.slack.faults.script("chat.postMessage", SlackFault(kind="ratelimit", retry_after=1))
    made(told, "Made in Notion")
    await told.until(lambda: posted(told), seconds=20)
    assert len(posted(told)) == 1


async def test_where_nobody_wants_it_nothing_is_announced(told: World) -> None:
    await announced(told)
    await told.slack.command("/task sync announce off", user="U1")
    made(told, "Made in Notion")
    await told.until_task(1, lambda task: task.title == "Made in Notion")
    answer = await told.slack.command("/task sync announce nowhere", user="U1")
    assert "/task sync announce #channel" in answer.plain
    assert posted(told) == []


async def in_conflict(world: World, count: int) -> None:
    for number in range(count):
        await world.slack.command(f"/task add Task {number + 1}", user="U1")
    pages = {row.title: row.id for row in [await world.row(f"Task {n + 1}") for n in range(count)]}
    await world.notion.webhooks.settle(within_seconds=10)
    world.notion.webhooks.subscriptions.clear()
    for number in range(count):
        world.bench.edit(pages[f"Task {number + 1}"], {"Priority": "Low"})
        await world.slack.command(f"/task priority T-{number + 1} urgent", user="U1")
    for number in range(count):
        await world.until_task(
            number + 1, lambda task: task.sync.state is SyncState.CONFLICT, seconds=20
        )


async def first(world: World, message: Message, label: str) -> None:
    """Press the first of several buttons that say the same."""
    rows = [
        block["block_id"]
        for block in message.blocks
        if label
        in [
            one["text"]["text"]
            for one in block.get("elements", [])
            if isinstance(one.get("text"), dict)
        ]
    ]
    await world.slack.click(message, label, user="U1", block_id=rows[0])


async def test_conflicts_are_listed_and_decided_from_the_list(told: World) -> None:
    await in_conflict(told, 12)
    status = await told.slack.command("/task sync status", user="U1")
    assert "12 tasks were changed on both sides" in status.plain
    answer = await told.slack.command("/task sync conflicts", user="U1")
    assert "Conflicts with Notion: 12" in answer.plain
    assert "Priority — here: Urgent · in Notion: Low" in answer.plain
    assert ("T-10" in answer.plain, "T-11" in answer.plain) == (True, False)

    await first(told, answer.message, "Take Notion's")
    await told.slack.until(lambda: "T-1: took Notion's value." in answer.message.plain)
    assert "Conflicts with Notion: 11" in answer.message.plain
    await told.row("Task 1", Priority="Low")

    await first(told, answer.message, "Keep ours")
    await told.slack.until(lambda: "T-2: kept as it is here" in answer.message.plain)

    status = await told.slack.command("/task sync status", user="U1")
    assert "10 tasks were changed on both sides" in status.plain


async def test_what_was_set_aside_is_listed_and_tried_again_from_the_list(told: World) -> None:
    told.notion.faults.add(NotionFault(match="POST /v1/pages", status=400))
    await told.slack.command("/task add Refused once", user="U1")
    await told.until_task(1, lambda task: task.sync.state is SyncState.STALLED, seconds=10)
    answer = await told.slack.command("/task sync aside", user="U1")
    assert "Not in Notion: 1" in answer.plain
    assert "Stalled — Notion refused it" in answer.plain
    await told.slack.click(answer.message, "Retry", user="U1")
    await told.row("Refused once")
    await told.slack.until(lambda: "Nothing is set aside" in answer.message.plain)


async def test_the_home_tab_says_how_the_sync_stands(told: World) -> None:
    await told.slack.open_home(user="U1")
    home = await told.slack.until(lambda: told.slack.home("U1"))
    assert home is not None
    assert "Notion sync is up to date" in home.plain
