"""Users and comments, and what people may do that connections may not."""

import pytest

from playground.notion import Capability
from tests.contract.notion_emulator.world import World

HELLO = [{"text": {"content": "Hello"}}]


async def say(world: World, page: str, text: str = "Hello") -> str:
    body = {"parent": {"page_id": page}, "rich_text": [{"text": {"content": text}}]}
    return str((await world.call("POST", "/v1/comments", body)).json["id"])


async def heard(world: World, page: str) -> list[str]:
    answer = await world.call("GET", f"/v1/comments?block_id={page}")
    return [each["rich_text"][0]["plain_text"] for each in answer.json["results"]]


async def test_guests_are_in_no_list_but_are_shown_where_they_are_assigned(world: World) -> None:
    member = world.workspace.add_person("Maria", "maria@example.com")
    guest = world.workspace.add_guest("Gil", "gil@example.com")
    page = world.workspace.add_row(world.database.data_source_id, {"Assignees": ["Gil"]})
    listed = (await world.call("GET", "/v1/users")).json["results"]
    shown = (await world.call("GET", f"/v1/pages/{page}")).json["properties"]["Assignees"]
    alone = await world.call("GET", f"/v1/users/{guest.id}")
    ids = {user["id"] for user in listed}
    assert member.id in ids
    assert guest.id not in ids
    assert shown["people"][0]["person"] == {"email": "gil@example.com"}
    assert alone.status == 200


async def test_of_somebody_who_left_only_the_id_is_shown(world: World) -> None:
    maria = world.workspace.add_person("Maria")
    page = world.workspace.add_row(world.database.data_source_id, {"Assignees": ["Maria"]})
    world.workspace.remove_person(maria)
    shown = (await world.call("GET", f"/v1/pages/{page}")).json["properties"]["Assignees"]
    assert shown["people"] == [{"object": "user", "id": maria.id}]
    assert (await world.call("GET", f"/v1/users/{maria.id}")).status == 404


async def test_users_come_in_pages(world: World) -> None:
    for number in range(5):
        world.workspace.add_person(f"P{number}")
    seen: list[str] = []
    path = "/v1/users?page_size=3"
    while path:
        answer = (await world.call("GET", path)).json
        seen += [user["id"] for user in answer["results"]]
        cursor = answer["next_cursor"]
        path = f"/v1/users?page_size=3&start_cursor={cursor}" if cursor else ""
    assert len(seen) == len(set(seen)) == 7


async def test_25_people_come_inline_and_all_by_property_item(world: World) -> None:
    people = [world.workspace.add_person(f"P{number}") for number in range(30)]
    given = {"people": [{"id": person.id} for person in people]}
    page = (await world.create(Assignees=given)).json
    value = page["properties"]["Assignees"]
    items = await world.call("GET", f"/v1/pages/{page['id']}/properties/{value['id']}")
    assert len(value["people"]) == 25
    assert len(items.json["results"]) == 30


async def test_comments_on_a_page_share_a_discussion_until_it_is_resolved(world: World) -> None:
    page = (await world.create()).json["id"]
    await say(world, page, "one")
    world.workspace.comment(page, "two")
    remarks = world.workspace.remarks(page)
    world.workspace.resolve(remarks[0].discussion_id)
    after = await heard(world, page)
    await say(world, page, "three")
    assert len({remark.discussion_id for remark in remarks}) == 1
    assert [(remark.text, remark.author) for remark in remarks] == [
        ("one", "Taskbridge"),
        ("two", "Owner"),
    ]
    assert after == []
    assert await heard(world, page) == ["three"]


async def test_a_discussion_is_gone_on_with_by_its_id(world: World) -> None:
    page = (await world.create()).json["id"]
    block = world.workspace.write_text(page, "A line")
    world.workspace.comment(block, "Why?")
    (question,) = (await world.call("GET", f"/v1/comments?block_id={block}")).json["results"]
    body = {"discussion_id": question["discussion_id"], "rich_text": HELLO}
    reply = (await world.call("POST", "/v1/comments", body)).json
    assert reply["parent"] == {"type": "block_id", "block_id": block}
    assert await heard(world, block) == ["Why?", "Hello"]
    assert await heard(world, page) == []


async def test_a_comment_may_be_markdown_and_speak_under_another_name(world: World) -> None:
    page = (await world.create()).json["id"]
    body = {
        "parent": {"page_id": page},
        "markdown": "Done **today**, see [it](https://example.com)",
        "display_name": {"type": "custom", "custom": {"name": "Maria (Slack)"}},
    }
    comment = (await world.call("POST", "/v1/comments", body)).json
    assert [piece["plain_text"] for piece in comment["rich_text"]] == [
        "Done ",
        "today",
        ", see ",
        "it",
    ]
    assert comment["rich_text"][1]["annotations"]["bold"] is True
    assert comment["rich_text"][3]["href"] == "https://example.com"
    assert comment["display_name"] == {"type": "custom", "resolved_name": "Maria (Slack)"}


@pytest.mark.parametrize("wrong", [{}, {"rich_text": HELLO, "markdown": "Hello"}])
async def test_a_comment_says_something_in_one_way(world: World, wrong: dict[str, object]) -> None:
    page = (await world.create()).json["id"]
    answer = await world.call("POST", "/v1/comments", {"parent": {"page_id": page}, **wrong})
    assert (answer.status, answer.json["code"]) == (400, "validation_error")


async def test_a_connection_changes_and_deletes_its_own_comments_only(world: World) -> None:
    page = (await world.create()).json["id"]
    own, others = await say(world, page), world.workspace.comment(page, "Mine")
    changed = await world.call("PATCH", f"/v1/comments/{own}", {"markdown": "New"})
    refused = [
        await world.call("PATCH", f"/v1/comments/{others}", {"rich_text": HELLO}),
        await world.call("DELETE", f"/v1/comments/{others}"),
    ]
    assert changed.json["rich_text"][0]["plain_text"] == "New"
    assert [answer.status for answer in refused] == [404, 404]
    assert await heard(world, page) == ["New", "Mine"]


async def test_with_the_first_comment_its_discussion_goes(world: World) -> None:
    page = (await world.create()).json["id"]
    first = await say(world, page, "first")
    reply = await say(world, page, "reply")
    await world.call("DELETE", f"/v1/comments/{reply}")
    left = await heard(world, page)
    await say(world, page, "another")
    await world.call("DELETE", f"/v1/comments/{first}")
    assert left == ["first"]
    assert await heard(world, page) == []


async def test_comments_need_their_own_capabilities(world: World) -> None:
    page = (await world.create()).json["id"]
    world.connection.capabilities -= {Capability.READ_COMMENTS, Capability.INSERT_COMMENTS}
    read = await world.call("GET", f"/v1/comments?block_id={page}")
    body = {"parent": {"page_id": page}, "rich_text": HELLO}
    written = await world.call("POST", "/v1/comments", body)
    assert [read.status, written.status] == [403, 403]


async def test_comments_of_a_page_that_is_not_shared_are_not_there(world: World) -> None:
    page = (await world.create()).json["id"]
    comment = await say(world, page)
    world.workspace.unshare(page)
    assert (await world.call("GET", f"/v1/comments/{comment}")).status == 404
    assert (await world.call("GET", f"/v1/comments?block_id={page}")).status == 404
