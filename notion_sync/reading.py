"""From the cells of a row to what a task can hold; total: no value is refused, and it is pure.

What a task cannot show stays in Notion and is said in a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TypeAlias

from notion_sync.canonical import Canonical
from notion_sync.columns import Role
from notion_sync.layout import Layout
from notion_sync.mapping import meaning, rank
from notion_sync.schema import Column
from tasks import text
from tasks.errors import Refused
from tasks.model import Due, Field, PersonId, Status, Value

UNTITLED = "(untitled)"
ROLE_OF = {
    Field.TITLE: Role.TITLE,
    Field.STATUS: Role.STATUS,
    Field.ASSIGNEES: Role.ASSIGNEES,
    Field.DUE: Role.DUE,
    Field.PRIORITY: Role.PRIORITY,
    Field.TAGS: Role.TAGS,
    Field.NOTES: Role.NOTES,
}
"""The fields that both sides may change."""
LISTS = (Field.ASSIGNEES, Field.TAGS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Somebody that a row names."""

    name: str
    person: PersonId | None
    """None: nobody in the team has the same address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a cell means for the task."""

    value: Value
    said: str | None = None
    """What of it the task cannot show."""
    usable: bool = True
    """False: the task has no such value; its own stays as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads the cells of one table for one task."""

    layout: Layout
    people: Mapping[str, Known] = field(default_factory=dict)
    """By Notion's ids."""
    zone: str = "UTC"
    """IANA name of the zone that instants are shown in."""

    def found(self, name: Field, cell: Canonical) -> Found:
        """Return what a cell means for a field."""
        column = self.layout.columns[ROLE_OF[name]]
        return _READERS[name](self, column, cell)


_Reading: TypeAlias = Callable[[Reader, Column, Canonical], Found]


def _title(_reader: Reader, _column: Column, cell: Canonical) -> Found:
    whole = text.one_line(cell if isinstance(cell, str) else "")
    if len(whole) <= text.TITLE_MAX:
        return Found(value=whole or UNTITLED)
    short = text.shorten(whole, text.TITLE_MAX)
    return Found(value=short, said="The name is shortened here; the full one is in Notion.")


def _notes(_reader: Reader, _column: Column, cell: Canonical) -> Found:
    whole = text.clean(cell if isinstance(cell, str) else "")
    if len(whole) <= text.NOTES_MAX:
        return Found(value=whole)
    short = text.shorten(whole, text.NOTES_MAX)
    return Found(value=short, said="The notes are shortened here; the full ones are in Notion.")


def _status(reader: Reader, column: Column, cell: Canonical) -> Found:
    if not isinstance(cell, str):
        return Found(value=Status.OPEN)
    option = column.option(cell)
    status = meaning(column, option, reader.layout) if option is not None else None
    if status is not None:
        return Found(value=status)
    return _unknown(column, option.name if option is not None else None)


def _priority(reader: Reader, column: Column, cell: Canonical) -> Found:
    if not isinstance(cell, str):
        return Found(value=None)
    if (priority := rank(cell, reader.layout)) is not None:
        return Found(value=priority)
    other = column.option(cell)
    return _unknown(column, other.name if other is not None else None)


def _unknown(column: Column, name: str | None) -> Found:
    shown = f"“{name}”" if name else "a value"
    return Found(value=None, usable=False, said=f"{column.name} is {shown} in Notion.")


def _due(reader: Reader, column: Column, cell: Canonical) -> Found:
    if not isinstance(cell, dict):
        return Found(value=None)
    start, end = cell.get("start"), cell.get("end")
    try:
        due = _moment(start or "", reader.zone)
    except (ValueError, OverflowError):
        return Found(value=None, usable=False, said=f"{column.name} is {start} in Notion.")
    return Found(value=due, said=f"{column.name} goes on until {end} in Notion." if end else None)


def _moment(start: str, zone: str) -> Due:
    if "T" not in start:
        return Due.on(date.fromisoformat(start))
    at = datetime.fromisoformat(start)
    return Due.local(at.astimezone(UTC), zone)


def _tags(_reader: Reader, column: Column, cell: Canonical) -> Found:
    names = [
        option.name
        for option_id in (cell if isinstance(cell, list) else ())
        if (option := column.option(option_id)) is not None
    ]
    kept: dict[str, None] = {}
    left: list[str] = []
    for name in names:
        try:
            kept[text.tag(name)] = None
        except Refused:
            left.append(name)
    few = tuple(kept)[: text.TAGS_MAX]
    left += tuple(kept)[text.TAGS_MAX :]
    said = f"Not shown here: {', '.join(left)} ({column.name})." if left else None
    return Found(value=few, said=said)


def _assignees(reader: Reader, column: Column, cell: Canonical) -> Found:
    if column.type != "people" or not isinstance(cell, list):
        return Found(value=(), usable=False)  # a text of names: ours to write, and nobody's to read
    everybody = [reader.people.get(one, Known(name=one, person=None)) for one in cell]
    persons = dict.fromkeys(one.person for one in everybody if one.person is not None)
    few = tuple(persons)[: text.ASSIGNEES_MAX]
    strangers = [one.name for one in everybody if one.person is None]
    said = f"Not in Slack: {', '.join(strangers)} ({column.name})." if strangers else None
    return Found(value=few, said=said)


_READERS: Mapping[Field, _Reading] = {
    Field.TITLE: _title,
    Field.NOTES: _notes,
    Field.STATUS: _status,
    Field.PRIORITY: _priority,
    Field.DUE: _due,
    Field.TAGS: _tags,
    Field.ASSIGNEES: _assignees,
}
