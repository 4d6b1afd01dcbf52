"""What Notion's documentation says and no recording shows."""

from tests.contract.notion_emulator.world import World

ACROSS = {"property": "Status", "status": {"equals": "Complete"}}


async def test_an_unknown_option_of_a_select_is_created(world: World) -> None:
    page = await world.create(
        Priority={"select": {"name": "Urgent"}},
        Tags={"multi_select": [{"name": "a"}, {"name": "b"}]},
    )
    source = await world.call("GET", f"/v1/data_sources/{world.database.data_source_id}")
    options = source.json["properties"]["Priority"]["select"]["options"]
    assert page.json["properties"]["Priority"]["select"]["name"] == "Urgent"
    assert [option["name"] for option in options] == ["Low", "High", "Urgent"]


async def test_a_refused_write_creates_no_option(world: World) -> None:
    await world.create(Priority={"select": {"name": "Urgent"}}, Points={"number": "x"})
    source = await world.call("GET", f"/v1/data_sources/{world.database.data_source_id}")
    options = source.json["properties"]["Priority"]["select"]["options"]
    assert [option["name"] for option in options] == ["Low", "High"]


async def test_a_status_is_filtered_by_name_by_list_and_by_group(world: World) -> None:
    await world.create("Open")
    await world.create("Closed", Status={"status": {"name": "Done"}})
    assert await world.titles(filter=ACROSS) == ["Closed"]
    for condition, titles in (
        ({"equals": "Done"}, ["Closed"]),
        ({"equals": ["Done", "Not started"]}, ["Closed", "Open"]),
        ({"does_not_equal": "Done"}, ["Open"]),
        ({"is_empty": True}, []),
    ):
        assert await world.titles(filter={"property": "Status", "status": condition}) == titles


async def test_filters_that_do_not_fit_the_schema_are_refused(world: World) -> None:
    for wrong in (
        {"property": "Nothing", "number": {"equals": 1}},
        {"property": "Points", "rich_text": {"equals": "1"}},
        {"property": "Points", "number": {"contains": 1}},
        {"property": "Points", "number": {"equals": 1, "less_than": 2}},
        {"property": "Points"},
        {"timestamp": "created_time", "property": "x", "created_time": {"this_week": {}}},
        {"and": [{"or": [{"and": [ACROSS]}]}]},
        {"property": "Status", "status": {"equals": "Nowhere"}},
    ):
        answer = await world.query(filter=wrong)
        assert (answer.status, answer.json["code"]) == (400, "validation_error"), wrong


async def test_the_first_sort_decides_and_empty_rows_come_last(world: World) -> None:
    for title, points in (("b", 1), ("a", 1), ("c", 2), ("d", None)):
        await world.create(title, Points={"number": points})
    sorts = [
        {"property": "Points", "direction": "descending"},
        {"property": "Name", "direction": "ascending"},
    ]
    assert await world.titles(sorts=sorts) == ["c", "a", "b", "d"]


async def test_a_cursor_is_good_for_its_query_only(world: World) -> None:
    for _ in range(2):
        await world.create()
    cursor = (await world.query(page_size=1)).json["next_cursor"]
    other = await world.query(
        start_cursor=cursor, filter={"property": "Points", "number": {"is_empty": True}}
    )
    made_up = await world.query(start_cursor="s:x:y")
    assert (other.status, made_up.status) == (400, 400)


async def test_a_query_ends_at_ten_thousand_rows_and_says_so(world: World) -> None:
    for _ in range(10_001):
        world.workspace.add_row(world.database.data_source_id, {})
    cursor, rows, incomplete = None, 0, 0
    while True:
        answer = (await world.query(start_cursor=cursor)).json
        rows += len(answer["results"])
        incomplete += answer["request_status"] == {
            "type": "incomplete",
            "incomplete_reason": "query_result_limit_reached",
        }
        cursor = answer["next_cursor"]
        if cursor is None:
            break
    assert (rows, incomplete) == (10_000, 100)


async def test_a_change_between_two_pages_of_a_query_is_seen(world: World) -> None:
    for number in range(4):
        await world.create(str(number), Points={"number": 1})
    filter_ = {"property": "Points", "number": {"equals": 1}}
    first = (await world.query(page_size=2, filter=filter_)).json
    oldest = world.workspace.rows(world.database.data_source_id)[0].id
    world.workspace.edit(oldest, {"Points": 2})
    rest = await world.titles(page_size=2, filter=filter_, start_cursor=first["next_cursor"])
    assert rest == ["1"]


async def test_archived_rows_come_only_when_asked_for(world: World) -> None:
    page = (await world.create("Old")).json["id"]
    await world.create("New")
    await world.call("PATCH", f"/v1/pages/{page}", {"is_archived": True})
    assert await world.titles() == ["New"]
    assert await world.titles(is_archived=True) == ["Old"]


async def test_a_schema_changes_as_a_whole_or_not_at_all(world: World) -> None:
    path = f"/v1/data_sources/{world.database.data_source_id}"
    changes = {
        "Points": {"name": "Effort"},
        "Extra": {"rich_text": {}},
        "Priority": {"select": {"options": [{"name": "Low", "color": "red"}]}},
    }
    low = (await world.call("GET", path)).json["properties"]["Priority"]["select"]["options"][0]
    assert low["color"] != "red"
    refused = await world.call("PATCH", path, {"properties": changes})
    names = set((await world.call("GET", path)).json["properties"])
    assert refused.status == 400
    assert "Points" in names
    assert not names & {"Effort", "Extra"}


async def test_a_removed_option_leaves_the_rows_that_had_it(world: World) -> None:
    page = (await world.create(Priority={"select": {"name": "High"}})).json["id"]
    changes = {"Priority": {"select": {"options": [{"name": "Low"}]}}}
    path = f"/v1/data_sources/{world.database.data_source_id}"
    await world.call("PATCH", path, {"properties": changes})
    read = (await world.call("GET", f"/v1/pages/{page}")).json
    assert read["properties"]["Priority"]["select"] is None


async def test_status_options_are_added_in_a_group(world: World) -> None:
    path = f"/v1/data_sources/{world.database.data_source_id}"
    options = [
        {"name": "Not started"},
        {"name": "Blocked", "group": "In progress"},
        {"name": "Done"},
    ]
    answer = await world.call(
        "PATCH", path, {"properties": {"Status": {"status": {"options": options}}}}
    )
    status = answer.json["properties"]["Status"]["status"]
    names = {option["id"]: option["name"] for option in status["options"]}
    groups = {g["name"]: [names[o] for o in g["option_ids"]] for g in status["groups"]}
    assert groups == {
        "To-do": ["Not started"],
        "In progress": ["Blocked"],
        "Complete": ["Done"],
    }


async def test_templates_are_listed(world: World) -> None:
    source = world.database.data_source_id
    first = world.workspace.add_template(source, "Bug", is_default=True)
    second = world.workspace.add_template(source, "Chore")
    path = f"/v1/data_sources/{source}/templates"
    page = (await world.call("GET", f"{path}?page_size=1")).json
    rest = (await world.call("GET", f"{path}?start_cursor={page['next_cursor']}")).json
    assert page["templates"] == [{"id": first, "name": "Bug", "is_default": True}]
    assert [template["id"] for template in rest["templates"]] == [second]
