"""What is written to the bot, and where it is mentioned, is read as behind `/task`."""

from __future__ import annotations

import pytest

from playground.slack.faults import Fault
from playground.slack.state import Channel, Message
from tasks.errors import NotSaved, OutcomeUnknown
from tasks.model import Task
from tests.contract.handlers_slack.world import World


@pytest.fixture(autouse=True)
def _nobody_counts(world: World) -> None:
    """Let a test post more than once a second; the pace is another test's."""
    world.slack.limits.enabled = False


def kept(world: World, number: int = 1) -> Task:
    """Return a task whoever may see it."""
    return world.database.record("T1", number).task


def direct(world: World, user: str = "U1") -> Channel:
    core = world.slack.core
    return core.direct_message(core.state.teams["T1"], user)


async def write(world: World, text: str, *, deliveries: int = 1) -> list[Message]:
    """Write to the bot; return what it has answered."""
    message = await world.slack.write_to_bot(text, user="U1", deliveries=deliveries)
    await world.settled()
    return [found for found in direct(world).messages if found.ts > message.ts]


async def mention(
    world: World, text: str, *, user: str = "U1", deliveries: int = 1
) -> tuple[Message, list[Message]]:
    """Mention the bot in the channel; return the message, and what people see below it."""
    message = await world.slack.write(
        f"@taskbridge {text}", user=user, channel="C1", deliveries=deliveries
    )
    await world.settled()
    found = world.slack.messages("C1", user="U1")
    return message, [one for one in found if one.thread_ts == message.ts]


async def test_a_line_written_to_the_bot_adds_a_task_and_shows_its_card(world: World) -> None:
    (answer,) = await write(world, "add Book the venue @sam due friday 5pm !high #offsite")
    assert answer.plain.startswith("Added T-1.\nBook the venue  T-1")
    assert answer.pings == frozenset()
    task = kept(world)
    assert (task.assignees, task.tags, task.channel) == (("U2",), ("offsite",), direct(world).id)
    assert task.audience == "U1"
    assert task.source is not None


@pytest.mark.parametrize("before", ["/task ", "@taskbridge ", "@taskbridge: /task "])
async def test_habits_do_no_harm(world: World, before: str) -> None:
    (answer,) = await write(world, f"{before}add Book the venue")
    assert answer.plain.startswith("Added T-1.")
    assert (kept(world)).title == "Book the venue"


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("list", "Your open tasks"),
        ("T-1", "Book the venue  T-1"),
        ("done 1", "Done: T-1."),
        ("help", "Adding a task"),
        ("due T-1 tomorrow", "T-1 has a new due date."),
        ("show T-99", "There is no T-99 here"),
        ("due T-1 9/12", "“9/12” can be read in more than one way"),
    ],
)
async def test_everything_else_is_answered_there(world: World, text: str, begins: str) -> None:
    await write(world, "add Book the venue")
    (answer,) = await write(world, text)
    assert answer.plain.startswith(begins)


async def test_a_sentence_makes_nothing_until_it_is_asked_to(world: World) -> None:
    (answer,) = await write(world, "We should book the venue & more by friday")
    assert answer.plain.startswith("Shall this be a task?\n")
    assert not world.database.records
    await world.slack.click(answer, "Make it a task", deliveries=3)
    await world.settled()
    assert (kept(world)).title == "We should book the venue & more"
    assert answer.plain.startswith(("Added T-1.", "T-1 was saved already."))
    assert len(world.database.records) == 1


async def test_a_sentence_that_begins_like_a_command_is_offered_too(world: World) -> None:
    (answer,) = await write(world, "show the new office to everybody")
    assert answer.plain.startswith("Shall this be a task?\n")


async def test_a_greeting_is_answered_by_what_can_be_written(world: World) -> None:
    (answer,) = await write(world, "hello")
    assert answer.plain.startswith("Write add Book the venue @maria due friday, or just")
    assert "[" not in answer.plain


async def test_not_now_takes_the_question_away(world: World) -> None:
    (answer,) = await write(world, "Thanks a lot")
    await world.slack.click(answer, "Not now")
    await world.settled()
    assert answer.deleted


@pytest.mark.parametrize(("text", "button"), [("add", "New task"), ("edit T-1", "Edit T-1")])
async def test_a_form_opens_from_a_button(world: World, text: str, button: str) -> None:
    await write(world, "add Book the venue")
    (answer,) = await write(world, text)
    opened = await world.slack.click(answer, button)
    assert opened.modal is not None


