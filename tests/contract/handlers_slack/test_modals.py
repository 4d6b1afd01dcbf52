"""The forms, as people fill them in."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from playground.slack.faults import Fault
from playground.slack.views import View
from tasks.errors import NotSaved, OutcomeUnknown
from tasks.model import Due, Field, Priority, Status
from tests.contract.handlers_slack.world import TEAM, World, picked_tags

EVERYTHING = {
    "Title": "Book the venue",
    "Notes": "Two rooms,\nwith *coffee*",
    "Assignees": ["U2", "U1"],
    "due_day": "2026-11-27",
    "due_time": "17:00",
    "Priority": "high",
    "Tags": picked_tags("offsite", "new hires"),
}


async def opened(world: World, line: str = "add", user: str = "U1") -> View:
    answer = await world.slack.command(f"/task {line}", user=user)
    assert answer.modal is not None, answer.plain
    return answer.modal


async def edited(world: World, **given: object) -> View:
    """Make a task by the form, then open it for editing."""
    await world.slack.submit(await opened(world), {**EVERYTHING, **given})
    await world.settled()
    return await opened(world, "edit 1")


async def test_an_empty_add_opens_a_form_whose_every_field_is_kept(world: World) -> None:
    saved = await world.slack.submit(await opened(world), EVERYTHING)
    assert saved.closed
    await world.settled()
    task = await world.task()
    assert (task.title, task.notes) == ("Book the venue", "Two rooms,\nwith *coffee*")
    assert (task.assignees, task.priority) == (("U2", "U1"), Priority.HIGH)
    assert task.tags == ("offsite", "new hires")
    assert task.due is not None
    assert task.due.at == datetime(2026, 11, 27, 16, 0, tzinfo=UTC)
    assert (task.due.zone, task.channel) == ("Europe/Berlin", "C1")
    assert world.seen()[-1].startswith("Added T-1.\nBook the venue  T-1")
    assert "Two rooms, with *coffee*" in world.seen()[-1]


async def test_opening_a_form_leaves_no_message_behind(world: World) -> None:
    await opened(world)
    assert world.seen() == []


async def test_a_form_opens_without_waiting_for_the_database(world: World) -> None:
    world.gate.shut()
    await opened(world)


async def test_fault_03_a_form_sent_many_times_at_once_makes_one_task(world: World) -> None:
    await world.slack.submit(await opened(world), EVERYTHING, deliveries=5)
    await world.settled()
    assert len(world.database.records) == 1


async def test_a_form_that_was_not_saved_keeps_what_was_typed(world: World) -> None:
    world.database.fail_next(NotSaved())
    view = await opened(world)
    answer = await world.slack.submit(view, EVERYTHING)
    assert answer.errors == {
        "title/0": "Not saved: the database cannot be reached right now; try again in a moment."
    }
    assert (await world.slack.submit(view)).closed
    assert (await world.task()).title == "Book the venue"


async def test_what_is_typed_after_an_unknown_outcome_is_not_lost(world: World) -> None:
    world.database.fail_next(OutcomeUnknown(), after_effect=True)
    view = await opened(world)
    answer = await world.slack.submit(view, EVERYTHING)
    assert answer.errors["title/0"].startswith("Not known yet whether this was saved")
    assert (await world.slack.submit(view, {"Title": "Book two venues"})).closed
    assert len(world.database.records) == 1
    assert (await world.task()).title == "Book two venues"


@pytest.mark.parametrize(
    ("given", "block", "sentence"),
    [
        ({"Title": "  "}, "title/0", "A task needs a title."),
        ({"due_day": None}, "due_time/0", "Pick the day as well, or take the time away."),
        ({"Tags": picked_tags("x" * 61)}, "tags/0", "A tag has 1 to 60 characters."),
    ],
)
async def test_a_field_that_cannot_be_taken_says_why_at_the_field(
    world: World, given: dict[str, object], block: str, sentence: str
) -> None:
    answer = await world.slack.submit(await opened(world), {**EVERYTHING, **given})
    assert answer.errors == {block: sentence}
    assert not answer.closed
    assert world.database.records == {}


async def test_a_title_too_long_stands_in_full_in_the_notes(world: World) -> None:
    title = "long " * 100
    assert (await world.slack.submit(await opened(world), {"Title": title})).closed
    await world.settled()
    assert (await world.task()).notes == title.strip()
    assert "it is shortened, and the full text is in the notes" in world.seen()[-1]


async def test_the_edit_form_shows_the_task_and_saves_nothing_that_did_not_change(
    world: World,
) -> None:
    view = await edited(world)
    values = {block.split("/")[0]: next(iter(v.values())) for block, v in view.values.items()}
    assert values["title"]["value"] == "Book the venue"
    assert values["due_day"]["selected_date"] == "2026-11-27"
    assert values["due_time"]["selected_time"] == "17:00"
    assert values["assignees"]["selected_users"] == ["U2", "U1"]
    rev = (await world.task()).rev
    assert (await world.slack.submit(view)).closed
    await world.settled()
    assert (await world.task()).rev == rev
    assert "T-1 is like that already." in world.seen()[-1]


async def test_an_edit_changes_every_field(world: World) -> None:
    view = await edited(world)
    saved = await world.slack.submit(
        view,
        {
            "Title": "Book it",
            "Notes": None,
            "Status": "in_progress",
            "Assignees": [],
            "due_day": "2026-12-01",
            "due_time": None,
            "Priority": "none",
            "Tags": picked_tags("a", "b"),
        },
    )
    assert saved.closed
    task = await world.task()
    assert (task.title, task.notes, task.status) == ("Book it", "", Status.IN_PROGRESS)
    assert (task.assignees, task.priority, task.tags) == ((), None, ("a", "b"))
    assert task.due is not None
    assert (str(task.due.day), task.due.at) == ("2026-12-01", None)


async def test_tags_are_offered_by_how_they_begin_and_new_ones_can_be_made(world: World) -> None:
    await world.slack.command("/task add Buy milk #offsite #office #travel")
    view = await opened(world)
    for typed, offered in (
        ("", ["#office", "#offsite", "#travel"]),
        ("#Off", ["Create #off", "#office", "#offsite"]),
        ("travel", ["#travel"]),
        ("x" * 61, ["#office", "#offsite", "#travel"]),
    ):
        found = (await world.slack.suggest(view, "tags", typed)).options
        assert [one["text"]["text"] for one in found] == offered
    new, *_ = (await world.slack.suggest(view, "tags", "new hires")).options
    await world.slack.submit(view, {"Title": "Meet them", "Tags": [new, *picked_tags("office")]})
    assert (await world.task(2)).tags == ("new hires", "office")


async def test_words_behind_the_number_stand_in_the_form_as_title(world: World) -> None:
    await world.slack.command("/task add Buy milk !high", user="U1")
    view = await opened(world, "edit 1 Buy 2 litres & <bread>")
    assert "Buy 2 litres & <bread>" in view.plain
    assert (await world.slack.submit(view, {})).closed
    task = await world.task()
    assert (task.title, task.priority) == ("Buy 2 litres & <bread>", Priority.HIGH)


async def test_the_card_whose_button_opened_the_form_shows_what_was_saved(world: World) -> None:
    shown = (await world.slack.command("/task add Buy milk")).message
    modal = (await world.slack.click(shown, "Edit")).modal
    assert modal is not None
    await world.slack.submit(modal, {"Title": "Buy bread"})
    await world.settled()
    assert shown.plain.startswith("Saved T-1.\nBuy bread  T-1")
    assert len(world.seen()) == 1


async def test_edits_of_different_fields_are_both_kept(world: World) -> None:
    view = await edited(world)
    await world.slack.command("/task priority 1 low", user="U2")
    assert (await world.slack.submit(view, {"Title": "Book it"})).closed
    task = await world.task()
    assert (task.title, task.priority) == ("Book it", Priority.LOW)


async def test_fault_06_edits_of_the_same_field_are_shown_side_by_side_and_the_person_chooses(
    world: World,
) -> None:
    view = await edited(world)
    theirs = await opened(world, "edit 1", user="U2")
    await world.slack.submit(theirs, {"Title": "Sam's title", "Priority": "low"}, user="U2")
    answer = await world.slack.submit(view, {"Title": "Maria's title", "Tags": picked_tags("mine")})
    assert not answer.closed
    assert answer.view is not None
    assert "T-1 was changed meanwhile by @sam. Choose, then save again." in answer.view.plain
    assert "Title, saved now: Sam's title" in answer.view.plain
    assert "Title, yours: Maria's title" in answer.view.plain
    assert (await world.task()).title == "Sam's title"

    unchosen = await world.slack.submit(answer.view)
    assert not unchosen.closed
    chosen = await world.slack.submit(answer.view, {"choice": "mine"})
    assert chosen.closed
    task = await world.task()
    assert (task.title, task.tags) == ("Maria's title", ("mine",))
    assert task.priority is Priority.LOW  # sam's, which maria never touched


async def test_the_saved_value_can_be_chosen_in_a_clash(world: World) -> None:
    view = await edited(world)
    await world.slack.submit(
        await opened(world, "edit 1", user="U2"), {"Title": "Sam's title"}, user="U2"
    )
    answer = await world.slack.submit(view, {"Title": "Maria's title", "Tags": picked_tags("mine")})
    assert answer.view is not None
    assert (await world.slack.submit(answer.view, {"choice": "theirs"})).closed
    task = await world.task()
    assert (task.title, task.tags) == ("Sam's title", ("mine",))


async def test_notes_too_long_for_a_form_stay_as_they_are(world: World) -> None:
    await world.slack.command("/task add Buy milk")
    record = world.database.records[TEAM, 1]
    record.task = replace(record.task, notes="n" * 3001)
    view = await opened(world, "edit 1")
    assert "they are not shown here and stay as they are" in view.plain
    assert (await world.slack.submit(view, {"Title": "Buy bread"})).closed
    task = await world.task()
    assert (task.title, len(task.notes)) == ("Buy bread", 3001)


async def test_a_slow_database_shows_a_waiting_form_first(world: World) -> None:
    await world.slack.command("/task add Buy milk")
    world.gate.shut()
    view = await opened(world, "edit 1")
    assert view.title == "One moment"
    world.gate.open()
    await world.settled()
    assert view.title == "Edit T-1"
    assert (await world.slack.submit(view, {"Title": "Buy bread"})).closed
    assert (await world.task()).title == "Buy bread"


async def test_fault_05_a_waiting_form_that_was_closed_is_not_written_to(world: World) -> None:
    await world.slack.command("/task add Buy milk")
    world.gate.shut()
    view = await opened(world, "edit 1")
    await world.slack.close(view)
    world.gate.open()
    await world.settled()
    assert world.slack.modals("U1") == []
    assert view.title == "One moment"


async def test_a_task_that_is_not_there_after_all_says_so_in_the_waiting_form(
    world: World,
) -> None:
    world.gate.shut()
    view = await opened(world, "edit 7")
    world.gate.open()
    await world.settled()
    assert "There is no T-7 here" in view.plain


async def test_p5_a_form_that_cannot_be_filled_does_not_speak_of_saving(world: World) -> None:
    await world.slack.command("/task add Buy milk")
    world.database.fail_next(NotSaved())
    at_once = await world.slack.command("/task edit 1")
    assert at_once.plain.startswith("Nothing can be shown: the database cannot be reached")
    world.gate.shut()
    view = await opened(world, "edit 1")
    world.database.fail_next(NotSaved())
    world.gate.open()
    await world.settled()
    assert "Nothing can be shown: the database cannot be reached" in view.plain
    assert "saved" not in view.plain


@pytest.mark.parametrize("line", ["add", "edit 1"])
async def test_fault_07_a_form_that_comes_too_late_can_be_opened_by_one_press(
    world: World, line: str
) -> None:
    await world.slack.command("/task add Buy milk")
    world.slack.faults.script("views.open", Fault(kind="error", code="expired_trigger_id"))
    answer = await world.slack.command(f"/task {line}")
    assert answer.plain.startswith(
        "Slack did not wait until the form was ready: press the button to open it."
    )
    assert f"/task {line}" in answer.plain
    pressed = await world.slack.click(answer.message, "Try again")
    assert pressed.modal is not None


async def test_p5_an_answer_of_slack_that_cannot_be_read_is_no_fault_of_ours(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.slack.faults.script("views.open", Fault(kind="truncate"))
    answer = await world.slack.command("/task add")
    assert answer.plain.startswith("Slack does not open the form right now")
    assert "slack_listener_failed" not in caplog.text


async def test_a_form_of_a_deleted_task_does_not_open(world: World) -> None:
    await world.slack.command("/task add Buy milk")
    await world.slack.command("/task delete 1")
    answer = await world.slack.command("/task edit 1")
    assert answer.modal is None
    assert answer.plain.startswith("T-1 was deleted: type /task restore T-1")


async def test_the_second_of_two_equal_times_survives_an_edit(world: World) -> None:
    """On the day the clocks go back 02:30 comes twice; the form cannot tell which."""
    await world.slack.command("/task add Change the clocks")
    record = world.database.records[TEAM, 1]
    due = Due.local(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "Europe/Berlin")
    record.task = replace(record.task, due=due)
    view = await opened(world, "edit 1")
    await world.slack.submit(view, {"Title": "Changed"})
    assert (await world.task()).value(Field.DUE) == due


async def test_two_edits_of_one_form_at_once_save_it_once(world: World) -> None:
    view = await edited(world)
    world.gate.shut()
    both = asyncio.create_task(world.slack.submit(view, {"Title": "Book it"}, deliveries=2))
    await asyncio.sleep(0)
    world.gate.open()
    await both
    await world.settled()
    task = await world.task()
    assert sum(any(s.field is Field.TITLE for s in c.fields) for c in task.changes) == 1
