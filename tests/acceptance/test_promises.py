"""The promises, each by its name, over real HTTP, a real mongod and real kills."""

import asyncio
import logging
import os
import re
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.embedded import embedded_mongod
from playground.notion.faults import Fault
from tasks.ports import Installation
from tests.acceptance.stall import stall
from tests.acceptance.world import World, world

KEYS = "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="  # 32 bytes in base64, for tests only


async def test_p1_a_task_called_saved_survives_kill_9_of_bot_and_database(
    tmp_path: Path,
) -> None:
    data, log = tmp_path / "mongodb", logging.getLogger("test")
    async with (
        embedded_mongod(data, log=log) as mongo,
        world(mongo.uri, "p1") as acme,
        acme.bot_process() as process,
    ):
        answers = [await acme.slack.command(f"/task add Number {n}", user="U1") for n in range(20)]
        process.send_signal(signal.SIGKILL)
        os.kill(mongo.pid, signal.SIGKILL)
        await process.wait()
    assert all(f"Added T-{n}" in answer.plain for n, answer in enumerate(answers, 1))

    async with (
        embedded_mongod(data, log=log) as mongo,
        world(mongo.uri, "p1") as again,
        again.run_bot(NOTION_TOKEN=None, NOTION_DATABASE=None),
    ):
        for n in range(20):
            shown = await again.slack.command(f"/task show T-{n + 1}", user="U1")
            assert f"Number {n}" in shown.plain


async def test_p2_a_command_delivered_three_times_at_once_makes_one_task(acme: World) -> None:
    answers = await acme.slack.command("/task add Book the venue", user="U1", deliveries=3)

    told = {frozenset(re.findall(r"T-\d+", answer.plain)) for answer in answers}
    assert [len(numbers) for numbers in told] == [1]  # the same one in all: whichever was first
    await acme.row("Book the venue")
    listed = await acme.slack.command("/task list all", user="U1")
    assert listed.plain.count("Book the venue") == 1
    assert acme.titles() == ["Book the venue"]


async def test_p2_a_form_submitted_three_times_at_once_makes_one_task(acme: World) -> None:
    asked = await acme.slack.command("/task add", user="U1")
    assert asked.modal is not None

    await acme.slack.submit(asked.modal, {"Title": "Book the venue"}, deliveries=3)

    await acme.row("Book the venue")
    listed = await acme.slack.command("/task list all", user="U1")
    assert listed.plain.count("Book the venue") == 1


async def test_p2_an_undo_delivered_three_times_at_once_takes_one_change_back(
    acme: World,
) -> None:
    await acme.slack.command("/task add Book the venue", user="U1")
    await acme.slack.command("/task priority T-1 high", user="U1")
    await acme.slack.command("/task tag T-1 #offsite", user="U1")

    await acme.slack.command("/task undo", user="U1", deliveries=3)

    shown = await acme.slack.command("/task show T-1", user="U1")
    assert "High priority" in shown.plain
    assert "#offsite" not in shown.plain


async def test_p2_two_people_pressing_done_at_once_make_one_change_and_both_see_it(
    acme: World,
) -> None:
    await acme.slack.command("/task add Book the venue", user="U1")
    of_maria = (await acme.slack.command("/task show T-1", user="U1")).message
    of_sam = (await acme.slack.command("/task show T-1", user="U2")).message

    await asyncio.gather(
        acme.slack.click(of_maria, "Done", user="U1"), acme.slack.click(of_sam, "Done", user="U2")
    )

    await acme.slack.until(lambda: "Reopen" in of_maria.plain and "Reopen" in of_sam.plain)
    assert ("already" in of_maria.plain) != ("already" in of_sam.plain)
    history = await acme.slack.command("/task history T-1", user="U1")
    assert history.plain.count("Done") == 1


