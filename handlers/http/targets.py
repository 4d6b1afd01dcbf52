"""Which task a request is about, and how it has to stand for a change."""

from __future__ import annotations

import re

from aiohttp import web

from handlers.http.failures import no_such_task
from handlers.http.preconditions import revisions
from handlers.http.problems import Code, Problem
from handlers.http.schemas import TaskPatch
from tasks.model import Due, Field, Value
from tasks.service import TaskService

NO_REVISION = 0
"""What no task is ever at."""

_CHECKLIST, _SNOOZED = "checklist", "snoozed_until"
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


def number_of(request: web.Request) -> int:
    """Return the number in the path. Problem: no task can have this one."""
    written = request.match_info["number"]
    if not _NUMBER.fullmatch(written):
        raise no_such_task()
    return int(written)


async def only_at(request: web.Request, tasks: TaskService, team: str, number: int) -> int | None:
    """Return the one revision at which a change is wanted; None: at any. Problem, NoSuchTask.

    The store compares it again within its write: a change in between is not missed.
    """
    if "If-None-Match" in request.headers:
        raise Problem(Code.BAD_HEADER, "A change is made conditional with If-Match.")
    headers = request.headers.getall("If-Match", [])
    accepted = revisions(", ".join(headers) if headers else None)
    if accepted is None:
        return None
    if len(accepted) == 1:
        return next(iter(accepted))
    now = (await tasks.get(team, number)).rev if accepted else NO_REVISION
    return now if now in accepted else NO_REVISION


def values_of(patch: TaskPatch) -> dict[Field, Value]:
    """Return the fields that a body names, as a task keeps them."""
    values: dict[Field, Value] = {}
    for name in patch.model_fields_set - {_CHECKLIST, _SNOOZED}:
        value = getattr(patch, name)
        if name == Field.DUE and value is not None:
            value = value.due()
        values[Field(name)] = tuple(value) if isinstance(value, list) else value
    if _CHECKLIST in patch.model_fields_set:
        values[Field.CHECKLIST] = tuple(step.text for step in patch.checklist)
        values[Field.TICKED] = tuple(step.text for step in patch.checklist if step.done)
    if _SNOOZED in patch.model_fields_set:
        until = patch.snoozed_until
        values[Field.SNOOZED] = None if until is None else Due.local(until, "UTC")
    return values
