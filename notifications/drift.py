"""Tells a team's admins, once, that columns have gone and whose fields wait for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any

from notifications.admins import Admins
from notifications.each_once import EachOnce
from notifications.said_once import Kept, NotYet
from tasks.errors import TaskError
from tasks.ports import Drift, Turn, Turns

WORK = "drift"
LEASE = timedelta(minutes=2)
AGAIN = timedelta(minutes=5)
"""When it is tried again to reach somebody, or the other side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftNotices:
    """One instance tells for all; what was told is kept with the turn."""

    drift: Drift
    turns: Turns
    each: EachOnce
    admins: Admins
    render: Callable[[tuple[str, ...]], Mapping[str, Any]]
    lease: timedelta = LEASE
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
        turn = await self.turns.take(team, WORK, lease=self.lease)
        if turn is not None:
            await self._confirmed(turn)

    async def _confirmed(self, turn: Turn) -> None:
        try:
            now = await self.drift.look(turn.team)
        except TaskError:
            await self.turns.end(turn, turn.state, again=AGAIN)
            return
        told, kept = {"told": _name(now)}, dict(turn.state)
        if now and turn.state.get("told", "") != told["told"]:
            try:
                is_told = await self._told(turn, kept, now)
            except NotYet as later:
                await self.turns.end(turn, kept, again=later.wait)
                return
            if not is_told:
                await self.turns.end(turn, kept, again=AGAIN)
                return
        # After the messages: killed in between, the next one looks whether they are there.
        self._settled[turn.team] = told["told"]
        await self.turns.end(turn, told, again=timedelta())

    async def _told(self, turn: Turn, kept: Kept, sentences: tuple[str, ...]) -> bool:
        """Tell whether somebody was reached."""
        return await self.each.tell(
            turn,
            kept,
            name=f"drift/{_name(sentences)}",
            people=await self.admins.of(turn.team),
            body=self.render(sentences),
        )


def _name(sentences: tuple[str, ...]) -> str:
    """Name what is to be told; empty for nothing."""
    return sha256("\n".join(sorted(sentences)).encode()).hexdigest()[:16] if sentences else ""