async def test_p2_three_deliveries_make_one_task_and_one_answer(world: World) -> None:
    answers = await write(world, "add Book the venue", deliveries=3)
    assert len(world.database.records) == 1
    assert len(answers) == 1
    _, below = await mention(world, "add Buy milk", deliveries=3)
    assert len(world.database.records) == 2
    assert len(below) == 1


async def test_a_mention_is_answered_in_its_thread_for_everybody(world: World) -> None:
    message, below = await mention(world, "add Book the venue @sam")
    assert await world.threads.task_of("T1", "C1", message.ts) == 1
    assert [message.is_ephemeral for message in below] == [False]
    assert below[0].plain.startswith("Added T-1.\nBook the venue  T-1\nOpen · somebody")
    assert below[0].pings == frozenset()
    task = kept(world)
    assert (task.channel, task.assignees) == ("C1", ("U2",))
    assert task.source is not None
    assert task.source.startswith("https://acme.slack.com/archives/C1/p")


async def test_a_mention_in_a_thread_is_answered_in_that_thread(world: World) -> None:
    parent = world.slack.say("What is open?", user="U2")
    await world.slack.reply(parent, "@taskbridge add Book the venue", user="U1")
    await world.settled()
    below = [m for m in world.slack.messages("C1", user="U2") if m.thread_ts == parent.ts]
    assert below[-1].plain.startswith("Added T-1.")


async def test_all_but_new_tasks_is_for_who_asked(world: World) -> None:
    await mention(world, "add Book the venue")
    for text in ("list", "T-1", "help", "", "done T-1"):
        _, below = await mention(world, text)
        assert [message.ephemeral_to for message in below] == ["U1"], text


async def test_nobody_answers_bots_edits_and_files_alone(world: World) -> None:
    message = await world.slack.write_to_bot("add Book the venue")
    await world.settled()
    before = len(direct(world).messages)
    await world.slack.edit_message(message, "add Something else")
    await world.slack.tell_of(direct(world).messages[-1])
    await world.slack.event(
        {
            "type": "message",
            "channel_type": "im",
            "channel": direct(world).id,
            "ts": "1.2",
            "user": "U2",
            "bot_id": "B9",
            "text": "add From another bot",
        }
    )
    await world.slack.write_to_bot("", files=["plan.pdf"])
    await world.settled()
    assert len(direct(world).messages) == before + 1  # the files themselves
    assert len(world.database.records) == 1


@pytest.mark.parametrize("error", [NotSaved(), OutcomeUnknown()])
async def test_fault_2_what_was_not_kept_comes_again_and_is_said_meanwhile(
    world: World, error: Exception
) -> None:
    assert isinstance(error, NotSaved | OutcomeUnknown)
    world.database.fail_next(error)
    answers = await write(world, "add Book the venue")
    assert len(world.database.records) == 1
    plain = [answer.plain for answer in answers]
    assert len(plain) == 2
    assert plain[0].startswith("Not ")
    assert plain[1].startswith("Added T-1.")


async def test_p2_trying_again_by_the_button_does_nothing_twice(world: World) -> None:
    world.database.fail_next(NotSaved())
    answers = await write(world, "add Book the venue")
    await world.slack.click(answers[0], "Try again")
    await world.settled()
    assert len(world.database.records) == 1


async def test_the_same_words_written_twice_are_caught(world: World) -> None:
    await write(world, "add Book the venue")
    (answer,) = await write(world, "add Book the venue")
    assert answer.plain.startswith("Already added: T-1 — add anyway?")


async def test_a_task_without_its_link_is_better_than_none(world: World) -> None:
    world.slack.faults.script("chat.getPermalink", Fault(kind="error", code="channel_not_found"))
    (answer,) = await write(world, "add Book the venue")
    assert answer.plain.startswith("Added T-1.")
    assert (kept(world)).source is None


async def test_an_answer_lost_on_its_way_is_not_sent_twice(world: World) -> None:
    world.slack.faults.script("chat.postMessage", Fault(kind="drop_after"))
    answers = await write(world, "add Book the venue", deliveries=2)
    assert len(answers) == 1


async def test_p6_another_workspace_is_another(world: World) -> None:
    await write(world, "add Book the venue")
    await world.slack.write_to_bot("list all", user="U9", team="T2")
    await world.settled()
    core = world.slack.core
    theirs = core.direct_message(core.state.teams["T2"], "U9").messages[-1]
    assert "Book the venue" not in theirs.plain
