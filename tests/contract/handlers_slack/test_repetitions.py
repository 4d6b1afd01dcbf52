"""What people are told when an action is repeated late: the truth as it is then."""

import pytest

from handlers.slack.blocks.errors import LOOK_FIRST, WAIT_FOR_IT
from tasks.errors import NotSaved, OutcomeUnknown
from tests.contract.handlers_slack.world import World, running

TOO_LONG = "/task add " + "word " * 600
"""More than a button can carry."""


@pytest.mark.parametrize(
    ("line", "taken_back"), [("done 1", "reopen 1"), ("reopen 1", "done 1")], ids=["done", "reopen"]
)
async def test_p5_a_repetition_of_what_was_taken_back_since_is_not_said_to_hold(
    world: World, line: str, taken_back: str
) -> None:
    await world.slack.command("/task add Buy milk")
    await world.slack.command(f"/task {taken_back}")
    world.database.fail_next(OutcomeUnknown(), after_effect=True)
    answer = await world.slack.command(f"/task {line}")
    await world.slack.command(f"/task {taken_back}", user="U2")
    await world.slack.click(answer.message, "Try again")
    await world.settled()
    lead = world.seen()[-1].splitlines()[0]
    assert lead == "T-1: that was saved already, and changed again since."


async def test_p5_a_text_too_long_for_a_button_is_not_told_that_repeating_it_is_safe(
    world: World,
) -> None:
    world.database.fail_next(OutcomeUnknown(), after_effect=True)
    answer = await world.slack.command(TOO_LONG)
    assert "twice" not in answer.plain
    assert answer.plain.startswith("Not known yet whether this was saved")
    assert LOOK_FIRST.replace("`", "") in answer.plain
    assert "Try again" not in answer.plain


async def test_p5_a_text_too_long_for_a_button_that_is_late_is_told_to_wait() -> None:
    async with running(deadline=0.05) as hurried:
        hurried.gate.shut()
        answer = await hurried.slack.command(TOO_LONG)
        assert WAIT_FOR_IT in answer.plain
        hurried.gate.open()
        await hurried.settled()
        assert hurried.seen()[-1].startswith("Added T-1.")


async def test_p5_the_unforeseen_of_a_text_too_long_for_a_button_promises_nothing(
    world: World,
) -> None:
    del world.database.records
    answer = await world.slack.command(TOO_LONG)
    assert answer.plain.startswith("Something went wrong on my side (request ")
    assert "twice" not in answer.plain
    world.database.records = {}


async def test_a_button_can_be_tried_again_as_often_as_it_takes(world: World) -> None:
    shown = (await world.slack.command("/task add Buy milk")).message
    world.database.fail_next(NotSaved())
    await world.slack.click(shown, "Done")
    await world.settled()
    for _ in range(12):
        world.database.fail_next(NotSaved())
        await world.slack.click(world.slack.messages("C1", user="U1")[-1], "Try again")
        await world.settled()
    await world.slack.click(world.slack.messages("C1", user="U1")[-1], "Try again")
    await world.settled()
    assert world.seen()[-1].startswith("Done: T-1.")
