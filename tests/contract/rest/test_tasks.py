"""What the REST API does with tasks, over memory and MongoDB."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from tasks.api_keys import Role
from tests.contract.rest.world import BOOK, RestWorld


async def test_a_task_is_made_and_told_where_it_is(anywhere: RestWorld) -> None:
    made = await anywhere.ask(
        "POST",
        "",
        key="k",
        json={
            "title": "  Book the\n venue ",
            "notes": "Ask Sam",
            "assignees": ["U1", "U1", "U2"],
            "due": {"at": "2026-11-27T17:00:30+01:00", "zone": "Europe/Berlin"},
            "priority": "high",
            "tags": ["#Offsite"],
            "channel": "C1",
        },
    )
    assert made.status == 201
    assert made.headers["Location"] == "/api/v1/tasks/1"
    assert "Idempotency-Replayed" not in made.headers
    read = await anywhere.ask("GET", "1", role=Role.READ)
    assert read.status == 200
    assert read.headers["ETag"] == made.headers["ETag"]
    assert read.body == made.body
    told = {name: read.body[name] for name in ("ref", "title", "assignees", "tags", "rev")}
    assert told == {
        "ref": "T-1",
        "title": "Book the venue",
        "assignees": ["U1", "U2"],
        "tags": ["offsite"],
        "rev": 1,
    }
    assert read.body["due"] == {
        "day": "2026-11-27",
        "at": "2026-11-27T16:00:00Z",
        "zone": "Europe/Berlin",
    }


async def test_p2_twenty_deliveries_of_one_creation_make_one_task(anywhere: RestWorld) -> None:
    answers = await asyncio.gather(
        *(anywhere.ask("POST", "", key="k", json=BOOK) for _ in range(20))
    )
    assert {answer.status for answer in answers} == {201}
    assert len({answer.body["id"] for answer in answers}) == 1
    replayed = [a for a in answers if a.headers.get("Idempotency-Replayed") == "true"]
    assert len(replayed) == 19
    assert len((await anywhere.ask("GET", "")).body["tasks"]) == 1


async def test_another_body_under_the_same_key_is_refused_and_makes_nothing(
    anywhere: RestWorld,
) -> None:
    await anywhere.ask("POST", "", key="k", json=BOOK)
    other = await anywhere.ask("POST", "", key="k", json={"title": "Another"})
    assert other.problem == (422, "idempotency_key_reused")
    spelled = await anywhere.ask(
        "POST",
        "",
        key="k",
        data=b'{ "title" :\t"Book the venue" }',
        headers={"Content-Type": "application/json; charset=utf-8"},
    )
    assert spelled.status == 201
    assert len((await anywhere.ask("GET", "")).body["tasks"]) == 1


async def test_another_change_under_the_same_key_is_refused(anywhere: RestWorld) -> None:
    await anywhere.add()
    assert (await anywhere.ask("POST", "1/complete", key="c")).status == 200
    assert (await anywhere.ask("POST", "1/reopen", key="c")).problem[1] == (
        "idempotency_key_reused"
    )
    patched = await anywhere.ask("PATCH", "1", key="c", json={"notes": "x"})
    assert patched.problem == (422, "idempotency_key_reused")
    assert (await anywhere.ask("GET", "1")).body["rev"] == 2


async def test_p6_the_tasks_of_another_team_are_answered_as_unknown_ones(
    anywhere: RestWorld,
) -> None:
    await anywhere.add(team="T2")
    questions = [
        ("GET", "{}", None),
        ("PATCH", "{}", {"title": "Mine"}),
        ("DELETE", "{}", None),
        ("POST", "{}/complete", None),
        ("POST", "{}/reopen", None),
        ("POST", "{}/restore", None),
        ("GET", "{}/history", None),
    ]
    for method, path, body in questions:
        theirs = await anywhere.ask(method, path.format(1), json=body)
        nobodys = await anywhere.ask(method, path.format(999), json=body)
        assert theirs.problem == (404, "no_such_task")
        for told in (theirs.body, nobodys.body):
            del told["request_id"], told["instance"]
        assert theirs.body == nobodys.body
    assert (await anywhere.ask("GET", "")).body == {"tasks": [], "next": None}
    assert (await anywhere.ask("GET", "1", team="T2")).body["rev"] == 1


async def test_p6_the_same_key_in_two_teams_names_two_actions(anywhere: RestWorld) -> None:
    first = await anywhere.ask("POST", "", key="k", json=BOOK, team="T1")
    other = await anywhere.ask("POST", "", key="k", json={"title": "Other"}, team="T2")
    assert (first.status, other.status) == (201, 201)
    assert first.body["id"] != other.body["id"]


async def test_one_key_on_two_tasks_names_two_changes(anywhere: RestWorld) -> None:
    await anywhere.add()
    await anywhere.add()
    for task in ("1", "2"):
        answer = await anywhere.ask("POST", f"{task}/complete", key="c")
        assert (answer.status, answer.body["status"]) == (200, "done")
        again = await anywhere.ask("POST", f"{task}/complete", key="c")
        assert (again.status, again.body["rev"]) == (200, 2)


async def test_a_patch_sets_what_it_names_and_nothing_else(anywhere: RestWorld) -> None:
    await anywhere.add(notes="Keep", priority="low", due={"day": "2026-11-27"}, tags=["a"])
    patched = await anywhere.ask("PATCH", "1", json={"priority": "high", "due": None})
    assert patched.status == 200
    assert patched.body["rev"] == 2
    named = ("title", "notes", "priority", "due", "tags")
    assert [patched.body[name] for name in named] == [
        "Book the venue",
        "Keep",
        "high",
        None,
        ["a"],
    ]


async def test_what_was_read_can_be_sent_back(anywhere: RestWorld) -> None:
    task = await anywhere.add(due={"at": "2026-11-27T16:00:00Z", "zone": "Europe/Berlin"})
    same = {
        name: task[name]
        for name in ("title", "notes", "status", "assignees", "due", "priority", "tags")
    }
    patched = await anywhere.ask("PATCH", "1", json=same)
    assert patched.status == 200
    assert patched.body == task


async def test_with_if_match_a_change_is_made_at_that_revision_only(anywhere: RestWorld) -> None:
    await anywhere.add()
    seen = (await anywhere.ask("GET", "1")).headers["ETag"]
    mine = await anywhere.ask("PATCH", "1", json={"notes": "mine"}, headers={"If-Match": seen})
    assert mine.status == 200
    late = await anywhere.ask("PATCH", "1", json={"title": "late"}, headers={"If-Match": seen})
    assert late.problem == (412, "changed_meanwhile")
    assert (await anywhere.ask("GET", "1")).body["title"] == "Book the venue"
    again = await anywhere.ask(
        "PATCH", "1", json={"title": "late"}, headers={"If-Match": mine.headers["ETag"]}
    )
    assert again.status == 200


@pytest.mark.parametrize(
    ("tags", "status"),
    [
        ('"1"', 200),
        ("*", 200),
        ('"7", "1"', 200),
        ('"7", "8"', 412),
        ('W/"1"', 412),
        ('"somebody else\'s"'.replace(" ", "-"), 412),
        ("1", 400),
        ('"1" "2"', 400),
    ],
)
@pytest.mark.parametrize(
    ("method", "path"), [("PATCH", "1"), ("DELETE", "1"), ("POST", "1/complete")]
)
async def test_every_change_obeys_if_match(
    rest: RestWorld, method: str, path: str, tags: str, status: int
) -> None:
    await rest.add()
    body = {"notes": "x"} if method == "PATCH" else None
    answer = await rest.ask(method, path, json=body, headers={"If-Match": tags})
    assert answer.status == status


async def test_of_twenty_changes_at_one_revision_one_is_made(anywhere: RestWorld) -> None:
    await anywhere.add()
    answers = await asyncio.gather(
        *(
            anywhere.ask("PATCH", "1", json={"notes": f"n{at}"}, headers={"If-Match": '"1"'})
            for at in range(20)
        )
    )
    assert sorted(answer.status for answer in answers) == [200] + [412] * 19


async def test_a_repeated_change_is_answered_although_its_revision_is_gone(
    anywhere: RestWorld,
) -> None:
    await anywhere.add()
    sent = {"json": {"notes": "x"}, "headers": {"If-Match": '"1"'}, "key": "c"}
    first = await anywhere.ask("PATCH", "1", **sent)  # type: ignore[arg-type]  # as named above
    again = await anywhere.ask("PATCH", "1", **sent)  # type: ignore[arg-type]  # as named above
    assert (first.status, again.status) == (200, 200)
    assert again.body == first.body
    assert again.headers["Idempotency-Replayed"] == "true"


async def test_what_the_client_has_is_not_sent_again(anywhere: RestWorld) -> None:
    await anywhere.add()
    seen = (await anywhere.ask("GET", "1")).headers["ETag"]
    for tags in (seen, f"W/{seen}", f'"x", {seen}', "*"):
        same = await anywhere.ask("GET", "1", headers={"If-None-Match": tags})
        assert (same.status, same.text) == (304, "")
        assert same.headers["ETag"] == seen
    await anywhere.ask("POST", "1/complete")
    assert (await anywhere.ask("GET", "1", headers={"If-None-Match": seen})).status == 200


async def test_the_life_of_a_task(anywhere: RestWorld) -> None:
    await anywhere.add()
    done = await anywhere.ask("POST", "1/complete")
    assert (done.body["status"], done.body["completed_by"]) == ("done", None)
    assert done.body["completed_at"] is not None
    assert (await anywhere.ask("POST", "1/complete")).body["rev"] == 2
    assert (await anywhere.ask("POST", "1/reopen")).body["status"] == "open"
    assert (await anywhere.ask("DELETE", "1")).body["deleted"] is True
    assert (await anywhere.ask("DELETE", "1")).body["rev"] == 4
    gone = await anywhere.ask("PATCH", "1", json={"notes": "x"})
    assert gone.problem == (409, "task_deleted")
    assert "/api/v1/tasks/1/restore" in gone.body["detail"]
    assert (await anywhere.ask("GET", "1")).body["deleted"] is True
    assert (await anywhere.ask("GET", "")).body["tasks"] == []
    assert (await anywhere.ask("POST", "1/restore")).body["deleted"] is False


async def test_a_deletion_at_an_old_revision_of_a_deleted_task_is_told(rest: RestWorld) -> None:
    await rest.add()
    await rest.ask("DELETE", "1")
    late = await rest.ask("DELETE", "1", headers={"If-Match": '"1"'})
    assert late.problem == (412, "changed_meanwhile")
    assert (await rest.ask("DELETE", "1", headers={"If-Match": '"2"'})).status == 200


async def test_history_is_told_page_by_page_newest_first(anywhere: RestWorld) -> None:
    await anywhere.add()
    for at in range(30):
        await anywhere.ask("PATCH", "1", json={"notes": f"n{at}", "due": {"day": "2026-11-27"}})
    revs: list[int] = []
    more = ""
    while True:
        page = (await anywhere.ask("GET", f"1/history?limit=7{more}")).body
        revs += [change["rev"] for change in page["changes"]]
        if page["next_before_rev"] is None:
            break
        more = f"&before_rev={page['next_before_rev']}"
    assert revs == list(range(31, 0, -1))
    first_edit = (await anywhere.ask("GET", "1/history?before_rev=3&limit=1")).body["changes"][0]
    assert first_edit["source"] == "rest"
    assert first_edit["person"] is None
    due = {"day": "2026-11-27", "at": None, "zone": None}
    assert first_edit["fields"] == [
        {"field": "notes", "before": "", "after": "n0"},
        {"field": "due", "before": None, "after": due},
    ]
    assert "key" not in first_edit


async def test_a_list_is_walked_by_its_cursor(anywhere: RestWorld) -> None:
    for day in (27, 25, 26):
        await anywhere.add(due={"day": f"2026-11-{day}"})
    await anywhere.add()
    first = (await anywhere.ask("GET", "?limit=3&sort=due")).body
    assert [task["number"] for task in first["tasks"]] == [2, 3, 1]
    rest = (await anywhere.ask("GET", f"?limit=3&cursor={first['next']}")).body
    assert [task["number"] for task in rest["tasks"]] == [4]
    assert rest["next"] is None


async def test_lists_are_filtered(anywhere: RestWorld) -> None:
    await anywhere.add(title="Book the venue", assignees=["U1"], channel="C1")
    await anywhere.add(title="Order cake", tags=["offsite"], due={"day": "2026-11-27"})
    await anywhere.add(
        title="Call Zoë", due={"at": "2026-11-28T12:00:00Z", "zone": "UTC"}, status="done"
    )

    async def numbers(query: str) -> list[int]:
        answer = await anywhere.ask("GET", f"?{query}")
        assert answer.status == 200, answer.text
        return [task["number"] for task in answer.body["tasks"]]

    assert await numbers("owner=U1") == [1]
    assert await numbers("channel=C1") == [1]
    assert await numbers("unassigned=true") == [2]
    assert await numbers("unassigned=false") == [2, 1]
    assert await numbers("tag=%23Offsite") == [2]
    assert await numbers("state=done&sort=recent") == [3]
    assert await numbers("q=cak+ord") == [2]
    assert await numbers("q=!!") == []
    assert await numbers("state=done&q=zoë") == [3]
    assert await numbers("due_from=2026-11-27&due_before=2026-11-28") == [2]
    assert await numbers("due_from=2026-11-28") == []
    assert await numbers("state=done&due_before=2026-11-28T13:00:00%2B01:00") == []
    assert await numbers("state=done&due_before=2026-11-28T13:01:00%2B01:00") == [3]


async def test_head_tells_the_headers_alone(rest: RestWorld) -> None:
    await rest.add()
    asked, told = await rest.ask("GET", "1"), await rest.ask("HEAD", "1")
    assert (told.status, told.text) == (200, "")
    assert told.headers["ETag"] == asked.headers["ETag"]


async def test_followers_are_told_of_changes_once(rest: RestWorld) -> None:
    assert (await rest.add())["sync"]["state"] == "waiting"
    rest.clock.advance(timedelta(seconds=1))
    done = await rest.ask("POST", "1/complete")
    assert done.body["updated_at"] == "2026-11-23T12:00:01Z"


async def test_a_checklist_is_made_ticked_and_told(anywhere: RestWorld) -> None:
    made = await anywhere.ask(
        "POST", "", key="k", json={**BOOK, "checklist": [{"text": " Call "}, {"text": "Pay"}]}
    )
    assert made.body["checklist"] == [
        {"text": "Call", "done": False},
        {"text": "Pay", "done": False},
    ]
    steps = [{"text": "Pay", "done": True}, {"text": "Go"}]
    body = {"checklist": steps, "snoozed_until": "2031-01-07T09:30:00Z"}
    patched = await anywhere.ask("PATCH", "1", key="p", json=body)
    assert patched.body["checklist"] == [
        {"text": "Pay", "done": True},
        {"text": "Go", "done": False},
    ]
    assert patched.body["snoozed_until"] == "2031-01-07T09:30:00Z"
    assert patched.body["accepted"] == []
    again = await anywhere.ask("PATCH", "1", key="q", json={"snoozed_until": None})
    assert again.body["snoozed_until"] is None
    assert again.body["checklist"] == patched.body["checklist"]


@pytest.mark.parametrize(
    "steps", [[{"text": ""}], [{"text": "x" * 76}], [{"text": "x"}] * 51, ["x"], [{"done": True}]]
)
async def test_a_checklist_that_cannot_be_kept_is_refused(
    anywhere: RestWorld, steps: list[object]
) -> None:
    refused = await anywhere.ask("POST", "", key="k", json={**BOOK, "checklist": steps})
    assert refused.status == 422
    assert refused.body["errors"][0]["pointer"].startswith("/checklist")
