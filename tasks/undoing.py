"""Which change is taken back; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from tasks.commands import UndoChange
from tasks.errors import NothingToUndo, OvertakenSince
from tasks.model import Actor, Change, Task

UNDO_WITHIN = timedelta(hours=24)
"""How long `undo` without a task looks back."""


_BULK = "bulk"


def bulk_key(key: str, number: int) -> str:
    """Return the key of what the bulk `key` changes in one task."""
    return f"{_BULK}/{key}/{number}"


def bulk_of(change: Change) -> str | None:
    """Return the key of the bulk that a change is part of; None: of none."""
    kind, key, *_ = [*change.key.split("/"), "", ""]
    return key if kind == _BULK else None


def to_undo(
    request: UndoChange, candidates: Sequence[Task], *, now: datetime
) -> tuple[Task, Change]:
    """Return the task and the change that is meant. NothingToUndo, OvertakenSince.

    The candidates are sorted by their latest change, the newest first.
    """
    named = request.rev is not None or request.under is not None
    by = None if named else request.by
    best: tuple[Task, Change] | None = None
    for task in candidates:
        if best is not None and task.updated_at < best[1].at:
            break  # no later one of this person can follow
        change = _latest_undoable(task, by=by, rev=request.rev, under=request.under)
        if change is not None and (best is None or change.at > best[1].at):
            best = (task, change)
    if best is None and request.rev is not None and _is_moved(candidates[0], request.rev):
        raise OvertakenSince(candidates[0])
    if best is None or (request.number is None and best[1].at < now - UNDO_WITHIN):
        raise NothingToUndo
    return best


def _is_moved(task: Task, rev: int) -> bool:
    """Tell whether a change was made so long ago that it is in the history."""
    return bool(task.changes) and 1 <= rev < task.changes[0].rev


def _latest_undoable(
    task: Task, *, by: Actor | None, rev: int | None = None, under: str | None = None
) -> Change | None:
    """Return the newest change (of `by`, at `rev`) that is neither an undo nor undone."""
    undone = {change.undoes for change in task.changes}
    for change in reversed(task.changes):
        if change.undoes is not None or change.rev in undone:
            continue
        theirs = by is None or (by.person is not None and change.by.person == by.person)
        if theirs and rev in (None, change.rev) and under in (None, change.key):
            return change
    return None
