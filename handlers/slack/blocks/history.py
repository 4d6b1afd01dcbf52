"""Who did what to a task, and when; pure."""

from __future__ import annotations

from collections.abc import Iterator

from handlers.slack.blocks import words
from handlers.slack.blocks.message import Message, message
from handlers.slack.blocks.parts import Button, Line, Lines, Moment, Person, Row, Text
from handlers.slack.ids import Act
from tasks.commands import HistoryPage
from tasks.model import Actor, Change, Source

STEPS_MAX = 9
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
        Row((earlier,)) if page.has_more else None,
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
