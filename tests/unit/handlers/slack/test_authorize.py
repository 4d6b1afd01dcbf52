"""The request's own team, its token, and seldom a look into the database."""

import pytest

from handlers.slack.authorize import TTL_SECONDS, StoredAuthorize
from tasks.errors import NotSaved
from tasks.ports import Installation, Installations


class Counted(Installations):
    """Installations that count how often they are asked, and can fail."""

    def __init__(self, *kept: Installation) -> None:
        self.kept = {(one.team, one.enterprise): one for one in kept}
        self.asked = 0
        self.broken = False

    async def find(self, *, team: str | None, enterprise: str | None) -> Installation | None:
        self.asked += 1
        if self.broken:
            raise NotSaved
        return self.kept.get((team, None)) or self.kept.get((None, enterprise))

    async def save(self, installation: Installation) -> None:
        self.kept[installation.team, installation.enterprise] = installation

    async def remove(self, *, team: str | None, enterprise: str | None) -> None:
        self.kept.pop((team, enterprise), None)


def bot(team: str | None, secret: str, enterprise: str | None = None) -> Installation:
    return Installation(team=team, enterprise=enterprise, bot_token=secret)


class Ticks:
    at = 0.0

    def __call__(self) -> float:
        return self.at


async def token(authorize: StoredAuthorize, team: str | None, org: str | None = None) -> object:
    found = await authorize(enterprise_id=org, team_id=team, user_id="U1")
    assert found.team_id == team
    return found.bot_token


async def test_each_team_has_its_own_token_and_is_looked_up_once_a_minute() -> None:
    clock = Ticks()
    store = Counted(bot("T1", "one"), bot("T2", "two"))
    authorize = StoredAuthorize(store, clock=clock)
    assert [await token(authorize, team) for team in ("T1", "T2", "T1", "T2")] == [
        "one",
        "two",
        "one",
        "two",
    ]
    assert store.asked == 2
    clock.at += TTL_SECONDS + 1
    await token(authorize, "T1")
    assert store.asked == 3


async def test_a_team_without_the_bot_has_no_token_until_it_is_installed() -> None:
    store = Counted()
    authorize = StoredAuthorize(store)
    assert await token(authorize, "T1") is None
    await store.save(bot("T1", "one"))
    assert await token(authorize, "T1") == "one"


async def test_what_is_forgotten_is_looked_up_anew() -> None:
    store = Counted(bot("T1", "one"))
    authorize = StoredAuthorize(store)
    await token(authorize, "T1")
    await store.save(bot("T1", "new"))
    assert await token(authorize, "T1") == "one"
    authorize.forget(team="T1", enterprise=None)
    assert await token(authorize, "T1") == "new"


async def test_an_organisations_installation_serves_its_teams_under_their_own_names() -> None:
    store = Counted(bot(None, "org", "E1"))
    authorize = StoredAuthorize(store)
    assert await token(authorize, "T1", "E1") == "org"
    assert await token(authorize, "T2", "E1") == "org"
    store.kept.clear()
    authorize.forget(team=None, enterprise="E1")
    assert await token(authorize, "T1", "E1") is None


async def test_a_broken_store_is_no_reason_to_forget_a_token() -> None:
    clock = Ticks()
    store = Counted(bot("T1", "one"))
    authorize = StoredAuthorize(store, clock=clock)
    await token(authorize, "T1")
    clock.at += TTL_SECONDS + 1
    store.broken = True
    assert await token(authorize, "T1") == "one"
    with pytest.raises(NotSaved):
        await token(authorize, "T2")


async def test_the_cache_is_bounded() -> None:
    store = Counted(*(bot(f"T{n}", "x") for n in range(5)))
    authorize = StoredAuthorize(store, size=2)
    for n in range(5):
        await token(authorize, f"T{n}")
    assert len(authorize._cache) == 2
