"""What stands in a submitted form, as values of a task; pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from handlers.slack.blocks.clash import THEIRS
from handlers.slack.blocks.form import NONE, Meta, local_time
from handlers.slack.ids import Input
from handlers.slack.troubles import Trouble
from tasks.model import Due, Field, Priority, Status, Value

Element = Mapping[str, Any]
_OF_FIELD = {
    Field.TITLE: Input.TITLE,
    Field.NOTES: Input.NOTES,
    Field.STATUS: Input.STATUS,
    Field.ASSIGNEES: Input.ASSIGNEES,
    Field.DUE: Input.DUE_DAY,
    Field.PRIORITY: Input.PRIORITY,
    Field.TAGS: Input.TAGS,
    Field.CHECKLIST: Input.CHECKLIST,
}


class BadField(Trouble):
    """An input that cannot be taken as it stands; the message says why."""

    def __init__(self, block: str, message: str) -> None:
        super().__init__(message)
        self.block = block


class Filled:
    """A submitted form: elements by the first part of their block id."""

    def __init__(self, values: Mapping[str, Element]) -> None:
        self._blocks = {block.rpartition("/")[0]: block for block in values}
        self._values = {block.rpartition("/")[0]: found for block, found in values.items()}

    def block(self, field: Field) -> str | None:
        """Return the block that shows an error about a field; the first where it has none."""
        own = self._blocks.get(_OF_FIELD.get(field, ""))
        return own or next(iter(self._blocks.values()), None)

    def block_of(self, name: Input) -> str:
        """Return the block of an input."""
        return self._blocks.get(name, name)

    def picked_option(self, name: Input) -> str | None:
        """Return the value of what was picked in a menu."""
        return _selected(self._of(name))

    def picked_options(self, name: Input) -> tuple[str, ...]:
        """Return the values of all that was picked in a menu."""
        return tuple(str(one["value"]) for one in self._of(name).get("selected_options") or ())

    def picked_people(self) -> tuple[str, ...]:
        """Return the people who were picked as assignees."""
        return tuple(self._of(Input.ASSIGNEES).get("selected_users") or ())

    def text_of(self, name: Input) -> str:
        """Return what was typed."""
        return str(self._of(name).get("value") or "")

    def values(self, fields: tuple[str, ...], due: Due | None) -> dict[Field, Value]:
        """Return the fields of the form, but for those whose saved value was chosen."""
        found: dict[Field, Value] = {}
        for name in map(Field, fields):
            choice = self._values.get(f"{Input.CHOICE}/{name}")
            if choice is None or _selected(choice) != THEIRS:
                found[name] = due if name is Field.DUE else self._value(name)
        return found

    def picked(self) -> tuple[date | None, time | None]:
        """Return the day and the time that stand in the form. BadField: a time without a day."""
        day = self._of(Input.DUE_DAY).get("selected_date")
        clock = self._of(Input.DUE_TIME).get("selected_time")
        if clock and not day:
            raise BadField(
                self._blocks[Input.DUE_TIME], "Pick the day as well, or take the time away."
            )
        return (
            date.fromisoformat(day) if day else None,
            time.fromisoformat(clock) if clock else None,
        )

    def _of(self, name: Input) -> Element:
        return self._values.get(name, {})

    def _tags(self) -> tuple[str, ...]:
        """Return the tags picked; a form opened by an earlier version has them in a text."""
        found = self._of(Input.TAGS)
        if (picked := found.get("selected_options")) is not None:
            return tuple(str(one["value"]) for one in picked)
        return read_tags(str(found.get("value") or ""))

    def _value(self, name: Field) -> Value:  # noqa: PLR0911  # one per case
        match name:
            case Field.TITLE:
                return str(self._of(Input.TITLE).get("value") or "")
            case Field.NOTES:
                return str(self._of(Input.NOTES).get("value") or "")
            case Field.STATUS:
                return Status(_selected(self._of(Input.STATUS)) or Status.OPEN)
            case Field.ASSIGNEES:
                return self.picked_people()
            case Field.PRIORITY:
                chosen = _selected(self._of(Input.PRIORITY))
                return Priority(chosen) if chosen and chosen != NONE else None
            case Field.TAGS:
                return self._tags()
            case Field.CHECKLIST:
                return read_steps(str(self._of(Input.CHECKLIST).get("value") or ""))
            case _:
                return None


def due_of(day: date, clock: time | None, zone: ZoneInfo, meta: Meta) -> Due:
    """Return the due date; the very same as before where day and time were left as they were."""
    if clock is None:
        return Due.on(day)
    if meta.due and meta.zone:
        before = Due.local(datetime.fromisoformat(meta.due), meta.zone)
        local = local_time(before)
        if local and (local.date(), f"{local:%H:%M}") == (day, f"{clock:%H:%M}"):
            return before
    return Due.local(datetime.combine(day, clock, zone), zone.key)


def read_tags(text: str) -> tuple[str, ...]:
    """Return tags typed with commas, or each with a `#`, which the inside takes away."""
    found: list[str] = []
    for part in text.replace("\n", ",").replace("、", ",").split(","):
        names = part.split()
        if len(names) > 1 and all(n.startswith("#") and not n.startswith("##") for n in names):
            found += names
        elif names:
            found.append(" ".join(names))
    return tuple(found)


def read_steps(text: str) -> tuple[str, ...]:
    """Return steps typed one per line."""
    return tuple(line for line in map(str.strip, text.splitlines()) if line)


def _selected(element: Element) -> str | None:
    option = element.get("selected_option") or {}
    value = option.get("value")
    return str(value) if value else None
