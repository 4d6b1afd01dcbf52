"""What people do in Notion itself, by the hands tests have."""

from tests.contract.notion_emulator.world import World


async def test_rows_are_seen_plain(world: World) -> None:
    maria = world.workspace.add_person("Maria")
    source = world.database.data_source_id
    values = {
        "Name": "Venue",
        "Status": "Done",
        "Tags": ["a", "b"],
        "Due": "2026-11-27",
        "Assignees": ["Maria"],
        "Points": 3,
        "Task ID": "key",
    }
    page = world.workspace.add_row(source, values, by=maria)
    row = world.workspace.rows(source)[0]
    assert (row.id, row.title, row.in_trash) == (page, "Venue", False)
    assert row.properties == {
        **{key: value for key, value in values.items() if key != "Name"},
        "Priority": None,
        "Slack": None,
    }
    assert row.url.endswith(page.replace("-", ""))


async def test_an_edit_by_hand_bears_the_persons_name(world: World) -> None:
    maria = world.workspace.add_person("Maria")
    page = (await world.create()).json
    world.workspace.edit(page["id"], {"Status": "Done", "Name": "New"}, by=maria)
    read = (await world.call("GET", f"/v1/pages/{page['id']}")).json
    assert read["created_by"]["id"] == world.connection.bot_id
    assert read["last_edited_by"]["id"] == maria.id
    assert read["properties"]["Status"]["status"]["name"] == "Done"


async def test_people_trash_restore_and_delete_for_good(world: World) -> None:
    source = world.database.data_source_id
    page = world.workspace.add_row(source, {"Name": "A"})
    world.workspace.trash(page)
    trashed = [row.id for row in world.workspace.live_pages(source)]
    world.workspace.restore(page)
    restored = [row.id for row in world.workspace.live_pages(source)]
    world.workspace.delete_for_good(page)
    assert (trashed, restored) == ([], [page])
    assert (await world.call("GET", f"/v1/pages/{page}")).status == 404
    assert world.workspace.rows(source) == []


async def test_a_renamed_column_keeps_its_id_and_values(world: World) -> None:
    source = world.database.data_source_id
    page = world.workspace.add_row(source, {"Points": 5})
    before = world.workspace.column_id(source, "Points")
    world.workspace.rename_column(source, "Points", "Effort")
    read = (await world.call("GET", f"/v1/pages/{page}")).json["properties"]
    assert read["Effort"]["number"] == 5
    assert world.workspace.column_id(source, "Effort") == before


async def test_a_removed_column_is_unknown_from_then_on(world: World) -> None:
    source = world.database.data_source_id
    world.workspace.remove_column(source, "Task ID")
    answer = await world.create(Task_ID={"rich_text": []})
    asked = await world.query(filter={"property": "Task ID", "rich_text": {"equals": "x"}})
    assert (answer.status, answer.json["message"]) == (
        400,
        "Task ID is not a property that exists.",
    )
    assert asked.status == 400


async def test_a_moved_row_is_elsewhere(world: World) -> None:
    source = world.database.data_source_id
    page = world.workspace.add_row(source, {"Name": "A"})
    other = world.workspace.add_page("Elsewhere")
    world.workspace.move(page, other)
    read = (await world.call("GET", f"/v1/pages/{page}")).json
    children = (await world.call("GET", f"/v1/blocks/{other}/children")).json["results"]
    assert read["parent"] == {"type": "page_id", "page_id": other}
    assert [child["id"] for child in children] == [page]
    assert world.workspace.rows(source) == []


async def test_workspaces_do_not_see_each_other(world: World) -> None:
    stranger = world.emulator.add_workspace("Other").connect()
    page = (await world.create()).json["id"]
    headers: dict[str, str | None] = {"Authorization": f"Bearer {stranger.token}"}
    answer = await world.call("GET", f"/v1/pages/{page}", headers=headers)
    found = await world.call("POST", "/v1/search", {"query": "A task"}, headers=headers)
    assert (answer.status, found.json["results"]) == (404, [])
