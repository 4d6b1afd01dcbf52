"""Templates, archives, locks, moves, search with gaps: what comes late, or not at all."""

from collections.abc import Mapping

from tests.contract.notion_emulator.world import World


async def from_template(world: World, template: Mapping[str, object]) -> dict[str, object]:
    body = {
        "parent": {"data_source_id": world.database.data_source_id},
        "properties": {"Name": {"title": [{"text": {"content": "New"}}]}},
        "template": template,
    }
    answer: dict[str, object] = (await world.call("POST", "/v1/pages", body)).json
    return answer


async def test_the_content_of_a_template_arrives_after_the_answer(world: World) -> None:
    template = world.workspace.add_template(
        world.database.data_source_id,
        "Bug",
        properties={"Priority": "High", "Name": "Ignored"},
        texts=("Steps", "Expected"),
    )
    page = str((await from_template(world, {"type": "template_id", "template_id": template}))["id"])
    path = f"/v1/blocks/{page}/children"
    at_once = (await world.call("GET", path)).json["results"]
    await world.clock.sleep(2)
    later = (await world.call("GET", path)).json["results"]
    (row,) = world.workspace.rows(world.database.data_source_id)
    assert at_once == []
    assert [block["paragraph"]["rich_text"][0]["plain_text"] for block in later] == [
        "Steps",
        "Expected",
    ]
    assert (row.title, row.properties["Priority"]) == ("New", "High")


async def test_a_template_may_fail_without_a_word(world: World) -> None:
    world.workspace.add_template(
        world.database.data_source_id, "Bug", is_default=True, texts=("Steps",)
    )
    world.workspace.set_template_delay(1, fails=True)
    page = str((await from_template(world, {"type": "default"}))["id"])
    await world.clock.sleep(3600)
    assert world.workspace.text_of(page) == []


async def test_templates_that_are_not_there_are_refused(world: World) -> None:
    stranger = world.workspace.add_page("No template")
    for wrong in (
        {"type": "default"},
        {"type": "template_id", "template_id": stranger},
        {"type": "template_id"},
        {"type": "other"},
    ):
        refused = await from_template(world, wrong)
        assert (refused["status"], refused["code"]) == (400, "validation_error"), wrong
    assert world.workspace.rows(world.database.data_source_id) == []


async def test_a_template_is_no_row_and_is_not_found_by_search(world: World) -> None:
    world.workspace.add_template(world.database.data_source_id, "Bug", properties={"Name": "Bug"})
    found = (await world.call("POST", "/v1/search", {"query": "Bug"})).json["results"]
    assert (await world.titles(), found) == ([], [])


async def test_search_may_have_gaps_that_reading_does_not_have(world: World) -> None:
    page = (await world.create("Venue")).json["id"]
    world.workspace.hide_from_search(page)
    missed = (await world.call("POST", "/v1/search", {"query": "Venue"})).json["results"]
    world.workspace.hide_from_search(page, hidden=False)
    found = (await world.call("POST", "/v1/search", {"query": "Venue"})).json["results"]
    assert missed == []
    assert [each["id"] for each in found] == [page]
    assert (await world.call("GET", f"/v1/pages/{page}")).status == 200


async def test_people_archive_and_bring_back(world: World) -> None:
    page = (await world.create("Old")).json["id"]
    world.workspace.archive(page)
    archived = (await world.call("GET", f"/v1/pages/{page}")).json
    away = await world.titles()
    world.workspace.unarchive(page)
    assert (archived["is_archived"], archived["in_trash"]) == (True, False)
    assert (away, await world.titles()) == ([], ["Old"])


async def test_a_lock_keeps_people_out_and_not_the_api(world: World) -> None:
    page = (await world.create()).json["id"]
    world.workspace.lock(page)
    edit = {"properties": {"Points": {"number": 1}}}
    answer = await world.call("PATCH", f"/v1/pages/{page}", edit)
    unlocked = await world.call("PATCH", f"/v1/pages/{page}", {"is_locked": False})
    assert (answer.status, answer.json["is_locked"]) == (200, True)
    assert unlocked.json["is_locked"] is False


async def test_columns_are_added_and_retyped_by_hand(world: World) -> None:
    source = world.database.data_source_id
    page = world.workspace.add_row(source, {"Slack": "https://example.com"})
    before = world.workspace.column_id(source, "Slack")
    world.workspace.add_column(source, "Estimate", {"number": {}})
    world.workspace.retype_column(source, "Slack", {"rich_text": {}})
    read = (await world.call("GET", f"/v1/pages/{page}")).json["properties"]
    assert (read["Slack"]["type"], read["Slack"]["rich_text"]) == ("rich_text", [])
    assert read["Estimate"]["number"] is None
    assert world.workspace.column_id(source, "Slack") == before


async def test_a_renamed_option_keeps_its_id_and_its_rows(world: World) -> None:
    source = world.database.data_source_id
    page = (await world.create(Priority={"select": {"name": "High"}})).json
    world.workspace.rename_option(source, "Priority", "High", "Urgent")
    read = (await world.call("GET", f"/v1/pages/{page['id']}")).json["properties"]["Priority"]
    before = page["properties"]["Priority"]["select"]
    assert read["select"] == before | {"name": "Urgent"}


async def test_a_second_data_source_is_listed_and_ends_the_old_parent(world: World) -> None:
    database = world.database.database_id
    second = world.workspace.add_data_source(database, "Archive", {"Name": {"title": {}}})
    listed = (await world.call("GET", f"/v1/databases/{database}")).json["data_sources"]
    body = {"parent": {"database_id": database}, "properties": {}}
    refused = await world.call("POST", "/v1/pages", body)
    assert [each["id"] for each in listed] == [world.database.data_source_id, second]
    assert refused.status == 400


async def test_a_moved_database_keeps_its_rows(world: World) -> None:
    page = (await world.create()).json["id"]
    folder = world.workspace.add_page("Folder")
    world.workspace.move(world.database.database_id, folder)
    database = (await world.call("GET", f"/v1/databases/{world.database.database_id}")).json
    assert database["parent"] == {"type": "page_id", "page_id": folder}
    assert (await world.call("GET", f"/v1/pages/{page}")).status == 200
