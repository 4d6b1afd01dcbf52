from datetime import timedelta

from playground.notion import Capability, Fault
from tasks.model import Field, SyncState
from tasks.ports import Profile
from tests.contract.notion_sync.world import SCHEMA, TEAM, World, open_world

USERS = "GET /v1/users"
MARIA = Profile(person="U1", name="Maria", zone=None, email="Maria@Example.com")
SAM = Profile(person="U2", name="Sam", zone=None, email="sam@elsewhere.org")
NEW = Profile(person="U3", name="New", zone=None)


def _knows(world: World, *profiles: Profile) -> None:
    world.stores.people._kept.update({(TEAM, one.person): one for one in profiles})


async def test_people_are_matched_by_email_and_the_others_are_named(world: World) -> None:
    _knows(world, MARIA, SAM, NEW)
    world.notion.add_person("Maria in Notion", "maria@example.com")
    await world.add(assignees=("U2", "U1", "U3", "U9"))
    await world.push()
    properties = world.row().properties
    assert properties["Assignees"] == ["Maria in Notion"]
    assert properties["Other assignees"] == "Sam, New, U9"


async def test_with_a_text_column_for_assignees_all_are_named() -> None:
    schema = SCHEMA | {"Assignees": {"rich_text": {}}}
    async with open_world(schema=schema) as world:
        _knows(world, MARIA, SAM)
        await world.add(assignees=("U1", "U2"))
        await world.push()
        properties = world.row().properties
        assert (properties["Assignees"], properties["Other assignees"]) == ("Maria, Sam", "")


async def test_the_list_of_users_is_asked_for_once_in_ten_minutes(world: World) -> None:
    _knows(world, MARIA)
    for number in range(3):
        await world.add(f"Task {number}", assignees=("U1",))
    await world.push()
    assert world.calls(USERS) == 1
    await world.add("Later", assignees=("U1",))
    await world.push(after=timedelta(minutes=11))
    assert world.calls(USERS) == 2


async def test_a_task_without_assignees_asks_for_nobody(world: World) -> None:
    await world.add()
    await world.push()
    assert world.calls(USERS) == 0


async def test_more_than_a_page_of_users_is_read(world: World) -> None:
    for number in range(120):
        world.notion.add_person(f"P{number}", f"p{number}@example.com")
    _knows(world, Profile(person="U1", name="Last", zone=None, email="p119@example.com"))
    await world.add(assignees=("U1",))
    await world.push()
    assert (world.row().properties["Assignees"], world.calls(USERS)) == (["P119"], 2)


async def test_without_the_right_to_see_users_people_become_text(world: World) -> None:
    world.token.capabilities -= {Capability.READ_USERS, Capability.READ_EMAILS}
    _knows(world, MARIA)
    task = await world.add(assignees=("U1",))
    await world.push()
    assert world.row().properties["Other assignees"] == "Maria"
    assert (await world.get(task)).sync.state is SyncState.SYNCED


async def test_a_profile_that_cannot_be_had_for_once_drops_nobody(world: World) -> None:
    _knows(world, MARIA)
    world.notion.add_person("Maria in Notion", "maria@example.com")
    task = await world.add(assignees=("U1",))
    await world.push()
    world.stores.people._kept.clear()
    await world.edit(task, {Field.TITLE: "Changed"})
    await world.push()
    assert world.row().properties["Assignees"] == ["Maria in Notion"]


async def test_users_that_cannot_be_read_now_are_waited_for(world: World) -> None:
    _knows(world, MARIA)
    world.notion.add_person("Maria in Notion", "maria@example.com")
    world.emulator.faults.add(Fault(match=USERS, status=502, html=True))
    await world.add(assignees=("U1",))
    await world.push()
    assert world.live() == []
    await world.push(after=timedelta(seconds=2))
    assert world.row().properties["Assignees"] == ["Maria in Notion"]
