"""What comes in from the other side, in memory: rows, hints, turns, events, the token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from storage.follower import LEASE
from storage.inbox import DEBOUNCE
from tasks.errors import LeaseLost
from tasks.model import PersonId, SyncState
from tasks.ports import (
    Announcements,
    Backlog,
    Deletions,
    Deliveries,
    Inbox,
    Judgement,
    KnownRow,
    Lane,
    Mark,
    News,
    Now,
    Question,
    Row,
    RowBook,
    Turn,
    Turns,
    VerificationTokens,
)
from tasks.ports.announcements import LATELY
from tasks.ports.deletions import WINDOW, is_too_many
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

    async def number_of(self, team: str, row_id: str) -> int | None:
        for record in self._of(team):
            if record.follower.row.id == row_id:
                return record.task.number
        return None

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

    async def recheck(self, team: str, *, anew: bool = False) -> None:
        now = self._database.now()
        for record in self._of(team):
            follower = record.follower
            if follower.state is SyncState.GONE and not anew:
                continue
            follower.fence += 1
            follower.attempts = 0
            follower.lease_until = follower.not_before = follower.state = follower.error = None
            follower.pending_since = follower.pending_since or now
            follower.next_attempt_at = now
            follower.row = replace(follower.row, rev=0)
            if anew:
                sent = [at for at in (follower.row.last_sent_at, follower.pushed_at) if at]
                follower.row = Row(create_attempts=1, last_sent_at=max(sent, default=None))
                follower.met_by = 0

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

    async def renew(self, mark: Mark) -> None:
        self._mine(mark).due_at = self._now() + LEASE

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
class _Deletion:
    state: str
    at: datetime
    is_handed_on: bool = False


@dataclass(slots=True, kw_only=True)
class _Hold:
    since: datetime
    is_told: bool = False


class MemoryDeletions(Deletions):
    """Deletions in dictionaries, over the tasks of a `MemoryDatabase`."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._database = database
        self._book = MemoryRowBook(database)
        self._rows: dict[str, dict[str, _Deletion]] = {}
        self._holds: dict[str, _Hold] = {}

    async def judge(self, team: str, row_id: str, *, is_news: bool) -> Judgement:
        now, rows = self._database.now(), self._rows.setdefault(team, {})
        answers = {"allowed": Judgement.TAKE, "kept": Judgement.BRING_BACK}
        entry = rows.get(row_id)
        if entry is not None and entry.state in answers:
            return answers[entry.state]
        if not is_news:
            return Judgement.TAKE
        rows[row_id] = _Deletion(state="taken", at=now)
        if team not in self._holds:
            gone = len(self._in(team, "taken", since=now - WINDOW))
            expected = await self._book.expected(team) + gone - 1
            if not is_too_many(gone, expected=expected):
                return Judgement.TAKE
            self._holds[team] = _Hold(since=now)
        rows[row_id].state = "held"
        return Judgement.HOLD

    async def hold(self, team: str, row_ids: tuple[str, ...]) -> None:
        now, rows = self._database.now(), self._rows.setdefault(team, {})
        for row_id in row_ids:
            if rows.get(row_id) is None or rows[row_id].state in {"taken", "past"}:
                rows[row_id] = _Deletion(state="held", at=now)
        self._holds.setdefault(team, _Hold(since=now))

    async def question(self, team: str) -> Question | None:
        hold, held = self._holds.get(team), self._in(team, "held")
        if hold is None:
            return None
        records = [r for (owner, _), r in sorted(self._database.records.items()) if owner == team]
        tasks = [record.shown for record in records if record.follower.row.id in held[:10]]
        there = [r for r in records if r.follower.row.id is not None and not r.task.deleted]
        return Question(
            team=team,
            since=hold.since,
            count=len(held),
            expected=len(there) + len(self._in(team, "taken", since=hold.since - WINDOW)),
            preview=tuple(tasks),
            told=hold.is_told,
        )

    async def answer(self, team: str, *, bring_back: bool, by: PersonId | None) -> int | None:
        del by
        hold, held = self._holds.pop(team, None), self._in(team, "held")
        if hold is None:
            return None
        state = "kept" if bring_back else "allowed"
        for row_id in self._in(team, "taken", since=hold.since - WINDOW):
            self._rows[team][row_id].state = "kept" if bring_back else "past"
        for row_id in held:
            self._rows[team][row_id].state = state
        return len(held)

    async def answered(self, team: str, *, limit: int) -> tuple[str, ...]:
        rows = self._rows.get(team, {})
        decided = [*self._in(team, "allowed"), *self._in(team, "kept")]
        return tuple(one for one in decided if not rows[one].is_handed_on)[:limit]

    async def handed_on(self, team: str, row_ids: tuple[str, ...]) -> None:
        for row_id in row_ids:
            self._rows[team][row_id].is_handed_on = True

    async def settled(self, team: str, row_ids: Sequence[str]) -> None:
        for row_id in row_ids:
            entry = self._rows.get(team, {}).get(row_id)
            if entry is not None and entry.state != "taken":
                entry.state = "past"
        if not self._in(team, "held"):
            self._holds.pop(team, None)

    async def asked(self, team: str, *, since: datetime) -> None:
        hold = self._holds.get(team)
        if hold is not None and hold.since == since:
            hold.is_told = True

    def _in(self, team: str, state: str, *, since: datetime | None = None) -> list[str]:
        return [
            row_id
            for row_id, one in self._rows.get(team, {}).items()
            if one.state == state and (since is None or one.at > since)
        ]


@dataclass(slots=True, kw_only=True)
class _Announced:
    state: str
    at: datetime


class MemoryAnnouncements(Announcements):
    """Rows and channels in dictionaries, over the tasks of a `MemoryDatabase`."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._database = database
        self._channels: dict[str, str | None] = {}
        self._rows: dict[tuple[str, str], _Announced] = {}

    async def channel(self, team: str) -> str | None:
        return self._channels.get(team)

    async def choose(self, team: str, channel: str | None) -> None:
        self._channels[team] = channel

    async def note(self, team: str, row_id: str) -> None:
        if self._channels.get(team) is not None:
            new = _Announced(state="new", at=self._database.now())
            self._rows.setdefault((team, row_id), new)

    async def news(self, team: str, *, limit: int) -> tuple[News, ...]:
        tasks = {
            record.follower.row.id: record.shown
            for (owner, _), record in self._database.records.items()
            if owner == team
        }
        now = self._database.now()
        return tuple(
            News(row_id=row_id, at=one.at, age=now - one.at, task=tasks.get(row_id))
            for (owner, row_id), one in self._rows.items()
            if owner == team and one.state == "new"
        )[:limit]

    async def told_lately(self, team: str) -> int:
        since = self._database.now() - LATELY
        return len([o for o in self._of(team) if o.state == "sent" and o.at > since])

    async def sent(self, team: str, row_ids: Sequence[str]) -> None:
        for row_id in row_ids:
            self._rows[team, row_id] = _Announced(state="sent", at=self._database.now())

    def _of(self, team: str) -> list[_Announced]:
        return [one for (owner, _), one in self._rows.items() if owner == team]


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
