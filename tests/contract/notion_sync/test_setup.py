import pytest

from notion_sync.columns import COLUMNS, Role
from notion_sync.errors import Unauthorised, Unusable
from notion_sync.setup import set_up
from tasks.ports import Connection
from tests.contract.notion_sync.world import SCHEMA, TEAM, World, open_world


def _url(object_id: str) -> str:
    return f"https://www.notion.so/acme/Some-page-{object_id.replace('-', '')}?v=1#top"


async def test_a_database_is_made_under_a_page_and_rows_fit_into_it(world: World) -> None:
    page = world.notion.add_page("Team home")
    done = await set_up(world.client, world.caller, _url(page), columns=world.stores.columns)
    assert (done.created, done.ready, done.lacking) == (True, True, ())
    world.stores.connections.by_team[TEAM] = Connection(
        team=TEAM, token=world.token.token, database=done.database
    )
    await world.add(tags=("a",))
    await world.push()
    (row,) = world.notion.live_pages(done.layout.schema.id)
    assert set(row.properties) | {"Name"} >= {wanted.name for wanted in COLUMNS}
    assert row.properties["Status"] == "Not started"
    assert f"NOTION_DATABASE={done.database}" in done.lines()


@pytest.mark.parametrize("by", ["database_id", "data_source_id"])
async def test_an_existing_database_is_mapped_and_left_as_it_is(world: World, by: str) -> None:
    done = await set_up(world.client, world.caller, _url(getattr(world.database, by)))
    assert (done.created, done.ready, done.added) == (False, True, ())
    assert {e.method for e in world.emulator.journal.entries} == {"GET"}


async def test_missing_columns_are_named_and_added_only_with_consent() -> None:
    schema: dict[str, object] = {"Task": {"title": {}}, "Due": {"number": {}}}
    async with open_world(schema=schema) as world:
        place = world.database.database_id
        seen = await set_up(world.client, world.caller, place)
        assert not seen.ready
        assert any("Task ID" in line and "none" in line for line in seen.lines())
        done = await set_up(world.client, world.caller, place, add_missing=True)
        assert (done.ready, done.lacking) == (True, ())
        assert done.layout.columns[Role.TITLE].name == "Task"
        assert done.layout.columns[Role.DUE].name == "Due (Taskbridge)"
        columns = world.notion.workspace.data_sources[world.database.data_source_id].columns
        assert "number" in {column.type for column in columns.values()}
        again = await set_up(world.client, world.caller, place, add_missing=True)
        assert again.added == ()


async def test_a_place_without_an_id_is_refused(world: World) -> None:
    with pytest.raises(Unusable, match="no Notion id"):
        await set_up(world.client, world.caller, "my database")


async def test_a_place_that_is_not_shared_is_refused_with_the_way_out(world: World) -> None:
    page = world.notion.add_page("Private")
    world.notion.unshare(page)
    with pytest.raises(Unusable, match="Connections"):
        await set_up(world.client, world.caller, page)


async def test_a_wrong_token_is_told_apart(world: World) -> None:
    world.token.revoked = True
    with pytest.raises(Unauthorised):
        await set_up(world.client, world.caller, world.database.database_id)


async def test_a_database_without_a_type_that_will_do_still_maps_the_rest() -> None:
    async with open_world(schema=SCHEMA | {"Priority": {"number": {}}}) as world:
        done = await set_up(world.client, world.caller, world.database.database_id)
        assert [wanted.role for wanted in done.lacking] == [Role.PRIORITY]
        assert done.ready
