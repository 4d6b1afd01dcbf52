"""A key can be taken out of the ring once everything is sealed under a newer one."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from storage import resealing
from storage.codec import Document
from storage.installations import MongoInstallations
from storage.resealing import Resealed, reseal
from storage.sealing import KeyRing, SealBroken
from storage.webhooks import MongoVerificationTokens
from tasks.ports import Installation
from tests.storage_world import MongoWorld

OLD, NEW, LOST = b"o" * 32, b"n" * 32, b"l" * 32
ACME = Installation(team="T1", bot_token="xoxb-canary")  # noqa: S106  # nobody's
STORAGE = Path(resealing.__file__).parent


def named(key: bytes) -> str:
    return KeyRing([key]).newest


async def install(mongo: MongoWorld, keys: list[bytes], *teams: str) -> None:
    kept = MongoInstallations(mongo.database, keys=KeyRing(keys))
    for team in teams:
        await kept.save(replace(ACME, team=team))


async def test_after_a_rotation_the_old_key_can_be_removed(mongo: MongoWorld) -> None:
    await install(mongo, [OLD], "T1", "T2")
    await install(mongo, [NEW, OLD], "T3")
    only_new = MongoInstallations(mongo.database, keys=KeyRing([NEW]))
    with pytest.raises(SealBroken):
        await only_new.find(team="T1", enterprise=None)

    done = await reseal(mongo.database, KeyRing([NEW, OLD]))

    assert done == Resealed(newest=named(NEW), current=1, moved={named(OLD): 2})
    for team in ("T1", "T2", "T3"):
        found = await only_new.find(team=team, enterprise=None)
        assert found == replace(ACME, team=team)
    again = await reseal(mongo.database, KeyRing([NEW, OLD]))
    assert again == Resealed(newest=named(NEW), current=3)


async def test_an_organisations_token_is_moved_too(mongo: MongoWorld) -> None:
    whole = replace(ACME, team=None, enterprise="E1")
    await MongoInstallations(mongo.database, keys=KeyRing([OLD])).save(whole)

    await reseal(mongo.database, KeyRing([NEW, OLD]))

    only_new = MongoInstallations(mongo.database, keys=KeyRing([NEW]))
    assert await only_new.find(team=None, enterprise="E1") == whole


async def test_the_webhooks_token_is_moved_too(mongo: MongoWorld) -> None:
    offered = await MongoVerificationTokens(mongo.database, keys=KeyRing([OLD])).offer("secret")
    assert offered

    await reseal(mongo.database, KeyRing([NEW, OLD]))

    only_new = MongoVerificationTokens(mongo.database, keys=KeyRing([NEW]))
    assert await only_new.load() == "secret"


async def test_what_cannot_be_opened_is_counted_and_left_and_the_rest_is_moved(
    mongo: MongoWorld,
) -> None:
    await install(mongo, [LOST], "T1")
    await install(mongo, [OLD], "T2", "T3")
    tokens = {d["_id"]: d["bot_token"] for d in mongo.raw.installations.find()}
    pasted = {"$set": {"bot_token": tokens["team|T2"]}}
    mongo.raw.installations.update_one({"_id": "team|T3"}, pasted)

    done = await reseal(mongo.database, KeyRing([NEW, OLD]))

    assert done.moved == {named(OLD): 1}
    assert done.broken == {named(LOST): 1, named(OLD): 1}
    left = {d["_id"]: d["bot_token"] for d in mongo.raw.installations.find()}
    assert left["team|T1"] == tokens["team|T1"]


async def test_more_than_a_page_is_moved(
    mongo: MongoWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resealing, "PAGE", 2)
    await install(mongo, [OLD], *(f"T{n}" for n in range(5)))
    done = await reseal(mongo.database, KeyRing([NEW, OLD]))
    assert done.moved == {named(OLD): 5}


async def test_a_token_that_was_saved_meanwhile_is_not_overwritten(mongo: MongoWorld) -> None:
    await install(mongo, [OLD], "T1")
    newer = replace(ACME, bot_token="xoxb-newer")  # noqa: S106  # nobody's

    class Interrupting(KeyRing):
        """Saves another token between the reading and the writing of the first."""

        def seal(self, secret: str, *, bound_to: str) -> Document:
            sealed = KeyRing([OLD]).seal(newer.bot_token, bound_to=bound_to)
            mongo.raw.installations.update_one({}, {"$set": {"bot_token": sealed}})
            return super().seal(secret, bound_to=bound_to)

    await reseal(mongo.database, Interrupting([NEW, OLD]))

    kept = MongoInstallations(mongo.database, keys=KeyRing([NEW, OLD]))
    assert await kept.find(team="T1", enterprise=None) == newer


def test_every_module_that_seals_is_known_here() -> None:
    seals = {
        path.name
        for path in STORAGE.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "seal"
    }
    of_collections = {f"{sealed.collection}.py" for sealed in resealing.SEALED}
    assert seals == {"resealing.py"} | of_collections
