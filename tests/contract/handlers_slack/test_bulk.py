"""Many tasks at once, where the database is slow or fails in the middle."""

from playground.slack.state import Message
from tasks.errors import NotSaved
from tasks.model import Status
from tests.contract.handlers_slack.world import World


async def picked(world: World, count: int) -> tuple[Message, dict[str, object]]:
    for number in range(1, count + 1):
        await world.slack.command(f"/task add Task number {number}")
    shown = (await world.slack.command("/task list all")).message
    numbers = [str(number) for number in range(1, count + 1)]
    return shown, {"Tasks": numbers, "What to do": "done"}


async def test_fault_of_a_slow_database_is_told_in_time_and_finished_later(world: World) -> None:
    shown, values = await picked(world, 3)
    form = (await world.slack.click(shown, "Select several…")).modal
    assert form is not None
    world.gate.shut()
    sent = await world.slack.submit(form, values)
    assert sent.closed
    await world.slack.until(lambda: "3 tasks are still to do" in shown.plain)
    assert "Done: 0 tasks." in shown.plain
    world.gate.open()
    await world.slack.until(lambda: "Done: 3 tasks." in shown.plain)
    await world.settled()
    assert "[Undo]" in shown.plain


async def test_fault_in_the_middle_names_what_was_not_done_and_trying_again_completes_it(
    world: World,
) -> None:
    shown, values = await picked(world, 3)
    form = (await world.slack.click(shown, "Select several…")).modal
    assert form is not None
    world.database.fail_next(NotSaved())
    await world.slack.submit(form, values)
    await world.slack.until(lambda: "Done: 2 tasks." in shown.plain)
    assert "the database cannot be reached." in shown.plain
    await world.slack.click(shown, "Try again")
    await world.slack.until(lambda: "Done: 3 tasks." in shown.plain)
    await world.settled()
    tasks = [await world.task(number) for number in (1, 2, 3)]
    assert [(task.status, task.rev) for task in tasks] == [(Status.DONE, 2)] * 3
    await world.slack.click(shown, "Undo")
    await world.slack.until(lambda: "Undone in 3 tasks." in shown.plain)


async def test_fault_of_a_slow_undo_is_told_in_time_and_finished_later(world: World) -> None:
    shown, values = await picked(world, 2)
    form = (await world.slack.click(shown, "Select several…")).modal
    assert form is not None
    await world.slack.submit(form, values)
    await world.slack.until(lambda: "Done: 2 tasks." in shown.plain)
    world.gate.shut()
    answer = await world.slack.command("/task undo")
    assert "Undone in 0 tasks." in answer.plain
    assert "2 tasks are still to do" in answer.plain
    world.gate.open()
    await world.slack.until(lambda: "Undone in 2 tasks." in "\n".join(world.seen()))
    await world.settled()
