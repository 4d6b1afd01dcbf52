"""Deletions on MongoDB: one document for each row in `deletions`, one question a team in `holds`.

A row is `taken` (let through, remembered while it counts), `past` (counts no more), `held`, or
answered: `allowed`, `kept`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from pymongo.errors import DuplicateKeyError

from storage.client import Database
from storage.codec import Document, from_document
from storage.collections import Pipeline
from storage.follower import BACKLOG_BOUND, later
from storage.operations import REQUEST, WORKER, within
from storage.rows import HAS_ROW, MongoRowBook
from tasks.model import PersonId
from tasks.ports import Deletions, Judgement, Question
from tasks.ports.deletions import FEW_ROWS, MANY_ROWS, WINDOW, is_too_many

PREVIEW = 10
REMEMBERED = timedelta(days=1)
"""How long what was let through is kept."""
ANSWER_KEPT = timedelta(days=7)
"""How long an answer waits for a row that nobody can look at."""
_TAKEN, _PAST, _HELD, _ALLOWED, _KEPT = "taken", "past", "held", "allowed", "kept"
_ANSWERS = {_ALLOWED: Judgement.TAKE, _KEPT: Judgement.BRING_BACK}
_BATCH = 500
_THERE: Document = {**HAS_ROW, "deleted": {"$ne": True}, "notion.base.in_trash": {"$ne": True}}
"""Tasks whose row should be there, held or not."""


class MongoDeletions(Deletions):
    """Counts by inserting first, so that of many at once none slips through."""

    def __init__(self, database: Database) -> None:
        self._deletions = database.tenants("deletions")
        self._holds = database.tenants("holds")
        self._tasks = database.tenants("tasks")
        self._book = MongoRowBook(database)

    async def judge(self, team: str, row_id: str, *, is_news: bool) -> Judgement:
        """Say what to do about a row in the trash; see the port."""
        with within(WORKER):
            if not is_news:
                entry = await self._deletions.of(team).find_one(
                    "deletions.entry", {"_id": _id(team, row_id)}
                )
                answer = _ANSWERS.get(entry["state"]) if entry else None
                return answer or Judgement.TAKE
            entry = await self._count(team, row_id)
            if answer := _ANSWERS.get(entry["state"]):
                return answer
            if await self._is_open(team):
                await self._move(team, {"_id": _id(team, row_id)}, _HELD)
                return Judgement.HOLD
            gone, expected = await self._lately(team)
            if not is_too_many(gone, expected=expected):
                return Judgement.TAKE
            await self._ask(team)
            await self._move(team, {"_id": _id(team, row_id)}, _HELD)
            return Judgement.HOLD

    async def hold(self, team: str, row_ids: tuple[str, ...]) -> None:
        """Keep these from deleting anything, and ask; see the port."""
        with within(WORKER):
            for begin in range(0, len(row_ids), _BATCH):
                new: list[Document] = [
                    {"_id": _id(team, row), "team_id": team, "row_id": row, "state": _HELD}
                    for row in row_ids[begin : begin + _BATCH]
                ]
                await self._deletions.of(team).insert_missing("deletions.hold", new)
                taken = {
                    "_id": {"$in": [one["_id"] for one in new]},
                    "state": {"$in": [_TAKEN, _PAST]},
                }
                await self._move(team, taken, _HELD)
            await self._ask(team)

    async def question(self, team: str) -> Question | None:
        """Return what is asked; see the port."""
        with within(REQUEST):
            hold = await self._holds.of(team).find_one("holds.get", {"_id": team, "open": True})
            if hold is None:
                return None
            held = await self._deletions.of(team).find(
                "deletions.held",
                {"state": _HELD},
                sort=[("at", 1)],
                limit=BACKLOG_BOUND,
                projection={"row_id": 1},
            )
            there = await self._tasks.of(team).count("deletions.expected", _THERE)
            same_deed = {"state": _TAKEN, "at": {"$gte": hold["since"] - WINDOW}}
            went = await self._deletions.of(team).count("deletions.went", same_deed)
            first = [one["row_id"] for one in held[:PREVIEW]]
            shown = await self._tasks.of(team).find(
                "deletions.preview",
                {"notion.page_id": {"$in": first}, "audience": None},
                sort=[("notion.page_id", 1)],
                limit=PREVIEW,
                projection={"changes": 0, "applied": 0, "notion.base": 0},
            )
        return Question(
            team=team,
            since=hold["since"],
            count=len(held),
            expected=there + went,
            preview=tuple(sorted((from_document(one) for one in shown), key=lambda t: t.number)),
            told="told_at" in hold,
        )

    async def answer(self, team: str, *, bring_back: bool, by: PersonId | None) -> int | None:
        """Decide about all that is held; see the port."""
        state = _KEPT if bring_back else _ALLOWED
        with within(REQUEST):
            hold = await self._holds.of(team).find_one("holds.get", {"_id": team, "open": True})
            if hold is None:
                return None
            same_deed = {"state": _TAKEN, "at": {"$gte": hold["since"] - WINDOW}}
            await self._move(team, same_deed, _KEPT if bring_back else _PAST)
            count = await self._deletions.of(team).count("deletions.count", {"state": _HELD})
            await self._move(team, {"state": _HELD}, state)
            closed = {
                "open": False,
                "by": {"$literal": by},
                "answer": state,
                "answered_at": "$$NOW",
            }
            await self._holds.of(team).update_one("holds.answer", {"_id": team}, [{"$set": closed}])
            await self._move(team, {"state": _HELD}, state)  # what came between the two
        return count

    async def answered(self, team: str, *, limit: int) -> tuple[str, ...]:
        """Return rows that nobody was told to look at yet; see the port."""
        with within(WORKER):
            found = await self._deletions.of(team).find(
                "deletions.answered",
                {"state": {"$in": [_ALLOWED, _KEPT]}, "handed_on": {"$exists": False}},
                sort=[("at", 1)],
                limit=limit,
                projection={"row_id": 1},
            )
        return tuple(one["row_id"] for one in found)

    async def handed_on(self, team: str, row_ids: tuple[str, ...]) -> None:
        """Note that these will be looked at; see the port."""
        where = {"_id": {"$in": [_id(team, row_id) for row_id in row_ids]}}
        with within(WORKER):
            await self._deletions.of(team).update_all(
                "deletions.handed_on", where, [{"$set": {"handed_on": True}}]
            )

    async def settled(self, team: str, row_ids: Sequence[str]) -> None:
        """Let go of rows that are as they should be; see the port."""
        where = {
            "_id": {"$in": [_id(team, row_id) for row_id in row_ids]},
            "state": {"$nin": [_TAKEN, _PAST]},
        }
        with within(WORKER):
            await self._move(team, where, _PAST)
            if not await self._is_open(team):
                return
            left = await self._deletions.of(team).find_one("deletions.left", {"state": _HELD})
            if left is None:
                await self._holds.of(team).update_one(
                    "holds.close", {"_id": team, "open": True}, [{"$set": {"open": False}}]
                )

    async def asked(self, team: str, *, since: datetime) -> None:
        """Note that somebody was asked; see the port."""
        where = {"_id": team, "open": True, "since": since}
        with within(WORKER):
            await self._holds.of(team).update_one(
                "holds.asked", where, [{"$set": {"told_at": "$$NOW"}}]
            )

    async def _count(self, team: str, row_id: str) -> Document:
        """Note a deletion that is due, and return what is known of the row."""
        again = {"$in": [{"$ifNull": ["$state", _TAKEN]}, [_TAKEN, _PAST, _HELD]]}
        noted: Pipeline = [
            {
                "$set": {
                    "team_id": {"$literal": team},
                    "row_id": {"$literal": row_id},
                    "state": {"$cond": [again, _TAKEN, "$state"]},
                    "at": {"$cond": [again, "$$NOW", "$at"]},
                    "expires_at": {"$cond": [again, later(REMEMBERED), "$expires_at"]},
                }
            }
        ]
        where = {"_id": _id(team, row_id)}
        for _ in range(2):
            try:
                found = await self._deletions.of(team).find_one_and_update(
                    "deletions.note", where, noted, upsert=True
                )
            except DuplicateKeyError:
                continue  # another made the document at the same moment
            if found is not None:
                return found
        return {"state": _TAKEN}

    async def _lately(self, team: str) -> tuple[int, int]:
        """Return how many rows went within the window, up to a bound, and of how many."""
        recent = {
            "state": _TAKEN,
            "$expr": {"$gt": ["$at", {"$subtract": ["$$NOW", _ms(WINDOW)]}]},
        }
        found = await self._deletions.of(team).find(
            "deletions.lately",
            recent,
            sort=[("at", -1)],
            limit=MANY_ROWS + 1,
            projection={"_id": 1},
        )
        if len(found) <= FEW_ROWS:
            return len(found), 0
        # Those that went already are not expected any more; the one at hand still is.
        return len(found), await self._book.expected(team) + len(found) - 1

    async def _is_open(self, team: str) -> bool:
        hold = await self._holds.of(team).find_one("holds.open", {"_id": team, "open": True})
        return hold is not None

    async def _ask(self, team: str) -> None:
        """Open the question; one that is open goes on."""
        is_new = {"$ne": ["$open", True]}
        asked: Pipeline = [
            {
                "$set": {
                    "team_id": {"$literal": team},
                    "since": {"$cond": [is_new, "$$NOW", "$since"]},
                    "told_at": {"$cond": [is_new, "$$REMOVE", "$told_at"]},
                    "open": True,
                }
            }
        ]
        for _ in range(2):
            try:
                await self._holds.of(team).find_one_and_update(
                    "holds.ask", {"_id": team}, asked, upsert=True
                )
            except DuplicateKeyError:
                continue
            return

    async def _move(self, team: str, where: Document, state: str) -> None:
        expires = "$$REMOVE" if state == _HELD else later(ANSWER_KEPT)
        moved: Document = {
            "state": state,
            "at": {"$ifNull": ["$at", "$$NOW"]},
            "expires_at": expires,
            "handed_on": "$$REMOVE",
        }
        await self._deletions.of(team).update_all("deletions.move", where, [{"$set": moved}])


def _id(team: str, row_id: str) -> str:
    return f"{team}|{row_id}"


def _ms(by: timedelta) -> int:
    return by // timedelta(milliseconds=1)
