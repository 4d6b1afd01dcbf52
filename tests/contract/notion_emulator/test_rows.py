"""Rows over HTTP, as recorded traffic shows them."""

from tests.contract.notion_emulator.world import World

BERLIN = {"start": "2026-11-27T17:00:45.5", "time_zone": "Europe/Berlin"}


async def test_every_property_of_the_schema_is_present_in_the_order_of_ids(
    world: World,
) -> None:
    page = (await world.create()).json
    source = await world.call("GET", f"/v1/data_sources/{world.database.data_source_id}")
    assert list(page["properties"]) == list(source.json["properties"])
    assert list(page["properties"])[-1] == "Name"
    assert page["properties"]["Tags"]["multi_select"] == []
    assert page["properties"]["Due"]["date"] is None


async def test_times_are_whole_minutes_and_those_of_the_database_are_not(world: World) -> None:
    page = (await world.create()).json
    database = (await world.call("GET", f"/v1/databases/{world.database.database_id}")).json
    assert page["created_time"] == "2026-11-23T10:00:00.000Z"
    assert database["created_time"] == "2026-11-23T10:00:30.000+00:00"


async def test_values_come_back_as_notion_keeps_them(world: World) -> None:
    person = world.workspace.add_person("Maria", "maria@example.com")
    page = await world.create(
        "Book the venue",
        Due={"date": BERLIN},
        Assignees={"people": [{"id": person.id}]},
        Points={"number": 3},
        Slack={"url": "https://example.slack.com/p1"},
    )
    values = page.json["properties"]
    assert values["Due"]["date"] == {
        "start": "2026-11-27T17:00:00.000+01:00",
        "end": None,
        "time_zone": None,
    }
    assert values["Assignees"]["people"][0]["person"] == {"email": "maria@example.com"}
    assert values["Points"]["number"] == 3
    assert values["Status"]["status"]["name"] == "Not started"
    assert page.json["url"].startswith("https://www.notion.so/Book-the-venue-")


async def test_keys_may_be_property_ids_encoded_or_not(world: World) -> None:
    encoded = (await world.create()).json["properties"]["Points"]["id"]
    decoded = world.workspace.column_id(world.database.data_source_id, "Points")
    for key in (encoded, decoded):
        body = world.page_body("A task", {key: {"number": 8}})
        page = await world.call("POST", "/v1/pages", body)
        assert page.json["properties"]["Points"]["number"] == 8


async def test_filter_properties_leaves_the_others_out(world: World) -> None:
    page = (await world.create()).json
    points = page["properties"]["Points"]["id"]
    path = f"/v1/pages/{page['id']}?filter_properties={points}&filter_properties=title"
    assert list((await world.call("GET", path)).json["properties"]) == ["Points", "Name"]


async def test_the_newest_row_comes_first_and_pages_follow_each_other(world: World) -> None:
    for number in range(5):
        await world.create(f"Task {number}")
    first = await world.query(page_size=2)
    cursor = first.json["next_cursor"]
    second = await world.query(page_size=2, start_cursor=cursor)
    third = await world.query(page_size=2, start_cursor=second.json["next_cursor"])
    pages = [first, second, third]
    titles = [
        row["properties"]["Name"]["title"][0]["plain_text"]
        for page in pages
        for row in page.json["results"]
    ]
    assert titles == [f"Task {number}" for number in (4, 3, 2, 1, 0)]
    assert [page.json["has_more"] for page in pages] == [True, True, False]
    assert cursor == f"s:{cursor.split(':')[1]}:{second.json['results'][0]['id']}"


async def test_25_relations_come_inline_and_all_by_property_item(world: World) -> None:
    source = world.database.data_source_id
    relation = {"data_source_id": source, "type": "dual_property", "dual_property": {}}
    changes = {"properties": {"Blocks": {"relation": relation}}}
    await world.call("PATCH", f"/v1/data_sources/{source}", changes)
    ids = [(await world.create(str(n))).json["id"] for n in range(30)]
    page = (await world.create("Hub", Blocks={"relation": [{"id": one} for one in ids]})).json
    value = page["properties"]["Blocks"]
    path = f"/v1/pages/{page['id']}/properties/{value['id']}"
    part = (await world.call("GET", f"{path}?page_size=20")).json
    rest = (await world.call("GET", f"{path}?start_cursor={part['next_cursor']}")).json
    assert (len(value["relation"]), value["has_more"]) == (25, True)
    items = [item["relation"]["id"] for item in part["results"] + rest["results"]]
    assert items == ids
    other = (await world.call("GET", f"/v1/pages/{ids[0]}")).json["properties"]
    assert other["Related to Tasks (Blocks)"]["relation"] == [{"id": page["id"]}]


async def test_a_trashed_row_leaves_queries_and_comes_back(world: World) -> None:
    page = (await world.create("Gone")).json["id"]
    deleted = await world.call("DELETE", f"/v1/blocks/{page}")
    away = await world.titles()
    await world.call("PATCH", f"/v1/pages/{page}", {"in_trash": False})
    assert (deleted.json["object"], deleted.json["type"]) == ("block", "child_page")
    assert (away, await world.titles()) == ([], ["Gone"])


async def test_the_older_version_adds_archived_at_the_end(world: World) -> None:
    old: dict[str, str | None] = {"Notion-Version": "2025-09-03"}
    page = (await world.create()).json["id"]
    answer = await world.call("GET", f"/v1/pages/{page}", headers=old)
    assert list(answer.json)[-2:] == ["archived", "request_id"]
    assert answer.json["archived"] is False


async def test_search_finds_titles_that_share_a_word(world: World) -> None:
    await world.create("Book the venues")
    await world.create("Something else")
    answer = await world.call("POST", "/v1/search", {"query": "venue"})
    assert [result["object"] for result in answer.json["results"]] == ["page"]
    tables = await world.call(
        "POST", "/v1/search", {"filter": {"property": "object", "value": "data_source"}}
    )
    assert [table["id"] for table in tables.json["results"]] == [world.database.data_source_id]
