"""Many tasks at once: picked, asked about, done once, told truthfully, taken back as one."""

from __future__ import annotations

import asyncio

import pytest

from playground.slack.state import Message
from playground.slack.views import View
from tasks.commands import AddTask
from tasks.model import Actor, Due, Source, Status
from tests.acceptance.world import BOT_TOKEN, SCOPES, World

MARIA = Actor(person="U1", source=Source.SLACK)


async def made(world: World, count: int) -> Message:
    """Make so many tasks, and return the list of them."""
    for number in range(1, count + 1):
        given = AddTask(team="T1", by=MARIA, key=f"k{number}", title=f"Task {number}", channel="C1")
        await world.bot.tasks.add(given)
    return (await world.slack.command("/task list all", user="U1")).message


async def form(world: World, on: Message) -> View:
    opened = await world.slack.click(on, "Select several…")
    assert opened.modal is not None
    return opened.modal


async def says(world: World, on: Message, words: str) -> str:
    await world.slack.until(lambda: words in on.plain)
    return on.plain


async def statuses(world: World, count: int) -> list[Status]:
    return [(await world.task(number)).status for number in range(1, count + 1)]


async def test_several_are_done_at_once_and_undone_as_one(http_world: World) -> None:
    shown = await made(http_world, 4)
    asked = await form(http_world, shown)
    await http_world.slack.command("/task done T-3", user="U2")
    values = {"Tasks": ["1", "2", "3"], "What to do": "done"}
    answers = await http_world.slack.submit(asked, values, deliveries=3)
    assert all(answer.failure == "" for answer in answers)
    told = await says(http_world, shown, "Done: 2 tasks.")
    assert "Like that already: T-3" in told
    assert [(await http_world.task(number)).rev for number in (1, 2, 3, 4)] == [2, 2, 2, 1]
    await http_world.slack.click(shown, "Undo", deliveries=3)
    await says(http_world, shown, "Undone in 2 tasks.")
    done, left = Status.DONE, Status.OPEN
    assert await statuses(http_world, 4) == [left, left, done, left]
    assert [(await http_world.task(number)).rev for number in (1, 2)] == [3, 3]


async def test_more_than_ten_are_asked_about_first(http_world: World) -> None:
    shown = await made(http_world, 12)
    asked = await form(http_world, shown)
    numbers = [str(number) for number in range(1, 13)]
    sent = await http_world.slack.submit(asked, {"Tasks": numbers, "What to do": "delete"})
    assert sent.view is not None
    assert "Delete: 12 tasks?" in sent.view.plain
    assert not (await http_world.task(1)).deleted
    await http_world.slack.submit(sent.view)
    await says(http_world, shown, "Deleted: 12 tasks.")
    assert (await http_world.task(12)).deleted
    await http_world.slack.command("/task undo", user="U1", deliveries=3)
    # Told at once, or, where the machine is busy, as soon as all is done.
    await http_world.slack.until(
        lambda: [m for m in http_world.slack.messages("C1") if "Undone in 12 tasks." in m.plain]
    )
    assert not (await http_world.task(12)).deleted
    assert [(await http_world.task(n)).rev for n in (1, 12)] == [3, 3]


@pytest.mark.parametrize(
    ("deed", "values"),
    [
        ("assign", {"To": ["U2"]}),
        ("due", {"Due on": "2031-01-07", "At": "10:30"}),
        ("tag", {"Tags": "offsite, new hires"}),
    ],
)
async def test_a_value_is_asked_for_and_set_in_all(
    http_world: World, deed: str, values: dict[str, object]
) -> None:
    shown = await made(http_world, 2)
    asked = await form(http_world, shown)
    sent = await http_world.slack.submit(asked, {"Tasks": ["1", "2"], "What to do": deed})
    assert sent.view is not None
    assert (await http_world.slack.submit(sent.view, values)).closed
    await says(http_world, shown, "2 tasks.")
    for number in (1, 2):
        task = await http_world.task(number)
        found = {"assign": task.assignees, "tag": task.tags, "due": task.due}[deed]
        assert found in (
            ("U2",),
            ("offsite", "new hires"),
            Due.local(task.due.at, "Europe/Berlin") if task.due and task.due.at else None,
        )
        assert found is not None


