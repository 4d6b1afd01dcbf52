"""What people and operators see while MongoDB or Notion is away, and that all comes back."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from playground.notion.access import Connection
from playground.notion.faults import Fault
from playground.slack.answers import Answer
from tests.acceptance.proxy import Proxy, proxied
from tests.acceptance.world import QUICK, World

SLOW = 30.0
RETRY_SECONDS = 15.0
"""How long a test waits for what the bot tries again by itself."""
NOT_SAVED = "Not saved: the database cannot be reached right now;"


@pytest_asyncio.fixture
async def wire(mongo_uri: str) -> AsyncIterator[Proxy]:
    """Give the wire to the test run's mongod."""
    async with proxied(mongo_uri) as proxy:
        yield proxy


@pytest_asyncio.fixture
async def wired(empty_world: World, wire: Proxy) -> AsyncIterator[World]:
    """Give a world whose bot reaches its database over the wire, and has saved a first task."""
    async with empty_world.run_bot(MONGODB_URI=wire.uri):
        await typed(empty_world, "add First")
        await empty_world.row("First")
        yield empty_world


async def typed(acme: World, line: str) -> Answer:
    """Type `/task …` as Maria; Slack has an answer in time."""
    answer = await acme.slack.command(f"/task {line}", user="U1")
    assert answer.failure == ""
    return answer


async def mongodb_says(acme: World, status: int) -> str:
    """Wait until /health has that status; return its sentence about MongoDB."""
    while True:
        found, health = await acme.get("/health")
        if found == status:
            return str(health["checks"]["mongodb"]["detail"])


async def test_mongodb_that_is_down_at_the_start_is_waited_for(
    empty_world: World, wire: Proxy
) -> None:
    acme = empty_world
    wire.down()
    async with acme.run_bot(MONGODB_URI=wire.uri, await_ready=False):
        assert (await acme.get("/livez"))[0] == 200
        ready, why = await acme.get("/readyz")
        refused = await typed(acme, "add Book the venue")
        assert await mongodb_says(acme, 503) != ""

        await wire.up()
        assert await mongodb_says(acme, 200) == "The database takes writes."
        await acme.slack.click(refused.message, "Try again", user="U1")
        await acme.row("Book the venue")

    assert (ready, why["reason"]) == (503, "MongoDB has not been reached yet.")
    assert refused.plain.startswith(NOT_SAVED)
    assert "/task add Book the venue" in refused.plain
    assert acme.titles() == ["Book the venue"]


async def test_mongodb_that_goes_away_is_said_and_what_was_typed_is_one_task_once_it_is_back(
    wired: World, wire: Proxy
) -> None:
    wire.down()
    refused = await typed(wired, "add Book the venue")
    form = (await typed(wired, "add")).modal
    assert form is not None
    sent = await wired.slack.submit(form, {"Title": "Order the cake", "Notes": "No nuts."})
    assert (await wired.get("/livez"))[0] == 200

    await wire.up()
    await mongodb_says(wired, 200)
    await wired.slack.click(refused.message, "Try again", user="U1", deliveries=2)
    again = await wired.slack.submit(form, {})

    assert refused.plain.startswith(NOT_SAVED)
    assert "/task add Book the venue" in refused.plain
    assert sent.errors["title/0"].startswith(("Not saved", "Not known yet"))  # 2.0 to 2.5 s
    assert again.closed
    await wired.row("Book the venue")
    await wired.row("Order the cake", Notes="No nuts.")
    assert sorted(wired.titles()) == ["Book the venue", "First", "Order the cake"]


async def test_mongodb_that_hangs_is_said_in_time_and_trying_again_makes_one_task(
    wired: World, wire: Proxy
) -> None:
    wire.hang()
    refused = await typed(wired, "add Book the venue")
    wire.resume()

    assert refused.ack_seconds < 3
    assert refused.plain.startswith(NOT_SAVED)  # it hung before the task was sent
    assert "/task add Book the venue" in refused.plain
    await wired.slack.click(refused.message, "Try again", user="U1")
    await wired.row("Book the venue", seconds=RETRY_SECONDS)
    assert (await typed(wired, "list all")).plain.count("Book the venue") == 1
    assert await mongodb_says(wired, 200) != ""


