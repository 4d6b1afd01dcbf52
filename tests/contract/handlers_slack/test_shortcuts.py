"""Shortcuts: a message becomes a task, or part of one; a form opens from anywhere."""

from __future__ import annotations

from dataclasses import replace

from playground.slack.faults import Fault
from playground.slack.simulator import SlackSimulator
from playground.slack.state import Message
from playground.slack.views import View
from tasks.errors import NotSaved
from tasks.model import Task
from tasks.text import NOTES_MAX
from tests.contract.handlers_slack.world import World


async def opened(world: World, message: Message, *, user: str = "U1") -> View:
    answer = await world.slack.message_shortcut(message, "create_task", user=user)
    assert answer.modal is not None, answer
    return answer.modal


def thread(slack: SlackSimulator, under: Message) -> list[str]:
    found = slack.messages(under.channel_id, user="U2")
    return [message.plain for message in found if message.thread_ts == under.ts]


async def test_a_message_becomes_a_task_and_its_thread_says_so(world: World) -> None:
    said = world.slack.say("Book the venue for @sam\nsee https://x.y & ask #general", user="U2")
    form = await opened(world, said)
    assert "From a message by @sam" in form.plain
    saved = await world.slack.submit(form)
    assert saved.closed, saved
    await world.settled()
    task = await world.task()
    assert task.title == "Book the venue for @U2"
    assert task.notes == "see https://x.y & ask #general"
    assert (task.creator, task.author, task.channel) == ("U1", "U2", "C1")
    assert task.source == f"https://acme.slack.com/archives/C1/p{said.ts.replace('.', '')}"
    assert thread(world.slack, said) == ["This is a task now: Book the venue for @U2  T-1\n[Show]"]
    assert world.seen()[-1].startswith("This is a task now")
    assert await world.threads.task_of("T1", "C1", said.ts) == 1


async def test_who_is_known_is_named(world: World) -> None:
    said = world.slack.say("@maria shall book it", user="U2")
    await world.slack.submit(await opened(world, said))
    assert (await world.task()).title == "@maria shall book it"


async def test_the_thread_of_a_reply_is_the_one_it_is_in(world: World) -> None:
    parent = world.slack.say("What is open?")
    reply = await world.slack.reply(parent, "The venue")
    await world.slack.submit(await opened(world, reply))
    await world.settled()
    assert thread(world.slack, parent)[-1].startswith("This is a task now: The venue")
    task = await world.task()
    assert task.source is not None
    assert task.source.endswith(f"?thread_ts={parent.ts}&cid=C1")


async def test_the_confirmation_notifies_nobody_and_shows_the_card_to_who_asks(
    world: World,
) -> None:
    said = world.slack.say("Book it", user="U2")
    await world.slack.submit(await opened(world, said), {"Assignees": ["U2"]})
    await world.settled()
    confirmation = world.slack.messages("C1", user="U2")[-1]
    assert confirmation.pings == frozenset()
    await world.slack.click(confirmation, "Show", user="U2")
    await world.settled()
    card = world.slack.messages("C1", user="U2")[-1]
    assert card.is_ephemeral
    assert "From a message by" in card.plain


async def test_p2_a_form_sent_three_times_makes_one_task_and_one_confirmation(
    world: World,
) -> None:
    said = world.slack.say("Book it")
    await world.slack.submit(await opened(world, said), deliveries=3)
    await world.settled()
    assert len(world.database.records) == 1
    assert len(thread(world.slack, said)) == 1


async def test_without_text_the_form_says_so(world: World) -> None:
    said = world.slack.say("")
    form = await opened(world, said)
    assert "That message has no text: give the task a title." in form.plain


async def test_an_apps_message_has_no_author(world: World) -> None:
    await world.slack.submit(await opened(world, world.slack.say("Something")))
    await world.settled()
    confirmation = world.slack.messages("C1", user="U2")[-1]
    form = await opened(world, confirmation)
    assert "From a message\n" in form.plain
    await world.slack.submit(form)
    assert (await world.task(2)).author is None


