"""P1 to P6 as far as they are the Slack side's, over real HTTP."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from handlers.slack.blocks.errors import LOOKING, STILL
from handlers.slack.explain import NOT_KNOWN
from tasks.errors import NotSaved, OutcomeUnknown
from tasks.model import Priority
from tests.contract.handlers_slack.world import OTHER_TEAM, TEAM, World, picked_tags, running


@pytest.fixture
async def hurried() -> AsyncIterator[World]:
    """A bot that gives its listeners no time at all."""
    async with running(deadline=0.05) as made:
        yield made


async def test_p2_the_same_command_three_times_at_once_makes_one_task(world: World) -> None:
    answers = await world.slack.command("/task add Buy milk", deliveries=3)
    assert len(world.database.records) == 1
    leads = sorted(answer.plain.splitlines()[0] for answer in answers)
    assert leads == ["Added T-1.", "T-1 was saved already.", "T-1 was saved already."]
    counted = world.metrics.slack_duplicates.labels("command")
    assert counted._value.get() == 2


async def test_p2_a_button_delivered_three_times_acts_once(world: World) -> None:
    shown = (await world.slack.command("/task add Buy milk")).message
    await world.slack.click(shown, "Done", deliveries=3)
    await world.settled()
    assert len((await world.task()).changes) == 2


async def test_p2_trying_again_after_an_unknown_outcome_makes_one_task(world: World) -> None:
    world.database.fail_next(OutcomeUnknown(), after_effect=True)
    answer = await world.slack.command("/task add Buy milk !high")
    assert answer.plain.startswith(f"{NOT_KNOWN}\n/task add Buy milk !high\n")
    await world.slack.click(answer.message, "Try again")
    await world.settled()
    assert len(world.database.records) == 1
    assert world.seen()[-1].startswith("T-1 was saved already.")


async def test_p5_what_was_surely_not_saved_is_said_to_be_so(world: World) -> None:
    world.database.fail_next(NotSaved())
    answer = await world.slack.command("/task add Buy milk !high")
    assert answer.plain.startswith("Not saved: the database cannot be reached right now;")
    assert "/task add Buy milk !high" in answer.plain
    assert world.database.records == {}
    await world.slack.click(answer.message, "Try again")
    await world.settled()
    assert (await world.task()).priority is Priority.HIGH


@pytest.mark.parametrize("line", ["list", "show 1", "history 1", ""])
async def test_p5_what_cannot_be_shown_does_not_speak_of_saving(world: World, line: str) -> None:
    await world.slack.command("/task add Buy milk")
    world.database.fail_next(NotSaved())
    answer = await world.slack.command(f"/task {line}")
    assert answer.plain.startswith("Nothing can be shown: the database cannot be reached")
    await world.slack.click(answer.message, "Try again")
    await world.settled()
    assert "Buy milk" in world.seen()[-1]


async def test_p5_a_command_that_takes_too_long_is_answered_in_time_and_again_later(
    hurried: World,
) -> None:
    hurried.gate.shut()
    answer = await hurried.slack.command("/task add Buy milk")
    assert answer.plain.startswith(f"{STILL}\n/task add Buy milk\n")
    hurried.gate.open()
    await hurried.settled()
    assert hurried.seen()[-1].startswith("Added T-1.")
    await hurried.slack.click(answer.message, "Try again")
    await hurried.settled()
    assert len(hurried.database.records) == 1


@pytest.mark.parametrize("line", ["show 1", "VIEW T-1", "t1"])
async def test_p5_a_question_that_takes_too_long_does_not_speak_of_saving(
    hurried: World, line: str
) -> None:
    await hurried.slack.command("/task add Buy milk")
    hurried.gate.shut()
    answer = await hurried.slack.command(f"/task {line}")
    assert answer.plain.startswith(LOOKING)
    hurried.gate.open()
    await hurried.settled()
    assert "Buy milk" in hurried.seen()[-1]


async def test_p5_a_form_that_takes_too_long_keeps_what_was_typed(hurried: World) -> None:
    modal = (await hurried.slack.command("/task add")).modal
    assert modal is not None
    hurried.gate.shut()
    answer = await hurried.slack.submit(modal, {"Title": "Buy milk", "Tags": picked_tags("shop")})
    assert answer.errors["title/0"].startswith("Not known yet whether this was saved")
    hurried.gate.open()
    await hurried.settled()
    assert hurried.seen()[-1].startswith("Added T-1.")
    assert (await hurried.slack.submit(modal)).closed
    assert len(hurried.database.records) == 1


async def test_p5_a_button_that_takes_too_long_acts_all_the_same(hurried: World) -> None:
    shown = (await hurried.slack.command("/task add Buy milk")).message
    hurried.gate.shut()
    await hurried.slack.click(shown, "Done")
    hurried.gate.open()
    await hurried.settled()
    assert shown.plain.startswith("Done: T-1.")


async def test_p6_the_same_number_in_two_workspaces_is_two_tasks(world: World) -> None:
    ours, theirs = await asyncio.gather(
        world.slack.command("/task add Ours #canary1", user="U1", team=TEAM),
        world.slack.command("/task add Theirs #canary2", user="U9", team=OTHER_TEAM),
    )
    assert ours.plain.startswith("Added T-1.\nOurs")
    assert theirs.plain.startswith("Added T-1.\nTheirs")
    for line in ("show 1", "list all", "history 1", "search theirs", "undo"):
        answer = await world.slack.command(f"/task {line}", user="U1", team=TEAM)
        assert "Theirs" not in answer.plain + answer.text
        assert "canary2" not in answer.plain + answer.text
    assert not (await world.task(1, OTHER_TEAM)).deleted


async def test_p6_a_task_of_another_workspace_answers_like_one_that_never_was(
    world: World,
) -> None:
    await world.slack.command("/task add Ours")
    await world.slack.command("/task add Ours too")
    answer = await world.slack.command("/task show 2", user="U9", team=OTHER_TEAM)
    never = await world.slack.command("/task show 3", user="U9", team=OTHER_TEAM)
    assert answer.plain.replace("2", "3") == never.plain


async def test_where_it_is_not_installed_it_says_so(world: World) -> None:
    await world.installations.remove(team=OTHER_TEAM, enterprise=None)
    answer = await world.slack.command("/task add Buy milk", user="U9", team=OTHER_TEAM)
    assert answer.plain.startswith("Taskbridge is not installed in this workspace")
    assert world.database.records == {}


async def test_the_unforeseen_is_owned_up_to_with_the_requests_id(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    del world.database.records
    answer = await world.slack.command("/task show 1")
    assert answer.plain.startswith("Something went wrong on my side (request ")
    request_id = answer.plain.split("(request ")[1].split(")")[0]
    assert answer.ack.headers.get("X-Request-Id", request_id) == request_id
    assert "slack_listener_failed" in caplog.text
    counted = world.metrics.registry.get_sample_value(
        "taskbridge_slack_listener_failures_total", {"surface": "command"}
    )
    assert counted == 1
    world.database.records = {}
