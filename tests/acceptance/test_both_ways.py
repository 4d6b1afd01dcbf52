"""From Notion to Slack: edits, deletions and new rows, by webhook and by poll, over HTTP."""

import json
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest_asyncio

from bot.loading import load
from bot.notion_webhook_command import notion_webhook
from bot.reconcile import reconcile
from playground.notion.deliveries import SIGNATURE, signed
from tasks.model import SyncState
from tests.acceptance.world import QUICK, WEBHOOK_TOKEN, World

WEBHOOK_SECONDS = 3.0
EVENT = "11111111-2222-4333-8444-555555555555"


@pytest_asyncio.fixture
async def told(empty_world: World) -> AsyncIterator[World]:
    """Give a world whose Notion tells the bot by webhooks, and whose bot polls never again."""
    async with empty_world.run_bot(NOTION_WEBHOOK_TOKEN=WEBHOOK_TOKEN):
        empty_world.subscribe()
        yield empty_world


@pytest_asyncio.fixture
async def polled(empty_world: World) -> AsyncIterator[World]:
    """Give a world whose bot hears of nothing and has to ask."""
    async with empty_world.run_bot(tuning=replace(QUICK, notion_poll_seconds=1.0)):
        yield empty_world


async def synced(world: World, title: str = "Book the venue") -> str:
    await world.slack.command(f"/task add {title}", user="U1")
    return (await world.row(title)).id


async def post(world: World, body: bytes, signature: str | None) -> int:
    url = f"http://127.0.0.1:{world.bot.port}/notion/webhook"
    headers = {} if signature is None else {SIGNATURE: signature}
    async with world.session.post(url, data=body, headers=headers) as response:
        return response.status


async def webhooks(world: World, result: str) -> float:
    _, metrics = await world.get("/metrics")
    (line,) = (
        line
        for line in metrics.splitlines()
        if line.startswith(f'taskbridge_webhook_events_total{{result="{result}"}}')
    )
    return float(line.rsplit(" ", 1)[1])


def counted(world: World, metric: str, **labels: str) -> float:
    return world.bot.metrics.registry.get_sample_value(f"taskbridge_{metric}", labels) or 0.0


async def test_an_edit_in_notion_is_in_slack_by_webhook(told: World) -> None:
    page = await synced(told)
    told.bench.edit(page, {"Name": "Book the big venue", "Status": "Done", "Tags": ["offsite"]})
    await told.until_task(1, lambda task: task.title == "Book the big venue")
    card = await told.slack.command("/task show T-1", user="U1")
    for words in ("Book the big venue", "Done", "#offsite", "Notion: synced"):
        assert words in card.plain
    history = await told.slack.command("/task history T-1", user="U1")
    assert "in Notion" in history.plain


async def test_an_edit_in_notion_is_in_slack_by_poll(polled: World) -> None:
    page = await synced(polled)
    polled.bench.edit(page, {"Name": "Book the big venue"})
    await polled.until_task(1, lambda task: task.title == "Book the big venue", seconds=10.0)
    await polled.until(
        lambda: counted(polled, "sync_lag_seconds_count", direction="from_notion") == 1
    )
    looked = counted(polled, "reconcile_last_success_timestamp_seconds", work="poll")
    assert time.time() - 60 < looked <= time.time()
    assert counted(polled, "reconcile_last_success_timestamp_seconds", work="sweep") == 0


async def test_spaces_in_a_title_are_as_typed_on_both_sides_and_are_no_edit_of_their_own(
    told: World,
) -> None:
    page = await synced(told, "Mind  the   gap")
    told.bench.edit(page, {"Name": "Mind   the gap", "Tags": ["offsite"]})
    await told.until_task(1, lambda task: task.tags == ("offsite",))
    await told.slack.command("/task priority T-1 high", user="U1")
    await told.row("Mind   the gap", Priority="High")

    task = await told.until_task(1, lambda task: task.sync.state is SyncState.SYNCED)

    assert (task.title, task.rev) == ("Mind   the gap", 3)  # added, edited there, edited here
    assert "Mind   the gap" in (await told.slack.command("/task show T-1", user="U1")).plain


async def test_p4_a_conflict_is_shown_and_notions_value_is_taken_by_a_button(told: World) -> None:
    page = await synced(told)
    told.notion.webhooks.subscriptions.clear()  # nothing is heard until Slack has its own edit
    told.bench.edit(page, {"Name": "Notion's name"})
    await told.slack.command("/task priority T-1 high", user="U1")
    await told.until_task(1, lambda task: task.title == "Notion's name")
    await told.row("Notion's name", Priority="High")  # else an edit is written over, as ADR 11 says

    told.bench.edit(page, {"Priority": "Low"})
    await told.slack.command("/task priority T-1 urgent", user="U1")
    await told.until_task(1, lambda task: task.sync.state is SyncState.CONFLICT)
    await told.row("Notion's name", Priority="Urgent")
    card = await told.slack.command("/task show T-1", user="U1")
    assert "Notion: conflict" in card.plain
    assert "Low" in card.plain

    await told.slack.click(card.message, "Take Notion's", user="U1")

    await told.row("Notion's name", Priority="Low")
    task = await told.until_task(1, lambda task: task.sync.state is SyncState.SYNCED)
    assert task.sync.conflicts == ()
    met = [counted(told, "conflicts_total", resolution=whose) for whose in ("slack", "notion")]
    assert met == [1, 1]