async def test_fault_12_where_the_bot_is_not_in_the_channel_it_says_how_to_invite_it(
    world: World,
) -> None:
    world.slack.add_channel("C2", "elsewhere", with_bot=False)
    said = world.slack.say("Book it", channel="C2")
    await world.slack.submit(await opened(world, said))
    await world.settled()
    shown = world.slack.messages("C2", user="U1")[-1]
    assert shown.is_ephemeral
    assert "type /invite @taskbridge there" in shown.plain
    assert "Added T-1." in shown.plain


async def test_fault_12_an_archived_channel_is_no_trouble(world: World) -> None:
    said = world.slack.say("Book it")
    form = await opened(world, said)
    world.slack.core.state.teams["T1"].channels["C1"].is_archived = True
    assert (await world.slack.submit(form)).closed
    await world.settled()
    assert (await world.task()).title == "Book it"
    assert "I could not say so in the thread" in world.seen()[-1]


async def test_people_of_another_workspace_are_told_whom_to_ask(world: World) -> None:
    stranger = world.slack.add_user("U7", "eve", team="T1")
    stranger.team_id = "T9"
    answer = await world.slack.message_shortcut(
        world.slack.say("Book it", channel="C1"), "create_task", user="U7"
    )
    await world.settled()
    assert answer.modal is None
    assert "another workspace" in world.seen("U7")[-1]


async def test_fault_7_an_ended_trigger_is_said(world: World) -> None:
    world.slack.faults.script("views.open", Fault(kind="error", code="expired_trigger_id"))
    answer = await world.slack.message_shortcut(world.slack.say("Book it"), "create_task")
    assert answer.failure == ""
    await world.settled()
    told = world.slack.messages("C1", user="U1")[-1]
    assert "press the button to open it" in told.plain
    anew = await world.slack.click(told, "Open the form")
    assert anew.modal is not None
    assert (await world.slack.submit(anew.modal)).closed
    assert (await world.task()).title == "Book it"


async def test_a_form_from_anywhere_writes_the_card_to_who_filled_it_in(world: World) -> None:
    answer = await world.slack.shortcut("new_task")
    assert answer.modal is not None
    await world.slack.submit(answer.modal, {"Title": "Book it"})
    await world.settled()
    direct = world.slack.core.direct_message(answer.modal.team, "U1")
    assert "Added T-1." in direct.messages[-1].plain
    assert (await world.task()).channel is None


async def test_fault_7_an_ended_trigger_of_a_global_shortcut_is_written_to_them(
    world: World,
) -> None:
    world.slack.faults.script("views.open", Fault(kind="error", code="expired_trigger_id"))
    answer = await world.slack.shortcut("new_task")
    await world.settled()
    team = next(iter(world.slack.core.state.teams.values()))
    told = world.slack.core.direct_message(team, "U1").messages[-1]
    assert "press the button to open it" in told.plain
    assert answer.failure == ""
    anew = await world.slack.click(told, "Open the form", user="U1")
    assert anew.modal is not None
    assert (await world.slack.submit(anew.modal, {"Title": "Book it"})).closed
    assert (await world.task()).audience is None  # as from anywhere, not as from here


# Adding to a task there is


async def added_to(world: World, said: Message) -> View:
    form = await opened(world, said)
    await world.slack.click(form, "Add to an existing task")
    found = world.slack.modals("U1")[-1]
    assert found.title == "Add to a task"
    return found


async def test_a_message_is_added_to_a_task_found_by_search(world: World) -> None:
    await world.slack.command("/task add Book the venue")
    await world.slack.command("/task add Buy milk")
    said = world.slack.say("The big hall\nis free on Friday", user="U2")
    form = await added_to(world, said)
    found = await world.slack.suggest(form, "task", "ven")
    assert [one["text"]["text"] for one in found.options] == ["T-1  Book the venue"]
    saved = await world.slack.submit(form, {"task": found.options[0]})
    assert saved.closed, saved
    await world.settled()
    task = await world.task()
    link = f"https://acme.slack.com/archives/C1/p{said.ts.replace('.', '')}"
    assert task.notes == f"The big hall\nis free on Friday\n— {link}"
    assert task.title == "Book the venue"
    assert thread(world.slack, said)[-1].startswith("Added to a task: Book the venue  T-1")


