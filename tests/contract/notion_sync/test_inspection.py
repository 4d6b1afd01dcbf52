from notion_sync.inspection import Finding, Level, inspect
from playground.notion import Capability
from tasks.ports import Profile
from tests.contract.notion_sync.world import CREATE, SCHEMA, TEAM, World, open_world


async def _found(world: World, *profiles: Profile) -> dict[str, Finding]:
    findings = await inspect(
        world.client,
        world.caller,
        saved=await world.stores.columns.load(TEAM, world.connection.columns_key),
        profiles=profiles,
    )
    return {finding.about: finding for finding in findings}


async def test_all_is_well_and_nothing_was_changed(world: World) -> None:
    found = await _found(world)
    assert {finding.level for finding in found.values()} == {Level.OK}, found
    assert len(found) == 15
    assert world.notion.rows(world.database.data_source_id) == []
    assert [entry.status for entry in world.emulator.journal.calls(CREATE)] == [400]


async def test_a_refused_token_is_all_there_is_to_say(world: World) -> None:
    world.token.revoked = True
    found = await _found(world)
    assert [(f.about, f.level) for f in found.values()] == [("token", Level.FAIL)]


async def test_a_database_that_is_not_shared_is_said(world: World) -> None:
    world.notion.unshare(world.database.database_id)
    found = await _found(world)
    assert found["database"].level is Level.FAIL
    assert "not shared" in found["database"].sentence


async def test_columns_that_are_missing_are_said_the_key_as_a_failure() -> None:
    schema = {name: kind for name, kind in SCHEMA.items() if name not in {"Task ID", "Tags"}}
    async with open_world(schema=schema) as world:
        found = await _found(world)
    assert found["column Task ID"].level is Level.FAIL
    assert found["column Tags"].level is Level.WARN
    assert found["column Notes"].level is Level.OK


async def test_a_column_that_has_gone_is_said(world: World) -> None:
    await world.add()
    await world.push()
    world.notion.remove_column(world.database.data_source_id, "Due")
    assert "“Due” is missing" in (await _found(world))["column Due"].sentence


async def test_missing_capabilities_are_said(world: World) -> None:
    world.token.capabilities -= {
        Capability.INSERT_CONTENT,
        Capability.UPDATE_CONTENT,
        Capability.READ_USERS,
    }
    found = await _found(world)
    assert found["insert content"].level is Level.FAIL
    assert found["update content"].level is Level.FAIL
    assert found["people"].level is Level.WARN


async def test_people_whom_notion_does_not_know_are_named(world: World) -> None:
    world.notion.add_person("Maria", "maria@example.com")
    found = await _found(
        world,
        Profile(person="U1", name="Maria", zone=None, email="MARIA@example.com"),
        Profile(person="U2", name="Sam", zone=None, email="sam@example.com"),
    )
    assert found["people"].level is Level.WARN
    assert "Sam" in found["people"].sentence
    assert "Maria" not in found["people"].sentence


async def test_a_status_without_the_options_needed_is_said() -> None:
    status = {"Status": {"status": {"options": [{"name": "Backlog"}]}}}
    async with open_world(schema=SCHEMA | status) as world:
        found = await _found(world)
    assert found["status options"].level is Level.WARN
