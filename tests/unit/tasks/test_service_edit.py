"""Editing a form that others may have overtaken: kept both, or shown, never overwritten."""

import asyncio

import pytest

from tasks.errors import EditClash, Refused
from tasks.model import EDITABLE, Field, Priority, Status, Task, Value
from tests.unit.tasks.world import MARIA, SAM, TEAM, ForgetfulStore, Office


def form_of(task: Task, **changed: Value) -> dict[Field, Value]:
    """Return every field of the form, as it was opened, with what was typed since."""
    opened = {name: task.value(name) for name in EDITABLE}
    return opened | {Field(name): value for name, value in changed.items()}


async def test_a_form_is_saved_in_one_change(office: Office) -> None:
    task = (await office.add()).task
    saved = await office.edit(
        form_of(task, title="Book the boat", tags=("#A", "a"), status=Status.DONE), seen=1
    )
    assert (saved.task.title, saved.task.tags, saved.task.rev) == ("Book the boat", ("a",), 2)
    assert saved.task.completed_by == "U1"
    assert {step.field for step in saved.task.changes[-1].fields} == {
        Field.TITLE,
        Field.TAGS,
        Field.STATUS,
    }


async def test_a_form_sent_untouched_changes_nothing(office: Office) -> None:
    task = (await office.add(notes="n", tags=("a",), assignees=("U2",))).task
    saved = await office.edit(form_of(task), seen=1)
    assert (saved.changed, saved.task.rev) == (False, 1)


async def test_edits_of_different_fields_are_both_kept(office: Office) -> None:
    task = (await office.add()).task
    await office.edit(form_of(task, title="Theirs"), seen=1, by=SAM)
    saved = await office.edit(form_of(task, priority=Priority.HIGH), seen=1, by=MARIA)
    assert (saved.task.title, saved.task.priority, saved.task.rev) == ("Theirs", Priority.HIGH, 3)


async def test_a_form_opened_long_ago_is_merged_from_the_history() -> None:
    office = Office(store_kind=ForgetfulStore)
    task = (await office.add()).task
    for priority in (Priority.LOW, Priority.HIGH, Priority.URGENT):
        await office.prioritise(SAM, priority=priority)
    saved = await office.edit(form_of(task, notes="Mine"), seen=1)
    assert (saved.task.notes, saved.task.priority) == ("Mine", Priority.URGENT)


async def test_edits_of_the_same_field_are_shown_and_nothing_is_written(office: Office) -> None:
    task = (await office.add()).task
    await office.edit(form_of(task, title="Theirs"), seen=1, by=SAM)
    with pytest.raises(EditClash) as clash:
        await office.edit(form_of(task, title="Mine", notes="And this"), seen=1)
    (found,) = clash.value.clashes
    assert (found.field, found.base) == (Field.TITLE, "Book the venue")
    assert (found.theirs, found.ours) == ("Theirs", "Mine")
    now = await office.service.get(TEAM, 1)
    assert (now.title, now.notes, now.rev) == ("Theirs", "", 2)
    assert clash.value.task == now


async def test_the_same_edit_by_two_people_is_no_clash(office: Office) -> None:
    task = (await office.add()).task
    await office.edit(form_of(task, title="Both"), seen=1, by=SAM)
    saved = await office.edit(form_of(task, title="Both"), seen=1, by=MARIA)
    assert (saved.changed, saved.task.rev) == (False, 2)


async def test_a_form_of_a_rev_that_never_was_overwrites_nothing(office: Office) -> None:
    task = (await office.add()).task
    with pytest.raises(EditClash) as clash:
        await office.edit(form_of(task, title="Mine"), seen=7)
    assert [found.field for found in clash.value.clashes] == [Field.TITLE]


async def test_a_form_sent_twice_is_saved_once(office: Office) -> None:
    task = (await office.add()).task
    await office.edit(form_of(task, title="Mine"), seen=1, key="view-1")
    await office.edit(form_of(task, title="Theirs"), seen=2, by=SAM)
    again = await office.edit(form_of(task, title="Mine"), seen=1, key="view-1")
    assert (again.repeated, again.task.title) == (True, "Theirs")


async def test_many_editors_of_different_fields_at_once_lose_nothing(office: Office) -> None:
    task = (await office.add()).task
    await asyncio.gather(
        office.edit(form_of(task, title="T"), seen=1),
        office.edit(form_of(task, notes="N"), seen=1, by=SAM),
        office.edit(form_of(task, priority=Priority.LOW), seen=1),
        office.edit(form_of(task, tags=("t",)), seen=1, by=SAM),
    )
    now = await office.service.get(TEAM, 1)
    assert (now.title, now.notes, now.priority, now.tags) == ("T", "N", Priority.LOW, ("t",))


async def test_a_title_too_long_goes_to_the_notes_of_the_form(office: Office) -> None:
    task = (await office.add()).task
    saved = await office.edit(form_of(task, title="x" * 300, notes="mine"), seen=1)
    assert saved.task.title == "x" * 249 + "…"
    assert saved.task.notes == "x" * 300 + "\n\nmine"
    assert len(saved.notes) == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({Field.TITLE: " "}, Field.TITLE),
        ({Field.TITLE: "x" * 251}, Field.TITLE),  # alone there are no notes to keep it in
        ({Field.NOTES: "x" * 20_001}, Field.NOTES),
        ({Field.TITLE: "x" * 251, Field.NOTES: "x" * 19_900}, Field.TITLE),
        ({Field.TAGS: ("x" * 61,)}, Field.TAGS),
        ({Field.TAGS: tuple(str(n) for n in range(21))}, Field.TAGS),
        ({Field.ASSIGNEES: tuple(str(n) for n in range(21))}, Field.ASSIGNEES),
    ],
)
async def test_what_a_task_cannot_hold_is_refused_at_its_field(
    office: Office, values: dict[Field, Value], field: Field
) -> None:
    task = (await office.add()).task
    with pytest.raises(Refused) as refusal:
        await office.edit(values, seen=1)
    assert refusal.value.field is field
    assert await office.service.get(TEAM, 1) == task


async def test_notes_alone_are_cleaned_like_notes_with_a_title(office: Office) -> None:
    await office.add()
    saved = await office.edit({Field.NOTES: " a\x00b\ud800\nc "}, seen=1)
    assert saved.task.notes == "ab\nc"
