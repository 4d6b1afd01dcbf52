"""What an action asks to change: the fields it touches, what would differ, how it is taken back."""

from hypothesis import given
from hypothesis import strategies as st

from tasks.model import Field, Priority
from tasks.patch import Patch, undo
from tests.unit.tasks.world import NOW, SAM, a_task

NAMES = st.lists(st.sampled_from("abcde"), max_size=4).map(tuple)


def test_fields_come_in_the_order_of_the_task() -> None:
    patch = Patch(values={Field.NOTES: "n", Field.TITLE: "t"}, added={Field.TAGS: ("a",)})
    assert patch.fields == (Field.TITLE, Field.NOTES, Field.TAGS)


def test_only_what_would_differ_is_a_step() -> None:
    task = a_task(tags=("a",), priority=Priority.LOW)
    patch = Patch(
        values={Field.PRIORITY: Priority.LOW, Field.TITLE: "New"}, added={Field.TAGS: ("a",)}
    )
    assert [step.field for step in patch.steps(task)] == [Field.TITLE]


@given(now=NAMES, added=NAMES)
def test_adding_appends_what_is_missing_once(now: tuple[str, ...], added: tuple[str, ...]) -> None:
    now = tuple(dict.fromkeys(now))
    task = a_task(tags=now).changed(Patch(added={Field.TAGS: added}), by=SAM, at=NOW)
    assert task.tags == tuple(dict.fromkeys(now + added))


@given(now=NAMES, removed=NAMES)
def test_removing_takes_off_every_one_named(now: tuple[str, ...], removed: tuple[str, ...]) -> None:
    task = a_task(tags=now).changed(Patch(removed={Field.TAGS: removed}), by=SAM, at=NOW)
    assert task.tags == tuple(tag for tag in now if tag not in removed)


def test_undo_of_a_creation_deletes() -> None:
    task = a_task()
    assert undo(task, task.changes[0]) == Patch.of({Field.DELETED: True})


def test_undo_takes_back_only_what_still_stands() -> None:
    task = a_task().changed(Patch.of({Field.TITLE: "Mine", Field.NOTES: "mine"}), by=SAM, at=NOW)
    later = task.changed(Patch.of({Field.TITLE: "Theirs"}), by=SAM, at=NOW)
    assert undo(later, task.changes[-1]) == Patch.of({Field.NOTES: ""})


@given(before=NAMES, change=NAMES)
def test_undo_restores_the_list_as_it_was(before: tuple[str, ...], change: tuple[str, ...]) -> None:
    start = a_task(tags=tuple(dict.fromkeys(before)))
    task = start.changed(Patch(added={Field.TAGS: change}), by=SAM, at=NOW)
    if task is not start:
        assert task.changed(undo(task, task.changes[-1]), by=SAM, at=NOW).tags == start.tags
