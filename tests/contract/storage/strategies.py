"""Any task, any patch, any list, small enough to be quick."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tasks.commands import TaskFilter
from tasks.model import Actor, Due, Field, Priority, Source, Status, Value
from tasks.patch import Patch

EPOCH = datetime(2026, 11, 20, tzinfo=UTC)

# Words that mean something to MongoDB stand among those that do not.
texts = st.sampled_from(
    ["", "Book", "book a venue", "$title", "$$ROOT", "$$REMOVE", "a.b", "😀 שלום"]
)
titles = st.sampled_from(["Book the venue", "$number", "$$NOW", "Café crème", "x", "Straße 7"])
people = st.sampled_from(["U1", "U2", "$creator", "-x"])
tags = st.sampled_from(["a", "b", "$tags", "offsite"])
instants = st.integers(0, 5 * 24 * 60).map(lambda minutes: EPOCH + timedelta(minutes=minutes))
days = st.integers(20, 24).map(lambda day: date(2026, 11, day))
dues = st.one_of(
    st.none(),
    days.map(Due.on),
    instants.map(lambda at: Due.local(at, "Europe/Berlin")),
)
actors = st.builds(Actor, person=st.none() | people, source=st.sampled_from(Source))
milliseconds = st.integers(0, 10**9).map(lambda ms: EPOCH + timedelta(milliseconds=ms))


def _several(entries: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(entries, unique=True, max_size=3).map(tuple)


VALUES: dict[Field, st.SearchStrategy[Value]] = {
    Field.TITLE: titles,
    Field.NOTES: texts,
    Field.STATUS: st.sampled_from(Status),
    Field.ASSIGNEES: _several(people),
    Field.DUE: dues,
    Field.PRIORITY: st.none() | st.sampled_from(Priority),
    Field.TAGS: _several(tags),
    Field.REPEAT: st.none() | texts,
    Field.DELETED: st.booleans(),
    Field.CHECKLIST: _several(texts),
    Field.TICKED: _several(texts),
    Field.ACCEPTED: _several(people),
    Field.SNOOZED: st.none() | instants.map(lambda at: Due.local(at, "Europe/Berlin")),
}


@st.composite
def patches(draw: st.DrawFn) -> Patch:
    """Return a patch that sets, adds and removes."""
    values = draw(st.fixed_dictionaries({}, optional=VALUES))
    entries = {
        Field.ASSIGNEES: people,
        Field.TAGS: tags,
        Field.CHECKLIST: texts,
        Field.TICKED: texts,
        Field.ACCEPTED: people,
    }
    added: dict[Field, tuple[str, ...]] = {}
    removed: dict[Field, tuple[str, ...]] = {}
    for name, one in entries.items():
        if name in values:
            continue
        for entries_of in (added, removed):
            if draw(st.booleans()):
                entries_of[name] = draw(st.lists(one, max_size=3).map(tuple))
    return Patch(values=values, added=added, removed=removed)


@st.composite
def task_fields(draw: st.DrawFn) -> dict[str, Any]:
    """Return the fields of any task that somebody may add."""
    values = {name.value: draw(VALUES[name]) for name in Field if name is not Field.DELETED}
    done = values["status"] is Status.DONE
    return {
        **values,
        "creator": draw(st.none() | people),
        "channel": draw(st.none() | st.sampled_from(["C1", "C2"])),
        "source": draw(st.none() | st.just("https://example.com/p1")),
        "completed_at": draw(milliseconds) if done else None,
        "completed_by": draw(people) if done else None,
    }


filters = st.builds(
    TaskFilter,
    done=st.booleans(),
    owner=st.none() | people,
    unassigned=st.booleans(),
    handed_by=st.none() | people,
    channel=st.none() | st.sampled_from(["C1", "C2"]),
    tag=st.none() | tags,
    due_from=st.none() | instants,
    due_before=st.none() | instants,
    days_before=st.none() | instants,
    words=_several(st.sampled_from(["b", "BOOK", "ven", "strasse", "caf", "number", "!"])),
)
# Most lists ask one thing, and those that ask six find nothing.
simple_filters = st.one_of(
    st.builds(TaskFilter, done=st.booleans()),
    st.builds(TaskFilter, owner=people),
    st.builds(TaskFilter, unassigned=st.just(value=True)),
    st.builds(TaskFilter, handed_by=people),
    st.builds(TaskFilter, owner=people, is_newest_first=st.just(value=True)),
    st.builds(TaskFilter, unassigned=st.just(value=True), is_newest_first=st.just(value=True)),
    st.builds(TaskFilter, done=st.just(value=True), owner=people),
    st.builds(TaskFilter, tag=tags),
    st.builds(TaskFilter, due_before=instants, days_before=instants),
    st.builds(TaskFilter, due_before=instants),
    st.builds(TaskFilter, due_from=instants, due_before=st.none() | instants),
    st.builds(TaskFilter, words=_several(st.sampled_from(["b", "v", "strasse", "number"]))),
)
