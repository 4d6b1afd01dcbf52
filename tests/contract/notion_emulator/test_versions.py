"""The same life of a page in both versions of the API, and where they differ."""

from typing import Protocol

import pytest

from tests.contract.notion_emulator.world import Answer, World

OLD, NEW = "2025-09-03", "2026-03-11"
TEXT = [{"text": {"content": "Hello"}}]


class Ask(Protocol):
    async def __call__(self, method: str, path: str, body: object | None = None) -> Answer: ...


def asker(world: World, version: str) -> Ask:
    async def ask(method: str, path: str, body: object | None = None) -> Answer:
        return await world.call(method, path, body, headers={"Notion-Version": version})

    return ask


@pytest.mark.parametrize("version", [OLD, NEW])
async def test_every_kind_of_call_answers_in_its_version(world: World, version: str) -> None:
    ask = asker(world, version)
    source, database = world.database.data_source_id, world.database.database_id
    page = (await ask("POST", "/v1/pages", world.page_body("A"))).json["id"]
    paragraph = {"children": [{"paragraph": {"rich_text": TEXT}}]}
    comment = {"parent": {"page_id": page}, "rich_text": TEXT}
    parent = {"parent": {"page_id": world.workspace.root_page_id}}
    answers = [
        await ask("GET", f"/v1/pages/{page}"),
        await ask("PATCH", f"/v1/pages/{page}", {"properties": {"Points": {"number": 1}}}),
        await ask("PATCH", f"/v1/pages/{page}", {"in_trash": True}),
        await ask("PATCH", f"/v1/pages/{page}", {"in_trash": False}),
        await ask("POST", f"/v1/data_sources/{source}/query", {}),
        await ask("GET", f"/v1/data_sources/{source}"),
        await ask("PATCH", f"/v1/data_sources/{source}", {"properties": {"New": {"date": {}}}}),
        await ask("GET", f"/v1/databases/{database}"),
        await ask("POST", "/v1/databases", parent | {"title": TEXT}),
        await ask("PATCH", f"/v1/blocks/{page}/children", paragraph),
        await ask("GET", f"/v1/blocks/{page}/children"),
        await ask("POST", "/v1/comments", comment),
        await ask("GET", f"/v1/comments?block_id={page}"),
        await ask("GET", "/v1/users"),
        await ask("POST", "/v1/search", {}),
        await ask("POST", f"/v1/pages/{page}/move", parent),
        await ask("DELETE", f"/v1/blocks/{page}"),
    ]
    assert {answer.status for answer in answers} == {200}
    for answer in answers:
        for thing in [answer.json, *answer.json.get("results", [])]:
            has_trash = thing["object"] in ("page", "database", "data_source", "block")
            assert ("archived" in thing) is (has_trash and version == OLD), thing


async def test_archived_is_an_old_word_for_the_trash(world: World) -> None:
    page = (await world.create()).json["id"]
    refused = await asker(world, NEW)("PATCH", f"/v1/pages/{page}", {"archived": True})
    taken = await asker(world, OLD)("PATCH", f"/v1/pages/{page}", {"archived": True})
    assert (refused.status, refused.json["code"]) == (400, "validation_error")
    assert (taken.json["archived"], taken.json["in_trash"]) == (True, True)


async def test_a_place_among_blocks_is_named_in_each_versions_way(world: World) -> None:
    page = (await world.create()).json["id"]
    first = world.workspace.write_text(page, "first")
    world.workspace.write_text(page, "last")
    after = {"children": [{"paragraph": {"rich_text": TEXT}}], "after": first}
    path = f"/v1/blocks/{page}/children"
    assert (await asker(world, NEW)("PATCH", path, after)).status == 400
    assert (await asker(world, OLD)("PATCH", path, after)).status == 200
    assert world.workspace.text_of(page) == ["first", "Hello", "last"]


@pytest.mark.parametrize("version", [OLD, NEW])
async def test_pages_of_a_query_follow_each_other_in_both_versions(
    world: World, version: str
) -> None:
    for number in range(5):
        await world.create(str(number))
    ask = asker(world, version)
    path, cursor, seen = f"/v1/data_sources/{world.database.data_source_id}/query", None, []
    while True:
        body = {"page_size": 2} | ({"start_cursor": cursor} if cursor else {})
        answer = (await ask("POST", path, body)).json
        seen += [row["properties"]["Name"]["title"][0]["plain_text"] for row in answer["results"]]
        cursor = answer["next_cursor"]
        if cursor is None:
            break
    assert seen == ["4", "3", "2", "1", "0"]
