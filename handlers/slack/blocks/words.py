"""How values of a task read to a person; pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache

from handlers.slack.blocks.parts import Channel, Inline, Line, Link, Person, Text, joined
from tasks import dates
from tasks.commands import TaskLine
from tasks.model import (
    Conflict,
    Due,
    Field,
    FieldChange,
    PersonId,
    Priority,
    Status,
    SyncState,
    Task,
    Value,
)
from tasks.text import one_line

STATUS = {Status.OPEN: "Open", Status.IN_PROGRESS: "In progress", Status.DONE: "Done"}
PRIORITY = {
    Priority.LOW: "Low",
    Priority.MEDIUM: "Medium",
    Priority.HIGH: "High",
    Priority.URGENT: "Urgent",
}
FIELD = {
    Field.TITLE: "Title",
    Field.NOTES: "Notes",
    Field.STATUS: "Status",
    Field.ASSIGNEES: "Assignees",
    Field.DUE: "Due",
    Field.PRIORITY: "Priority",
    Field.TAGS: "Tags",
    Field.REPEAT: "Repeats",
    Field.DELETED: "Deleted",
    Field.CHECKLIST: "Checklist",
    Field.TICKED: "Ticked",
    Field.ACCEPTED: "Accepted by",
    Field.SNOOZED: "Snoozed until",
}
_MORE_AND_LESS = {
    Field.CHECKLIST: ("new step", "no step any more"),
    Field.TICKED: ("ticked", "not ticked any more"),
}
"""How entries are told that came and went; the others are told before and after."""
TITLE_MAX = 300
OF_PEOPLE = (Field.ASSIGNEES, Field.ACCEPTED)
LAST_ZONE = timedelta(hours=12)
"""Where no zone is known a day is over once it is over everywhere."""


def ref(task: Task | TaskLine | int) -> str:
    """Return `T-12`."""
    return f"T-{task if isinstance(task, int) else task.number}"


@lru_cache(maxsize=4096)  # the same few are in every list
def due(value: Due) -> str:
    """Return `Fri 27 Nov 2026, 17:00 Europe/Berlin`."""
    return dates.say(value)


def is_overdue(task: Task | TaskLine, now: datetime) -> bool:
    """Tell whether an open task is late."""
    due = task.due
    if due is None or not task.is_open:
        return False
    return due.is_over(now if due.at is not None else now - LAST_ZONE)


def private(task: Task) -> Line:
    """Return who alone sees it; nothing where everybody does."""
    if task.audience is None:
        return ()
    if task.audience == task.creator:
        return ("🔒 Private to ", Person(task.audience))
    return ("🔒 Private to ", Channel(task.audience))


def origin(source: str | None, author: PersonId | None) -> Line:
    """Return `From a message by @sam`, with its link."""
    is_link = source is not None and source.startswith("https://")
    what: Line = (Link(source, "a message"),) if source and is_link else ("a message",)
    return ("From ", *what, *((" by ", Person(author)) if author else ()))


def people(persons: tuple[str, ...]) -> Line:
    """Return `@maria, @sam`."""
    if len(persons) == 1:
        return (Person(persons[0]),)
    return joined([(Person(one),) for one in persons], ", ")


def assigned(task: Task) -> Line:
    """Return `@maria ✓, @sam`: who has it, and who has said that they will do it."""
    return joined(
        [(Person(one), " ✓") if one in task.accepted else (Person(one),) for one in task.assignees],
        ", ",
    )


def progress(task: Task | TaskLine) -> Line:
    """Return `2/5`; nothing without a checklist."""
    done, of = task.progress
    return (f"{done}/{of}",) if of else ()


def tags(names: tuple[str, ...]) -> Line:
    """Return `#offsite #budget`."""
    return (" ".join([f"#{name}" for name in names]),) if names else ()


def ago(at: datetime, now: datetime) -> str:
    """Return `12 s ago`, `5 min ago`, `3 h ago`, `2 days ago`."""
    seconds = max(0, int((now - at).total_seconds()))
    for size, unit in ((86_400, "day"), (3600, "h"), (60, "min")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' if unit == 'day' and count > 1 else ''} ago"
    return f"{seconds} s ago"


def notion(task: Task, now: datetime, ahead: int | None = None) -> str:
    """Return the line of the card that says how the row stands."""
    sync = task.sync
    match sync.state:
        case SyncState.OFF:
            return off(task)
        case SyncState.SYNCED:
            since = f" {ago(sync.at, now)}" if sync.at else ""
            return f"Notion: synced{since}" + (f" — {sync.remark}" if sync.remark else "")
        case SyncState.WAITING:
            if sync.reason:
                return f"Notion: waiting — {sync.reason}"
            return "Notion: waiting" + (f" ({ahead} ahead)" if ahead else "")
        case SyncState.CONFLICT:
            both = "; ".join(_conflict(one) for one in sync.conflicts)
            return f"Notion: conflict — {both}. What stands here is kept"
        case SyncState.STALLED | SyncState.GONE:
            return f"Notion: {sync.state}" + (f" — {sync.reason}" if sync.reason else "")


def off(task: Task) -> str:
    """Return that line where there is no row, and none is to come."""
    return "Notion: off" if task.audience is None else "Notion: off (private)"


def _conflict(one: Conflict) -> str:
    shown = flat(value(one.field, one.value))
    return f"{FIELD[one.field]} was changed in Notion too, to “{short(shown, 200)}”"


def flat(line: Line) -> str:
    """Return the words of a line, without people and links."""
    return "".join(
        part if isinstance(part, str) else part.text
        for part in line
        if isinstance(part, (str, Text))
    )


def value(field: Field, given: Value) -> Line:  # noqa: PLR0911  # one per case
    """Return a value of a field as text; `nothing` for none."""
    match given:
        case None | () | "":
            return ("nothing",)
        case Status():
            return (STATUS[given],)
        case Priority():
            return (PRIORITY[given],)
        case Due():
            return (due(given),)
        case bool():
            return ("yes" if given else "no",)
        case tuple():
            if field in _MORE_AND_LESS:
                return (Text(short(", ".join(given), 200)),)
            return people(given) if field in OF_PEOPLE else tags(given)
        case str():
            return (Text(short(given, 200)),)


def change(step: FieldChange) -> Line:
    """Return `Due: nothing → Fri 27 Nov 2026`, or `deleted`."""
    if step.field is Field.DELETED:
        return ("deleted it" if step.after else "restored it",)
    if (told := _MORE_AND_LESS.get(step.field)) is not None:
        return joined(list(_entries(step, *told)), "; ")
    before, after = value(step.field, step.before), value(step.field, step.after)
    return (f"{FIELD[step.field]}: ", *before, " → ", *after)


def _entries(step: FieldChange, more: str, less: str) -> Iterator[Line]:
    before, after = _texts(step.before), _texts(step.after)
    for verb, texts in (
        (more, [one for one in after if one not in before]),
        (less, [one for one in before if one not in after]),
    ):
        if texts:
            yield (f"{verb}: ", Text(short(", ".join(texts), 200)))
    if set(before) == set(after):
        yield ("put the steps in another order",)


def _texts(given: Value) -> tuple[str, ...]:
    return given if isinstance(given, tuple) else ()


def short(text: str, limit: int) -> str:
    """Return the beginning of a text, on one line."""
    flat = one_line(text)
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"


def count(number: int, one: str, many: str) -> str:
    """Return `1 task`, `3 tasks`."""
    return f"{number} {one if number == 1 else many}"


def code(template: str) -> tuple[Inline, ...]:
    """Return our own words, with what stands in `backticks` as code."""
    parts = template.split("`")
    return tuple(Text(p, code=True) if i % 2 else p for i, p in enumerate(parts) if p)
