from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta

import pytest

from bot import api_keys
from bot.api_keys import KeyRefused, NoSuchKey
from tasks.api_keys import Role, configured, digest_of, id_of
from tests.fakes.api_keys import MemoryApiKeys
from tests.make import NOON

HOUR = timedelta(hours=1)


async def made(keys: MemoryApiKeys, team: str = "T1", role: Role = Role.READ) -> api_keys.Issued:
    return await api_keys.create(
        keys, team=team, role=role, name="reports", now=NOON, random=secrets.token_bytes
    )


async def test_a_new_key_shows_its_token_once_and_keeps_its_digest() -> None:
    keys = MemoryApiKeys()
    issued = await made(keys)
    assert issued.token.startswith(f"tb_{issued.key.id}_")
    assert id_of(issued.token) == issued.key.id
    assert keys.kept[issued.key.id].digest == digest_of(issued.token)
    assert issued.token not in repr(issued)
    assert issued.key.digest not in repr(issued)


async def test_no_two_tokens_are_alike_and_each_has_32_random_bytes() -> None:
    asked: list[int] = []

    def random(size: int) -> bytes:
        asked.append(size)
        return secrets.token_bytes(size)

    keys = MemoryApiKeys()
    for _ in range(2):
        await api_keys.create(keys, team="T1", role=Role.READ, name="x", now=NOON, random=random)
    assert asked == [6, 32, 6, 32]
    assert len(keys.kept) == 2


@pytest.mark.parametrize(("team", "name"), [("", "x"), ("T1", ""), ("T1", "x" * 81), ("T1", "a\n")])
async def test_a_key_needs_a_workspace_and_a_purpose(team: str, name: str) -> None:
    keys = MemoryApiKeys()
    with pytest.raises(KeyRefused):
        await api_keys.create(
            keys, team=team, role=Role.READ, name=name, now=NOON, random=secrets.token_bytes
        )
    assert not keys.kept


async def test_p6_a_key_of_another_team_cannot_be_revoked_or_renewed() -> None:
    keys = MemoryApiKeys()
    theirs = await made(keys, team="T2")
    with pytest.raises(NoSuchKey):
        await api_keys.revoke(keys, team="T1", key_id=theirs.key.id, now=NOON)
    with pytest.raises(NoSuchKey):
        await api_keys.renew(
            keys, team="T1", key_id=theirs.key.id, now=NOON, random=secrets.token_bytes
        )
    assert keys.kept[theirs.key.id] == theirs.key


async def test_a_revoked_key_ends_now() -> None:
    keys = MemoryApiKeys()
    issued = await made(keys)
    ended = await api_keys.revoke(keys, team="T1", key_id=issued.key.id, now=NOON)
    assert not ended.opens(NOON)
    assert await api_keys.list_keys(keys, team="T1") == (ended,)


async def test_a_renewed_key_has_a_successor_and_a_time_of_grace() -> None:
    keys = MemoryApiKeys()
    old = await made(keys, role=Role.WRITE)
    new = await api_keys.renew(
        keys, team="T1", key_id=old.key.id, now=NOON, random=secrets.token_bytes, grace=HOUR
    )
    assert (new.key.role, new.key.name) == (Role.WRITE, "reports")
    assert new.token != old.token
    kept = keys.kept[old.key.id]
    assert kept == replace(old.key, expires_at=NOON + HOUR)
    with pytest.raises(KeyRefused):
        await api_keys.renew(
            keys, team="T1", key_id=old.key.id, now=NOON + HOUR, random=secrets.token_bytes
        )


def test_a_role_may_what_smaller_ones_may() -> None:
    allowed = {(have, need) for have in Role for need in Role if have.allows(need)}
    assert allowed == {
        (Role.READ, Role.READ),
        (Role.WRITE, Role.READ),
        (Role.WRITE, Role.WRITE),
        (Role.ADMIN, Role.READ),
        (Role.ADMIN, Role.WRITE),
        (Role.ADMIN, Role.ADMIN),
    }


def test_keys_of_the_settings_are_read() -> None:
    digest = "ab" * 32
    (key,) = configured(f" admin:T0123:{digest} , ")
    assert (key.role, key.team, key.digest, key.id) == (Role.ADMIN, "T0123", digest, "env-abababab")
    assert configured("stored") == ()
    assert configured(f"stored,read:T1:{digest}")[0].role is Role.READ


@pytest.mark.parametrize(
    "text",
    [
        "owner:T1:" + "ab" * 32,
        "read:T1:" + "AB" * 32,
        "read:T1:short",
        "read::" + "ab" * 32,
        "tb_0123_plain-token",
        "read:T1:" + "ab" * 32 + ",x",
    ],
)
def test_a_wrong_key_in_the_settings_is_told_without_repeating_it(text: str) -> None:
    with pytest.raises(ValueError, match="role:team:sha256hex") as refused:
        configured(text)
    assert text not in str(refused.value)