async def test_those_that_were_not_done_are_named_with_the_reason(http_world: World) -> None:
    shown = await made(http_world, 3)
    asked = await form(http_world, shown)
    await http_world.slack.command("/task delete T-2", user="U2")
    await http_world.slack.submit(asked, {"Tasks": ["1", "2", "3"], "What to do": "done"})
    told = await says(http_world, shown, "Done: 2 tasks.")
    assert "Not T-2: deleted." in told
    await http_world.slack.command("/task reopen T-1", user="U2")
    await http_world.slack.click(shown, "Undo")
    told = await says(http_world, shown, "Undone in 1 task.")
    assert "Not T-1: changed again since." in told


async def test_a_hundred_tasks_are_answered_in_time(http_world: World) -> None:
    shown = await made(http_world, 100)
    asked = await form(http_world, shown)
    everything = [str(number) for number in range(1, 101)]
    sent = await http_world.slack.submit(asked, {"Tasks": everything, "What to do": "done"})
    assert sent.view is not None
    answer = await http_world.slack.submit(sent.view)
    assert answer.failure == ""  # the simulator hangs up after three seconds, as Slack does
    await says(http_world, shown, "Done: 100 tasks.")
    await http_world.slack.click(shown, "Undo")
    await says(http_world, shown, "Undone in 100 tasks.")
    assert set(await statuses(http_world, 100)) == {Status.OPEN}


async def test_a_list_of_more_than_a_hundred_is_searched(http_world: World) -> None:
    shown = await made(http_world, 101)
    asked = await form(http_world, shown)
    found = await http_world.slack.suggest(asked, "task", "101")
    assert [option["value"] for option in found.options] == ["101"]
    values = {"Tasks": list(found.options), "What to do": "done"}
    await http_world.slack.submit(asked, values)
    await says(http_world, shown, "Done: 1 task.")


async def test_two_bulks_at_once_over_the_same_tasks_end_well(http_world: World) -> None:
    mine = await made(http_world, 5)
    sams = (await http_world.slack.command("/task list all", user="U2")).message
    numbers = ["1", "2", "3", "4", "5"]
    forms = await asyncio.gather(form(http_world, mine), form(http_world, sams))
    values = {"Tasks": numbers, "What to do": "done"}
    await asyncio.gather(*(http_world.slack.submit(one, values) for one in forms))
    await says(http_world, mine, "Done: ")
    await says(http_world, sams, "Done: ")
    assert [(await http_world.task(n)).rev for n in range(1, 6)] == [2] * 5


async def test_private_tasks_are_named_as_not_there_for_who_left(empty_world: World) -> None:
    slack = empty_world.slack
    may_ask = ("channels:read", "groups:read", "mpim:read", "im:read")
    slack.install("T1", "Acme", BOT_TOKEN, (*SCOPES, *may_ask))
    channel = slack.add_channel("C7", "deal", kind="private", members=["U1", "U2"])
    async with empty_world.run_bot():
        await slack.command("/task add Buy them out", user="U2", channel="C7")
        await slack.command("/task add Book the venue", user="U1", channel="C1")
        shown = (await slack.command("/task list all", user="U1", channel="C1")).message
        asked = await form(empty_world, shown)
        channel.members.remove("U1")
        await slack.submit(asked, {"Tasks": ["1", "2"], "What to do": "done"})
        told = await says(empty_world, shown, "Done: 1 task.")
        assert "Not T-1: there is no such task here for you." in told
        card = await slack.command("/task show T-1", user="U2", channel="C7")
        assert "Open · nobody assigned" in card.plain


async def test_p2_killed_in_the_middle_and_sent_again_each_task_is_changed_once(
    empty_world: World,
) -> None:
    async with empty_world.run_bot() as survivor:
        shown = await made(empty_world, 60)
        numbers = [str(number) for number in range(1, 61)]
        asked = await form(empty_world, shown)
        values = {"Tasks": numbers, "What to do": "done"}
        sure = (await empty_world.slack.submit(asked, values)).view
        assert sure is not None
        async with empty_world.bot_process() as process:
            sending = asyncio.create_task(empty_world.slack.submit(sure))
            await empty_world.until_task(1, lambda task: task.rev == 2)
            process.kill()
            await process.wait()
            await sending
        empty_world.slack.bot_url = f"http://127.0.0.1:{survivor.port}"
        empty_world.slack.violations.clear()  # of the killed one's answer, which never came
        assert (await empty_world.slack.submit(sure)).closed
        assert [(await empty_world.task(n)).rev for n in range(1, 61)] == [2] * 60
