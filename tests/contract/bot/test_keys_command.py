"""`keys …` over a real mongod: what is printed, what is kept, what still opens."""

from __future__ import annotations

import io
import logging
import re
from base64 import b64encode
from datetime import timedelta
from pathlib import Path

import pytest

from bot.config import Settings
from bot.embedded import embedded_mongod
from bot.key_orders import CreateKey, KeyOrder, ListKeys, RenewKey, RevokeKey, RotateRing
from bot.keys_command import keys
from bot.loading import load
from storage.api_keys import MongoApiKeys
from storage.client import connect
from storage.installations import MongoInstallations
from storage.sealing import KeyRing
from tasks.api_keys import ApiKey, Role, digest_of, id_of
from tasks.ports import Installation
from tests.acceptance.stall import stall

CI = CreateKey(team="T1", role=Role.WRITE, name="ci")
OLD, NEW = (b64encode(key * 32).decode() for key in (b"o", b"n"))


class Typed:
    """Runs orders against one database."""

    def __init__(self, uri: str, name: str) -> None:
        self.environ = {"MONGODB_URI": uri, "MONGODB_DATABASE": name}
        self.out = self.err = ""

    @property
    def settings(self) -> Settings:
        return load(self.environ, None, serving=False)

    async def __call__(self, order: KeyOrder) -> int:
        out, err = io.StringIO(), io.StringIO()
        code = await keys(self.settings, order, out=out, err=err)
        self.out, self.err = out.getvalue(), err.getvalue()
        return code

    async def kept(self, token: str) -> ApiKey:
        """Return the key of a token, as it is stored."""
        uri, name = self.environ["MONGODB_URI"], self.environ["MONGODB_DATABASE"]
        async with connect(uri, database=name) as database:
            found = await MongoApiKeys(database).find(id_of(token) or "")
        assert found is not None
        assert found.digest == digest_of(token)
        return found


@pytest.fixture
def typed(mongo_uri: str, mongo_database: str) -> Typed:
    return Typed(mongo_uri, mongo_database)


async def test_a_new_keys_token_stands_alone_on_standard_output(typed: Typed) -> None:
    assert await typed(CI) == 0
    token = typed.out.removesuffix("\n")
    assert id_of(token) is not None
    assert token not in typed.err
    assert f"Key {id_of(token)} (write, T1, ci)" in typed.err
    assert "set API_KEYS=stored" in typed.err
    assert (await typed.kept(token)).role is Role.WRITE


async def test_where_rest_is_on_nobody_is_told_to_turn_it_on(typed: Typed) -> None:
    typed.environ["API_KEYS"] = "stored"
    assert await typed(CI) == 0
    assert "API_KEYS" not in typed.err


async def test_keys_are_listed_with_role_use_and_end_and_never_a_digest(typed: Typed) -> None:
    await typed(CI)
    token = typed.out.strip()
    await typed(CreateKey(team="T2", role=Role.READ, name="theirs"))
    assert await typed(ListKeys(team="T1")) == 0
    head, line = typed.out.splitlines()
    assert head.split("  ")[0] == "ID"
    created = r"\d{4}-\d\d-\d\d \d\d:\d\d UTC"
    assert re.fullmatch(rf"{id_of(token)}  write  {created}  never      never  ci", line)
    assert digest_of(token)[:8] not in typed.out


async def test_a_revoked_key_is_said_and_shown_to_have_ended(typed: Typed) -> None:
    await typed(CI)
    key_id = id_of(typed.out.strip()) or ""
    assert await typed(RevokeKey(team="T1", key_id=key_id)) == 0
    assert "opens nothing any more" in typed.err
    await typed(ListKeys(team="T1"))
    assert "  ended 20" in typed.out


async def test_a_renewed_key_has_a_new_token_and_the_old_one_a_time_of_grace(typed: Typed) -> None:
    await typed(CI)
    old = typed.out.strip()
    order = RenewKey(team="T1", key_id=id_of(old) or "", grace=timedelta(hours=1))
    assert await typed(order) == 0
    new = typed.out.strip()
    assert new != old
    assert f"The token of {id_of(old)} opens until " in typed.err
    renewed, ending = await typed.kept(new), await typed.kept(old)
    assert (renewed.team, renewed.role, renewed.name) == ("T1", Role.WRITE, "ci")
    assert ending.expires_at is not None
    assert renewed.created_at + timedelta(hours=1) == ending.expires_at


async def test_p6_another_workspaces_key_is_not_there(typed: Typed) -> None:
    await typed(CI)
    key_id = id_of(typed.out.strip()) or ""
    for order in (RevokeKey(team="T2", key_id=key_id), RenewKey(team="T2", key_id=key_id)):
        assert await typed(order) == 1
        assert typed.err.startswith(f"T2 has no key {key_id}")
        assert typed.out == ""


async def test_a_database_that_fails_is_one_sentence_and_no_token(typed: Typed) -> None:
    with stall(typed.environ["MONGODB_URI"], ["insert"], milliseconds=4000):
        assert await typed(CI) == 1
    assert typed.out == ""
    assert typed.err.count("\n") == 1


async def test_beside_a_running_bot_its_own_mongod_is_used(tmp_path: Path) -> None:
    data, log = tmp_path / "mongodb", logging.getLogger("test")
    settings = load({}, None, serving=False)
    async with embedded_mongod(data, log=log) as running:
        out = io.StringIO()
        assert await keys(settings, CI, data_dir=data, out=out, err=io.StringIO()) == 0
        async with connect(running.uri, database="taskbridge") as database:
            assert len(await MongoApiKeys(database).of("T1")) == 1


async def test_after_a_rotation_the_old_key_can_be_removed(typed: Typed) -> None:
    uri, name = typed.environ["MONGODB_URI"], typed.environ["MONGODB_DATABASE"]
    acme = Installation(team="T1", bot_token="xoxb-canary")  # noqa: S106  # nobody's
    async with connect(uri, database=name) as database:
        await MongoInstallations(database, keys=KeyRing.parse([OLD])).save(acme)
        typed.environ["ENCRYPTION_KEYS"] = f"{NEW},{OLD}"

        assert await typed(RotateRing()) == 0

        new, old = (KeyRing.parse([key]).newest for key in (NEW, OLD))
        assert f"key {new} (newest): 0 before, 1 now" in typed.out
        assert f"key {old}: 1 before, 0 now" in typed.out
        assert "Older keys can be taken out" in typed.out
        only_new = MongoInstallations(database, keys=KeyRing.parse([NEW]))
        assert await only_new.find(team="T1", enterprise=None) == acme


async def test_a_token_whose_key_is_lost_fails_the_rotation(typed: Typed) -> None:
    uri, name = typed.environ["MONGODB_URI"], typed.environ["MONGODB_DATABASE"]
    acme = Installation(team="T1", bot_token="xoxb-canary")  # noqa: S106  # nobody's
    async with connect(uri, database=name) as database:
        await MongoInstallations(database, keys=KeyRing.parse([OLD])).save(acme)
    typed.environ["ENCRYPTION_KEYS"] = NEW

    assert await typed(RotateRing()) == 1

    assert f"key {KeyRing.parse([OLD]).newest}: 1 before, 1 now" in typed.out
    assert "can be taken out" not in typed.out
    assert "cannot be opened" in typed.err


async def test_without_a_key_ring_there_is_nothing_to_rotate(typed: Typed) -> None:
    assert await typed(RotateRing()) == 2
    assert typed.err.startswith("ENCRYPTION_KEYS: found nothing")
