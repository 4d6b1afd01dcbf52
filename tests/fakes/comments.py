"""Threads, switches, copies and the pacer, in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from storage.copies import BEHIND
from storage.copy_codec import digest_of
from storage.follower import LEASE
from storage.pacer import SPACING
from tasks.errors import LeaseLost, StoreError
from tasks.model import PersonId, Source
from tasks.ports import (
    ChannelSettings,
    Copies,
    Copy,
    CopyClaim,
    Feature,
    Now,
    Pacer,
    Remark,
    Said,
    Thread,
    Threads,
)


class MemoryChannelSettings(ChannelSettings):
    """Since when each feature is on, in a dictionary."""

    def __init__(self, *, now: Now) -> None:
        self._now = now
        self._on: dict[tuple[str, str], dict[Feature, datetime]] = {}
        self._faults: list[StoreError] = []

    def fail_next(self, error: StoreError) -> None:
        """Let the next question raise `error`."""
        self._faults.append(error)

    async def of(self, team: str, channel: str) -> Mapping[Feature, datetime]:
        if self._faults:
            raise self._faults.pop(0)
        return dict(self._on.get((team, channel), {}))

    async def switch(
        self, team: str, channel: str, wanted: Mapping[Feature, bool], *, by: PersonId
    ) -> None:
        assert by
        kept = self._on.setdefault((team, channel), {})
        for feature, is_on in wanted.items():
            if is_on:
                kept.setdefault(feature, self._now())
            else:
                kept.pop(feature, None)


@dataclass(slots=True, kw_only=True)
class _Bound:
    thread: Thread
    number: int
    talked_at: datetime


class MemoryThreads(Threads):
    """Bindings in a dictionary."""

    def __init__(self, *, now: Now) -> None:
        self._now = now
        self._bound: dict[tuple[str, str, str], _Bound] = {}

    async def bind(self, team: str, channel: str, ts: str, number: int) -> None:
        thread = Thread(channel=channel, ts=ts, since=self._now())
        bound = _Bound(thread=thread, number=number, talked_at=self._now())
        self._bound.setdefault((team, channel, ts), bound)

    async def task_of(self, team: str, channel: str, ts: str) -> int | None:
        found = self._bound.get((team, channel, ts))
        return None if found is None else found.number

    async def of_task(self, team: str, number: int) -> tuple[Thread, ...]:
        return tuple(one.thread for one in self._of(team) if one.number == number)

    async def talked(self, team: str, number: int) -> None:
        for one in self._of(team):
            if one.number == number:
                one.talked_at = self._now()

    async def lively(self, team: str, *, within: timedelta, limit: int) -> tuple[int, ...]:
        lately = [one for one in self._of(team) if one.talked_at >= self._now() - within]
        latest = sorted(lately, key=lambda one: one.talked_at, reverse=True)
        return tuple(dict.fromkeys(one.number for one in latest[:limit]))

    def _of(self, team: str) -> list[_Bound]:
        return [one for (owner, _, _), one in self._bound.items() if owner == team]


@dataclass(slots=True, kw_only=True)
class _Kept:
    remark: Remark
    order: str
    claim: CopyClaim
    version: str = ""
    digest: str | None = None
    is_deleted: bool = False
    due_at: datetime | None = None
    lease_until: datetime | None = None
    is_blocked: bool = False
    reasons: list[str] = field(default_factory=list)


class MemoryCopies(Copies):
    """Copies in a dictionary."""

    def __init__(self, *, now: Now, lease: timedelta = LEASE) -> None:
        self._now = now
        self._lease = lease
        self._kept: dict[str, _Kept] = {}

    async def say(self, remark: Remark, said: Said | None, *, version: str, order: str) -> bool:
        now = self._now()
        kept = self._kept.get(remark.id)
        if kept is None:
            claim = CopyClaim(
                remark=remark,
                said=None,
                rev=0,
                copy_id=None,
                sends=0,
                last_sent_at=None,
                at=now,
                fence=0,
                attempts=0,
            )
            kept = self._kept[remark.id] = _Kept(remark=remark, order=order, claim=claim)
        if version < kept.version or digest_of(said) == kept.digest:
            return False
        kept.version, kept.digest, kept.is_deleted = version, digest_of(said), said is None
        kept.claim = replace(kept.claim, said=said, rev=kept.claim.rev + 1)
        is_leased = kept.lease_until is not None and kept.lease_until > now
        kept.due_at = kept.lease_until if is_leased else now
        kept.is_blocked = False
        return True

    async def claim(self, of: Source) -> CopyClaim | None:
        now = self._now()
        due = [one for one in self._waiting(of) if one.due_at is not None and one.due_at <= now]
        for one in sorted(due, key=lambda one: one.order):
            if first := self._earlier(one):
                assert first.due_at is not None
                one.due_at, one.is_blocked = max(first.due_at, now) + BEHIND, True
                continue
            one.lease_until = one.due_at = now + self._lease
            one.claim = replace(
                one.claim, at=now, fence=one.claim.fence + 1, attempts=one.claim.attempts + 1
            )
            return one.claim
        return None

    async def next_due(self, of: Source) -> timedelta | None:
        waits = [one.due_at - self._now() for one in self._waiting(of) if one.due_at is not None]
        return max(timedelta(0), min(waits)) if waits else None

    async def still_held(self, claim: CopyClaim) -> bool:
        kept = self._kept[claim.remark.id]
        is_his = kept.claim.fence == claim.fence
        return is_his and kept.lease_until is not None and kept.lease_until > self._now()

    async def intend(self, claim: CopyClaim) -> CopyClaim:
        kept = self._held(claim)
        kept.claim = replace(kept.claim, sends=kept.claim.sends + 1, last_sent_at=self._now())
        return kept.claim

    async def unsent(self, claim: CopyClaim) -> None:
        kept = self._held(claim)
        kept.claim = replace(kept.claim, sends=kept.claim.sends - 1)

    async def complete(self, claim: CopyClaim, *, copy_id: str | None) -> None:
        kept = self._held(claim)
        self._end(kept, claim)
        kept.claim = replace(kept.claim, copy_id=copy_id or kept.claim.copy_id, sends=0, attempts=0)

    async def postpone(self, claim: CopyClaim, *, wait: timedelta) -> None:
        kept = self._held(claim)
        kept.due_at, kept.lease_until = self._now() + wait, None

    async def give_up(self, claim: CopyClaim, *, reason: str) -> None:
        kept = self._held(claim)
        kept.reasons.append(reason)
        self._end(kept, claim)

    async def of_task(self, team: str, number: int) -> tuple[Copy, ...]:
        found = [
            one
            for one in self._kept.values()
            if (one.remark.team, one.remark.number) == (team, number)
        ]
        return tuple(
            Copy(remark=one.remark, copy_id=one.claim.copy_id, is_deleted=one.is_deleted)
            for one in sorted(found, key=lambda one: one.order)
        )

    async def is_copy(self, team: str, copy_id: str) -> bool:
        return any(
            one.remark.team == team and one.claim.copy_id == copy_id for one in self._kept.values()
        )

    def _waiting(self, of: Source) -> list[_Kept]:
        return [
            one for one in self._kept.values() if one.remark.of is of and one.due_at is not None
        ]

    def _earlier(self, one: _Kept) -> _Kept | None:
        found = (
            other
            for other in self._waiting(one.remark.of)
            if _stream(other.remark) == _stream(one.remark) and other.order < one.order
        )
        return next(found, None)

    def _held(self, claim: CopyClaim) -> _Kept:
        kept = self._kept[claim.remark.id]
        if kept.claim.fence != claim.fence:
            raise LeaseLost
        return kept

    def _end(self, kept: _Kept, claim: CopyClaim) -> None:
        is_news = kept.claim.rev > claim.rev
        kept.due_at = self._now() if is_news else None
        kept.lease_until = None
        if not is_news:
            kept.claim = replace(kept.claim, said=None)
        for other in self._waiting(kept.remark.of):
            if other.is_blocked and _stream(other.remark) == _stream(kept.remark):
                other.due_at, other.is_blocked = self._now(), False


def _stream(remark: Remark) -> tuple[str, ...]:
    shared = (remark.team, str(remark.number))
    return (*shared, remark.channel, remark.thread) if remark.of is Source.NOTION else shared


class MemoryPacer(Pacer):
    """When the next message may go, in a dictionary."""

    def __init__(self, *, now: Now, spacing: timedelta = SPACING, burst: int = 1) -> None:
        self._now = now
        self._spacing = spacing
        self._slack = spacing * (burst - 1)
        self._next: dict[tuple[str, str], datetime] = {}

    async def wait(self, team: str, channel: str) -> timedelta:
        now = self._now()
        next_at = max(now, self._next.get((team, channel), now))
        left = max(timedelta(0), next_at - self._slack - now)
        if not left:
            self._next[team, channel] = next_at + self._spacing
        return left

    async def hold(self, team: str, channel: str, *, wait: timedelta) -> None:
        until = self._now() + wait + self._slack
        self._next[team, channel] = max(until, self._next.get((team, channel), until))
