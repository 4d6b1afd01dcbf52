"""The card of a task: what it is, how it stands, what can be done; pure."""

from __future__ import annotations

from datetime import datetime

from handlers.slack.blocks import words
from handlers.slack.blocks.message import Message, message
from handlers.slack.blocks.parts import Button, Inline, Line, Lines, Link, Part, Row, Small, Text
from handlers.slack.blocks.parts import joined as chain
from handlers.slack.ids import Act
from tasks.model import Change, PersonId, Priority, Status, SyncState, Task

NOTES_EXCERPT = 300
NOT_REPEATED_YET = "the next one is not made automatically yet"


def card(
    task: Task,
    *,
    lead: Line = (),
    said: tuple[str, ...] = (),
    now: datetime,
    viewer: PersonId,
    ahead: int | None = None,
) -> Message:
    """Return a task as one person sees it, below a sentence on what just happened."""
    return message(
        Lines((lead,)) if lead else None,
        Lines((_title(task), *_facts(task, now))),
        _notes(task),
        *(Small(sentence) for sentence in said),
        _notion(task, now, ahead),
        _buttons(task, viewer),
    )


def _title(task: Task) -> Line:
    over = task.status is Status.DONE or task.deleted
    title = Text(words.short(task.title, words.TITLE_MAX), bold=not over, strike=over)
    return (title, f"  {words.ref(task)}")


def _facts(task: Task, now: datetime) -> tuple[Line, ...]:
    return tuple(
        found
        for found in (
            _state(task),
            _due(task, now),
            _repeat(task),
            words.private(task),
            _origin(task),
        )
        if found
    )


def _state(task: Task) -> Line:
    state = ("Deleted",) if task.deleted else _status(task)
    who = words.people(task.assignees) or ("nobody assigned",)
    pressing = (f"{words.PRIORITY[task.priority]} priority",) if task.priority else ()
    return chain((state, who, _loud(task, pressing), words.tags(task.tags)))


def _status(task: Task) -> Line:
    if task.status is Status.DONE and task.completed_by:
        return ("Done by ", *words.people((task.completed_by,)))
    return (words.STATUS[task.status],)


def _loud(task: Task, line: Line) -> Line:
    if task.priority is Priority.URGENT and task.is_open:
        return tuple(Text(part, bold=True) if isinstance(part, str) else part for part in line)
    return line


def _due(task: Task, now: datetime) -> Line:
    if task.due is None:
        return ()
    late: tuple[Inline, ...] = (
        (" — ", Text("overdue", bold=True)) if words.is_overdue(task, now) else ()
    )
    return (f"Due {words.due(task.due)}", *late)


def _repeat(task: Task) -> Line:
    return (f"Repeats: every {task.repeat} — {NOT_REPEATED_YET}",) if task.repeat else ()


def _origin(task: Task) -> Line:
    return words.origin(task.source, task.author) if task.source or task.author else ()


def _notes(task: Task) -> Part | None:
    if not task.notes:
        return None
    return Lines(((words.short(task.notes, NOTES_EXCERPT),),), quoted=True)


def _notion(task: Task, now: datetime, ahead: int | None) -> Part:
    url = task.sync.url
    link = Link(url, "Open in Notion") if url and url.startswith("https://") else None
    return Small(words.short(words.notion(task, now, ahead), 500), link)


def _buttons(task: Task, viewer: PersonId) -> Row:
    number = str(task.number)
    if task.deleted:
        return Row((Button(text="Restore", action=Act.RESTORE, value=number, style="primary"),))
    tick = (
        Button(text="Reopen", action=Act.REOPEN, value=number)
        if task.status is Status.DONE
        else Button(text="Done", action=Act.DONE, value=number, style="primary")
    )
    rest = [
        Button(text="Edit", action=Act.EDIT, value=number),
        Button(text="Assign", action=Act.ASSIGN, value=number),
    ]
    if (change := undoable(task, viewer)) is not None:
        rest.append(Button(text="Undo", action=Act.UNDO, value=f"{number}:{change.rev}"))
    if task.sync.state is SyncState.CONFLICT:
        rest.append(Button(text="Take Notion's", action=Act.SYNC_TAKE, value=number))
        rest.append(Button(text="Keep Slack's", action=Act.SYNC_KEEP, value=number))
    if task.sync.state in (SyncState.STALLED, SyncState.GONE):
        rest.append(Button(text="Retry Notion", action=Act.SYNC_RETRY, value=number))
    return Row((tick, *rest))


def undoable(task: Task, viewer: PersonId) -> Change | None:
    """Return the latest change, where it is the viewer's own and not an undo itself."""
    latest = task.changes[-1] if task.changes else None
    if latest is None or latest.undoes is not None or latest.by.person != viewer:
        return None
    return latest
