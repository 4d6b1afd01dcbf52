"""The form that makes or changes a task: inputs from values; pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

from handlers.slack.blocks import words
from handlers.slack.blocks.parts import Json, Lines, Part, Small, blocks, label, option
from handlers.slack.ids import Form, Input
from tasks.model import EDITABLE, Due, Field, PersonId, Priority, Status, Task, Value
from tasks.text import STEPS_MAX, TAGS_MAX

Values: TypeAlias = Mapping[Field, Value]

NOTES_MAX = 3000
"""A text input of Slack holds no more."""
NONE = "none"
NEW_FIELDS = tuple(name for name in EDITABLE if name is not Field.STATUS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    """What a form carries unseen."""

    number: int = 0
    rev: int = 0
    """The rev that its values were read at."""
    turn: int = 0
    """Raised with every view that shows other values: Slack keeps what stands under old ids."""
    channel: str | None = None
    channel_name: str | None = None
    response_url: str | None = None
    unfurl: tuple[str, ...] = ()
    """Of the card below a link that the form was opened from: that message, and the link."""
    replace: bool = False
    """Whether the card takes the place of the message that the form was opened from."""
    home: bool = False
    tab: str = ""
    """What the home tab carried unseen that the form was opened from."""
    source: str | None = None
    """Where the message can be read that the form was opened from."""
    author: PersonId | None = None
    """Who wrote it."""
    thread: str | None = None
    """The thread in which it is said what became of it."""
    message: str | None = None
    """The message that the form was opened from, where others see it too."""
    anyway: bool = False
    """Whether it is to be added though its words made a task a moment ago."""
    due: str | None = None
    """The due instant that the form shows, so that it comes back as it was."""
    zone: str | None = None
    fields: tuple[str, ...] = field(default_factory=tuple)

    def dumps(self) -> str:
        """Return it as `private_metadata`."""
        found = {name: value for name, value in asdict(self).items() if value}
        return json.dumps(found, separators=(",", ":"))

    @classmethod
    def of(cls, found: Mapping[str, object]) -> Meta:
        """Read it back; strangers' keys are dropped."""
        known = {name: value for name, value in found.items() if name in cls.__slots__}
        return cls(**known)  # type: ignore[arg-type]  # written by `dumps`


def new(meta: Meta, values: Values | None = None, *, above: Sequence[Json] = ()) -> Json:
    """Return the form of a new task: empty, or with what is known already."""
    found: Values = dict.fromkeys(NEW_FIELDS) | dict(values or {})
    submit = "Add anyway" if meta.anyway else "Add"
    return _modal(Form.CREATE, "New task", submit, [*above, *_inputs(found, meta)], meta)


def edit(task: Task, meta: Meta, fields: Sequence[Field] = EDITABLE, *, title: str = "") -> Json:
    """Return the form with a task's values; notes too long for an input are left out.

    A `title` stands there in place of the task's, to be saved or not.
    """
    shown = {name: task.value(name) for name in fields if fits(name, task.value(name))}
    shown |= {Field.TITLE: title} if title else {}
    dropped = [name for name in fields if name not in shown]
    above: list[Part] = [_too_long(name) for name in dropped]
    return filled(shown, at(meta, task, shown), above=blocks(above))


def filled(values: Values, meta: Meta, *, above: Sequence[Json] = ()) -> Json:
    """Return the form with these values, below what is to be read first."""
    title = (
        f"{'Assign' if tuple(values) == (Field.ASSIGNEES,) else 'Edit'} {words.ref(meta.number)}"
    )
    return _modal(Form.EDIT, title, "Save", [*above, *_inputs(values, meta)], meta)


def at(meta: Meta, task: Task, values: Values) -> Meta:
    """Return the metadata for a form that shows `values` of a task."""
    due = values.get(Field.DUE)
    instant = due if isinstance(due, Due) and due.at is not None else None
    return Meta(
        number=task.number,
        rev=task.rev,
        turn=meta.turn,
        channel=meta.channel,
        response_url=meta.response_url,
        message=meta.message,
        unfurl=meta.unfurl,
        replace=meta.replace,
        home=meta.home,
        tab=meta.tab,
        due=instant.at.isoformat() if instant and instant.at else None,
        zone=instant.zone if instant else None,
        fields=tuple(name.value for name in values),
    )


def fits(name: Field, value: Value) -> bool:
    """Tell whether an input can hold the value."""
    if name is Field.CHECKLIST and isinstance(value, tuple):
        return len("\n".join(value)) <= NOTES_MAX
    return name is not Field.NOTES or not isinstance(value, str) or len(value) <= NOTES_MAX


def waiting() -> Json:
    """Return what stands there while the task is read."""
    return notice("One moment", (Lines((("Reading the task …",),)),))


def notice(title: str, parts: Iterable[Part]) -> Json:
    """Return a modal that only says something."""
    return {
        "type": "modal",
        "callback_id": Form.WAIT.value,
        "title": label(title, 24),
        "close": label("Close", 24),
        "blocks": blocks(parts),
    }