async def test_a_conflict_is_closed_by_keeping_what_slack_has(told: World) -> None:
    page = await synced(told)
    told.notion.webhooks.subscriptions.clear()
    told.bench.edit(page, {"Priority": "Low"})
    await told.slack.command("/task priority T-1 urgent", user="U1")
    await told.until_task(1, lambda task: task.sync.state is SyncState.CONFLICT)
    card = await told.slack.command("/task show T-1", user="U1")

    await told.slack.click(card.message, "Keep Slack's", user="U1")

    await told.row("Book the venue", Priority="Urgent")
    await told.until_task(1, lambda task: task.sync.state is SyncState.SYNCED)


async def test_a_row_put_into_the_trash_deletes_the_task_and_restore_brings_both_back(
    told: World,
) -> None:
    page = await synced(told)
    # Notion tells nothing of a page that is made and put away in one breath.
    await told.notion.webhooks.settle(within_seconds=5)
    told.bench.trash(page)
    await told.until_task(1, lambda task: task.deleted, seconds=WEBHOOK_SECONDS)
    card = await told.slack.command("/task show T-1", user="U1")
    await told.slack.click(card.message, "Restore", user="U1")
    assert (await told.row("Book the venue")).id == page


async def test_a_row_made_in_notion_becomes_a_task(told: World) -> None:
    await synced(told)
    told.bench.add_row(
        told.database.data_source_id, {"Name": "Made in Notion", "Due": "2030-11-29"}
    )
    task = await told.until_task(2, lambda task: task.title == "Made in Notion")
    await told.until(lambda: any(r.properties["Task ID"] == task.id for r in told.rows()[1:]))
    answer = await told.slack.command("/task show T-2", user="U2")
    assert "Made in Notion" in answer.plain
    assert len(told.rows()) == 2


async def test_a_forged_webhook_is_refused_and_a_replayed_one_does_nothing(told: World) -> None:
    page = await synced(told)
    body = json.dumps(
        {
            "id": EVENT,
            "type": "page.properties_updated",
            "authors": [{"id": "somebody", "type": "person"}],
            "entity": {"id": page, "type": "page"},
            "data": {"parent": {"data_source_id": told.database.data_source_id}},
        }
    ).encode()
    for signature in (None, "", "sha256=00", "sha256=é", signed("secret_of_another", body)):
        assert await post(told, body, signature) == 401
    assert await post(told, body + b" ", signed(WEBHOOK_TOKEN, body)) == 401
    assert await webhooks(told, "accepted") == 0
    assert await post(told, body, signed(WEBHOOK_TOKEN, body)) == 200
    assert await post(told, body, signed(WEBHOOK_TOKEN, body)) == 200
    assert await webhooks(told, "accepted") == 1
    assert await webhooks(told, "duplicate") == 1
    assert await post(told, b"{" * 100_000, signed(WEBHOOK_TOKEN, b"{" * 100_000)) == 400
    assert await post(told, b"x" * 600_000, None) == 400


async def test_after_quiescence_our_own_echo_causes_no_call(told: World) -> None:
    await synced(told)
    await told.slack.command("/task priority T-1 high", user="U1")
    await told.row("Book the venue", Priority="High")
    await told.until_task(1, lambda task: task.sync.state is SyncState.SYNCED)
    await told.notion.webhooks.settle(within_seconds=5)
    told.notion.journal.clear()
    await told.notion.webhooks.settle(within_seconds=1)
    assert [entry.path for entry in told.notion.journal.calls("PATCH /v1/pages/*")] == []
    assert [entry.path for entry in told.notion.journal.calls("GET /v1/pages/*")] == []


async def test_the_hand_shake_brings_a_token_that_only_the_operator_sees(
    empty_world: World, capsys: object
) -> None:
    keys = "a" * 43 + "="
    async with empty_world.run_bot(ENCRYPTION_KEYS=keys):
        page = await synced(empty_world)
        url = f"http://127.0.0.1:{empty_world.bot.port}/notion/webhook"
        integration = empty_world.connection.integration_id
        subscription = await empty_world.notion.webhooks.subscribe(integration, url)
        settings = load({**empty_world.environ, "ENCRYPTION_KEYS": keys}, None)
        assert await notion_webhook(settings, reset=False) == 0
        shown = capsys.readouterr()  # type: ignore[attr-defined]  # pytest's
        subscription.verify(shown.out.strip())
        empty_world.bench.edit(page, {"Name": "Told by webhook"})
        await empty_world.until_task(1, lambda task: task.title == "Told by webhook", seconds=10)
        await empty_world.notion.webhooks.settle(within_seconds=5)
        assert await webhooks(empty_world, "accepted") >= 1
        usurper = b'{"verification_token":"secret_of_the_usurper"}'
        assert await post(empty_world, usurper, None) == 409
        assert await notion_webhook(settings, reset=False) == 0
        assert "usurper" not in capsys.readouterr().out  # type: ignore[attr-defined]  # as above


async def test_without_keys_to_seal_it_with_a_token_is_not_kept(polled: World) -> None:
    assert await post(polled, b'{"verification_token":"secret_of_somebody"}', None) == 503


async def test_reconcile_says_what_it_would_do_and_then_has_it_done(
    told: World, capsys: object
) -> None:
    page = await synced(told)
    told.notion.webhooks.subscriptions.clear()
    told.bench.edit(page, {"Name": "Missed by everybody"})
    settings = load(told.environ, None)
    assert await reconcile(settings, dry_run=True, yes=False) == 0
    said = capsys.readouterr().out  # type: ignore[attr-defined]  # pytest's
    assert page in said
    assert "1 differ or are new: each would be read" in said
    assert (await told.task(1)).title == "Book the venue"
    assert await reconcile(settings, dry_run=False, yes=False) == 0
    await told.until_task(1, lambda task: task.title == "Missed by everybody")