async def test_a_private_task_is_not_named_where_others_read(world: World) -> None:
    world.slack.add_channel("G1", "secret", kind="private", members=["U1"])
    await world.slack.command("/task add Buy the rival @maria", channel="G1")
    assert world.database.record("T1", 1).task.audience == "G1"
    said = world.slack.say("The price is known", user="U2", channel="C1")
    form = await added_to(world, said)
    option = (await world.slack.suggest(form, "task", "T-1")).options[0]
    assert (await world.slack.submit(form, {"task": option})).closed
    await world.settled()
    assert thread(world.slack, said) == []
    assert "Buy the rival" not in "".join(world.seen("U2"))
    assert "Not everybody in that thread may see this task" in world.seen("U1")[-1]
    assert await world.threads.task_of("T1", "C1", said.ts) is None


async def test_a_number_is_found_directly_and_ones_own_tasks_before_anything_is_typed(
    world: World,
) -> None:
    for title in ("Book the venue", "Buy milk"):
        await world.slack.command(f"/task add {title}")
    await world.slack.command("/task add Not mine", user="U2")
    form = await added_to(world, world.slack.say("x"))
    for typed, expected in (
        ("T-2", ["T-2  Buy milk"]),
        ("3", ["T-3  Not mine"]),
        ("", ["T-1  Book the venue", "T-2  Buy milk"]),
        ("T-99", []),
        ("nothing like it", []),
    ):
        found = await world.slack.suggest(form, "task", typed)
        assert [one["text"]["text"] for one in found.options] == expected, typed


async def test_what_stands_in_the_notes_stays_above_and_twice_adds_once(world: World) -> None:
    await world.slack.command("/task add Book the venue")
    form = await added_to(world, world.slack.say("First"))
    option = (await world.slack.suggest(form, "task", "T-1")).options[0]
    await world.slack.submit(form, {"task": option}, deliveries=3)
    form = await added_to(world, world.slack.say("Second"))
    await world.slack.submit(form, {"task": option})
    await world.settled()
    lines = (await world.task()).notes.splitlines()
    assert [line for line in lines if line in ("First", "Second")] == ["First", "Second"]


async def test_notes_that_would_grow_too_long_are_refused_with_what_to_do(world: World) -> None:
    await world.slack.command("/task add Book the venue")
    task = await world.task()
    record = world.database.records[task.team, 1]
    record.task = grown(task)
    form = await added_to(world, world.slack.say("More"))
    option = (await world.slack.suggest(form, "task", "T-1")).options[0]
    answer = await world.slack.submit(form, {"task": option})
    assert list(answer.errors.values()) == [
        "The notes of T-1 would be longer than 20,000 characters: cut what is added."
    ]


def grown(task: Task) -> Task:
    return replace(task, notes="x" * (NOTES_MAX - 3))


async def test_a_task_deleted_meanwhile_is_said_in_the_form(world: World) -> None:
    await world.slack.command("/task add Book the venue")
    form = await added_to(world, world.slack.say("More"))
    option = (await world.slack.suggest(form, "task", "T-1")).options[0]
    await world.slack.command("/task delete T-1")
    answer = await world.slack.submit(form, {"task": option})
    assert ["T-1 was deleted" in said for said in answer.errors.values()] == [True]


async def test_p5_a_menu_is_empty_while_the_database_is_away(world: World) -> None:
    await world.slack.command("/task add Book the venue")
    form = await added_to(world, world.slack.say("More"))
    world.database.fail_next(NotSaved())
    found = await world.slack.suggest(form, "task", "ven")
    assert (found.failure, found.options) == ("", ())
