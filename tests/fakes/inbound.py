"""What comes in from the other side, in memory: rows, hints, turns, events, the token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.follower import LEASE
from storage.inbox import DEBOUNCE
from tasks.errors import LeaseLost
from tasks.model import SyncState
from tasks.ports import (
    Backlog,
    Deliveries,
    Inbox,
    KnownRow,
    Lane,
    Mark,
    Now,
    Row,
    RowBook,
    Turn,
    Turns,
    VerificationTokens,
)
from tests.fakes.database import MemoryDatabase, Record


class MemoryRowBook(RowBook):
    """Finds the tasks of a `MemoryDatabase` by their rows."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._database = database

    async def known(self, team: str, row_ids: Sequence[str]) -> Mapping[str, KnownRow]:
        found = {r.follower.row.id: r.follower for r in self._of(team)}
        return {
            row_id: KnownRow(row=kept.row, is_gone=kept.state is SyncState.GONE)
            for row_id in row_ids
            if (kept := found.get(row_id)) is not None
        }

    async def by_key(self, team: str, task_id: str) -> Row | None:
        for record in self._of(team):
            if record.task.id == task_id:
                return record.follower.row
        return None

    async def meet(self, team: str, row_ids: Sequence[str], *, sweep: int) -> None:
        for record in self._of(team):
            if record.follower.row.id in row_ids:
                record.follower.met_by = sweep

    async def missed(self, team: str, *, sweep: int, limit: int) -> tuple[str, ...]:
        rows = [r.follower for r in self._expected(team) if r.follower.met_by != sweep]
        return tuple(sorted(one.row.id for one in rows if one.row.id is not None)[:limit])

    async def expected(self, team: str) -> int:
        return len(self._expected(team))

    def _of(self, team: str) -> list[Record]:
        return [r for (owner, _), r in self._database.records.items() if owner == team]

    def _expected(self, team: str) -> list[Record]:
        return [
            record
            for record in self._of(team)
            if record.follower.row.id is not None
            and not record.task.deleted
            and record.follower.state is not SyncState.GONE
            and not (record.follower.row.base or {}).get("in_trash")
        ]


@dataclass(slots=True, kw_only=True)
class _Kept:
    mark: Mark
    hints: int
    claimed_hints: int
    since: datetime
    due_at: datetime
    claimed_at: datetime | None = None


class MemoryInbox(Inbox):
    """Marks in a dictionary."""

    def __init__(self, *, now: Now) -> None:
        self._now = now
        self._kept: dict[tuple[str, str], _Kept] = {}

    async def mark(
        self, team: str, row_ids: Sequence[str], *, lane: Lane, place: str | None = None
    ) -> None:
        now, order = self._now(), list(Lane)
        for row_id in row_ids:
            kept = self._kept.get((team, row_id))
            if kept is None:
                mark = Mark(team=team, row_id=row_id, lane=lane, place=place, fence=0, attempts=0)
                self._kept[team, row_id] = _Kept(
                    mark=mark, hints=1, claimed_hints=0, since=now, due_at=now + DEBOUNCE
                )
            else:
                kept.hints += 1
                first = min(kept.mark.lane, lane, key=order.index)
                kept.mark = _with(kept.mark, lane=first, place=place or kept.mark.place)

    async def claim(self) -> Mark | None:
        now = self._now()
        due = [kept for kept in self._kept.values() if kept.due_at <= now]
        if not due:
            return None
        kept = min(due, key=lambda one: one.due_at)
        kept.mark = _with(kept.mark, fence=kept.mark.fence + 1, attempts=kept.mark.attempts + 1)
        kept.claimed_hints, kept.claimed_at, kept.due_at = kept.hints, now, now + LEASE
        return kept.mark

    async def done(self, mark: Mark) -> None:
        kept = self._mine(mark)
        if kept.hints == kept.claimed_hints:
            del self._kept[mark.team, mark.row_id]
            return
        kept.due_at = self._now()
        kept.since = kept.claimed_at or kept.since
        kept.mark = _with(kept.mark, attempts=0)

    async def later(self, mark: Mark, *, wait: timedelta) -> None:
        self._mine(mark).due_at = self._now() + wait

    async def next_due(self) -> timedelta | None:
        if not self._kept:
            return None
        first = min(kept.due_at for kept in self._kept.values())
        return max(timedelta(0), first - self._now())

    async def waiting(self) -> Backlog:
        oldest = min((kept.since for kept in self._kept.values()), default=None)
        return Backlog(behind=len(self._kept), oldest=oldest, set_aside=0)

    def _mine(self, mark: Mark) -> _Kept:
        kept = self._kept.get((mark.team, mark.row_id))
        if kept is None or kept.mark.fence != mark.fence:
            raise LeaseLost
        return kept


