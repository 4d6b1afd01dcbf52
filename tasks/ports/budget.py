"""How many calls a connection may make."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from tasks.ports.inbox import Lane


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A connection that the other side told to wait."""

    until: datetime
    reason: str


class Budget(Protocol):
    """The calls of one connection, shared by all instances, judged by the database's clock."""

    async def take(self, connection: str, *, lane: Lane) -> timedelta:
        """Spend one call and return zero, or spend nothing and return how long to wait."""

    async def pause(
        self, connection: str, *, wait: timedelta, reason: str, learn: bool = False
    ) -> None:
        """Let nobody spend before `wait` has passed; never shortens a pause.

        `learn`: we thought that we kept the limit; fewer calls are allowed for some minutes.
        """

    async def paused(self, connection: str) -> Pause | None:
        """Return the pause in force."""
