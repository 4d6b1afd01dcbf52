"""Many rows put into Notion's trash at once: the bot stops, asks an admin, and does as told."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from uuid import UUID

import pytest
import pytest_asyncio

from bot.loading import load
from bot.reconcile import reconcile
from playground.slack.state import Message
from tasks.commands import AddTask
from tasks.model import Actor, Source, SyncState
from tests.acceptance.world import WEBHOOK_TOKEN, World

ROWS = 8
LET_THROUGH = 3
"""At most: more than three, and more than a tenth, is asked about."""
MARIA = Actor(person="U1", source=Source.SLACK)


@pytest_asyncio.fixture
async def emptied(empty_world: World) -> AsyncIterator[World]:
    """Give a world in which somebody puts every row into the trash; the bot has stopped by then."""
    world = empty_world
    world.slack.add_user("U3", "ada", is_admin=True)
    async with world.run_bot(NOTION_WEBHOOK_TOKEN=WEBHOOK_TOKEN):
        world.subscribe()
        for number in range(ROWS):
            title = f"Task {number + 1}"
            await world.bot.tasks.add(AddTask(team="T1", by=MARIA, key=title, title=title))
        await world.until(lambda: len(world.rows()) == ROWS, seconds=20)
        await world.notion.webhooks.settle(within_seconds=10)
        for row in world.rows():
            world.bench.trash(row.id)
        await until(world, lambda deleted, gone: deleted <= LET_THROUGH and deleted + gone == ROWS)
        yield world


async def counts(world: World) -> tuple[int, int]:
    """Return how many tasks are deleted, and how many are held."""
    tasks = [await world.task(number + 1) for number in range(ROWS)]
    deleted = [task for task in tasks if task.deleted]
    gone = [t for t in tasks if not t.deleted and t.sync.state is SyncState.GONE]
    return len(deleted), len(gone)


async def until(world: World, check: Callable[[int, int], bool]) -> tuple[int, int]:
    """Wait until the counts are as wanted."""
    last = (-1, -1)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(20):
            while not check(*(last := await counts(world))):  # noqa: ASYNC110  # the bot tells nobody
                await asyncio.sleep(0.1)
    assert check(*last), last
    return last


async def asked(world: World, user: str = "U3") -> Message:
    found = await world.until(lambda: world.slack.direct_messages(user=user), seconds=20)
    return found[0]


async def test_the_bot_stops_and_asks_an_admin_once(emptied: World) -> None:
    _, held = await counts(emptied)
    question = await asked(emptied)
    for words in ("Were these deleted on purpose?", f"{held} of 8 rows are gone", "T-"):
        assert words in question.plain
    card = await emptied.slack.command("/task list all", user="U1")
    assert "Task" in card.plain
    status = await emptied.slack.command("/task sync status", user="U1")
    assert "until an admin says" in status.plain
    assert f"{held} tasks are set aside" in status.plain
    _, health = await emptied.get("/health")
    assert health["status"] == "degraded"
    assert "until an admin says" in health["checks"]["notion"]["detail"]
    assert len(emptied.slack.direct_messages(user="U3")) == 1
    assert emptied.slack.direct_messages(user="U1") == []


async def test_they_were_deleted_deletes_the_rest(emptied: World) -> None:
    _, held = await counts(emptied)
    question = await asked(emptied)
    await emptied.slack.click(question, "They were deleted", user="U3")
    await until(emptied, lambda deleted, _: deleted == ROWS)
    assert emptied.rows() == []
    await emptied.slack.until(lambda: "says they were deleted" in question.plain)
    assert f"{held} tasks" in question.plain


async def test_keep_them_brings_every_row_back(emptied: World) -> None:
    question = await asked(emptied)
    await emptied.slack.click(question, "Keep them", user="U3")
    await until(emptied, lambda deleted, gone: deleted == gone == 0)
    await emptied.until(lambda: len(emptied.rows()) == ROWS, seconds=20)
    status = await emptied.slack.command("/task sync status", user="U1")
    assert "admin" not in status.plain


async def test_the_command_line_says_the_question_and_answers_it(
    emptied: World, capsys: pytest.CaptureFixture[str]
) -> None:
    _, held = await counts(emptied)
    settings = load(emptied.environ, None)
    assert await reconcile(settings, dry_run=True, yes=False) == 0
    said = capsys.readouterr().out
    assert f"{held} of 8 rows are gone" in said
    assert "  T-8 Task 8" in said
    assert await reconcile(settings, dry_run=False, yes=False, keep=True) == 0
    assert f"{held} rows were held: the bot brings their rows back now." in capsys.readouterr().out
    await emptied.until(lambda: len(emptied.rows()) == ROWS, seconds=20)


async def test_rows_restored_in_notion_end_the_question(emptied: World) -> None:
    for number in range(ROWS):
        task = await emptied.task(number + 1)
        assert task.sync.url is not None
        emptied.bench.restore(str(UUID(task.sync.url.rsplit("-", 1)[-1])))
    await until(emptied, lambda deleted, gone: deleted == gone == 0)
    async with asyncio.timeout(20):
        while await emptied.bot.stores.deletions.question("T1") is not None:  # noqa: ASYNC110  # as above
            await asyncio.sleep(0.1)
