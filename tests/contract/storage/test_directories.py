"""What every Installations and Columns promises."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tasks.ports import Installation
from tests.storage_world import World

BOT = Installation(
    team="T1",
    enterprise="E1",
    bot_token="xoxb-canary",  # noqa: S106  # nobody's
    bot_id="B1",
    bot_user="U_BOT",
    scopes=("commands", "chat:write"),
)


async def test_an_installation_comes_back_as_it_was_saved(world: World) -> None:
    assert await world.installations.find(team="T1", enterprise=None) is None
    await world.installations.save(BOT)
    assert await world.installations.find(team="T1", enterprise=None) == BOT
    assert await world.installations.find(team="T1", enterprise="E1") == BOT
    assert await world.installations.find(team="T2", enterprise=None) is None


async def test_a_later_installation_takes_the_place_of_an_earlier_one(world: World) -> None:
    await world.installations.save(BOT)
    newer = replace(BOT, bot_token="xoxb-newer", scopes=())  # noqa: S106  # nobody's
    await world.installations.save(newer)
    assert await world.installations.find(team="T1", enterprise=None) == newer


async def test_an_organisations_installation_serves_its_workspaces(world: World) -> None:
    whole = replace(BOT, team=None)
    await world.installations.save(whole)
    assert await world.installations.find(team="T2", enterprise="E1") == whole
    assert await world.installations.find(team=None, enterprise="E1") == whole
    assert await world.installations.find(team="T2", enterprise="E2") is None
    await world.installations.save(BOT)
    assert await world.installations.find(team="T1", enterprise="E1") == BOT


async def test_what_is_removed_is_gone_and_may_be_removed_again(world: World) -> None:
    await world.installations.save(BOT)
    await world.installations.save(replace(BOT, team="T2"))
    for _ in range(2):
        await world.installations.remove(team="T1", enterprise="E1")
    assert await world.installations.find(team="T1", enterprise="E1") is None
    assert await world.installations.find(team="T2", enterprise=None) is not None


async def test_a_team_cannot_be_named_so_that_it_reads_as_an_organisation(world: World) -> None:
    await world.installations.save(replace(BOT, team=None, enterprise="E1"))
    assert await world.installations.find(team="enterprise|E1", enterprise=None) is None


async def test_columns_are_kept_per_team_and_database(world: World) -> None:
    assert await world.columns.load("T1", "d1") is None
    await world.columns.save("T1", "d1", {"title": "a%3Ab", "due": "$x.y"})
    await world.columns.save("T1", "d1", {"title": "title"})
    await world.columns.save("T2", "d1", {"due": "theirs"})
    assert await world.columns.load("T1", "d1") == {"title": "title"}
    assert await world.columns.load("T2", "d1") == {"due": "theirs"}


def test_an_installations_token_is_not_in_what_is_printed_of_it() -> None:
    assert "canary" not in repr(BOT)


async def test_an_installation_of_nobody_is_refused(world: World) -> None:
    with pytest.raises(ValueError, match="workspace"):
        await world.installations.save(replace(BOT, team=None, enterprise=None))
