"""Who did what to a task, and when; pure."""

from __future__ import annotations

from collections.abc import Iterator

from handlers.slack.blocks import words
from handlers.slack.blocks.message import Message, message
from handlers.slack.blocks.parts import (
    Button,
    Line,
    Lines,
    Menu,
    Moment,
    Person,
    Row,
    Text,
)
from handlers.slack.ids import Act
from tasks.commands import HistoryPage
from tasks.model import Actor, Change, Field, FieldChange, Source, Task, Value

STEPS_MAX = 9
OPTIONS_MAX = 100
"""Slack takes no more in one menu."""
BACK = "Take a value back…"
_BEHIND = {Source.NOTION: " in Notion", Source.REST: " by the API", Source.SLACK: ""}


def history(page: HistoryPage) -> Message:
    """Return a task's changes, newest first."""
    task = page.task
    oldest = page.changes[-1].rev if page.changes else 1
    earlier = Button(text="Earlier changes", action=Act.EARLIER, value=f"{task.number}:{oldest}")
    return message(
        Lines(
            (
                (
                    f"History of {words.ref(task)}  ",
                    Text(words.short(task.title, words.TITLE_MAX), bold=True),
                ),
            )
        ),
        Lines(tuple(line for change in page.changes for line in _change(change))),
        _ways_on(page, earlier if page.has_more else None),
    )


def _ways_on(page: HistoryPage, earlier: Button | None) -> Row | None:
    found: list[Button | Menu] = []
    if options := tuple(_values(page))[:OPTIONS_MAX]:
        found.append(Menu(placeholder=BACK, action=Act.TAKE_BACK, options=options))
    if earlier is not None:
        found.append(earlier)
    return Row(tuple(found)) if found else None


def _values(page: HistoryPage) -> Iterator[tuple[str, str]]:
    """Yield the values that fields once had and have no more, each once, the latest first."""
    seen: set[tuple[Field, Value]] = set()
    for change in page.changes:
        for step in change.fields[:STEPS_MAX]:
            old = (step.field, step.before)
            if old not in seen and step.before != page.task.value(step.field):
                seen.add(old)
                text = f"{words.FIELD[step.field]}: {said(step.field, step.before)}"
                yield text, f"{page.task.number}:{change.rev}:{step.field}"


def said(field: Field, given: Value) -> str:
    """Return a value as a menu shows it, where nobody can be mentioned."""
    if isinstance(given, tuple) and field in words.OF_PEOPLE:
        return words.count(len(given), "person", "people") if given else "nobody"
    return words.flat(words.value(field, given))


def overtaken(task: Task, step: FieldChange, value: str) -> Message:
    """Return the question whether a value of old shall stand in place of what came later."""
    name = words.FIELD[step.field]
    now, then = task.value(step.field), step.before
    return message(
        Lines(
            (
                (Text(f"{words.ref(task)} was changed again since.", bold=True),),
                (f"{name} now: ", *words.value(step.field, now)),
                (f"{name} then: ", *words.value(step.field, then)),
            )
        ),
        Row(
            (
                Button(
                    text="Take it back all the same",
                    action=Act.TAKE_BACK_ANYWAY,
                    value=value,
                    style="danger",
                ),
                Button(
                    text="Leave it",
                    action=Act.EARLIER,
                    value=f"{task.number}:{task.rev + 1}",
                ),
            )
        ),
    )


def _change(change: Change) -> Iterator[Line]:
    what: Line = (" made it",) if not change.fields else ()
    if change.undoes is not None:
        what = (" undid a change",)
    yield (Moment(change.at), "  ", *_who(change.by), *what)
    for step in change.fields[:STEPS_MAX]:
        yield ("        ", *words.change(step))
    if change.reason:
        yield ("        “", Text(words.short(change.reason, words.TITLE_MAX)), "”")


def _who(actor: Actor) -> Line:
    if actor.source is Source.SYSTEM:
        return ("Taskbridge",)
    who: Line = (Person(actor.person),) if actor.person else ("Somebody",)
    return (*who, _BEHIND[actor.source])
