"""What ApiKeys promises, in memory and in MongoDB."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from storage.api_keys import MongoApiKeys
from tasks.api_keys import ApiKey, Role, issue
from tasks.ports import ApiKeys
from tests.fakes.api_keys import MemoryApiKeys
from tests.make import NOON
from tests.storage_world import MongoWorld, World

MINUTE = timedelta(minutes=1)
_next = iter(range(1, 250))


def key(**given: object) -> ApiKey:
    seed = next(_next)
    made, _ = issue(
        team="T1", role=Role.WRITE, name="tests", now=NOON, random=lambda n: bytes([seed]) * n
    )
    return replace(made, **given)  # type: ignore[arg-type]  # fields of a key


@pytest.fixture
def keys(world: World) -> ApiKeys:
    if isinstance(world, MongoWorld):
        return MongoApiKeys(world.database)
    return MemoryApiKeys()


async def test_a_key_comes_back_as_it_was_added(keys: ApiKeys) -> None:
    made = key(expires_at=NOON + MINUTE, role=Role.ADMIN)
    await keys.add(made)
    assert await keys.find(made.id) == made


async def test_an_unknown_id_finds_nothing(keys: ApiKeys) -> None:
    assert await keys.find("0" * 12) is None


async def test_p6_a_team_sees_and_ends_its_own_keys_only(keys: ApiKeys) -> None:
    mine, theirs = key(), key(team="T2")
    await keys.add(mine)
    await keys.add(theirs)
    assert await keys.of("T1") == (mine,)
    assert await keys.expire("T1", theirs.id, at=NOON) is None
    assert await keys.find(theirs.id) == theirs


async def test_a_key_ends_when_told_and_never_later_than_before(keys: ApiKeys) -> None:
    made = key()
    await keys.add(made)
    ended = await keys.expire("T1", made.id, at=NOON)
    assert ended == replace(made, expires_at=NOON)
    later = await keys.expire("T1", made.id, at=NOON + MINUTE)
    assert later == ended
    assert not ended.opens(NOON)
    assert await keys.of("T1") == (ended,)


async def test_a_use_is_kept_at_most_once_a_minute(keys: ApiKeys) -> None:
    made = key()
    await keys.add(made)
    seen = []
    for seconds in (0, 59, 60, 61):
        await keys.used(made, at=NOON + timedelta(seconds=seconds))
        found = await keys.find(made.id)
        assert found is not None
        seen.append(found.last_used_at)
    assert seen == [NOON, NOON, NOON + MINUTE, NOON + MINUTE]


async def test_the_use_of_a_key_that_is_gone_is_no_error(keys: ApiKeys) -> None:
    made = key()
    await keys.used(made, at=NOON)
    assert await keys.find(made.id) is None


async def test_keys_are_listed_oldest_first(keys: ApiKeys) -> None:
    younger, older = key(created_at=NOON + MINUTE), key()
    for made in (younger, older):
        await keys.add(made)
    assert await keys.of("T1") == (older, younger)


async def test_no_token_is_in_the_database(mongo: MongoWorld) -> None:
    made, token = issue(team="T1", role=Role.READ, name="x", now=NOON, random=lambda n: b"\x07" * n)
    await MongoApiKeys(mongo.database).add(made)
    dump = repr(list(mongo.raw.api_keys.find()))
    assert made.digest in dump
    assert token not in dump
    assert token.rsplit("_", 1)[1] not in dump
