"""users.conversations, guests and people of other workspaces, as Slack shows them."""

import pytest

from playground.slack.errors import Impossible
from tests.contract.slack_simulator.world import World, refusal


@pytest.fixture(autouse=True)
def channels(world: World) -> None:
    slack = world.slack
    slack.add_channel("C2", "deal", team="T1", kind="private", members=["U1"])
    slack.add_channel("C3", "board", team="T1", kind="private", members=["U1"], with_bot=False)
    slack.add_user("U3", "guest", team="T1", is_guest=True)
    slack.add_user("U4", "visitor", team="T1", is_single_channel_guest=True)
    slack.add_user("U9", "olga", team="T1", home_team="T9")


async def ids(world: World, *, user: str, types: str) -> set[str]:
    found = await world.one.users_conversations(user=user, types=types)
    return {channel["id"] for channel in found["channels"]}


async def test_somebodys_private_channels_are_told_where_the_bot_is_too(world: World) -> None:
    assert await ids(world, user="U1", types="private_channel,mpim") == {"C2"}
    assert await ids(world, user="U2", types="private_channel,mpim") == set()


async def test_guests_are_in_no_public_channel_unless_put_there(world: World) -> None:
    world.slack.add_channel("C5", "fair", team="T1", members=["U3"])
    assert await ids(world, user="U3", types="public_channel") == {"C5"}
    assert {"C1", "C5"} > await ids(world, user="U1", types="public_channel")


async def test_each_kind_needs_its_scope(world: World) -> None:
    world.slack.install("T1", "One", "xoxb-small", ["channels:read"])
    client = world.client("xoxb-small")
    assert (await client.users_conversations(user="U1"))["ok"]
    body = await refusal(client.users_conversations(user="U1", types="private_channel"))
    assert body["error"] == "missing_scope"


async def test_what_somebody_is_stands_in_their_profile(world: World) -> None:
    async def flags(user: str) -> tuple[bool, bool, bool]:
        found = (await world.one.users_info(user=user))["user"]
        names = ("is_restricted", "is_ultra_restricted", "is_stranger")
        return tuple(bool(found.get(name)) for name in names)  # type: ignore[return-value]  # three

    assert await flags("U1") == (False, False, False)
    assert await flags("U3") == (True, False, False)
    assert await flags("U4") == (True, True, False)
    assert await flags("U9") == (False, False, True)


async def test_nobody_types_in_a_private_channel_they_are_not_in(world: World) -> None:
    with pytest.raises(Impossible, match="U2 is not in C2"):
        await world.slack.command("/task", user="U2", channel="C2", team="T1")
    with pytest.raises(Impossible, match="another workspace"):
        await world.slack.command("/task", user="U9", channel="C1", team="T1")
