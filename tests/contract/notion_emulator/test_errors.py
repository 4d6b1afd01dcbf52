import pytest

from playground.notion import Capability
from tests.contract.notion_emulator.world import World

NIL = "00000000-0000-0000-0000-000000000000"


async def test_an_error_carries_its_request_id_in_body_and_header(world: World) -> None:
    answer = await world.call("GET", f"/v1/pages/{NIL}")
    assert answer.status == 404
    assert list(answer.json) == [
        "object",
        "status",
        "code",
        "message",
        "additional_data",
        "request_id",
    ]
    assert answer.headers["x-notion-request-id"] == answer.json["request_id"]
    assert answer.json["message"] == (
        f"Could not find page with ID: {NIL}. Make sure the relevant pages and databases are "
        'shared with your integration "Taskbridge".'
    )


@pytest.mark.parametrize(
    ("call", "headers", "status", "code"),
    [
        ("GET /v1/users/me", {"Authorization": "Bearer wrong"}, 401, "unauthorized"),
        ("GET /v1/users/me", {"Authorization": None}, 401, "unauthorized"),
        ("GET /v1/users/me", {"Notion-Version": None}, 400, "missing_version"),
        ("GET /v1/users/me", {"Notion-Version": "2019-01-01"}, 400, "validation_error"),
        ("GET /v1/invalid", {}, 400, "invalid_request_url"),
        ("DELETE /v1/users/me", {}, 400, "invalid_request_url"),
        ("GET /v1/pages/AAA", {}, 400, "validation_error"),
        ("GET /v1/pages/12345678-1234-1234-1234-123456789abc", {}, 400, "validation_error"),
        (f"GET /v1/data_sources/{NIL}", {}, 404, "object_not_found"),
        (f"GET /v1/databases/{NIL}", {}, 404, "object_not_found"),
        (f"GET /v1/blocks/{NIL}", {}, 404, "object_not_found"),
    ],
)
async def test_what_is_wrong_is_refused_with_its_code(
    world: World,
    call: str,
    headers: dict[str, str | None],
    status: int,
    code: str,
) -> None:
    answer = await world.call(*call.split(" "), headers=headers)
    assert (answer.status, answer.json["code"]) == (status, code)


async def test_a_body_that_is_no_json_is_refused(world: World) -> None:
    async with world.session.post(
        f"{world.url}/v1/search",
        data=b"{",
        headers={
            "Authorization": f"Bearer {world.connection.token}",
            "Notion-Version": "2026-03-11",
        },
    ) as response:
        body = await response.json()
    assert (response.status, body["code"]) == (400, "invalid_json")


async def test_a_revoked_token_is_unauthorized(world: World) -> None:
    world.connection.revoke()
    answer = await world.call("GET", "/v1/users/me")
    assert (answer.status, answer.json["message"]) == (401, "API token is invalid.")


async def test_a_missing_capability_is_restricted(world: World) -> None:
    world.connection.capabilities.discard(Capability.INSERT_CONTENT)
    created = await world.create()
    read = await world.query()
    assert (created.status, created.json["code"]) == (403, "restricted_resource")
    assert read.status == 200


async def test_an_unshared_database_hides_all_that_is_in_it(world: World) -> None:
    page = (await world.create()).json
    world.workspace.unshare(world.database.database_id)
    paths = (
        f"/v1/databases/{world.database.database_id}",
        f"/v1/data_sources/{world.database.data_source_id}",
        f"/v1/pages/{page['id']}",
    )
    assert [(await world.call("GET", path)).status for path in paths] == [404, 404, 404]
    world.workspace.share(world.database.database_id)
    assert (await world.call("GET", paths[2])).status == 200


@pytest.mark.parametrize(
    ("properties", "words"),
    [
        ({"Status": {"status": {"name": "Nowhere"}}}, "Invalid status option"),
        ({"Status": {"select": {"name": "Done"}}}, "Status is expected to be status."),
        ({"Nothing": {"number": 1}}, "Nothing is not a property that exists."),
        ({"Points": {"number": "1"}}, "should be a number"),
        ({"Points": {"number": True}}, "should be a number"),
        ({"Slack": {"url": ""}}, "should be a non-empty string"),
        ({"Slack": {"url": "x" * 2001}}, "≤ `2000`"),
        ({"Due": {"date": {"start": "soon"}}}, "valid ISO 8601"),
        ({"Due": {"date": {"start": "2026-01-01T10:00", "time_zone": "Mars"}}}, "ISO 8601"),
        ({"Priority": {"select": {"name": "a,b"}}}, "commas not allowed"),
        ({"Priority": {"select": {"id": "unknown"}}}, "does not exist"),
        ({"Assignees": {"people": [{"id": NIL}]}}, "Could not find user"),
        ({"Tags": {"multi_select": [{"name": str(n)} for n in range(101)]}}, "≤ `100`"),
        ({"Task ID": {"rich_text": [{"text": {"content": "x" * 2001}}]}}, "≤ `2000`"),
        ({"Task ID": {"rich_text": [{"text": {"content": "x"}}] * 101}}, "≤ `100`"),
        ({"Task ID": {"rich_text": "x"}}, "should be an array"),
    ],
)
async def test_a_value_that_does_not_fit_is_refused_and_nothing_is_written(
    world: World, properties: dict[str, object], words: str
) -> None:
    answer = await world.call("POST", "/v1/pages", world.page_body("A task", properties))
    assert (answer.status, answer.json["code"]) == (400, "validation_error")
    assert words in answer.json["message"]
    assert world.workspace.rows(world.database.data_source_id) == []


async def test_characters_are_counted_as_utf16_units(world: World) -> None:
    fits = await world.create("😀" * 1000)
    too_long = await world.create("😀" * 1001)
    assert (fits.status, too_long.status) == (200, 400)


async def test_a_body_of_more_than_500_kilobytes_is_refused(world: World) -> None:
    answer = await world.call("POST", "/v1/search", {"query": "x" * 500_001})
    assert (answer.status, answer.json["code"]) == (400, "validation_error")


async def test_an_unknown_field_of_a_body_is_refused(world: World) -> None:
    answer = await world.query(in_trash=True)
    assert (answer.status, answer.json["code"]) == (400, "validation_error")


async def test_a_trashed_page_can_be_read_and_restored_but_not_edited(world: World) -> None:
    path = f"/v1/pages/{(await world.create()).json['id']}"
    await world.call("PATCH", path, {"in_trash": True})
    read = await world.call("GET", path)
    edited = await world.call("PATCH", path, {"properties": {"Points": {"number": 1}}})
    restored = await world.call("PATCH", path, {"in_trash": False})
    assert (read.status, read.json["in_trash"]) == (200, True)
    assert (edited.status, edited.json["code"]) == (400, "validation_error")
    assert (restored.status, restored.json["in_trash"]) == (200, False)
