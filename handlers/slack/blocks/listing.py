"""A page of tasks; pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from handlers.slack.blocks import words
from handlers.slack.blocks.message import Message, as_json, message
from handlers.slack.blocks.parts import (
    VALUE_MAX,
    Button,
    Inline,
    Line,
    Lines,
    Menu,
    Part,
    Row,
    Small,
    Text,
)
from handlers.slack.blocks.words import code
from handlers.slack.ids import Act
from tasks.commands import LinePage, TaskLine
from tasks.model import Priority, Status, Task

TITLE_MAX = 120
OPTION_TITLE_MAX = 60
PEOPLE_MAX, TAGS_MAX = 3, 5
SEVERAL = 2
_DOT, _INDENT = " · ", "        "
_LATE: Line = (" — ", Text("overdue", bold=True))
_SHOWN_PRIORITIES = (Priority.HIGH, Priority.URGENT)
NOT_WHOLE = (
    "Tasks of private channels are left out, as Slack does not tell me right now which you are in: "
    "type /task list here in one of them."
)
WIDER = "`/task list all` shows every open task, `/task help list` what can be asked for."


def listing(
    page: LinePage,
    *,
    title: tuple[Inline, ...],
    asked: str,
    now: datetime,
    is_first: bool = True,
    after: tuple[Part, ...] = (),
) -> Message:
    """Return one page of a list; `asked` are the words that ask for it again."""
    after = (*(() if page.is_whole else (Small(NOT_WHOLE),)), *after)
    head: Line = tuple(Text(part, bold=True) if isinstance(part, str) else part for part in title)
    if not page.lines:
        hint = () if asked.strip() in ("", "all") else (code(WIDER),)
        found = Lines(((*head, ": none."), *hint))
        return message(found, *_turn(page, asked, is_first=is_first), *after)
    lines: list[Line] = []
    for task in page.lines:
        lines += entry(task, now)
    return message(
        Lines((head,)),
        Lines(tuple(lines)),
        *_turn(page, asked, is_first=is_first),
        *after,
    )


def entry(task: Task | TaskLine, now: datetime) -> tuple[Line, ...]:
    """Return the two lines of a task in a list; one where there is nothing but its title."""
    done = task.status is Status.DONE
    title = Text(words.short(task.title, TITLE_MAX), bold=not done, strike=done)
    first = (f"{words.ref(task)}  ", title)
    facts = _facts(task, now)
    return (first, (_INDENT, *facts[1:])) if facts else (first,)


def _facts(task: Task | TaskLine, now: datetime) -> list[Inline]:
    """Return what there is to say of a task, a dot before each."""
    # What most tasks have none of is not asked further: lists are looked at most.
    found: list[Inline] = []
    if task.status is Status.IN_PROGRESS:
        found += (_DOT, words.STATUS[task.status])
    if task.checklist:
        found += (_DOT, *words.progress(task))
    if task.snoozed is not None and task.is_snoozed(now):
        found += (_DOT, f"snoozed until {words.due(task.snoozed)}")
    if task.due is not None:
        found += (_DOT, f"due {words.due(task.due)}")
        if words.is_overdue(task, now):
            found += _LATE
    if task.assignees:
        found += (_DOT, *_people(task.assignees))
    if task.priority in _SHOWN_PRIORITIES:
        found += (_DOT, words.PRIORITY[task.priority])
    if task.tags:
        found += (_DOT, *words.tags(task.tags[:TAGS_MAX]))
    return found


def _people(assignees: tuple[str, ...]) -> Line:
    if (more := len(assignees) - PEOPLE_MAX) > 0:
        return (*words.people(assignees[:PEOPLE_MAX]), f" +{more}")
    return words.people(assignees)


def _turn(page: LinePage, asked: str, *, is_first: bool) -> Iterator[Part]:
    """Yield what leads from here: a task's card, the next page, the first."""
    items: list[Button | Menu] = []
    if page.lines:
        options = [
            (f"{words.ref(task)} {words.short(task.title, OPTION_TITLE_MAX)}", str(task.number))
            for task in page.lines
        ]
        items.append(Menu(placeholder="Open a task…", action=Act.SHOW, options=tuple(options)))
    following, first = turn_to(asked, page.next), turn_to(asked, None)
    if not is_first and first:
        items.append(Button(text="First page", action=f"{Act.PAGE}:0", value=first))
    if page.next and following:
        items.append(Button(text="Next page", action=f"{Act.PAGE}:1", value=following))
    if len(page.lines) >= SEVERAL and first:
        items.append(Button(text="Select several…", action=Act.SELECT, value=first))
    if items:
        yield Row(tuple(items))
    if page.next and not following:
        yield Small("There are more: narrow the list down with fewer, other words.")


def turn_to(asked: str, cursor: str | None) -> str | None:
    """Return the value of a button that turns to a page; None where it is too long for one."""
    value = as_json({"q": asked, "c": cursor})
    return value if len(value) <= VALUE_MAX else None


def turned(value: str) -> tuple[str, str | None]:
    """Return the words and the cursor out of such a value."""
    found = json.loads(value)
    return str(found["q"]), found["c"]
