"""P5 when more comes in than the process can do: who is turned away knows it, and loses nothing."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from typing import Any

import pytest

from handlers.slack.explain import BUSY
from handlers.slack.late import SAID_AT_ONCE
from tasks.commands import ListTasks, TaskFilter
from tasks.model import Status
from tests.contract.handlers_slack.world import TEAM, World, running

ROOM = 2
EVENT = {
    "type": "event_callback",
    "team_id": TEAM,
    "event": {"type": "app_home_opened", "user": "U1", "tab": "messages"},
}


@pytest.fixture
async def small() -> AsyncIterator[World]:
    """A bot that works on two requests at the same time."""
    async with running(at_once=ROOM) as made:
        yield made


def fill(world: World) -> None:
    """Let others take all the room there is."""
    while world.admission.enter("other"):
        pass


def empty(world: World) -> None:
    """Let the others be done."""
    for _ in range(ROOM):
        world.admission.leave()


def shed(world: World, kind: str) -> float:
    return float(world.metrics.requests_shed.labels(kind)._value.get())


async def test_p5_of_ten_commands_before_a_hanging_database_two_wait_and_eight_are_told(
    small: World,
) -> None:
    small.gate.shut()
    typed = [
        asyncio.create_task(small.slack.command(f"/task add Number {n}", user="U1"))
        for n in range(10)
    ]
    told = [await one for one in itertools.islice(asyncio.as_completed(typed), 8)]
    assert small.database.records == {}
    for answer in told:
        assert answer.failure == ""
        assert answer.plain.startswith(f"{BUSY}\n/task add Number ")
    small.gate.open()
    answers = await asyncio.gather(*typed)
    assert len(small.database.records) == 2
    assert shed(small, "people") == 8

    for answer in answers:
        if answer.plain.startswith(BUSY):
            await small.slack.click(answer.message, "Try again")
            await small.settled()
    page = await small.tasks.list(ListTasks(team=TEAM, filter=TaskFilter(), limit=20))
    titles = sorted(task.title for task in page.tasks)
    assert titles == [f"Number {n}" for n in range(10)]


async def test_p2_a_command_turned_away_and_pressed_again_three_times_makes_one_task(
    small: World,
) -> None:
    fill(small)
    answer = await small.slack.command("/task add Buy milk")
    empty(small)
    await small.slack.click(answer.message, "Try again", deliveries=2)
    await small.slack.click(answer.message, "Try again")
    await small.settled()
    assert len(small.database.records) == 1


async def test_what_is_too_long_for_a_button_is_there_to_be_copied(small: World) -> None:
    fill(small)
    line = f"/task add Buy milk {'and more ' * 300}"
    answer = await small.slack.command(line)
    assert answer.plain.startswith(BUSY)
    assert line.strip() in answer.plain
    assert "copy it from above" in answer.plain
    empty(small)


async def test_p5_a_form_stays_open_with_all_that_was_typed(small: World) -> None:
    opened = (await small.slack.command("/task add")).modal
    assert opened is not None
    await small.settled()
    fill(small)
    sent = await small.slack.submit(opened, {"Title": "Buy milk"})
    assert (sent.closed, sent.failure, list(sent.errors.values())) == (False, "", [BUSY])
    assert small.database.records == {}
    empty(small)
    assert sent.view is not None
    assert (await small.slack.submit(sent.view, {})).closed
    await small.settled()
    assert (await small.task()).title == "Buy milk"


async def test_p5_a_button_says_below_its_message_that_nothing_was_changed(small: World) -> None:
    shown = (await small.slack.command("/task add Buy milk")).message
    fill(small)
    await small.slack.click(shown, "Done")
    await small.settled()
    assert small.seen()[-1] == BUSY
    assert (await small.task()).status is Status.OPEN
    empty(small)
    await small.slack.click(shown, "Done")
    await small.settled()
    assert (await small.task()).status is Status.DONE


async def test_an_event_is_refused_so_that_slack_brings_it_again(small: World) -> None:
    fill(small)
    assert (await small.dispatch(EVENT, {})).status == 503
    empty(small)
    assert (await small.dispatch(EVENT, {})).status == 200
    assert shed(small, "event") == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"type": "block_suggestion"}, 200),
        ({"type": "view_closed"}, 200),
        ({"type": "shortcut"}, 503),
        ({"type": "block_actions"}, 503),  # in a form or on the home tab
        ({"type": "view_submission", "view": {"blocks": []}}, 503),  # closed, it would seem done
    ],
)
async def test_where_no_words_can_be_shown_slack_says_that_it_did_not_work(
    small: World, body: dict[str, Any], status: int
) -> None:
    fill(small)
    assert (await small.dispatch({"team_id": TEAM, **body}, {})).status == status
    empty(small)


async def test_no_more_than_so_many_are_told_by_a_call_of_ours_at_once(small: World) -> None:
    fill(small)
    held = asyncio.Event()

    async def holds() -> None:
        await held.wait()

    for _ in range(SAID_AT_ONCE):
        small.side.replies.later(holds())
    press = {"type": "block_actions", "team_id": TEAM, "response_url": "https://hooks.slack.com/x"}
    assert (await small.dispatch(press, {})).status == 503
    held.set()
    empty(small)
