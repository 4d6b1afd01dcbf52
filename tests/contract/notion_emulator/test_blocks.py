from typing import Any

from tests.contract.notion_emulator.world import World


def paragraph(text: str) -> dict[str, Any]:
    return {"type": "paragraph", "paragraph": {"rich_text": [{"text": {"content": text}}]}}


def texts(answer: Any) -> list[str]:  # noqa: ANN401 - an answer's body
    return [block["paragraph"]["rich_text"][0]["plain_text"] for block in answer["results"]]


async def test_an_append_answers_with_the_new_blocks_and_all_behind_them(world: World) -> None:
    page = world.workspace.add_page("Body")
    path = f"/v1/blocks/{page}/children"
    first = await world.call("PATCH", path, {"children": [paragraph("a"), paragraph("d")]})
    position = {"type": "after_block", "after_block": {"id": first.json["results"][0]["id"]}}
    between = await world.call(
        "PATCH", path, {"children": [paragraph("b"), paragraph("c")], "position": position}
    )
    start = {"children": [paragraph("0")], "position": {"type": "start"}}
    top = await world.call("PATCH", path, start)
    assert texts(between.json) == ["b", "c", "d"]
    assert texts(top.json) == texts((await world.call("GET", path)).json)
    assert texts(top.json) == ["0", "a", "b", "c", "d"]


async def test_the_newer_version_refuses_after_and_the_older_takes_it(world: World) -> None:
    page = world.workspace.add_page("Body")
    path = f"/v1/blocks/{page}/children"
    first = (await world.call("PATCH", path, {"children": [paragraph("a")]})).json["results"][0]
    body = {"children": [paragraph("b")], "after": first["id"]}
    new = await world.call("PATCH", path, body)
    old = await world.call("PATCH", path, body, headers={"Notion-Version": "2025-09-03"})
    assert (new.status, old.status) == (400, 200)


async def test_children_come_in_pages_by_the_id_of_the_next(world: World) -> None:
    page = world.workspace.add_page("Body")
    path = f"/v1/blocks/{page}/children"
    await world.call("PATCH", path, {"children": [paragraph(str(n)) for n in range(3)]})
    first = (await world.call("GET", f"{path}?page_size=2")).json
    rest = (await world.call("GET", f"{path}?start_cursor={first['next_cursor']}")).json
    assert texts(first) + texts(rest) == ["0", "1", "2"]
    assert first["next_cursor"] == rest["results"][0]["id"]


async def test_a_hundred_children_fit_and_one_more_does_not(world: World) -> None:
    page = world.workspace.add_page("Body")
    path = f"/v1/blocks/{page}/children"
    fits = await world.call("PATCH", path, {"children": [paragraph("x")] * 100})
    more = await world.call("PATCH", path, {"children": [paragraph("x")] * 101})
    assert (fits.status, more.status) == (200, 400)


async def test_an_updated_block_keeps_what_is_not_named(world: World) -> None:
    page = world.workspace.add_page("Body")
    to_do = {"to_do": {"rich_text": [{"text": {"content": "a"}}], "color": "blue"}}
    path = f"/v1/blocks/{page}/children"
    block = (await world.call("PATCH", path, {"children": [to_do]})).json["results"][0]
    answer = await world.call("PATCH", f"/v1/blocks/{block['id']}", {"to_do": {"checked": True}})
    assert answer.json["to_do"] == {**block["to_do"], "checked": True}


async def test_a_deleted_block_is_restored_by_in_trash(world: World) -> None:
    page = world.workspace.add_page("Body")
    path = f"/v1/blocks/{page}/children"
    block = (await world.call("PATCH", path, {"children": [paragraph("a")]})).json["results"][0]
    deleted = await world.call("DELETE", f"/v1/blocks/{block['id']}")
    away = texts((await world.call("GET", path)).json)
    await world.call("PATCH", f"/v1/blocks/{block['id']}", {"in_trash": False})
    assert deleted.json["in_trash"] is True
    assert (away, texts((await world.call("GET", path)).json)) == ([], ["a"])


async def test_a_page_may_be_created_with_its_body_and_place(world: World) -> None:
    home = world.workspace.add_page("Home")
    await world.call("PATCH", f"/v1/blocks/{home}/children", {"children": [paragraph("a")]})
    body = {
        "parent": {"page_id": home},
        "properties": {"title": [{"text": {"content": "Sub"}}]},
        "children": [paragraph("inside")],
        "position": {"type": "page_start"},
    }
    page = (await world.call("POST", "/v1/pages", body)).json["id"]
    inside = (await world.call("GET", f"/v1/blocks/{page}/children")).json
    siblings = (await world.call("GET", f"/v1/blocks/{home}/children")).json["results"]
    assert texts(inside) == ["inside"]
    assert [block["type"] for block in siblings] == ["child_page", "paragraph"]
