"""What the fakes of the storage share: tasks with their followers, in memory, and its faults."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from storage.codec import APPLIED_KEYS, LONG_AGO
from storage.follower import DEBOUNCE, DEBOUNCE_LIMIT, SPACING
from storage.notices import QUIET, QUIET_LIMIT
from storage.notices import SPACING as NOTICES_SPACING
from tasks.errors import NoSuchTask, StoreError
from tasks.model import Conflict, Sync, SyncState, Task
from tasks.ports import Now, Place, Row


@dataclass(slots=True)
class Follower:
    """The block of a task that its Notion follower works on; names as in the document."""

    row: Row = field(default_factory=Row)
    fence: int = 0
    attempts: int = 0
    broken_off: int = 0
    next_attempt_at: datetime | None = None
    pending_since: datetime | None = None
    lease_until: datetime | None = None
    claimed_at: datetime | None = None
    not_before: datetime | None = None
    pushed_at: datetime | None = None
    synced_at: datetime | None = None
    state: SyncState | None = None
    error: str | None = None
    conflicts: tuple[Conflict, ...] = ()
    met_by: int = 0

    def schedule(self, now: datetime) -> None:
        """Make it due: after the lease and any pause, not too soon after the last time."""
        self.pending_since = self.pending_since or now
        bounds = [
            self.lease_until,
            self.not_before,
            self.pushed_at and self.pushed_at + SPACING,
            min(now + DEBOUNCE, self.pending_since + DEBOUNCE_LIMIT),
        ]
        self.next_attempt_at = max(bound for bound in bounds if bound is not None)

    def sync(self, rev: int) -> Sync:
        """Return what the card shows of it."""
        level = SyncState.SYNCED if self.row.rev >= rev else SyncState.WAITING
        if self.conflicts:
            level = SyncState.CONFLICT
        return Sync(
            state=self.state or level,
            rev=self.row.rev,
            at=self.synced_at,
            url=self.row.url,
            reason=self.error,
            remark=self.row.remark,
            conflicts=self.conflicts,
        )


@dataclass(slots=True)
class Notices:
    """The places of a task, and the block of those that keep them right."""

    places: list[Place] = field(default_factory=list)
    asked: int = 0
    done_rev: int = 0
    fence: int = 0
    attempts: int = 0
    next_attempt_at: datetime | None = None
    pending_since: datetime | None = None
    lease_until: datetime | None = None
    claimed_at: datetime | None = None
    told_at: datetime | None = None

    def ask(self, now: datetime) -> None:
        """Make them due once it is quiet, if there are any."""
        if not self.places:
            return
        self.asked += 1
        self.pending_since = self.pending_since or now
        bounds = [
            self.lease_until,
            self.told_at and self.told_at + NOTICES_SPACING,
            min(now + QUIET, self.pending_since + QUIET_LIMIT),
        ]
        self.next_attempt_at = max(bound for bound in bounds if bound is not None)


@dataclass(slots=True)
class Record:
    """A task as it is kept."""

    task: Task
    origin_key: str
    said: str = ""
    """The creator's words, to be compared with what they say next."""
    said_at: datetime = LONG_AGO
    applied: deque[str] = field(default_factory=lambda: deque(maxlen=APPLIED_KEYS))
    follower: Follower = field(default_factory=Follower)
    notices: Notices = field(default_factory=Notices)

    @property
    def shown(self) -> Task:
        """The task with what is known of its row."""
        if self.task.audience is not None:
            return replace(self.task, sync=Sync(state=SyncState.OFF))
        return replace(self.task, sync=self.follower.sync(self.task.rev))


class MemoryDatabase:
    """Tasks by team and number."""

    def __init__(self, *, now: Now) -> None:
        self.now = now
        """The database's own clock."""
        self.records: dict[tuple[str, int], Record] = {}
        self.last_number: dict[str, int] = {}
        self._faults: deque[tuple[StoreError, bool]] = deque()

    def fail_next(self, error: StoreError, *, after_effect: bool = False) -> None:
        """Let the next operation on tasks raise `error`; with `after_effect` it happens still."""
        self._faults.append((error, after_effect))

    def before_effect(self) -> StoreError | None:
        """Raise the fault that is due, or return it to be raised once the effect is there."""
        if not self._faults:
            return None
        error, after_effect = self._faults.popleft()
        if not after_effect:
            raise error
        return error

    def record(self, team: str, number: int) -> Record:
        """Return what is kept of a task. NoSuchTask."""
        try:
            return self.records[team, number]
        except KeyError:
            raise NoSuchTask(number) from None


def in_milliseconds(at: datetime) -> datetime:
    """Cut an instant as the real store does."""
    return at - timedelta(microseconds=at.microsecond % 1000)
