"""SyncQueue in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from storage.follower import BACKLOG_BOUND, FRESH, LEASE, LONG_AGO, SPACING
from tasks.errors import LeaseHeld, LeaseLost
from tasks.model import SyncState, Task
from tasks.ports import Backlog, Claim, Row, SyncQueue
from tests.fakes.database import Follower, MemoryDatabase, Notices, Record, in_milliseconds


class MemorySyncQueue(SyncQueue):
    """Claims on the tasks of a `MemoryDatabase`, judged by its clock."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._database = database

    async def claim(self, *, fresh: bool = False) -> Claim | None:
        now = self._database.now()
        due = [r for r in self._among(fresh=fresh) if _when(r) <= now]
        if fresh:
            due = [r for r in due if r.task.updated_at >= now - FRESH]
        if not due:
            return None
        return self._taken(max(due, key=_when) if fresh else min(due, key=_when))

    async def claim_row(self, team: str, row_id: str) -> Claim | None:
        for record in self._of(team):
            if record.follower.row.id == row_id:
                lease = record.follower.lease_until
                if lease is not None and lease > self._database.now():
                    raise LeaseHeld
                return self._taken(record)
        return None

    def _taken(self, record: Record) -> Claim:
        now, follower = self._database.now(), record.follower
        follower.fence += 1
        follower.attempts += 1
        follower.broken_off = follower.broken_off + 1 if follower.lease_until else 0
        follower.claimed_at = now
        follower.lease_until = follower.next_attempt_at = now + LEASE
        return Claim(
            task=record.shown,
            row=follower.row,
            fence=follower.fence,
            attempts=follower.attempts,
            at=now,
            broken_off=follower.broken_off,
        )

    async def next_due(self, *, fresh: bool = False) -> timedelta | None:
        waiting = self._among(fresh=fresh)
        if not waiting:
            return None
        return max(timedelta(0), min(map(_when, waiting)) - self._database.now())

    async def still_held(self, claim: Claim) -> bool:
        follower = self._follower(claim)
        if follower is None or follower.fence != claim.fence or follower.lease_until is None:
            return False
        return follower.lease_until > self._database.now()

    async def renew(self, claim: Claim) -> bool:
        if not await self.still_held(claim):
            return False
        follower, until = self._mine(claim), self._database.now() + LEASE
        follower.lease_until = until
        follower.next_attempt_at = max(follower.next_attempt_at or until, until)
        return True

    async def intend(self, claim: Claim) -> Claim:
        follower = self._mine(claim)
        follower.row = replace(
            follower.row,
            create_attempts=follower.row.create_attempts + 1,
            last_sent_at=self._database.now(),
        )
        return replace(claim, row=follower.row)

    async def complete(self, claim: Claim, row: Row) -> None:
        follower = self._mine(claim)
        now = self._database.now()
        if follower.state is not None or (row.url and follower.row.url is None):
            self._notices(claim).ask(now)
        follower.row = _as_kept(row)
        follower.attempts = 0
        follower.lease_until = follower.not_before = follower.state = follower.error = None
        follower.pushed_at = follower.synced_at = now
        if self._task(claim).rev > row.rev:
            follower.pending_since = follower.claimed_at or now
            follower.next_attempt_at = now + SPACING
        else:
            follower.pending_since = follower.next_attempt_at = None

    async def adopt(self, claim: Claim, row: Row) -> None:
        follower = self._mine(claim)
        if follower.state is not None or (row.url and follower.row.url is None):
            self._notices(claim).ask(self._database.now())
        follower.row = _as_kept(row)

    async def postpone(
        self, claim: Claim, *, wait: timedelta, reason: str | None = None, paced: bool = False
    ) -> None:
        follower = self._mine(claim)
        follower.lease_until = None
        follower.next_attempt_at = self._database.now() + wait
        follower.not_before = None if paced else follower.next_attempt_at
        follower.error = reason

    async def release(self, claim: Claim) -> None:
        follower = self._mine(claim)
        follower.lease_until = None
        follower.attempts = max(0, follower.attempts - 1)
        follower.next_attempt_at = self._database.now()

    async def set_aside(self, claim: Claim, *, state: SyncState, reason: str) -> None:
        follower = self._mine(claim)
        self._notices(claim).ask(self._database.now())
        follower.lease_until = follower.not_before = None
        if self._task(claim).rev > claim.task.rev:
            follower.schedule(self._database.now())  # it changed while we worked: try that first
            return
        follower.state, follower.error = state, reason
        follower.next_attempt_at = follower.pending_since = None

    async def requeue(self, team: str, number: int) -> Task:
        record = self._database.record(team, number)
        follower, now = record.follower, self._database.now()
        if record.task.audience is not None:
            return record.shown
        if follower.state is not None:
            record.notices.ask(now)
        follower.state = follower.error = follower.not_before = None
        follower.attempts = 0
        follower.pending_since = follower.pending_since or now
        follower.next_attempt_at = follower.lease_until or LONG_AGO
        return record.shown

    async def settle(self, team: str, number: int) -> Task:
        record = self._database.record(team, number)
        if record.follower.conflicts:
            record.notices.ask(self._database.now())
        record.follower.conflicts = ()
        return record.shown

    async def backlog(self, team: str | None = None) -> Backlog:
        waiting = self._waiting(team)[:BACKLOG_BOUND]
        since = [r.follower.pending_since for r in waiting if r.follower.pending_since]
        aside = [r for r in self._of(team) if r.follower.state is not None]
        open_ = [r for r in self._of(team) if r.follower.conflicts]
        return Backlog(
            behind=len(waiting),
            oldest=min(since, default=None),
            set_aside=len(aside),
            conflicts=len(open_),
        )

    def _of(self, team: str | None) -> list[Record]:
        return [r for (owner, _), r in self._database.records.items() if team in {None, owner}]

    def _among(self, *, fresh: bool) -> list[Record]:
        since = self._database.now() - FRESH
        return [r for r in self._waiting(None) if not fresh or _when(r) >= since]

    def _waiting(self, team: str | None) -> list[Record]:
        return [r for r in self._of(team) if r.follower.next_attempt_at is not None]

    def _task(self, claim: Claim) -> Task:
        return self._database.record(claim.task.team, claim.task.number).task

    def _notices(self, claim: Claim) -> Notices:
        return self._database.record(claim.task.team, claim.task.number).notices

    def _follower(self, claim: Claim) -> Follower | None:
        record = self._database.records.get((claim.task.team, claim.task.number))
        return None if record is None else record.follower

    def _mine(self, claim: Claim) -> Follower:
        follower = self._follower(claim)
        if follower is None or follower.fence != claim.fence:
            raise LeaseLost
        return follower


def _when(record: Record) -> datetime:
    assert record.follower.next_attempt_at is not None
    return record.follower.next_attempt_at


def _as_kept(row: Row) -> Row:
    return replace(row, last_sent_at=row.last_sent_at and in_milliseconds(row.last_sent_at))
