"""The task as a value: its transitions, its past, its due date."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.model import Due, Field, Priority, Status, Value
from tasks.patch import Patch
from tests.unit.tasks.world import MARIA, NOW, SAM, a_task

LATER = NOW + timedelta(hours=1)


def test_a_change_raises_the_rev_and_remembers_before_and_after() -> None:
    before = a_task()
    after = before.changed(
        Patch.of({Field.TITLE: "New", Field.NOTES: ""}), by=SAM, at=LATER, key="k1"
    )
    assert (after.title, after.rev, after.updated_at) == ("New", 2, LATER)
    change = after.changes[-1]
    assert (change.rev, change.by, change.at, change.key) == (2, SAM, LATER, "k1")
    assert [(s.field, s.before, s.after) for s in change.fields] == [
        (Field.TITLE, "Book the venue", "New")
    ]
    assert before.title == "Book the venue"


def test_a_change_that_makes_no_difference_is_none() -> None:
    task = a_task()
    assert task.changed(Patch.of({Field.TITLE: task.title}), by=SAM, at=LATER) is task


def test_done_says_when_and_by_whom_until_it_is_reopened() -> None:
    done = a_task().changed(Patch.of({Field.STATUS: Status.DONE}), by=SAM, at=LATER)
    assert (done.completed_at, done.completed_by) == (LATER, "U2")
    begun = done.changed(Patch.of({Field.STATUS: Status.IN_PROGRESS}), by=MARIA, at=LATER)
    assert (begun.completed_at, begun.completed_by) == (None, None)


def test_other_changes_leave_when_it_was_done_alone() -> None:
    done = a_task().changed(Patch.of({Field.STATUS: Status.DONE}), by=SAM, at=NOW)
    renamed = done.changed(Patch.of({Field.TITLE: "x"}), by=MARIA, at=LATER)
    assert (renamed.completed_at, renamed.completed_by) == (NOW, "U2")


@pytest.mark.parametrize(
    ("status", "deleted", "is_open"),
    [
        (Status.OPEN, False, True),
        (Status.IN_PROGRESS, False, True),
        (Status.DONE, False, False),
        (Status.OPEN, True, False),
    ],
)
def test_open_is_what_there_is_still_to_do(
    status: Status,
    deleted: bool,  # noqa: FBT001  # a column of the table
    is_open: bool,  # noqa: FBT001  # a column of the table
) -> None:
    assert a_task(status=status, deleted=deleted).is_open is is_open


def test_a_task_of_nobody_is_on_its_creators_list() -> None:
    assert a_task(assignees=("U2", "U3")).owners == ("U2", "U3")
    assert a_task().owners == ("U1",)
    assert a_task(creator=None).owners == ()


EDITS = st.lists(
    st.dictionaries(
        st.sampled_from([Field.TITLE, Field.NOTES, Field.PRIORITY, Field.TAGS]),
        st.sampled_from(["a", "b", "c"]),
        max_size=3,
    ),
    max_size=6,
)


@given(EDITS)
def test_a_task_remembers_every_state_that_it_was_in(edits: list[dict[Field, Value]]) -> None:
    states = [a_task()]
    for values in edits:
        states.append(states[-1].changed(Patch.of(values), by=SAM, at=LATER))
    now = states[-1]
    for state in states:
        then = now.at_rev(state.rev)
        assert then is not None
        assert [then.value(name) for name in Field] == [state.value(name) for name in Field]


def test_a_state_whose_changes_are_moved_away_or_to_come_is_unknown() -> None:
    task = a_task()
    for priority in Priority:
        task = task.changed(Patch.of({Field.PRIORITY: priority}), by=SAM, at=LATER)
    short = replace(task, changes=task.changes[-2:])
    assert short.at_rev(6) is None
    assert short.at_rev(2) is None
    then = short.at_rev(3)
    assert then is not None
    assert then.priority is Priority.MEDIUM


@pytest.mark.parametrize(
    ("at", "zone", "day"),
    [
        (datetime(2026, 11, 27, 23, 30, tzinfo=UTC), "Europe/Berlin", date(2026, 11, 28)),
        (datetime(2026, 11, 27, 3, 30, tzinfo=UTC), "America/New_York", date(2026, 11, 26)),
        (datetime(2026, 11, 27, 12, 0, 59, 999, tzinfo=UTC), "UTC", date(2026, 11, 27)),
    ],
)
def test_a_due_instant_knows_its_day_in_its_zone_to_the_minute(
    at: datetime, zone: str, day: date
) -> None:
    due = Due.local(at, zone)
    assert (due.day, due.zone) == (day, zone)
    assert due.at == due.marker == at.replace(second=0, microsecond=0)


@pytest.mark.parametrize("hours", range(-10, 14))
def test_a_due_day_lies_within_that_day_wherever_one_looks(hours: int) -> None:
    marker = Due.on(date(2026, 11, 27)).marker
    assert (marker + timedelta(hours=hours)).date() == date(2026, 11, 27)


def test_a_day_is_over_when_the_viewers_next_day_begins() -> None:
    due = Due.on(date(2026, 11, 27))
    berlin = ZoneInfo("Europe/Berlin")
    assert not due.is_over(datetime(2026, 11, 27, 23, 59, tzinfo=berlin))
    assert due.is_over(datetime(2026, 11, 28, 0, 0, tzinfo=berlin))


def test_an_instant_is_over_at_the_same_moment_for_everybody() -> None:
    due = Due.local(datetime(2026, 11, 27, 16, 0, tzinfo=UTC), "Europe/Berlin")
    for zone in ("Europe/Berlin", "Asia/Tokyo"):
        at = datetime(2026, 11, 27, 16, 0, tzinfo=UTC).astimezone(ZoneInfo(zone))
        assert not due.is_over(at)
        assert due.is_over(at + timedelta(seconds=1))
