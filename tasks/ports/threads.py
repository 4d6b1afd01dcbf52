"""Threads that belong to tasks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A conversation about a task, under one message."""

    channel: str
    ts: str
    """The message that it hangs under, as the chat platform names it within the channel."""
    since: datetime
    """When it was bound to the task (the database's clock)."""


class Threads(Protocol):
    """Which thread belongs to which task; a task may have several, a thread has one task."""

    async def bind(self, team: str, channel: str, ts: str, number: int) -> None:
        """Let a thread belong to a task; the first binding of a thread stands."""

    async def task_of(self, team: str, channel: str, ts: str) -> int | None:
        """Return the number of the task that a thread belongs to; None: to none."""

    async def of_task(self, team: str, number: int) -> tuple[Thread, ...]:
        """Return the threads of a task, the first bound first; 20 at most."""

    async def talked(self, team: str, number: int) -> None:
        """Note that something was said about a task now."""

    async def lively(self, team: str, *, within: timedelta, limit: int) -> tuple[int, ...]:
        """Return the tasks that were bound or talked about `within` so long, the latest first."""
