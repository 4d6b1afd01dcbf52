"""From the errors of the inside to problems; pure."""

from __future__ import annotations

from handlers.http.problems import Code, Problem
from tasks.errors import (
    BrokenCursor,
    KeyReused,
    NoSuchTask,
    OutcomeUnknown,
    Refused,
    StaleRevision,
    StoreError,
    TaskError,
    TaskIsDeleted,
)

_SAME_KEY = "retry with the same Idempotency-Key."


def problem_of(error: TaskError, *, writes: bool) -> Problem:
    """Return what a client is told of `error`; `writes` where the request was to change."""
    if isinstance(error, StoreError):
        return _store(error, writes=writes)
    if isinstance(error, Refused):
        wrong = {"pointer": f"/{error.field.value}", "detail": str(error)}
        return Problem(Code.INVALID, str(error), errors=[wrong])
    return Problem(*_told(error))


def no_such_task() -> Problem:
    """Return the one answer for what never was, and for what another workspace has."""
    return Problem(Code.NO_SUCH_TASK, "There is no task with this number in this workspace.")


def _told(error: TaskError) -> tuple[Code, str]:
    match error:
        case NoSuchTask():
            missing = no_such_task()
            told = missing.code, missing.detail
        case TaskIsDeleted(task=task):
            told = (
                Code.TASK_DELETED,
                f"T-{task.number} was deleted: POST /api/v1/tasks/{task.number}/restore first.",
            )
        case StaleRevision(task=task):
            told = (
                Code.CHANGED_MEANWHILE,
                f"T-{task.number} is at revision {task.rev} now, and was left so: read it again.",
            )
        case KeyReused():
            told = (
                Code.KEY_REUSED,
                "This Idempotency-Key was used for another request: use a fresh one.",
            )
        case BrokenCursor():
            told = Code.BAD_CURSOR, str(error)
        case _:
            told = Code.INVALID, str(error)
    return told


def _store(error: StoreError, *, writes: bool) -> Problem:
    if not writes:
        return Problem(Code.UNAVAILABLE, "The database does not answer right now: ask again.")
    if isinstance(error, OutcomeUnknown):
        return Problem(Code.OUTCOME_UNKNOWN, f"It may be saved already or not at all: {_SAME_KEY}")
    return Problem(Code.NOT_SAVED, f"The database cannot save it right now: {_SAME_KEY}")
