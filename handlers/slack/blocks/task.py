"""The card of a task: what it is, how it stands, what can be done; pure."""

from __future__ import annotations

from datetime import datetime

from handlers.slack.blocks import checklist, words
from handlers.slack.blocks.message import Message, message
from handlers.slack.blocks.parts import (
    Button,
    Inline,
    Line,
    Lines,
    Link,
    More,
    Part,
    Row,
    Small,
    Text,
)
from handlers.slack.blocks.parts import joined as chain
from handlers.slack.ids import Act
from tasks.handing import giving
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
    is_off: bool = False,
    is_shared: bool = False,
    has_link: bool = False,
) -> Message:
    """Return a task as one person sees it, below a sentence on what just happened.

    Shared, it says nothing that is for one person, or right for a moment only. Where sync `is_off`
    nothing is said of a row, whatever is known of it.
    """
    return message(
        Lines((lead,)) if lead else None,
        Lines((_title(task), *_facts(task, now))),
        _notes(task),
        *(() if task.deleted else checklist.boxes(task)),
        *(Small(sentence) for sentence in said),
        _row_of(task) if is_shared else _notion(task, now, ahead, is_off=is_off),
        *_rows(task, viewer, now, has_link=has_link, is_off=is_off),
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
            _snoozed(task, now),
            _repeat(task),
            words.private(task),
            _origin(task),
        )
        if found
    )


def _state(task: Task) -> Line:
    state = ("Deleted",) if task.deleted else _status(task)
    who = words.assigned(task) or ("nobody assigned",)
    pressing = (f"{words.PRIORITY[task.priority]} priority",) if task.priority else ()
    return chain((state, who, _loud(task, pressing), words.tags(task.tags), words.progress(task)))


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


def _snoozed(task: Task, now: datetime) -> Line:
    if task.snoozed is None or not (task.is_open and task.is_snoozed(now)):
        return ()
    return (f"Snoozed until {words.due(task.snoozed)}",)


def _repeat(task: Task) -> Line:
    return (f"Repeats: every {task.repeat} — {NOT_REPEATED_YET}",) if task.repeat else ()


def _origin(task: Task) -> Line:
    return words.origin(task.source, task.author) if task.source or task.author else ()


def _notes(task: Task) -> Part | None:
    if not task.notes:
        return None
    return Lines(((words.short(task.notes, NOTES_EXCERPT),),), quoted=True)


def _row_of(task: Task) -> Part | None:
    """Return how the row stands where that needs somebody, else where it is."""
    if task.sync.state in (SyncState.CONFLICT, SyncState.STALLED, SyncState.GONE):
        return _notion(task, task.updated_at, None, is_off=False)
    url = task.sync.url
    if task.sync.state is SyncState.OFF or not (url and url.startswith("https://")):
        return None
    return Small("In Notion too:", Link(url, "Open"))


def _notion(task: Task, now: datetime, ahead: int | None, *, is_off: bool) -> Part:
    if is_off:
        return Small(words.off(task))
    url = task.sync.url
    link = Link(url, "Open in Notion") if url and url.startswith("https://") else None
    return Small(words.short(words.notion(task, now, ahead), 500), link)


def _rows(
    task: Task, viewer: PersonId, now: datetime, *, has_link: bool, is_off: bool
) -> tuple[Row, ...]:
    """Return what is asked of the viewer, what can be done, and what mends the sync."""
    number = str(task.number)
    if task.deleted:
        restore = Button(text="Restore", action=Act.RESTORE, value=number, style="primary")
        return (Row((restore,)),)
    asks = _asks(task, viewer)
    mending = () if is_off else mends(task)
    return (
        *([Row(asks)] if asks else []),
        _buttons(task, viewer, now, has_link=has_link),
        *([Row(mending)] if mending else []),
    )


def _asks(task: Task, viewer: PersonId) -> tuple[Button, ...]:
    if not owes_answer(task, viewer):
        return ()
    number = str(task.number)
    return (
        Button(text="Accept", action=Act.ACCEPT, value=number, style="primary"),
        Button(text="Decline", action=Act.DECLINE, value=number),
    )


def _buttons(task: Task, viewer: PersonId, now: datetime, *, has_link: bool) -> Row:
    number = str(task.number)
    is_mine = task.creator == viewer
    items: list[Button | More] = [
        Button(text="Reopen", action=Act.REOPEN, value=number)
        if task.status is Status.DONE
        else Button(
            text="Done",
            action=Act.DONE,
            value=number,
            style=None if owes_answer(task, viewer) else "primary",
        )
    ]
    can_claim = task.is_open and not task.assignees
    if can_claim and not is_mine:
        items.append(Button(text="Claim", action=Act.CLAIM, value=number))
    items.append(Button(text="Edit", action=Act.EDIT, value=number))
    items.append(Button(text="Assign", action=Act.ASSIGN, value=number))
    if task.is_open:
        until = f"{number}:1" if task.is_snoozed(now) else number
        items.append(Button(text="Snooze", action=Act.SNOOZE, value=until))
    if can_be_shared(task):
        items.append(Button(text="Share", action=Act.SHARE, value=number))
    if (change := undoable(task, viewer)) is not None:
        items.append(Button(text="Undo", action=Act.UNDO, value=f"{number}:{change.rev}"))
    rare = [("Claim", Act.CLAIM)] if can_claim and is_mine else []
    rare += [("Copy link", Act.PERMALINK)] if has_link else []
    rare += [("History", Act.HISTORY), ("Delete", Act.DELETE)]
    options = tuple((text, f"{action}:{number}") for text, action in rare)
    return Row((*items, More(action=Act.MORE, options=options)))


def mends(task: Task) -> tuple[Button, ...]:
    """Return what mends a row that needs somebody."""
    number = str(task.number)
    if task.sync.state is SyncState.CONFLICT:
        return (
            Button(text="Take Notion's", action=Act.SYNC_TAKE, value=number),
            Button(text="Keep Slack's", action=Act.SYNC_KEEP, value=number),
        )
    if task.sync.state in (SyncState.STALLED, SyncState.GONE):
        return (Button(text="Retry Notion", action=Act.SYNC_RETRY, value=number),)
    return ()


def owes_answer(task: Task, viewer: PersonId) -> bool:
    """Tell whether somebody else has given the task to the viewer, who has not said a word yet."""
    if not task.is_open or viewer not in task.assignees or viewer in task.accepted:
        return False
    given = giving(reversed(task.changes), viewer)
    return (given.by.person if given else task.creator) != viewer


def can_be_shared(task: Task) -> bool:
    """Tell whether there is a conversation that may see it: what is one person's has none."""
    return task.audience is None or task.audience[:1] in "CG"


def undoable(task: Task, viewer: PersonId) -> Change | None:
    """Return the latest change, where it is the viewer's own and not an undo itself."""
    latest = task.changes[-1] if task.changes else None
    if latest is None or latest.undoes is not None or latest.by.person != viewer:
        return None
    return latest
