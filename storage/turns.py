"""Turns on MongoDB: work that one of all instances does, judged by the database's clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from pymongo.errors import DuplicateKeyError

from storage.client import Database
from storage.codec import Document
from storage.follower import later
from storage.operations import WORKER, within
from tasks.errors import LeaseLost
from tasks.ports import Turn, Turns

_DUE = {"$lte": [{"$ifNull": ["$due_at", "$$NOW"]}, "$$NOW"]}
_FREE = {"$lte": [{"$ifNull": ["$lease_until", "$$NOW"]}, "$$NOW"]}


class MongoTurns(Turns):
    """One document per team and work in `turns`; `taken` tells who asked last whether it is his."""

    def __init__(self, database: Database) -> None:
        self._turns = database.tenants("turns")

    async def take(self, team: str, work: str, *, lease: timedelta) -> Turn | None:
        """Take the turn where it is due; see the port."""
        where = _where(team, work)
        # An upsert may not ask `$expr`: the pipeline decides, and says how.
        decide: list[Document] = [
            {"$set": {"team_id": {"$literal": team}, "taken": {"$and": [_DUE, _FREE]}}},
            {
                "$set": {
                    "fence": {"$add": [{"$ifNull": ["$fence", 0]}, {"$cond": ["$taken", 1, 0]}]},
                    "lease": {"$cond": ["$taken", lease // timedelta(milliseconds=1), "$lease"]},
                    "lease_until": {"$cond": ["$taken", later(lease), "$lease_until"]},
                    "called": {"$cond": ["$taken", "$$REMOVE", "$called"]},
                }
            },
        ]
        with within(WORKER):
            try:
                found = await self._turns.of(team).find_one_and_update(
                    "turns.take", where, decide, upsert=True
                )
            except DuplicateKeyError:
                return None  # another took it at the same moment
        if found is None or not found["taken"]:
            return None
        return Turn(team=team, work=work, fence=found["fence"], state=found.get("state") or {})

    async def save(self, turn: Turn, state: Mapping[str, object]) -> None:
        """Keep how far it is; see the port."""
        renewed = {"$add": ["$$NOW", "$lease"]}
        await self._keep("turns.save", turn, {"state": _kept(state), "lease_until": renewed})

    async def end(self, turn: Turn, state: Mapping[str, object], *, again: timedelta) -> None:
        """Keep how far it is, and give the turn back; see the port."""
        due_at = {"$cond": ["$called", "$$NOW", later(again)]}
        settled = {"state": _kept(state), "due_at": due_at, "lease_until": "$$REMOVE"}
        await self._keep("turns.end", turn, settled)

    async def call(self, team: str, work: str) -> None:
        """Make the next turn due now; see the port."""
        with within(WORKER):
            await self._turns.of(team).find_one_and_update(
                "turns.call",
                _where(team, work),
                [{"$set": {"team_id": {"$literal": team}, "due_at": "$$NOW", "called": True}}],
                upsert=True,
            )

    async def state(self, team: str, work: str) -> Mapping[str, object]:
        """Return what the last turn has left; see the port."""
        with within(WORKER):
            found = await self._turns.of(team).find_one("turns.state", _where(team, work))
        return {} if found is None else found.get("state") or {}

    async def _keep(self, name: str, turn: Turn, fields: Document) -> None:
        where = {**_where(turn.team, turn.work), "fence": turn.fence}
        with within(WORKER):
            if not await self._turns.of(turn.team).update_one(name, where, [{"$set": fields}]):
                raise LeaseLost


def _kept(state: Mapping[str, object]) -> Document:
    return {"$literal": dict(state)}


def _where(team: str, work: str) -> Document:
    return {"_id": f"{team}|{work}"}
