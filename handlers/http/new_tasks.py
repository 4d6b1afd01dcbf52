"""From the body of a new task to the request for it; pure."""

from __future__ import annotations

from handlers.http.idempotency import fingerprint
from handlers.http.schemas import NewTask
from tasks.commands import AddTask
from tasks.model import Actor, Source

BY_API = Actor(person=None, source=Source.REST)
"""A key is no person: lists by owner and `undo` are about people."""


def add_task(body: NewTask, *, team: str, key: str) -> AddTask:
    """Return the request that makes the task of `body`."""
    return AddTask(
        team=team,
        by=BY_API,
        key=key,
        fingerprint=fingerprint("add", body),
        title=body.title,
        notes=body.notes,
        status=body.status,
        assignees=tuple(body.assignees),
        due=None if body.due is None else body.due.due(),
        priority=body.priority,
        tags=tuple(body.tags),
        checklist=tuple(step.text for step in body.checklist),
        ticked=tuple(step.text for step in body.checklist if step.done),
        channel=body.channel,
    )
