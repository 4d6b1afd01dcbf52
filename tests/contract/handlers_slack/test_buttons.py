"""Buttons and menus of the cards."""

import asyncio

from playground.slack.faults import RESPONSE_URL, Fault
from playground.slack.state import Message
from tasks.errors import NotSaved
from tasks.model import Status, SyncState
from tests.contract.handlers_slack.world import World


async def card(world: World, line: str = "add Buy milk", user: str = "U1") -> Message:
    return (await world.slack.command(f"/task {line}", user=user)).message


async def press(world: World, on: Message, what: str, value: object = None) -> None:
    await world.slack.click(on, what, value=value)
    await world.settled()


async def test_done_and_reopen_turn_the_card_over(world: World) -> None:
    shown = await card(world)
    await press(world, shown, "Done")
    assert (await world.task()).status is Status.DONE
    assert shown.plain.startswith("Done: T-1.\nBuy milk  T-1\nDone by @maria")
    await press(world, shown, "Reopen")
    assert (await world.task()).is_open
    assert shown.plain.startswith("Reopened: T-1.")
    assert len(world.seen()) == 1


async def test_fault_04_of_two_who_press_done_at_once_the_second_is_told_who_was_first(
    world: World,
) -> None:
    mine, sams = await card(world), await card(world, "show 1", user="U2")
    world.gate.shut()
    presses = [
        asyncio.create_task(world.slack.click(mine, "Done")),
        asyncio.create_task(world.slack.click(sams, "Done")),
    ]
    await asyncio.sleep(0)
    world.gate.open()
    await asyncio.gather(*presses)
    await world.settled()
    task = await world.task()
    assert task.status is Status.DONE
    assert len(task.changes) == 2
    first = task.completed_by
    winner, loser = (mine, sams) if first == "U1" else (sams, mine)
    name = {"U1": "@maria", "U2": "@sam"}[first or ""]
    assert winner.plain.startswith("Done: T-1.")
    assert loser.plain.startswith(f"T-1 was already done by {name}.")


async def test_what_is_open_already_names_only_who_has_reopened_it(world: World) -> None:
    await world.slack.command("/task add Buy milk")
    never_done = await world.slack.command("/task reopen 1")
    await world.slack.command("/task done 1")
    await world.slack.command("/task reopen 1")
    twice = await world.slack.command("/task reopen 1", user="U2")
    form = (await world.slack.command("/task edit 1", user="U2")).modal
    assert form is not None
    await world.slack.submit(form, {"Status": "in_progress"}, user="U2")
    begun = await world.slack.command("/task reopen 1")
    not_begun = await world.slack.command("/task reopen 1", user="U2")

    assert never_done.plain.startswith("T-1 is open already.")
    assert twice.plain.startswith("T-1 was already reopened by @maria.")
    assert begun.plain.startswith("T-1 is open now, not in progress any more.\n")
    assert not_begun.plain.startswith("T-1 is open already.")  # it was not done before


async def test_undo_takes_back_what_the_card_told_of(world: World) -> None:
    shown = await card(world)
    await world.slack.command("/task priority 1 high")
    await press(world, shown, "Undo")
    assert (await world.task()).deleted
    assert shown.plain.startswith("Undone: T-1 is deleted.")
    await press(world, shown, "Restore")
    assert (await world.task()).is_open


async def test_undo_pressed_twice_at_once_undoes_once(world: World) -> None:
    await card(world)
    shown = await card(world, "priority 1 high")
    await world.slack.click(shown, "Undo", deliveries=3)
    await world.settled()
    task = await world.task()
    assert task.priority is None
    assert not task.deleted
    assert sum(change.undoes is not None for change in task.changes) == 1


async def test_somebody_elses_change_has_no_undo_button(world: World) -> None:
    await card(world)
    shown = await card(world, "show 1", user="U2")
    assert "Undo" not in shown.plain


async def test_assign_asks_for_people_and_gives_the_task_to_exactly_them(world: World) -> None:
    shown = await card(world, "add Buy milk @maria")
    answer = await world.slack.click(shown, "Assign")
    assert answer.modal is not None
    assert answer.modal.title == "Assign T-1"
    saved = await world.slack.submit(answer.modal, {"Assignees": ["U2"]})
    assert saved.closed
    await world.settled()
    assert (await world.task()).assignees == ("U2",)
    assert "Open · @sam" in shown.plain


async def test_a_button_that_fails_says_so_below_and_keeps_the_card(world: World) -> None:
    shown = await card(world)
    world.database.fail_next(NotSaved())
    await press(world, shown, "Done")
    assert shown.plain.startswith("Added T-1.")
    trouble = world.slack.messages("C1", user="U1")[-1]
    assert trouble.plain.startswith("Not saved: the database cannot be reached right now;")
    await press(world, trouble, "Try again")
    assert (await world.task()).status is Status.DONE
    assert trouble.plain.startswith("Done: T-1.")


async def test_a_stalled_task_can_be_tried_again_from_its_card(world: World) -> None:
    await card(world)
    claim = await world.queue.claim()
    assert claim is not None
    await world.queue.set_aside(claim, state=SyncState.STALLED, reason="Column Due is missing")
    shown = await card(world, "show 1")
    assert "Notion: stalled — Column Due is missing" in shown.plain
    await press(world, shown, "Retry Notion")
    assert "Notion: waiting" in shown.plain


async def test_fault_16_a_spent_response_url_is_answered_beside_it(world: World) -> None:
    shown = await card(world)
    world.slack.faults.script(RESPONSE_URL, Fault(kind="status", status=404))
    await press(world, shown, "Done")
    assert world.seen()[-1].startswith("Done: T-1.")
    assert len(world.seen()) == 2


async def test_fault_14_an_answer_that_may_have_arrived_is_not_given_twice(world: World) -> None:
    shown = await card(world)
    world.slack.faults.script(RESPONSE_URL, Fault(kind="drop_after"))
    await press(world, shown, "Done")
    assert [text.splitlines()[0] for text in world.seen()] == ["Done: T-1."]


async def test_fault_12_where_the_bot_may_not_post_the_answer_comes_directly(world: World) -> None:
    shown = await card(world)
    world.slack.faults.script(RESPONSE_URL, Fault(kind="status", status=404))
    world.slack.faults.script("chat.postEphemeral", Fault(kind="error", code="not_in_channel"))
    await press(world, shown, "Done")
    assert world.slack.direct_messages(user="U1")[-1].plain.startswith("Done: T-1.")
