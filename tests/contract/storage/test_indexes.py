"""The indexes: what a list examines is what it returns, whatever else the workspace holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from pymongo import MongoClient

from storage.client import Driver, connect
from storage.codec import Document, to_document
from storage.collections import of_team
from storage.follower import IN_ORDER, IS_DUE, IS_DUE_FRESH, LAST_FIRST
from storage.indexes import INDEXES, OUTGROWN, ensure_indexes, table
from storage.lists import SORTS, Position, index_of, query
from tasks.commands import Order, TaskFilter
from tasks.model import Due, Status
from tasks.permissions import ANYBODY, Asker, Standing
from tests import make
from tests.storage_world import MongoWorld, RawDatabase

TASKS = 3000
PAGE = 10
PRIVATE = (3, 4, 5, 8, 20, 26)
"""Every fifth task is private to one of these channels."""
MEMBER = Asker(person="U7", standing=Standing.MEMBER, inside=frozenset({"C3", "C20"}))
ASKERS = {"anybody": ANYBODY, "a member of two private channels": MEMBER}


@dataclass(frozen=True, slots=True)
class Plan:
    """What the database did for a question."""

    examined: int
    returned: int
    indexes: frozenset[str]
    sorts: bool


def plan(
    raw: RawDatabase,
    where: Document,
    sort: list[tuple[str, int]],
    limit: int,
    hint: str | None = None,
) -> Plan:
    explained = raw.tasks.find(where, sort=sort, limit=limit, hint=hint).explain()
    stats = explained["executionStats"]
    stages = list(_stages(stats["executionStages"]))
    return Plan(
        examined=stats["totalDocsExamined"],
        returned=stats["nReturned"],
        indexes=frozenset(stage["indexName"] for stage in stages if "indexName" in stage),
        sorts=any(stage["stage"] == "SORT" for stage in stages),
    )


def _stages(stage: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield stage
    below = [stage["inputStage"]] if "inputStage" in stage else stage.get("inputStages", [])
    for one in below:
        yield from _stages(one)


def documents() -> list[Document]:
    """Return the tasks of two teams: many people, channels, tags, dates, words."""
    made = []
    for number in range(TASKS):
        due = Due.local(make.NOON + timedelta(hours=number % 700), "UTC") if number % 3 else None
        done = number % 5 == 0
        task = make.task(
            team="T2" if number % 10 == 9 else "T1",
            title=f"Book w{number % 97} venue",
            number=number,
            due=due,
            status=Status.DONE if done else Status.OPEN,
            completed_at=make.NOON - timedelta(minutes=number) if done else None,
            assignees=(f"U{number % 40}",) if number % 4 else (),
            channel=f"C{number % 30}",
            tags=(f"tag{number % 25}", "all"),
            audience=f"C{number % 30}" if number % 30 in PRIVATE else None,
        )
        notion = {"next_attempt_at": make.NOON} if number % 50 == 0 else {}
        made.append(to_document(task, origin_key=str(number)) | {"notion": notion})
    return made


@pytest.fixture
def full(mongo_uri: str, mongo_database: str) -> Iterator[RawDatabase]:
    with MongoClient[dict[str, Any]](mongo_uri, tz_aware=True) as client:
        yield client[mongo_database]


async def fill(full: RawDatabase, mongo_uri: str) -> None:
    async with connect(mongo_uri, database=full.name, driver=Driver.PYMONGO) as database:
        await ensure_indexes(database)
    full.tasks.insert_many(documents())


LISTS = {
    "mine": (TaskFilter(owner="U7"), "owner_seen"),
    "unassigned": (TaskFilter(unassigned=True), "owner_seen"),
    "all": (TaskFilter(), "open_seen"),
    "overdue": (TaskFilter(due_before=make.NOON + timedelta(days=20)), "open_seen"),
    "week": (
        TaskFilter(
            due_from=make.NOON + timedelta(days=1), due_before=make.NOON + timedelta(days=8)
        ),
        "open_seen",
    ),
    "here": (TaskFilter(channel="C7"), "channel_seen"),
    "tag": (TaskFilter(tag="all"), "tag_seen"),
    "done": (TaskFilter(done=True), "done_seen"),
    "mine, newest": (TaskFilter(owner="U7", is_newest_first=True), "owner_new"),
    "done, mine": (TaskFilter(done=True, owner="U10"), "owner_done"),
    "what maria gave to others": (TaskFilter(handed_by="U_MARIA"), "owner_seen"),
}


def in_team(asked: TaskFilter, after: Position | None, asker: Asker = ANYBODY) -> Document:
    """Return the filter as the collection completes it."""
    return of_team("T1", query(asked, after, asker))


@pytest.mark.parametrize("who", ASKERS)
@pytest.mark.parametrize("name", LISTS)
async def test_a_list_examines_what_it_returns_on_every_page(
    full: RawDatabase, mongo_uri: str, name: str, who: str
) -> None:
    asker = ASKERS[who]
    await fill(full, mongo_uri)
    asked, index = LISTS[name]
    sort, after = SORTS[asked.order], None
    for _ in range(3):
        where = in_team(asked, after, asker)
        found = plan(full, where, sort, PAGE, hint=index_of(asked, asker))
        assert found == Plan(PAGE, PAGE, frozenset({index}), sorts=False)
        *_, last = full.tasks.find(where, sort=sort, limit=PAGE)
        after = Position.behind(last, asked.order)


@pytest.mark.parametrize("words", [("w55",), ("w5",), ("w55", "boo")])
async def test_a_search_examines_no_more_than_what_its_rarest_word_finds(
    full: RawDatabase, mongo_uri: str, words: tuple[str, ...]
) -> None:
    await fill(full, mongo_uri)
    where = in_team(TaskFilter(words=words), None)
    matching = full.tasks.count_documents(where)
    found = plan(full, where, SORTS[Order.DUE], PAGE)
    assert found.returned == PAGE
    assert found.examined <= matching


async def test_a_task_is_found_by_its_number_and_by_its_key(
    full: RawDatabase, mongo_uri: str
) -> None:
    await fill(full, mongo_uri)
    for where in ({"number": 77}, {"origin_key": "77"}):
        found = plan(full, {"team_id": "T1", **where}, [("_id", 1)], 1)
        assert (found.examined, found.returned) == (1, 1)


async def test_what_a_person_touched_is_found_latest_first(
    full: RawDatabase, mongo_uri: str
) -> None:
    await fill(full, mongo_uri)
    where = {"team_id": "T1", "touched_by": "U_MARIA"}
    found = plan(full, where, [("updated_at", -1)], PAGE)
    assert found == Plan(PAGE, PAGE, frozenset({"touched"}), sorts=False)


async def test_due_work_is_found_among_all_teams_without_looking_at_the_rest(
    full: RawDatabase, mongo_uri: str
) -> None:
    await fill(full, mongo_uri)
    full.tasks.update_many(
        {"notion.next_attempt_at": {"$exists": True}, "number": {"$gte": 500}},
        {"$set": {"notion.next_attempt_at": make.NOON + timedelta(days=36500)}},
    )
    found = plan(full, IS_DUE, IN_ORDER, 20)
    assert found == Plan(10, 10, frozenset({"behind"}), sorts=False)


async def test_what_is_fresh_is_found_without_looking_at_the_backlog(
    full: RawDatabase, mongo_uri: str
) -> None:
    await fill(full, mongo_uri)
    full.tasks.update_many(
        {"notion.next_attempt_at": {"$exists": True}, "number": {"$gte": 500}},
        [{"$set": {"notion.next_attempt_at": {"$add": ["$$NOW", "$number"]}}}],
    )
    full.tasks.update_many(
        {"notion.next_attempt_at": {"$exists": True}, "number": {"$lt": 100}},
        [{"$set": {"notion.next_attempt_at": {"$subtract": ["$$NOW", 1000]}}}],
    )
    found = plan(full, IS_DUE_FRESH, LAST_FIRST, 4)
    assert found.indexes == {"behind"}
    assert found.examined == found.returned <= 4
    assert not found.sorts


async def test_indexes_can_be_ensured_again_and_again(mongo: MongoWorld) -> None:
    before = mongo.raw.tasks.index_information()
    await ensure_indexes(mongo.database)
    assert mongo.raw.tasks.index_information() == before
    assert set(before) == {index.name for index in INDEXES if index.collection == "tasks"} | {
        "_id_"
    }


def test_all_but_the_followers_indexes_begin_with_the_team() -> None:
    across = {index.name for index in INDEXES if index.keys[0][0] != "team_id"}
    assert across == {
        *("behind", "untold", "long", "inbox_due", "received", "comment_inbox_due"),
        "copies_due",
        *("deleted", "deletions_expire", "announcements_expire", "marks_expire"),
    }


def test_the_table_names_every_index_with_its_reason() -> None:
    rows = table().splitlines()
    assert len(rows) == len(INDEXES) + 2
    assert all(index.why in row for index, row in zip(INDEXES, rows[2:], strict=True))


async def test_what_an_earlier_version_indexed_is_dropped_once_its_heir_is_there(
    mongo: MongoWorld,
) -> None:
    keys = [("team_id", 1), ("owners", 1), ("state", 1), ("due_sort", 1), ("number", 1)]
    mongo.raw.tasks.create_index(keys, name="owner")
    mongo.raw.tasks.create_index([("mine", 1)], name="of_the_operator")
    await ensure_indexes(mongo.database)
    there = set(mongo.raw.tasks.index_information())
    assert not there & set(OUTGROWN)
    assert {"owner_seen", "of_the_operator"} <= there
