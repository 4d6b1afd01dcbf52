"""Tells a team's admins, once, that columns have gone and whose fields wait for it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any

from notifications.admins import Admins
from notifications.posts import NotPosted, Posts, PostUnknown
from tasks.errors import TaskError
from tasks.ports import Drift, Turn, Turns

WORK = "drift"
LEASE = timedelta(minutes=2)
AGAIN = timedelta(minutes=5)
"""When it is tried again to reach somebody, or the other side."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftNotices:
    """One instance tells for all; what was told is kept with the turn."""

    drift: Drift
    turns: Turns
    posts: Posts
    admins: Admins
    render: Callable[[tuple[str, ...]], Mapping[str, Any]]
    _settled: dict[str, str] = field(default_factory=dict)
    """What was last found to be told, by team: nothing is asked while that stays."""

    async def once(self, team: str) -> None:
        """Tell what is new. StoreError, LeaseLost."""
        seen = self.drift.seen(team)
        if seen is None or self._settled.get(team) == _name(seen):
            return
        if (await self.turns.state(team, WORK)).get("told", "") == _name(seen):
            self._settled[team] = _name(seen)
            return
        turn = await self.turns.take(team, WORK, lease=LEASE)
        if turn is not None:
            await self._confirmed(turn)

    async def _confirmed(self, turn: Turn) -> None:
        try:
            now = await self.drift.look(turn.team)
        except TaskError:
            await self.turns.end(turn, turn.state, again=AGAIN)
            return
        told = {"told": _name(now)}
        if now and turn.state.get("told", "") != told["told"]:
            # Before the message: killed in between, it is rather not said than said twice.
            await self.turns.save(turn, told)
            if not await self._told(turn.team, now):
                await self.turns.end(turn, turn.state, again=AGAIN)
                return
        self._settled[turn.team] = told["told"]
        await self.turns.end(turn, told, again=timedelta())

    async def _told(self, team: str, sentences: tuple[str, ...]) -> bool:
        """Tell whether somebody may have been reached."""
        people = await self.admins.of(team)
        return any([await self._posted(team, person, sentences) for person in people])

    async def _posted(self, team: str, person: str, sentences: tuple[str, ...]) -> bool:
        try:
            await self.posts.post(team, person, self.render(sentences))
        except NotPosted as refused:
            log.warning("not told", extra={"action": "drift", "error_code": refused.code})
            return False
        except PostUnknown:
            log.warning("perhaps told", extra={"action": "drift"})
        return True


def _name(sentences: tuple[str, ...]) -> str:
    """Name what is to be told; empty for nothing."""
    return sha256("\n".join(sorted(sentences)).encode()).hexdigest()[:16] if sentences else ""
