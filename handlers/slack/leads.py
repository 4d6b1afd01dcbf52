"""The sentence above a card: what just happened, or what had happened already; pure."""

from __future__ import annotations

from handlers.slack.blocks import words
from handlers.slack.blocks.parts import Line, Person, Text
from tasks.commands import Saved
from tasks.model import Change, Field, PersonId, Status, Task


def added(saved: Saved) -> Line:
    """Return what to say of a new task."""
    number = words.ref(saved.task)
    return (f"{number} was saved already." if saved.repeated else f"Added {number}.",)


def completed(saved: Saved, viewer: PersonId) -> Line:
    """Return what to say of a task ticked off; whoever came first is named."""
    return _ticked(saved, viewer, "Done", "already done", holds=saved.task.status is Status.DONE)


def reopened(saved: Saved, viewer: PersonId) -> Line:
    """Return what to say of a task made open again, whether it was done or only begun."""
    if saved.changed and not saved.repeated and _was(saved.task) is Status.IN_PROGRESS:
        return (f"{words.ref(saved.task)} is open now, not in progress any more.",)
    holds = saved.task.status is not Status.DONE
    return _ticked(saved, viewer, "Reopened", "open already", holds=holds)


def changed(saved: Saved, done: str) -> Line:
    """Return what to say of any other change; `{}` in it is the task."""
    number = words.ref(saved.task)
    if saved.repeated:
        return (f"{number} was saved already.",)
    return (done.format(number) if saved.changed else f"{number} is like that already.",)


def restored(saved: Saved) -> Line:
    """Return what to say of a task that came back."""
    if not saved.changed and not saved.repeated:
        return (f"{words.ref(saved.task)} was not deleted.",)
    return changed(saved, "Restored {}.")


def undone(saved: Saved) -> Line:
    """Return what was taken back."""
    number = words.ref(saved.task)
    latest = saved.task.changes[-1] if saved.task.changes else None
    if saved.repeated or latest is None:
        return (f"{number}: that was undone already.",)
    if any(step.field is Field.DELETED for step in latest.fields):
        return (f"Undone: {number} is {'deleted' if saved.task.deleted else 'back'}.",)
    steps = [words.change(step) for step in latest.fields]
    shown = [part for step in steps[:1] for part in step]
    more = f" and {len(steps) - 1} more" if len(steps) > 1 else ""
    return (f"Undone in {number} — ", *shown, f"{more}.")


def snoozed(saved: Saved) -> Line:
    """Return until when a task is put off."""
    until = saved.task.snoozed
    if until is None:
        return changed(saved, "{} is not snoozed any more.")
    return changed(saved, f"Snoozed {{}} until {words.due(until)}.")


def ticked(saved: Saved) -> Line:
    """Return how far the checklist is."""
    done, of = saved.task.progress
    number = words.ref(saved.task)
    return (f"{number}: all {of} steps done." if done == of else f"{number}: {done}/{of} steps.",)


def declined(saved: Saved) -> Line:
    """Return that somebody will not do it, and why."""
    latest = saved.task.changes[-1] if saved.task.changes else None
    said = changed(saved, "You declined {}")
    if not saved.changed or saved.repeated or latest is None:
        return said
    return (*said, ": “", Text(latest.reason), "”") if latest.reason else (*said, ".")


def not_assigned(task: Task, viewer: PersonId) -> Line:
    """Return how a task stands that somebody answers for who does not have it any more."""
    number = words.ref(task)
    if task.assignees and task.is_open:
        who = words.people(task.assignees)
        return (f"{number} is assigned to ", *who, " now: press Assign to change that.")
    if task.is_open and task.creator == viewer:
        return (f"{number} is nobody's now, and so on your list: you made it.",)
    claim = ": press Claim to take it." if task.is_open else "."
    return (f"{number} is not assigned to you any more{claim}",)


def _ticked(saved: Saved, viewer: PersonId, done: str, already: str, *, holds: bool) -> Line:
    number = words.ref(saved.task)
    if saved.changed and not saved.repeated:
        return (f"{done}: {number}.",)
    if not holds:  # a repetition of what somebody has taken back since
        return (f"{number}: that was saved already, and changed again since.",)
    person = _by(saved.task)
    if person is None:
        return (f"{number} is {already}.",)
    who = ("you",) if person == viewer else (Person(person),)
    verb = "done" if saved.task.status is Status.DONE else "reopened"
    return (f"{number} was already {verb} by ", *who, ".")


def _by(task: Task) -> PersonId | None:
    """Return who made the task done, or open again after that; None: nobody, or nobody known."""
    latest = _latest(task, Field.STATUS)
    if latest is None:
        return task.completed_by
    return latest.by.person if Status.DONE in (_was(task), task.status) else None


def _was(task: Task) -> object:
    """Return the status before this one; None where that is not known any more."""
    latest = _latest(task, Field.STATUS)
    steps = latest.fields if latest else ()
    return next((step.before for step in steps if step.field is Field.STATUS), None)


def _latest(task: Task, field: Field) -> Change | None:
    for change in reversed(task.changes):
        if any(step.field is field for step in change.fields):
            return change
    return None
