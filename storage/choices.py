"""Choices on MongoDB."""

from __future__ import annotations

from storage.client import Database
from storage.codec import Document
from storage.operations import WORKER, within
from tasks.ports import Choice, Choices

_RAISED = {"$add": [{"$ifNull": ["$rev", 0]}, 1]}


class MongoChoices(Choices):
    """One document per team in `choices`."""

    def __init__(self, database: Database) -> None:
        self._choices = database.tenants("choices")

    async def load(self, team: str) -> Choice | None:
        """Return the team's choice; see the port."""
        with within(WORKER):
            found = await self._choices.of(team).find_one("choices.load", {"_id": team})
        return None if found is None else _choice(team, found)

    async def choose(self, choice: Choice) -> Choice:
        """Keep it; see the port."""
        is_new = {"$ne": ["$mapping", {"$literal": choice.mapping}]}
        chosen: Document = {
            "database": {"$literal": choice.database},
            "mapping": {"$literal": choice.mapping},
            "takes_all": choice.takes_all,
            "by": {"$literal": choice.by},
        }
        update: Document = {
            "team_id": {"$literal": choice.team},
            "rev": {"$cond": [is_new, _RAISED, "$rev"]},
            **{name: {"$cond": [is_new, value, f"${name}"]} for name, value in chosen.items()},
        }
        found = await self._update("choices.choose", choice.team, update)
        return _choice(choice.team, found or {})

    async def touch(self, team: str) -> None:
        """Raise the rev; see the port."""
        await self._update("choices.touch", team, {"team_id": {"$literal": team}, "rev": _RAISED})

    async def _update(self, name: str, team: str, update: Document) -> Document | None:
        with within(WORKER):
            return await self._choices.of(team).find_one_and_update(
                name, {"_id": team}, [{"$set": update}], upsert=True
            )


def _choice(team: str, found: Document) -> Choice:
    return Choice(
        team=team,
        rev=found.get("rev") or 0,
        database=found.get("database"),
        mapping=found.get("mapping") or "",
        takes_all=bool(found.get("takes_all")),
        by=found.get("by"),
    )
