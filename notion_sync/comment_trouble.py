"""What follows a failed call about comments: never the whole connection's end, but its own."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from notion_sync.errors import Forbidden, SyncError
from notion_sync.retry import GiveUp, Park, backoff, decide
from notion_sync.trouble import Troubles
from tasks.ports import Connection, Now

log = logging.getLogger(__name__)

FORBIDDEN_FOR = timedelta(minutes=10)
PARKED = timedelta(seconds=30)
FORBIDDEN = (
    "Comments do not follow: the Notion connection needs the capabilities to read and to insert "
    "comments, which are off at first."
)


class CommentTrouble:
    """Knows which connections may not read or write comments."""

    def __init__(self, *, troubles: Troubles, now: Now, jitter: Callable[[], float]) -> None:
        self._troubles = troubles
        self._now = now
        self._jitter = jitter
        self._forbidden: dict[str, datetime] = {}

    def hold(self, connection: Connection) -> timedelta | None:
        """Return how long to leave comments alone; None: go."""
        if self._troubles.is_parked(connection, new=False):
            return PARKED  # looked at again by those who move tasks
        until = self._forbidden.get(connection.key)
        return until - self._now() if until is not None and until > self._now() else None

    def works(self, connection: Connection) -> None:
        """Note that comments can be read and written."""
        if self._forbidden.pop(connection.key, None) is not None:
            self._troubles.note_comments(connection.team, None)

    def backoff(self, attempts: int) -> timedelta:
        """Return how long to wait after so many attempts."""
        return backoff(attempts, jitter=self._jitter)

    def verdict(
        self, connection: Connection, error: Exception, *, attempts: int
    ) -> tuple[timedelta | None, str]:
        """Return how long to wait, None to give up, and why."""
        if not isinstance(error, SyncError):
            log.error("unforeseen", extra={"action": "comment"}, exc_info=error)
        if isinstance(error, Forbidden):
            self._forbidden[connection.key] = self._now() + FORBIDDEN_FOR
            self._troubles.note_comments(connection.team, FORBIDDEN)
            return FORBIDDEN_FOR, FORBIDDEN
        match verdict := decide(error, attempts=attempts, jitter=self._jitter):
            case GiveUp():
                return None, verdict.reason
            case Park():
                wait = self._troubles.park(connection, verdict.sentence, probe=verdict.probe)
                return wait, verdict.sentence
            case _:
                return verdict.wait, verdict.reason or ""
