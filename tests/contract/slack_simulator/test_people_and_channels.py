import pytest

from tests.contract.slack_simulator.world import World, refusal


async def test_a_user_has_a_zone_and_its_offset_today(world: World) -> None:
    user = (await world.one.users_info(user="U2"))["user"]

    assert user["tz"] == "America/New_York"
    assert user["tz_offset"] == -5 * 3600  # the clock stands in November
    assert user["is_bot"] is False


async def test_the_same_id_is_another_person_elsewhere(world: World) -> None:
    one = (await world.one.users_info(user="U1"))["user"]
    two = (await world.two.users_info(user="U1"))["user"]

    assert one["profile"]["email"] == "maria@one.example"
    assert two["profile"]["email"] == "maria@two.example"


async def test_an_address_needs_its_scope(world: World) -> None:
    world.slack.install("T1", "One", "xoxb-small", ["users:read"])

    user = (await world.client("xoxb-small").users_info(user="U1"))["user"]

    assert "email" not in user["profile"]


async def test_people_are_found_by_address(world: World) -> None:
    found = await world.one.users_lookupByEmail(email="MARIA@one.example")
    assert found["user"]["id"] == "U1"

    body = await refusal(world.one.users_lookupByEmail(email="maria@two.example"))
    assert body["error"] == "users_not_found"


async def test_a_stranger_is_not_found(world: World) -> None:
    assert (await refusal(world.one.users_info(user="U404")))["error"] == "user_not_found"


async def test_pages_end_with_an_empty_cursor(world: World) -> None:
    names: list[str] = []
    cursor = ""
    while True:
        page = await world.one.users_list(limit=1, cursor=cursor)
        names += [user["name"] for user in page["members"]]
        cursor = page["response_metadata"]["next_cursor"]
        if not cursor:
            break

    assert names == ["taskbridge", "maria", "sam"]
    assert (await refusal(world.one.users_list(cursor="x")))["error"] == "invalid_cursor"


async def test_private_channels_are_there_for_members_only(world: World) -> None:
    world.slack.add_channel("C2", "secret", kind="private", with_bot=False)

    body = await refusal(world.one.conversations_info(channel="C2"))
    assert body["error"] == "channel_not_found"

    listed = await world.one.conversations_list(types="public_channel,private_channel")
    assert [channel["id"] for channel in listed["channels"]] == ["C1"]


async def test_a_kind_of_channel_needs_its_own_scope(world: World) -> None:
    world.slack.add_channel("C2", "secret", kind="private")
    world.slack.install("T1", "One", "xoxb-small", ["channels:read"])

    body = await refusal(world.client("xoxb-small").conversations_info(channel="C2"))

    assert (body["error"], body["needed"]) == ("missing_scope", "groups:read")


async def test_a_direct_message_is_opened_once(world: World) -> None:
    first = await world.one.conversations_open(users="U1")
    second = await world.one.conversations_open(users=["U1"])
    several = await world.one.conversations_open(users="U1,U2")

    assert first["channel"]["id"] == second["channel"]["id"]
    assert first["channel"]["id"].startswith("D")
    assert several["channel"]["id"] != first["channel"]["id"]
    members = await world.one.conversations_members(channel=several["channel"]["id"])
    assert {"U1", "U2"} < set(members["members"])


@pytest.mark.parametrize(
    ("users", "code"), [("", "users_list_not_supplied"), ("U404", "user_not_found")]
)
async def test_nobody_to_open_a_message_with(world: World, users: str, code: str) -> None:
    assert (await refusal(world.one.conversations_open(users=users)))["error"] == code


async def test_the_bot_joins_a_public_channel(world: World) -> None:
    world.slack.add_channel("C2", "open", with_bot=False)

    joined = await world.one.conversations_join(channel="C2")
    again = await world.one.conversations_join(channel="C2")

    assert joined["channel"]["is_member"] is True
    assert again["warning"] == "already_in_channel"
