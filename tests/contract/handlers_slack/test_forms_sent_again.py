"""A form whose answer was lost stays open: what is sent again meets what was saved meanwhile."""

import pytest

from playground.slack.views import View
from tasks.errors import OutcomeUnknown
from tasks.model import Priority
from tests.contract.handlers_slack.world import World, picked_tags


async def sent_in_vain(world: World, line: str, **given: object) -> View:
    """Open a form and send it; it is saved, and nobody is told."""
    view = (await world.slack.command(f"/task {line}")).modal
    assert view is not None
    answers_lost(world, 1)
    answer = await world.slack.submit(view, given)
    assert not answer.closed
    return view


def answers_lost(world: World, count: int) -> None:
    """Let the database do what it is asked next, so many times, and not say so."""
    for _ in range(count):
        world.database.fail_next(OutcomeUnknown(), after_effect=True)


async def edit_by_sam(world: World, **given: object) -> None:
    view = (await world.slack.command("/task edit 1", user="U2")).modal
    assert view is not None
    assert (await world.slack.submit(view, given, user="U2")).closed


async def test_p4_a_new_task_sent_again_overwrites_nothing_that_others_changed_since(
    world: World,
) -> None:
    view = await sent_in_vain(world, "add", Title="Book the venue", Priority="high")
    await edit_by_sam(world, Title="Book two venues", Tags=picked_tags("offsite"))
    assert (await world.slack.submit(view)).closed
    await world.settled()
    task = await world.task()
    assert (task.title, task.tags) == ("Book two venues", ("offsite",))
    assert world.seen()[-1].startswith("T-1 was saved already.")


async def test_what_was_typed_since_is_saved_and_what_others_changed_is_kept(
    world: World,
) -> None:
    view = await sent_in_vain(world, "add", Title="Book the venue")
    await edit_by_sam(world, Tags=picked_tags("offsite"))
    assert (await world.slack.submit(view, {"Priority": "high"})).closed
    task = await world.task()
    assert (task.priority, task.tags) == (Priority.HIGH, ("offsite",))


async def test_p4_a_new_task_sent_again_with_what_others_changed_too_shows_both(
    world: World,
) -> None:
    view = await sent_in_vain(world, "add", Title="Book the venue")
    await edit_by_sam(world, Title="Sam's title")
    answer = await world.slack.submit(view, {"Title": "Maria's title"})
    assert answer.view is not None
    assert "Title, saved now: Sam's title" in answer.view.plain
    assert (await world.task()).title == "Sam's title"
    assert (await world.slack.submit(answer.view, {"choice": "mine"})).closed
    assert (await world.task()).title == "Maria's title"
    assert len(world.database.records) == 1


@pytest.mark.parametrize(("line", "asked"), [("add", 1), ("edit 1", 2)])
async def test_a_form_can_be_sent_with_other_values_as_often_as_its_answer_is_lost(
    world: World, line: str, asked: int
) -> None:
    if line != "add":
        await world.slack.command("/task add Buy milk")
    view = await sent_in_vain(world, line, Title="First title")
    answers_lost(world, asked)
    assert not (await world.slack.submit(view, {"Title": "Second title"})).closed
    assert (await world.slack.submit(view, {"Title": "Third title"})).closed
    assert (await world.task()).title == "Third title"
    assert len(world.database.records) == 1


async def test_p4_an_edit_sent_again_with_other_values_keeps_what_others_changed(
    world: World,
) -> None:
    await world.slack.command("/task add Buy milk")
    view = (await world.slack.command("/task edit 1")).modal
    assert view is not None
    await edit_by_sam(world, Tags=picked_tags("shop"))
    answers_lost(world, 2)
    assert not (await world.slack.submit(view, {"Title": "Buy oat milk"})).closed
    assert (await world.slack.submit(view, {"Title": "Buy soy milk"})).closed
    task = await world.task()
    assert (task.title, task.tags) == ("Buy soy milk", ("shop",))


async def test_p4_an_edit_sent_again_still_clashes_with_anothers(world: World) -> None:
    await world.slack.command("/task add Buy milk")
    view = await sent_in_vain(world, "edit 1", Title="Buy oat milk")
    await edit_by_sam(world, Title="Sam's title")
    answer = await world.slack.submit(view, {"Title": "Buy soy milk"})
    assert answer.view is not None
    assert "Title, saved now: Sam's title" in answer.view.plain
    assert (await world.task()).title == "Sam's title"
