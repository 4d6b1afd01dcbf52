"""Whatever a client sends, it gets a problem that helps; never a 500."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tasks.errors import NotSaved, OutcomeUnknown
from tests.contract.rest.world import BOOK, RestWorld, in_memory, serving

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "malformed_json"),
        (b"{", 400, "malformed_json"),
        (b'{"title": "\xff"}', 400, "malformed_json"),
        (b'{"title": "\\ud800"}', 400, "malformed_json"),
        (b"[" * 100_000, 400, "malformed_json"),
        (b"[]", 422, "invalid"),
        (b"null", 422, "invalid"),
        (b"{}", 422, "invalid"),
        (b'{"title": 1}', 422, "invalid"),
        (b'{"title": ""}', 422, "invalid"),
        (b'{"title": " \\t\\n"}', 422, "invalid"),
        (b'{"title": "\\u0000\\u0007"}', 422, "invalid"),
        (b'{"title": "x", "done": true}', 422, "invalid"),
        (b'{"title": "' + b"x" * 251 + b'"}', 422, "invalid"),
        (b'{"title": "x", "notes": "' + b"n" * 20_001 + b'"}', 422, "invalid"),
        (b'{"title": "x", "notes": "' + b"n" * 600_000 + b'"}', 413, "body_too_large"),
        (b'{"title": "x", "tags": ["#"]}', 422, "invalid"),
        (b'{"title": "x", "tags": ["' + "ß".encode() * 60 + b'"]}', 422, "invalid"),
        (b'{"title": "x", "assignees": ["<!channel>"]}', 422, "invalid"),
        (b'{"title": "x", "due": "tomorrow"}', 422, "invalid"),
        (b'{"title": "x", "due": {"day": "2026-02-30"}}', 422, "invalid"),
        (b'{"title": "x", "due": {"day": 20000}}', 422, "invalid"),
        (b'{"title": "x", "due": {"day": "0001-01-01"}}', 422, "invalid"),
        (b'{"title": "x", "due": {"day": "9999-12-31"}}', 422, "invalid"),
        (b'{"title": "x", "due": {"at": "2026-11-27T17:00:00Z"}}', 422, "invalid"),
        (
            b'{"title": "x", "due": {"at": "2026-11-27T17:00:00", "zone": "UTC"}}',
            422,
            "invalid",
        ),
        (
            b'{"title": "x", "due": {"at": "2026-11-27T17:00:00Z", "zone": "../etc/passwd"}}',
            422,
            "invalid",
        ),
        (
            b'{"title": "x", "due": {"at": "9999-12-31T23:59:59-12:00", "zone": "UTC"}}',
            422,
            "invalid",
        ),
        (
            b'{"title":"x","due":{"at":"2026-11-27T17:00:00Z","zone":"UTC","day":"2026-11-28"}}',
            422,
            "invalid",
        ),
    ],
)
async def test_a_body_that_cannot_be_taken_is_told_so(
    rest: RestWorld, body: bytes, status: int, code: str
) -> None:
    answer = await rest.ask("POST", "", key="k", data=body, headers=JSON)
    assert answer.problem == (status, code)
    assert len(answer.text) < 4000
    assert (await rest.ask("GET", "")).body["tasks"] == []


async def test_each_wrong_value_is_pointed_at(rest: RestWorld) -> None:
    body = {"title": "x", "due": {"at": "2026-11-27T17:00:00Z", "zone": "Mars/Base"}, "tags": [1]}
    answer = await rest.ask("POST", "", key="k", json=body)
    pointers = {one["pointer"] for one in answer.body["errors"]}
    assert pointers == {"/due/zone", "/tags/0"}
    assert "it is no IANA time zone".casefold() in answer.text.casefold()


async def test_a_blank_title_is_answered_with_a_sentence_that_says_what_to_do(
    rest: RestWorld,
) -> None:
    answer = await rest.ask("POST", "", key="k", json={"title": " \t"})
    assert answer.problem == (422, "invalid")
    said = "Write at least one character that can be seen."
    assert answer.body["detail"] == f"title: {said}"
    assert answer.body["errors"] == [{"pointer": "/title", "detail": said}]


async def test_a_thousand_unknown_names_do_not_make_a_thousand_errors(rest: RestWorld) -> None:
    body = {"title": "x"} | {f"{at}{'n' * 150}": 0 for at in range(1000)}
    answer = await rest.ask("POST", "", key="k", json=body)
    assert len(answer.body["errors"]) == 20
    assert len(answer.text) < 10_000


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Type": "application/merge-patch+json"},
        {"Content-Type": "nonsense"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ],
)
async def test_another_kind_of_body_is_refused(rest: RestWorld, headers: dict[str, str]) -> None:
    answer = await rest.ask("POST", "", key="k", data=b'{"title": "x"}', headers=headers)
    assert answer.problem == (415, "wrong_media_type")


async def test_a_merge_patch_may_be_called_so(rest: RestWorld) -> None:
    await rest.add()
    headers = {"Content-Type": "application/merge-patch+json"}
    answer = await rest.ask("PATCH", "1", data=b'{"notes": "x"}', headers=headers)
    assert answer.status == 200


@pytest.mark.parametrize(
    "body", [{}, {"number": 7}, {"title": None}, {"tags": None}, {"rev": 1, "notes": "x"}]
)
async def test_a_patch_that_says_nothing_or_too_much_is_refused(
    rest: RestWorld, body: dict[str, Any]
) -> None:
    await rest.add()
    assert (await rest.ask("PATCH", "1", json=body)).problem == (422, "invalid")


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=1_0",
        "limit=x",
        "limit=",
        "limit=1&limit=2",
        "state=deleted",
        "unassigned=1",
        "owner=maria",
        "owner=%3C!channel%3E",
        "channel=general",
        "tag=",
        "tag=%23",
        "q=",
        f"q={'x' * 201}",
        "due_from=tomorrow",
        "due_from=2026-11-27T17:00:00",
        "due_from=2026-11-27T17:00:00+01:00",
        "due_before=0001-01-01",
        "due_before=9999-12-31T23:59:59-12:00",
        "sort=number",
        "sort=recent",
        "state=done&sort=due",
        "cursor=%24where",
        "ower=U1",
    ],
)
async def test_a_wrong_parameter_is_told(rest: RestWorld, query: str) -> None:
    answer = await rest.ask("GET", f"?{query}")
    assert answer.problem == (400, "bad_parameter")
    assert answer.body["errors"]


@pytest.mark.parametrize("cursor", ["x", "AAAA", "ZHVlOjE6MQ", "cmVjZW50OjA6MQ=="])
async def test_a_cursor_of_no_list_is_told(rest: RestWorld, cursor: str) -> None:
    assert (await rest.ask("GET", f"?cursor={cursor}")).problem == (400, "bad_cursor")


@pytest.mark.parametrize(
    "number",
    ["0", "-1", "T-1", "1.0", "01", "9999999999", "9" * 400, "%00", "1%20", "%F0%9F", "\u0661"],
)
async def test_a_number_that_no_task_can_have_is_unknown(rest: RestWorld, number: str) -> None:
    for method, path in (("GET", number), ("DELETE", number), ("POST", f"{number}/complete")):
        assert (await rest.ask(method, path)).problem == (404, "no_such_task")


@pytest.mark.parametrize("key", ["", "a b", "ä", "x" * 201])
async def test_a_key_that_cannot_be_one_is_refused(rest: RestWorld, key: str) -> None:
    answer = await rest.ask("POST", "", json=BOOK, headers={"Idempotency-Key": key})
    assert answer.problem == (400, "bad_header")


async def test_what_makes_something_needs_a_key(rest: RestWorld) -> None:
    made = await rest.ask("POST", "", json=BOOK)
    imported = await rest.ask(
        "POST", "import", data=b"{}", headers={"Content-Type": "application/x-ndjson"}
    )
    assert made.problem == imported.problem == (400, "idempotency_key_missing")


async def test_a_change_cannot_be_made_conditional_with_if_none_match(rest: RestWorld) -> None:
    await rest.add()
    answer = await rest.ask("POST", "1/complete", headers={"If-None-Match": '"1"'})
    assert answer.problem == (400, "bad_header")
    assert (await rest.ask("GET", "1")).body["status"] == "open"


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", "", "GET, HEAD, POST"),
        ("GET", "/api/v1/tasks/import", "POST"),
        ("PUT", "1", "GET, HEAD, PATCH, DELETE"),
        ("GET", "1/complete", "POST"),
        ("OPTIONS", "1/history", "GET, HEAD"),
        ("DELETE", "/api/v1/keys", "GET, HEAD"),
    ],
)
async def test_another_method_is_told_which_there_are(
    rest: RestWorld, method: str, path: str, allow: str
) -> None:
    answer = await rest.ask(method, path)
    assert answer.problem == (405, "method_not_allowed")
    assert answer.headers["Allow"] == allow


@pytest.mark.parametrize(
    "path", ["/api/v1", "/api/v1/", "/api/v1/task", "/api/v1/tasks/1/undo", "/api/v1/tasks/"]
)
async def test_an_address_without_anything_is_a_problem_too(rest: RestWorld, path: str) -> None:
    if path.endswith("tasks/"):
        assert rest.session is not None
        async with rest.session.get(rest.base + path) as answer:
            assert answer.status == 404
            assert answer.content_type == "application/problem+json"
        return
    assert (await rest.ask("GET", path)).problem == (404, "no_such_route")


@pytest.mark.parametrize(
    ("fault", "code"), [(NotSaved(), "not_saved"), (OutcomeUnknown(), "outcome_unknown")]
)
async def test_a_database_that_is_away_is_told_truthfully(
    rest: RestWorld, fault: NotSaved | OutcomeUnknown, code: str
) -> None:
    assert rest.database is not None
    rest.database.fail_next(fault)
    answer = await rest.ask("POST", "", key="k", json=BOOK)
    assert answer.problem == (503, code)
    assert answer.headers["Retry-After"] == "2"
    assert "retry with the same Idempotency-Key" in answer.body["detail"]
    rest.database.fail_next(NotSaved())
    asked = await rest.ask("GET", "1")
    assert asked.problem == (503, "unavailable")


async def test_p2_an_outcome_that_was_unknown_is_found_by_its_key(rest: RestWorld) -> None:
    assert rest.database is not None
    rest.database.fail_next(OutcomeUnknown(), after_effect=True)
    assert (await rest.ask("POST", "", key="k", json=BOOK)).status == 503
    again = await rest.ask("POST", "", key="k", json=BOOK)
    assert (again.status, again.headers["Idempotency-Replayed"]) == (201, "true")
    assert len((await rest.ask("GET", "")).body["tasks"]) == 1


async def test_the_unforeseen_is_logged_and_only_its_request_id_told(
    rest: RestWorld, caplog: pytest.LogCaptureFixture
) -> None:
    assert rest.database is not None
    rest.database.records["T1", 1] = None  # type: ignore[assignment]  # a fault of our own
    answer = await rest.ask("GET", "1")
    assert answer.problem == (500, "internal")
    assert answer.body["request_id"] == answer.headers["X-Request-Id"]
    assert "AttributeError" not in answer.text
    assert "rest_request_failed" in caplog.text


async def test_a_key_that_asks_too_often_waits() -> None:
    async with serving(in_memory(), requests_per_minute=60) as rest:
        answers = [await rest.ask("GET", "") for _ in range(3)]
        assert [answer.status for answer in answers] == [200, 200, 429]
        assert answers[2].problem == (429, "too_many_requests")
        assert answers[2].headers["Retry-After"] == "1"
        other = await rest.ask("GET", "", team="T2")
        assert other.status == 200
        hits = {"source": "api_key"}
        registry = rest.metrics.registry
        assert registry.get_sample_value("rate_limit_hits_total", hits) == 1
        rest.seconds += 1
        assert (await rest.ask("GET", "")).status == 200


async def test_answers_are_not_cached_for_others(rest: RestWorld) -> None:
    await rest.add()
    assert (await rest.ask("GET", "1")).headers["Cache-Control"] == "private, no-cache"
    assert (await rest.ask("GET", "")).headers["Cache-Control"] == "no-store"
    assert (await rest.ask("GET", "2")).headers["X-Content-Type-Options"] == "nosniff"


async def test_a_body_that_breaks_off_makes_nothing(rest: RestWorld) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(rest.base.rsplit(":", 1)[1]))
    token = next(iter(rest.tokens.values()))
    head = (
        "POST /api/v1/tasks HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {token}\r\nIdempotency-Key: k\r\nContent-Length: 400\r\n\r\n"
    )
    writer.write(head.encode() + b'{"title": "x"')
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert await reader.read() == b""
    assert (await rest.ask("GET", "")).body["tasks"] == []
