"""Tasks, people and orders for tests, with values of no meaning where none are given."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from tasks.model import Actor, Change, Source, Task
from tasks.patch import Patch
from tasks.ports import ChangeOrder

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MARIA = Actor(person="U_MARIA", source=Source.SLACK)
SAM = Actor(person="U_SAM", source=Source.SLACK)

_ids = count(1)


def fresh(prefix: str) -> str:
    """Return an id that no other call returned."""
    return f"{prefix}{next(_ids)}"


def task(
    *,
    team: str = "T1",
    by: Actor = MARIA,
    at: datetime = NOON,
    **given: Any,  # noqa: ANN401  # fields of a task
) -> Task:
    """Build a new task as the service does."""
    fields: dict[str, Any] = {
        "id": fresh("task"),
        "number": 0,
        "title": "Book the venue",
        "creator": by.person,
        "created_at": at,
        "updated_at": at,
        "changes": (Change(rev=1, by=by, at=at, key=fresh("key")),),
    }
    return Task(team=team, **(fields | given))


def order(
    to: Task,
    patch: Patch,
    **given: Any,  # noqa: ANN401  # fields of an order
) -> ChangeOrder:
    """Build an order for a change of a task."""
    fields: dict[str, Any] = {"by": SAM, "at": NOON, "key": fresh("key")}
    return ChangeOrder(team=to.team, number=to.number, patch=patch, **(fields | given))
