"""The merge as a table, and what holds of it whatever both sides did."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notion_sync.canonical import Agreed, Canonical, read
from notion_sync.columns import Role
from notion_sync.mapping import Assigned, Cell, agreed_after, cells, properties
from notion_sync.merge import Merged, digests, merge, to_write
from notion_sync.reading import LISTS, ROLE_OF, Known, Reader
from tasks.model import Actor, Due, Field, Priority, Source, Status, Task, Value
from tasks.patch import Patch
from tests.unit.notion_sync import examples
from tests.unit.notion_sync.examples import NOW, answer, layout, task

LAYOUT = layout()
PEOPLE = {"n1": "U1", "n2": "U2"}
READER = Reader(
    layout=LAYOUT,
    people={one: Known(name=one, person=PEOPLE.get(one)) for one in ("n1", "n2", "guest")},
    zone="Europe/Berlin",
)
BY = Actor(person="U1", source=Source.SLACK)


def wanted(one: Task, agreed: Agreed) -> dict[Role, Cell]:
    """Return what a row should hold, guests who are there included."""
    ids = {person: notion for notion, person in PEOPLE.items()}
    there = agreed.values.get(Role.ASSIGNEES.value)
    assigned = Assigned(
        ids=tuple(ids[person] for person in one.assignees if person in ids),
        names=one.assignees,
        unmatched=tuple(person for person in one.assignees if person not in ids),
        strangers=("guest",) if isinstance(there, list) and "guest" in there else (),
    )
    return cells(one, LAYOUT, assigned, agreed)


def pushed(one: Task) -> Agreed:
    """Return the base after a row was made."""
    row = wanted(one, Agreed())
    after = agreed_after(Agreed(), row, read(answer(properties(row)), LAYOUT))
    return replace(after, mine=digests(one))


def edited(base: Agreed, values: dict[Role, Canonical]) -> Agreed:
    """Return the row as somebody in Notion has left it."""
    return replace(
        base, values={**base.values, **{role.value: value for role, value in values.items()}}
    )


def changed(one: Task, values: dict[Field, Value]) -> Task:
    return one.changed(Patch.of(values), by=BY, at=NOW)


def met(one: Task, base: Agreed, page: Agreed) -> Merged:
    return merge(one, base, page, wanted(one, base), READER)


def after(one: Task, merged: Merged) -> Task:
    return one.changed(merged.patch, by=BY, at=NOW, lost=merged.lost)


START = task(tags=("offsite",), assignees=("U1", "U9"), notes="n")
BASE = pushed(START)
DAY, OTHER_DAY = Due.on(date(2026, 12, 1)), Due.on(date(2026, 12, 2))
DAY_CELL: Canonical = {"start": "2026-12-01", "end": None}


@pytest.mark.parametrize("stored", ["Mind  the   gap", "Mind the gap"])
def test_spaces_are_no_edit_whether_notion_keeps_them_or_not(stored: str) -> None:
    one = task(title="Mind  the   gap")
    base = edited(pushed(one), {Role.TITLE: stored})  # as Notion answered the write

    quiet = met(one, base, base)
    assert quiet.patch.values == {}
    assert to_write(one, quiet.agreed, wanted(one, quiet.agreed)) == {}
    changed_there = met(one, base, edited(base, {Role.TITLE: "Mind   the gap "}))
    assert dict(changed_there.patch.values) == {Field.TITLE: "Mind   the gap"}


@pytest.mark.parametrize(
    ("here", "there", "patch", "lost", "written"),
    [
        ({}, {}, {}, {}, set()),
        ({}, {Role.TITLE: "B"}, {Field.TITLE: "B"}, {}, set()),
        ({Field.TITLE: "B"}, {}, {}, {}, {Role.TITLE}),
        ({Field.TITLE: "B"}, {Role.TITLE: "B"}, {}, {}, set()),
        ({Field.TITLE: "B"}, {Role.TITLE: "C"}, {}, {Field.TITLE: "C"}, {Role.TITLE}),
        (
            {Field.TITLE: "B"},
            {Role.DUE: DAY_CELL},
            {Field.DUE: DAY},
            {},
            {Role.TITLE},
        ),
        ({Field.DUE: OTHER_DAY}, {Role.DUE: DAY_CELL}, {}, {Field.DUE: DAY}, {Role.DUE}),
        ({Field.DUE: DAY}, {Role.DUE: {"start": "2026-12-01", "end": "2026-12-09"}}, {}, {}, set()),
        (
            {Field.TAGS: ("offsite", "new")},
            {Role.TAGS: []},
            {Field.TAGS: ("new",)},
            {},
            {Role.TAGS},
        ),
        ({}, {Role.ASSIGNEES: ["n2"]}, {Field.ASSIGNEES: ("U9", "U2")}, {}, set()),
        ({}, {Role.ASSIGNEES: ["guest", "n1"]}, {}, {}, set()),
        ({Field.STATUS: Status.DONE}, {Role.STATUS: "id-Dropped"}, {}, {}, set()),
        ({}, {Role.STATUS: "id-Blocked"}, {}, {}, set()),
        ({}, {Role.STATUS: "id-Done"}, {Field.STATUS: Status.DONE}, {}, set()),
        ({Field.PRIORITY: Priority.LOW}, {Role.PRIORITY: "unknown"}, {}, {}, {Role.PRIORITY}),
        ({}, {Role.PRIORITY: "unknown"}, {}, {}, set()),
        ({}, {Role.TITLE: ""}, {Field.TITLE: "(untitled)"}, {}, set()),
        ({}, {Role.KEY: "somebody's"}, {}, {}, {Role.KEY}),
    ],
)
def test_what_becomes_of_what_both_sides_did(
    here: dict[Field, Value],
    there: dict[Role, Canonical],
    patch: dict[Field, Value],
    lost: dict[Field, Value],
    written: set[Role],
) -> None:
    one = changed(START, here)
    merged = met(one, BASE, edited(BASE, there))
    assert dict(merged.patch.values) == patch
    assert dict(merged.lost) == lost
    then = after(one, merged)
    assert to_write(then, merged.agreed, wanted(then, merged.agreed)).keys() == written


def test_a_row_in_the_trash_deletes_and_one_restored_brings_back() -> None:
    trashed = replace(BASE, in_trash=True)
    assert met(START, BASE, trashed).patch.values == {Field.DELETED: True}
    gone = changed(START, {Field.DELETED: True})
    assert met(gone, trashed, BASE).patch.values == {Field.DELETED: False}
    assert not met(gone, BASE, trashed).changes_task
    assert not met(gone, BASE, BASE).changes_task


def test_a_task_with_edits_stays_when_its_row_is_put_into_the_trash() -> None:
    merged = met(changed(START, {Field.TITLE: "B"}), BASE, replace(BASE, in_trash=True))
    assert merged.is_kept
    assert not merged.changes_task


def test_a_deleted_task_takes_along_what_was_edited_in_its_row() -> None:
    gone = changed(START, {Field.DELETED: True})
    merged = met(gone, BASE, edited(BASE, {Role.NOTES: "new"}))
    assert merged.patch.values == {Field.NOTES: "new"}


def test_where_we_may_have_moved_the_page_ourselves_the_task_says_where_it_belongs() -> None:
    unsure = replace(BASE, unsure=True)
    merged = met(START, unsure, replace(BASE, in_trash=True))
    assert not merged.changes_task
    assert (merged.agreed.in_trash, merged.agreed.unsure) == (True, False)


def test_what_we_may_have_written_is_not_taken_for_a_persons_edit() -> None:
    sent = replace(BASE, sent={Role.TITLE.value: ["Mistake"]})
    merged = met(START, sent, edited(BASE, {Role.TITLE: "Mistake"}))
    assert not merged.changes_task
    written = to_write(START, merged.agreed, wanted(START, merged.agreed))
    assert written.keys() == {Role.TITLE}


def test_without_a_base_what_differs_is_kept_in_the_history() -> None:
    merged = met(START, Agreed(), edited(BASE, {Role.TITLE: "Theirs"}))
    assert dict(merged.lost) == {Field.TITLE: "Theirs"}
    then = after(START, merged)
    assert to_write(then, merged.agreed, wanted(then, merged.agreed)).keys() == {Role.TITLE}


titles = st.sampled_from(["", "A", "B", "B  b", "x" * 300])
edits_there = st.fixed_dictionaries(
    {},
    optional={
        Role.TITLE: titles,
        Role.NOTES: st.sampled_from(["", "a", "b\n\nc", "y" * 30_000]),
        Role.STATUS: st.none() | st.sampled_from([o.id for o in examples.STATUS.options] + ["?"]),
        Role.PRIORITY: st.none() | st.sampled_from(["id-✹ High", "id-low", "?"]),
        Role.TAGS: st.sampled_from([[], ["id-Offsite"], ["?"]]),
        Role.ASSIGNEES: st.lists(
            st.sampled_from(["n1", "n2", "guest", "?"]), unique=True, max_size=5
        ).map(sorted),
        Role.DUE: st.none()
        | st.fixed_dictionaries(
            {
                "start": st.sampled_from(["2026-12-01", "2026-12-01T10:00Z", "0001-01-01T00:00Z"]),
                "end": st.none() | st.just("2027-01-01"),
            }
        ),
    },
)
edits_here = st.fixed_dictionaries(
    {},
    optional={
        Field.TITLE: st.sampled_from(["A", "B", "C"]),
        Field.NOTES: st.sampled_from(["", "a", "d"]),
        Field.STATUS: st.sampled_from(Status),
        Field.PRIORITY: st.none() | st.sampled_from(Priority),
        Field.TAGS: st.sampled_from([(), ("offsite",), ("new", "a,b")]),
        Field.ASSIGNEES: st.sampled_from([(), ("U2",), ("U1", "U2", "U9")]),
        Field.DUE: st.sampled_from(
            [None, DAY, Due.local(datetime(2026, 12, 1, 10, 0, 30, tzinfo=UTC), "Europe/Berlin")]
        ),
        Field.DELETED: st.booleans(),
    },
)


@given(edits_here, edits_there, st.sampled_from([False, True]))
def test_once_merged_and_written_both_sides_rest(
    here: dict[Field, Value], there: dict[Role, Canonical], in_trash: object
) -> None:
    one = changed(START, here)
    page = replace(edited(BASE, there), in_trash=bool(in_trash))
    merged = met(one, BASE, page)
    if merged.is_kept:
        return
    then = after(one, merged)
    due = to_write(then, merged.agreed, wanted(then, merged.agreed))
    row = {**page.values, **{role.value: cell.value for role, cell in due.items()}}
    rested = replace(merged.agreed, values=row, mine=digests(then))
    again = met(then, rested, replace(page, values=row))
    assert not again.changes_task
    assert not to_write(then, again.agreed, wanted(then, again.agreed))


@given(edits_here, edits_there)
def test_no_value_that_a_task_can_hold_is_lost(
    here: dict[Field, Value], there: dict[Role, Canonical]
) -> None:
    one = changed(START, here)
    page = edited(BASE, there)
    merged = met(one, BASE, page)
    then = after(one, merged)
    for name, role in ROLE_OF.items():
        found = READER.found(name, page.values[role.value])
        if role not in there or not found.usable or page.values[role.value] == BASE.values[role]:
            continue
        if name in LISTS:
            old = READER.found(name, BASE.values[role.value]).value
            assert isinstance(found.value, tuple)
            assert isinstance(old, tuple)
            added = [entry for entry in found.value if entry not in old]
            assert set(added) <= set(then.value(name) or ())  # type: ignore[arg-type]  # a list
        else:
            kept = (then.value(name), merged.lost.get(name))
            same = found.value in kept or name is Field.DUE or name is Field.STATUS
            assert same or one.value(name) == found.value


@given(edits_here)
def test_our_own_echo_changes_nothing(here: dict[Field, Value]) -> None:
    one = changed(START, {**here, Field.DELETED: False})
    page = read(answer(properties(wanted(one, BASE))), LAYOUT)
    assert not met(one, BASE, page).changes_task
