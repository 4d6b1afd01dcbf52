"""Who gave a task away, out of its changes."""

from __future__ import annotations

from datetime import UTC, datetime

from tasks.handing import giving
from tasks.model import Actor, Change, Field, FieldChange, Source

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def assigned(rev: int, by: str, before: tuple[str, ...], after: tuple[str, ...]) -> Change:
    step = FieldChange(field=Field.ASSIGNEES, before=before, after=after)
    who = Actor(person=by, source=Source.SLACK)
    return Change(rev=rev, by=who, at=AT, fields=(step,))


def test_it_is_the_latest_change_that_put_somebody_on_it() -> None:
    first = assigned(2, "U1", (), ("U2",))
    off = assigned(3, "U1", ("U2",), ())
    on = assigned(4, "U3", (), ("U2",))
    more = assigned(5, "U4", ("U2",), ("U2", "U5"))
    assert giving((more, on, off, first), "U2") is on
    assert giving((more, on, off, first), "U5") is more
    assert giving((off, first), "U5") is None
