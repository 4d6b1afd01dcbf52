"""Places in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeAlias

from storage.follower import LEASE
from storage.notices import HURRIED, SPACING
from tasks.errors import LeaseLost
from tasks.ports import Intended, Place, Places, PlacesClaim
from tasks.ports.places import PLACES_MAX
from tests.fakes.database import MemoryDatabase, Notices, Record

_Change: TypeAlias = Callable[[Place], Place]


class MemoryPlaces(Places):
    """Places of the tasks of a `MemoryDatabase`, judged by its clock."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._database = database

    async def intend(
        self, team: str, number: int, place: Place, *, settled_after: timedelta
    ) -> Intended:
        record, now = self._database.record(team, number), self._database.now()
        if any(one.key == place.key for one in record.notices.places):
            return Intended(is_new=False, task=record.shown)
        let_go = _added(record.notices, replace(place, sends=1, last_sent_at=now))
        notices = record.notices
        notices.asked += 1
        first = min(notices.next_attempt_at or now + settled_after, now + settled_after)
        notices.next_attempt_at = max(first, notices.lease_until or first)
        return Intended(is_new=True, task=record.shown, let_go=let_go)

    async def keep(self, team: str, number: int, place: Place, *, rev: int) -> None:
        record = self._database.records.get((team, number))
        if record is None or _knows(record.notices, place):
            return
        _added(record.notices, place)
        if record.task.rev > rev:
            record.notices.ask(self._database.now())

    async def hurry(self, team: str, number: int, place: Place) -> None:
        record = self._database.records.get((team, number))
        if record is None:
            return
        notices, now = record.notices, self._database.now()
        if not _knows(notices, place):
            _added(notices, place)
        notices.asked += 1
        notices.pending_since = notices.pending_since or now
        bounds = (notices.lease_until, notices.told_at and notices.told_at + HURRIED, now)
        notices.next_attempt_at = max(bound for bound in bounds if bound is not None)

    async def posted(
        self, team: str, number: int, key: str, *, ts: str, shown: str, rev: int
    ) -> None:
        self._note(team, number, key, lambda one: replace(one, ts=ts, shown=shown, sends=0))
        record = self._database.records.get((team, number))
        if record is not None and record.task.rev > rev:
            record.notices.ask(self._database.now())

    async def unsent(self, team: str, number: int, key: str) -> None:
        self._note(team, number, key, lambda one: replace(one, sends=max(0, one.sends - 1)))
        record, now = self._database.records.get((team, number)), self._database.now()
        if record is not None and record.notices.places:
            notices = record.notices
            notices.asked += 1
            notices.pending_since = notices.pending_since or now
            notices.next_attempt_at = max(now, notices.lease_until or now)

    async def forget(self, team: str, number: int, key: str) -> None:
        record = self._database.records.get((team, number))
        if record is not None:
            record.notices.places = [one for one in record.notices.places if one.key != key]

    async def claim(self) -> PlacesClaim | None:
        now = self._database.now()
        due = [one for one in self._waiting() if _when(one) <= now]
        if not due:
            return None
        record = min(due, key=_when)
        notices = record.notices
        notices.fence += 1
        notices.attempts += 1
        notices.claimed_at = now
        notices.lease_until = notices.next_attempt_at = now + LEASE
        return PlacesClaim(
            task=record.shown,
            places=tuple(notices.places),
            asked=notices.asked,
            fence=notices.fence,
            attempts=notices.attempts,
            at=now,
        )

    async def next_due(self) -> timedelta | None:
        waiting = [_when(one) for one in self._waiting()]
        return max(timedelta(0), min(waiting) - self._database.now()) if waiting else None

    async def still_held(self, claim: PlacesClaim) -> bool:
        notices = self._database.record(claim.task.team, claim.task.number).notices
        lease = notices.lease_until
        return notices.fence == claim.fence and lease is not None and lease > self._database.now()

    async def sending(self, claim: PlacesClaim, key: str) -> None:
        self._mine(claim)
        now = self._database.now()
        self._note(
            claim.task.team,
            claim.task.number,
            key,
            lambda one: replace(one, sends=one.sends + 1, last_sent_at=now),
        )

    async def settle(
        self,
        claim: PlacesClaim,
        *,
        shown: Mapping[str, str],
        gone: frozenset[str] = frozenset(),
        unsent: frozenset[str] = frozenset(),
        again: timedelta | None = None,
    ) -> None:
        notices, now = self._mine(claim), self._database.now()
        notices.places = [
            replace(
                one,
                shown=shown.get(one.key, one.shown),
                sends=max(0, one.sends - (one.key in unsent)),
            )
            for one in notices.places
            if one.key not in gone
        ]
        if shown:
            notices.told_at = now
        if again is None:
            notices.attempts, notices.done_rev = 0, claim.task.rev
        notices.lease_until = None
        if notices.asked > claim.asked:
            notices.pending_since = notices.claimed_at
            soon = notices.told_at + SPACING if notices.told_at is not None else now
            notices.next_attempt_at = max(now, soon)
        else:
            notices.pending_since = None
            notices.next_attempt_at = None if again is None else now + again

    def _note(self, team: str, number: int, key: str, change: _Change) -> None:
        record = self._database.records.get((team, number))
        if record is not None:
            notices = record.notices
            notices.places = [change(one) if one.key == key else one for one in notices.places]

    def _mine(self, claim: PlacesClaim) -> Notices:
        notices = self._database.record(claim.task.team, claim.task.number).notices
        if notices.fence != claim.fence:
            raise LeaseLost
        return notices

    def _waiting(self) -> list[Record]:
        records = self._database.records.values()
        return [one for one in records if one.notices.next_attempt_at is not None]


def to_tell(notices: Notices, place: Place, now: datetime) -> None:
    """Add a place whose message nobody has begun to post, and make it due at once."""
    _added(notices, place)
    notices.asked += 1
    notices.pending_since = notices.pending_since or now
    notices.next_attempt_at = max(now, notices.lease_until or now)


def _added(notices: Notices, place: Place) -> str | None:
    is_full = len(notices.places) >= PLACES_MAX
    let_go = notices.places[0].channel if is_full else None
    notices.places = [*notices.places, place][-PLACES_MAX:]
    return let_go


def _knows(notices: Notices, place: Place) -> bool:
    return any((one.channel, one.ts) == (place.channel, place.ts) for one in notices.places)


def _when(record: Record) -> datetime:
    assert record.notices.next_attempt_at is not None
    return record.notices.next_attempt_at