def _with(
    mark: Mark,
    *,
    lane: Lane | None = None,
    place: str | None = None,
    fence: int | None = None,
    attempts: int | None = None,
) -> Mark:
    return Mark(
        team=mark.team,
        row_id=mark.row_id,
        lane=lane or mark.lane,
        place=place or mark.place,
        fence=mark.fence if fence is None else fence,
        attempts=mark.attempts if attempts is None else attempts,
    )


@dataclass(slots=True, kw_only=True)
class _Work:
    fence: int = 0
    state: Mapping[str, object]
    lease: timedelta = timedelta()
    due_at: datetime | None = None
    lease_until: datetime | None = None
    called: bool = False


class MemoryTurns(Turns):
    """Turns in a dictionary."""

    def __init__(self, *, now: Now) -> None:
        self._now = now
        self._kept: dict[tuple[str, str], _Work] = {}

    async def take(self, team: str, work: str, *, lease: timedelta) -> Turn | None:
        now = self._now()
        kept = self._kept.setdefault((team, work), _Work(state={}))
        if any(bound is not None and bound > now for bound in (kept.due_at, kept.lease_until)):
            return None
        kept.fence += 1
        kept.lease, kept.lease_until, kept.called = lease, now + lease, False
        return Turn(team=team, work=work, fence=kept.fence, state=dict(kept.state))

    async def save(self, turn: Turn, state: Mapping[str, object]) -> None:
        kept = self._mine(turn)
        kept.state, kept.lease_until = dict(state), self._now() + kept.lease

    async def end(self, turn: Turn, state: Mapping[str, object], *, again: timedelta) -> None:
        kept = self._mine(turn)
        kept.state, kept.lease_until = dict(state), None
        kept.due_at = self._now() + (timedelta(0) if kept.called else again)

    async def call(self, team: str, work: str) -> None:
        kept = self._kept.setdefault((team, work), _Work(state={}))
        kept.due_at, kept.called = self._now(), True

    async def state(self, team: str, work: str) -> Mapping[str, object]:
        kept = self._kept.get((team, work))
        return {} if kept is None else kept.state

    def _mine(self, turn: Turn) -> _Work:
        kept = self._kept[turn.team, turn.work]
        if kept.fence != turn.fence:
            raise LeaseLost
        return kept


class MemoryDeliveries(Deliveries):
    """Ids in a set."""

    def __init__(self) -> None:
        self._ids: set[str] = set()

    async def seen(self, event_id: str) -> bool:
        return event_id in self._ids

    async def remember(self, event_id: str) -> None:
        self._ids.add(event_id)


class MemoryVerificationTokens(VerificationTokens):
    """One token, in the clear."""

    def __init__(self) -> None:
        self._token: str | None = None
        self._is_verified = False

    async def load(self) -> str | None:
        return self._token

    async def offer(self, token: str) -> bool:
        if not self._is_verified:
            self._token = token
        return not self._is_verified

    async def verified(self) -> None:
        self._is_verified = True

    async def forget(self) -> None:
        self._token, self._is_verified = None, False