def first_input(given: Iterable[Mapping[str, object]]) -> str | None:
    """Return the block id of a view's first input, where an error can be shown."""
    for block in given:
        if block.get("type") == "input":
            return str(block.get("block_id"))
    return None


def block_id(name: str, meta: Meta) -> str:
    """Return the id of an input, another one for every turn."""
    return f"{name}/{meta.turn}"


def input_block(name: str, block: str, text: str, element: Json, *, hint: str = "") -> Json:
    """Return an input that may be left empty."""
    found: Json = {
        "type": "input",
        "block_id": block,
        "label": label(text),
        "element": element | {"action_id": name},
        "optional": name != Input.TITLE,
    }
    return found | ({"hint": label(hint)} if hint else {})


def _modal(form: Form, title: str, submit: str, body: list[Json], meta: Meta) -> Json:
    return {
        "type": "modal",
        "callback_id": form.value,
        "title": label(title, 24),
        "submit": label(submit, 24),
        "close": label("Cancel", 24),
        "private_metadata": meta.dumps(),
        "blocks": body,
    }


def _inputs(values: Values, meta: Meta) -> list[Json]:
    return [block for name, value in values.items() for block in _input(name, value, meta)]


def _input(name: Field, value: Value, meta: Meta) -> Iterable[Json]:
    match name:
        case Field.TITLE:
            yield _plain(Input.TITLE, "Title", value, meta)
        case Field.NOTES:
            yield _plain(Input.NOTES, "Notes", value, meta, multiline=True)
        case Field.STATUS:
            options = [(words.STATUS[status], status.value) for status in Status]
            yield _select(Input.STATUS, "Status", options, str(value or Status.OPEN), meta)
        case Field.ASSIGNEES:
            people = list(value) if isinstance(value, tuple) else []
            users = {"type": "multi_users_select"} | ({"initial_users": people} if people else {})
            yield _ask(Input.ASSIGNEES, "Assignees", users, meta)
        case Field.DUE:
            yield from _due(value if isinstance(value, Due) else None, meta)
        case Field.PRIORITY:
            options = [("None", NONE), *((words.PRIORITY[p], p.value) for p in Priority)]
            yield _select(Input.PRIORITY, "Priority", options, str(value or NONE), meta)
        case Field.TAGS:
            yield _ask(Input.TAGS, "Tags", _tags(value), meta)
        case Field.CHECKLIST:
            steps = "\n".join(value) if isinstance(value, tuple) else ""
            said = f"One step per line, {STEPS_MAX} at most."
            yield _plain(Input.CHECKLIST, "Checklist", steps, meta, multiline=True, hint=said)
        case _:  # the others are no inputs
            return


def _due(due: Due | None, meta: Meta) -> Iterable[Json]:
    day: Json = {"type": "datepicker"}
    time: Json = {"type": "timepicker"}
    if due is not None:
        local = local_time(due)
        day["initial_date"] = (local.date() if local else due.day).isoformat()
        if local:
            time["initial_time"] = f"{local:%H:%M}"
    zone = meta.zone or "your time zone"
    yield _ask(Input.DUE_DAY, "Due on", day, meta)
    yield _ask(Input.DUE_TIME, "Due at", time, meta, hint=f"In {zone}. A day is enough.")


def local_time(due: Due) -> datetime | None:
    """Return the due instant on the clock it was said by."""
    return due.at.astimezone(ZoneInfo(due.zone)) if due.at and due.zone else None


def _plain(
    name: Input, text: str, value: Value, meta: Meta, *, multiline: bool = False, hint: str = ""
) -> Json:
    element: Json = {"type": "plain_text_input", "max_length": NOTES_MAX}
    if multiline:
        element["multiline"] = True
    if isinstance(value, str) and value:
        element["initial_value"] = value[:NOTES_MAX]
    return _ask(name, text, element, meta, hint=hint)


def _select(name: Input, text: str, options: list[tuple[str, str]], value: str, meta: Meta) -> Json:
    found = [option(shown, key) for shown, key in options]
    chosen = [one for one in found if one["value"] == value]
    element: Json = {"type": "static_select", "options": found}
    return _ask(name, text, element | ({"initial_option": chosen[0]} if chosen else {}), meta)


def _tags(value: Value) -> Json:
    element: Json = {
        "type": "multi_external_select",
        "placeholder": label("Known ones, or type a new one"),
        "min_query_length": 0,
        "max_selected_items": TAGS_MAX,
    }
    if isinstance(value, tuple) and value:
        element["initial_options"] = [option(f"#{tag}", tag) for tag in value]
    return element


def _ask(name: Input, text: str, element: Json, meta: Meta, *, hint: str = "") -> Json:
    return input_block(name.value, block_id(name.value, meta), text, element, hint=hint)


def _too_long(name: Field) -> Small:
    what, are = ("notes are", "they are") if name is Field.NOTES else ("checklist is", "it is")
    stay = "stay as they are" if name is Field.NOTES else "stays as it is"
    return Small(
        f"The {what} longer than the {NOTES_MAX:,} characters a form can hold: "
        f"{are} not shown here and {stay}."
    )