async def test_a_slow_mongodb_is_slow_and_nothing_else(wired: World, wire: Proxy) -> None:
    wire.latency_seconds = 0.1

    added = await typed(wired, "add Book the venue")

    assert added.plain.startswith("Added T-2.")
    await wired.row("Book the venue")


def token_of(acme: World) -> Connection:
    """Return the bot's connection to Notion."""
    found = acme.notion.connections.named(acme.environ["NOTION_TOKEN"])
    assert found is not None
    return found


async def test_notion_revoked_is_said_everywhere_and_all_flows_once_it_is_granted_again(
    acme: World,
) -> None:
    await typed(acme, "add First")
    await acme.row("First")
    connection, said = token_of(acme), "Notion does not accept the token any more"

    connection.revoke()
    for line in ("add Second", "priority T-1 high", "add Third"):
        assert said not in (await typed(acme, line)).plain  # saved before Notion is asked
    await is_said(acme, said, tasks=("T-1", "T-2", "T-3"))
    assert "3 tasks wait" in (await typed(acme, "sync status")).plain
    connection.revoked = False

    await acme.row("First", Priority="High", seconds=RETRY_SECONDS)
    await acme.row("Second", seconds=RETRY_SECONDS)
    await acme.row("Third", seconds=RETRY_SECONDS)
    await is_well(acme, rows=3)


async def test_an_unshared_database_is_said_and_all_flows_once_it_is_shared_again(
    http_world: World,
) -> None:
    acme = http_world
    await typed(acme, "add First")
    await acme.row("First")
    said = "The Notion database is not shared with the connection, or is gone: share it under"

    acme.bench.unshare(acme.database.database_id)
    for line in ("add Second", "done T-1", "delete T-2", "restore T-2"):
        await typed(acme, line)
    await is_said(acme, said, tasks=("T-1", "T-2"))
    assert (
        "2 of them have changes of yours, which come first."
        in (await typed(acme, "sync status")).plain
    )
    for line in ("sync aside", "sync conflicts"):  # nothing for a person, but not equal either
        nothing = (await typed(acme, line)).plain
        assert nothing.endswith("; /task sync status says what waits.")
    acme.bench.share(acme.database.database_id)

    await acme.row("First", Status="Done", seconds=RETRY_SECONDS)
    await acme.row("Second", seconds=RETRY_SECONDS)
    await is_well(acme, rows=2)


@pytest.mark.parametrize("what", ["revoked", "unshared"])
async def test_what_is_done_in_notion_while_the_connection_waits_comes_in_afterwards(
    empty_world: World, what: str
) -> None:
    acme, table = empty_world, empty_world.database.data_source_id
    polling = replace(QUICK, notion_poll_seconds=0.5)
    async with acme.run_bot(tuning=polling):
        for title in ("First", "Second", "Third"):
            await typed(acme, f"add {title}")
            await acme.row(title)
        first, second, third = [row.id for row in acme.rows()]
        connection = token_of(acme)
        if what == "revoked":
            connection.revoke()
        else:
            acme.bench.unshare(acme.database.database_id)
        await typed(acme, "priority T-1 high")
        card = await until_shown(acme, "T-1", "Notion: waiting — ")
        acme.bench.edit(first, {"Name": "First, edited there"})
        acme.bench.edit(second, {"Notes": "While nobody looked"})
        acme.bench.trash(third)
        acme.bench.add_row(table, {"Name": "Made meanwhile"})
        await typed(acme, "add Fourth")
        assert "High" in card.plain
        assert len((await typed(acme, "list all")).plain.split("T-3")) > 1, "nothing is deleted yet"
        if what == "revoked":
            connection.revoked = False
        else:
            acme.bench.share(acme.database.database_id)

        await acme.row("First, edited there", Priority="High", seconds=RETRY_SECONDS)
        await acme.until_task(1, lambda task: task.title == "First, edited there", seconds=SLOW)
        await acme.until_task(2, lambda task: task.notes == "While nobody looked", seconds=SLOW)
        await acme.row("Fourth", seconds=RETRY_SECONDS)
        await acme.until_task(5, lambda task: task.title == "Made meanwhile", seconds=SLOW)
        assert not (await acme.task(3)).deleted  # a poll sees no trash; the next sweep does
        assert len(acme.rows()) == 4
        status = await typed(acme, "sync status")
        while "up to date" not in status.plain:  # the test's own time limit ends it
            status = await typed(acme, "sync status")


