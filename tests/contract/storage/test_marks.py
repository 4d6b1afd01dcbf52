"""What is marked once is known by every instance, and by no other team."""

import asyncio
from datetime import timedelta

from storage.marks import MongoMarks
from tests.storage_world import Backend, MongoWorld, open_mongo

DAY = timedelta(days=1)


async def test_the_first_of_many_at_once_sets_a_mark(mongo_backend: Backend) -> None:
    async with open_mongo(mongo_backend) as one, open_mongo(mongo_backend) as other:
        marks = [MongoMarks(world.database) for world in (one, other)]
        setting = [each.set("T1", "answer/1", lasts=DAY) for each in marks for _ in range(5)]
        assert sorted(await asyncio.gather(*setting)) == [False] * 9 + [True]


async def test_other_names_and_other_teams_have_marks_of_their_own(mongo: MongoWorld) -> None:
    marks = mongo.stores.marks
    assert await marks.set("T1", "a", lasts=DAY)
    assert await marks.set("T1", "b", lasts=DAY)
    assert await marks.set("T2", "a", lasts=DAY)
    assert not await marks.set("T1", "a", lasts=DAY)


async def test_it_is_forgotten_by_an_index(mongo: MongoWorld) -> None:
    await mongo.stores.marks.set("T1", "a", lasts=DAY)
    (kept,) = mongo.raw.marks.find({})
    assert kept["expires_at"] is not None
    index = mongo.raw.marks.index_information()["marks_expire"]
    assert index["expireAfterSeconds"] == 0
