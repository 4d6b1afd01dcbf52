"""The trail of a change: whose requests led to a job, and which of Notion's it led to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from tasks.ports import Claim

_SHOWN = 20

_calls: ContextVar[list[str] | None] = ContextVar("notion_calls", default=None)


def requests_behind(claim: Claim) -> tuple[str, ...]:
    """Return the ids of the requests whose changes the row does not show yet, oldest first."""
    new = (change for change in claim.task.changes if change.rev > claim.row.rev)
    ids = dict.fromkeys(change.request_id for change in new if change.request_id)
    return tuple(ids)[-_SHOWN:]


@contextmanager
def calls_noted() -> Iterator[list[str]]:
    """Collect Notion's own ids of the calls made within, tasks included."""
    found: list[str] = []
    token = _calls.set(found)
    try:
        yield found
    finally:
        _calls.reset(token)


def note_call(request_id: str | None) -> None:
    """Remember a call by Notion's id of it, where somebody collects them."""
    found = _calls.get()
    if found is not None and request_id and len(found) < _SHOWN:
        found.append(request_id)