async def test_a_task_that_notion_refuses_is_set_aside_with_the_reason_and_the_rest_flows(
    acme: World,
) -> None:
    await typed(acme, "add Poison")
    page = await acme.row("Poison")
    why = "Priority is not a property that exists."
    fault = acme.notion.faults.add(
        Fault(match=f"PATCH /v1/pages/{page.id}", times=None, status=400, message=why)
    )

    await typed(acme, "priority T-1 high")
    await typed(acme, "add Wholesome")
    await acme.row("Wholesome")
    card = await until_shown(acme, "T-1", f"Notion: stalled — Notion refused it: {why}")
    status = await typed(acme, "sync status")
    acme.notion.faults.remove(fault)
    again = await typed(acme, "sync retry T-1")

    assert "[Retry Notion]" in card.plain
    assert "1 task is set aside" in status.plain
    assert "/task sync retry" in status.plain
    assert again.plain.startswith("Notion is tried again.")
    await acme.row("Poison", Priority="High")
    await is_well(acme, rows=2)


async def test_a_page_trashed_in_notion_is_said_and_can_be_retried_after_its_restoration(
    http_world: World,
) -> None:
    acme = http_world
    await typed(acme, "add First")
    page = await acme.row("First")

    acme.bench.trash(page.id)
    await typed(acme, "priority T-1 high")
    card = await until_shown(acme, "T-1", "Notion: gone — The page was put into the trash")
    acme.bench.restore(page.id)
    await acme.slack.click(card.message, "Retry Notion", user="U1")

    await acme.row("First", Priority="High")
    assert len(acme.rows()) == 1


async def test_no_call_is_made_while_notion_asks_to_wait_and_the_pause_is_said(
    http_world: World,
) -> None:
    acme = http_world
    limited = acme.notion.faults.add(Fault(match="POST /v1/pages", status=429, retry_after=2))

    await typed(acme, "add First")
    await limited.reached.wait()
    await typed(acme, "add Second")
    status = await typed(acme, "sync status")
    _, health = await acme.get("/health")

    assert "2 tasks wait" in status.plain
    assert "Notion asked us to wait; it goes on in" in status.plain
    assert "Notion asks us to wait until" in health["checks"]["notion"]["detail"]
    assert health["status"] == "degraded"
    await acme.row("First", seconds=RETRY_SECONDS)
    await acme.row("Second", seconds=RETRY_SECONDS)
    assert acme.notion.journal.calls_inside_pause == []
    assert "up to date" in (await typed(acme, "sync status")).plain


async def until_shown(acme: World, task: str, sentence: str) -> Answer:
    """Ask for a card until it says so."""
    while sentence not in (card := await typed(acme, f"show {task}")).plain:
        assert "Notion:" in card.plain
    return card


async def is_said(acme: World, sentence: str, *, tasks: tuple[str, ...]) -> None:
    """Wait until cards, sync status and /health all say what the installer should see to."""
    for task in tasks:
        await until_shown(acme, task, f"Notion: waiting — {sentence}")
    assert sentence in (await typed(acme, "sync status")).plain
    status, health = await acme.get("/health")
    assert (status, health["status"]) == (200, "degraded")  # tasks are saved all the same
    assert sentence in health["checks"]["notion"]["detail"]


async def is_well(acme: World, *, rows: int) -> None:
    """Check that nothing waits, nothing is doubled and nothing is complained of any more."""
    await acme.until(lambda: len(acme.rows()) == rows)
    while "up to date" not in (status := await typed(acme, "sync status")).plain:
        assert "Notion sync" in status.plain
    assert status.plain == "Notion sync is up to date."
    assert len(acme.bench.rows(acme.database.data_source_id)) == rows
    _, health = await acme.get("/health")
    assert health["checks"]["notion"]["detail"] == "Notion answers."
