"""What to do after a failure, as a value; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from tenacity import AsyncRetrying, RetryCallState
from tenacity.wait import wait_base, wait_exponential

from notion_sync.errors import (
    Blocked,
    Forbidden,
    MayNotCreate,
    NoKeyColumn,
    NotionError,
    NotShared,
    PageGone,
    Pending,
    RateLimited,
    Refused,
    Throttled,
    Unauthorised,
    UnknownOutcome,
    Unusable,
)
from tasks.model import SyncState

BACKOFF = wait_exponential(multiplier=2, max=300)
"""The longest wait after each failure in seconds: 2, 4, 8, 16 … 256, 300, 300 …"""
UNFORESEEN_MAX = 3
"""After how many faults of our own a task is set aside."""
SOON = timedelta(milliseconds=500)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryIn:
    """Try again once `wait` has passed."""

    wait: timedelta
    reason: str | None = None
    """What the card says meanwhile; None where waiting is all there is to it."""
    paced: bool = False
    """Whether it only waits its turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUp:
    """Set the task aside until it changes or a person asks."""

    state: SyncState
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Park:
    """Leave the whole connection alone; its tasks wait."""

    sentence: str
    probe: bool = True
    """Whether it is looked at again every few minutes."""
    only_new: bool = False
    """Whether rows that are there go on."""


Verdict: TypeAlias = RetryIn | GiveUp | Park


class Failures:
    """How often each task has failed in this process since it last went well.

    The queue's own count of claims would not do: it also counts those that only waited their turn.
    """

    def __init__(self, *, most: int = 10_000) -> None:
        self._counts: Counter[tuple[str, bool]] = Counter()
        self._most = most

    def so_far(self, task_id: str, *, foreseen: bool) -> int:
        """Return how many failures of the kind there were."""
        return self._counts[task_id, foreseen]

    def add(self, task_id: str, *, foreseen: bool) -> None:
        """Count one more."""
        if len(self._counts) >= self._most:  # another process may have ended them well
            self._counts.clear()
        self._counts[task_id, foreseen] += 1

    def forget(self, task_id: str) -> None:
        """Begin anew."""
        for foreseen in (False, True):
            self._counts.pop((task_id, foreseen), None)


def backoff(
    attempts: int, *, jitter: Callable[[], float], policy: wait_base = BACKOFF
) -> timedelta:
    """Return a wait between half a second and what `policy` says for the attempt: full jitter."""
    state = RetryCallState(AsyncRetrying(wait=policy), None, (), {})
    state.attempt_number = max(1, attempts)
    return max(SOON, timedelta(seconds=policy(state) * jitter()))


def decide(error: Exception, *, attempts: int, jitter: Callable[[], float]) -> Verdict:
    """Say what follows a failure; transient ones have no limit, refusals are final.

    A limit waits what was asked for; what is transient waits up to 2, 4, 8 … 300 s; what only
    the installer can mend parks the connection; what only a person can mend sets the task aside.
    """
    match error:
        case PageGone() | Refused():
            return _given_up(error)
        case Blocked() | Unauthorised() | Forbidden() | NotShared() | Unusable():
            return _parked(error)
        case NotionError():
            return _later(error, backoff(attempts, jitter=jitter))
        case _:
            return _unforeseen(attempts, jitter)


def _later(error: NotionError, backed_off: timedelta) -> RetryIn:
    if isinstance(error, (Throttled, RateLimited)):
        return RetryIn(wait=error.wait, paced=True)
    wait = error.wait if isinstance(error, Pending) else backed_off
    return RetryIn(wait=wait, reason=_transient(error))


def _given_up(error: PageGone | Refused) -> GiveUp:
    if isinstance(error, PageGone):
        return GiveUp(state=SyncState.GONE, reason=str(error))
    said = error.answer.detail or f"HTTP {error.answer.status}"
    return GiveUp(state=SyncState.STALLED, reason=f"Notion refused it: {said}")


def _parked(error: Exception) -> Park:
    if isinstance(error, Blocked):
        return Park(
            sentence="Notion blocks this connection: ask Notion's support, or connect anew.",
            probe=False,
        )
    if isinstance(error, Unauthorised):
        return Park(
            sentence="Notion does not accept the token any more: whoever runs Taskbridge has to "
            "put a new one into NOTION_TOKEN, or to connect Notion anew."
        )
    if isinstance(error, Forbidden):
        return Park(
            sentence="Notion does not let the connection do this: it needs to read, update and "
            f"insert content, and room for blocks. Notion said: {error.answer.detail}",
            only_new=isinstance(error, MayNotCreate),
        )
    if isinstance(error, NotShared):
        return Park(
            sentence="The Notion database is not shared with the connection, or is gone: "
            "share it under ••• → Connections."
        )
    return Park(sentence=str(error), only_new=isinstance(error, NoKeyColumn))


def _transient(error: NotionError) -> str:
    status = f" (HTTP {error.answer.status})" if error.answer.status else ""
    if isinstance(error, UnknownOutcome):
        return f"Notion did not answer properly{status}; it is being tried again."
    return f"Notion cannot be reached{status}; it is being tried again."


def _unforeseen(attempts: int, jitter: Callable[[], float]) -> Verdict:
    if attempts >= UNFORESEEN_MAX:
        return GiveUp(
            state=SyncState.STALLED,
            reason="An unforeseen fault stopped the transfer; the log of the bot says which.",
        )
    return RetryIn(wait=backoff(attempts, jitter=jitter))