async def test_p3_kill_9_between_notions_commit_and_our_note_of_it_leaves_one_page(
    empty_world: World,
) -> None:
    acme = empty_world
    held = acme.notion.faults.add(Fault(match="POST /v1/pages", saved=True, hang=True))
    async with acme.bot_process() as process:
        await acme.slack.command("/task add Book the venue", user="U1")
        await asyncio.wait_for(held.reached.wait(), 10)
        process.send_signal(signal.SIGKILL)
        await process.wait()
    held.release.set()
    assert acme.titles() == ["Book the venue"]

    async with acme.run_bot():
        await acme.slack.command("/task priority T-1 high", user="U1")
        await acme.row("Book the venue", seconds=20, Priority="High")

    assert acme.titles() == ["Book the venue"]
    assert len(acme.bench.rows(acme.database.data_source_id)) == 1


@pytest.mark.parametrize(
    ("commands", "told"),
    [(["insert"], "not known"), (["insert", "findAndModify"], "not saved")],
)
async def test_p5_a_database_stall_of_4_seconds_is_answered_truthfully_within_3(
    http_world: World, mongo_uri: str, commands: list[str], told: str
) -> None:
    await http_world.slack.command("/task add Warm up", user="U1")

    with stall(mongo_uri, commands, milliseconds=4000):
        answer = await http_world.slack.command("/task add Book the venue", user="U1")

    assert answer.ack_seconds < 3
    assert answer.failure == ""
    assert told in answer.plain.casefold()
    assert "Book the venue" in answer.plain  # what was typed is not lost
    await http_world.slack.click(answer.message, "Try again", user="U1")
    await http_world.row("Book the venue", seconds=10)
    listed = await http_world.slack.command("/task list all", user="U1")
    assert listed.plain.count("Book the venue") == 1


async def test_p5_without_a_database_the_person_is_told_that_nothing_was_saved(
    empty_world: World,
) -> None:
    async with empty_world.run_bot(await_ready=False, MONGODB_URI="mongodb://127.0.0.1:1/"):
        answer = await empty_world.slack.command("/task add Book the venue", user="U1")
        status, health = await empty_world.get("/health")

    assert answer.failure == ""
    assert answer.ack_seconds < 3
    assert "not saved" in answer.plain.casefold()
    assert "Book the venue" in answer.plain
    assert (status, health["status"]) == (503, "fail")


async def test_p6_two_workspaces_with_the_same_numbers_never_meet(
    two_teams: World,
) -> None:
    slack = two_teams.slack
    ours = await slack.command("/task add Our secret plan", user="U1", team="T1")
    theirs = await slack.command("/task add Their secret plan", user="U9", team="T9")
    assert "T-1" in ours.plain
    assert "T-1" in theirs.plain

    await slack.command("/task done T-1", user="U9", team="T9")

    shown = await slack.command("/task show T-1", user="U1", team="T1")
    assert "Our secret plan" in shown.plain
    assert "Open" in shown.plain
    for line in ("list all", "list done", "search plan", "history T-1", "undo", "show T-1"):
        seen = await slack.command(f"/task {line}", user="U9", team="T9")
        assert "Our" not in seen.plain
    await slack.command("/task add Second", user="U1", team="T1")
    unknown = await slack.command("/task show T-2", user="U9", team="T9")
    never = await slack.command("/task show T-99", user="U9", team="T9")
    assert unknown.plain.replace("T-2", "T-99") == never.plain


@pytest.fixture
async def two_teams(empty_world: World) -> AsyncIterator[World]:
    """Give a bot that is installed in two workspaces, its tokens stored under keys."""
    slack = empty_world.slack
    slack.install("T9", "Globex", "xoxb-globex", ["commands", "chat:write", "users:read"])
    slack.add_channel("C9", "general", team="T9")
    slack.add_user("U9", "hank", team="T9")
    async with empty_world.run_bot(
        SLACK_BOT_TOKEN=None, NOTION_TOKEN=None, NOTION_DATABASE=None, ENCRYPTION_KEYS=KEYS
    ) as bot:
        installations = bot.stores.installations
        assert installations is not None
        for team, token in (("T1", empty_world.environ["SLACK_BOT_TOKEN"]), ("T9", "xoxb-globex")):
            await installations.save(Installation(team=team, bot_token=token))
        yield empty_world
