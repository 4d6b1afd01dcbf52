"""Many tasks in one body: a result per line, and no line in another's way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from handlers.http import lines
from tasks.errors import NotSaved
from tests.contract.rest.world import Answer, RestWorld, in_memory, serving

NDJSON = {"Content-Type": "application/x-ndjson"}


async def imported(
    rest: RestWorld,
    body: bytes | AsyncIterator[bytes],
    key: str = "k",
    **more: Any,  # noqa: ANN401  # as `ask` takes
) -> Answer:
    return await rest.ask("POST", "import", key=key, data=body, headers=NDJSON, **more)


def results(answer: Answer) -> list[dict[str, Any]]:
    assert answer.status == 200, answer.text
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.text.splitlines()]


def shown(answer: Answer) -> list[tuple[int, int, Any]]:
    """Return of each line its number, its status, and its task or code."""
    return [(r["line"], r["status"], r["code"] or r["number"]) for r in results(answer)]


BODY = b"""{"title": "One"}
not json

{"title": ""}
{"title": "Two", "priority": "high"}\r
{"title": "Three"}"""


async def test_each_line_has_its_own_result(anywhere: RestWorld) -> None:
    assert shown(await imported(anywhere, BODY)) == [
        (1, 201, 1),
        (2, 400, "malformed_json"),
        (4, 422, "invalid"),
        (5, 201, 2),
        (6, 201, 3),
    ]
    tasks = (await anywhere.ask("GET", "")).body["tasks"]
    assert [task["title"] for task in tasks] == ["One", "Two", "Three"]


async def test_p2_an_import_that_is_sent_again_makes_nothing_twice(anywhere: RestWorld) -> None:
    first = results(await imported(anywhere, BODY))
    again = results(await imported(anywhere, BODY))
    assert [r["id"] for r in again] == [r["id"] for r in first]
    assert {r["repeated"] for r in again if r["status"] == 201} == {True}
    assert len((await anywhere.ask("GET", "")).body["tasks"]) == 3


async def test_a_line_that_became_another_is_told_alone(anywhere: RestWorld) -> None:
    await imported(anywhere, b'{"title": "One"}\n{"title": "Two"}\n')
    changed = await imported(anywhere, b'{"title": "One"}\n{"title": "2"}\n{"title": "Three"}\n')
    assert [status for _, status, _ in shown(changed)] == [201, 422, 201]
    assert shown(changed)[1] == (2, 422, "idempotency_key_reused")
    tasks = (await anywhere.ask("GET", "")).body["tasks"]
    assert [task["title"] for task in tasks] == ["One", "Two", "Three"]


async def test_the_key_of_an_import_is_not_that_of_a_creation(rest: RestWorld) -> None:
    await imported(rest, b'{"title": "One"}')
    assert (await rest.ask("POST", "", key="k", json={"title": "Other"})).status == 201


async def test_lines_may_come_in_any_pieces(rest: RestWorld) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for at in range(0, len(BODY), 3):
            yield BODY[at : at + 3]

    assert [status for _, status, _ in shown(await imported(rest, pieces()))] == [
        *(201, 400, 422, 201, 201)
    ]


async def test_a_thousand_lines_are_taken_and_the_next_is_told(rest: RestWorld) -> None:
    body = b"".join(b'{"title": "Task %d"}\n' % at for at in range(1, 1003))
    found = shown(await imported(rest, body))
    assert len(found) == 1001
    assert found[999] == (1000, 201, 1000)
    assert found[1000] == (1001, 413, "body_too_large")


async def test_a_line_too_long_is_told_and_the_next_one_taken(rest: RestWorld) -> None:
    long = b'{"title": "x", "notes": "' + b"n" * lines.LINE_MAX_BYTES + b'"}'
    found = shown(await imported(rest, long + b'\n{"title": "Short"}\n'))
    assert found == [(1, 413, "body_too_large"), (2, 201, 1)]


async def test_a_body_without_end_is_not_read_to_its_end(
    rest: RestWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "BODY_MAX_BYTES", 1000)
    found = shown(await imported(rest, b'{"title": "One"}\n' + b"\n" * 2000))
    assert found[0] == (1, 201, 1)
    assert found[-1][1:] == (413, "body_too_large")


async def test_once_the_database_is_away_the_rest_is_not_tried(rest: RestWorld) -> None:
    assert rest.database is not None
    body = b'{"title": "One"}\n{"title": "Two"}\nno json\n'
    rest.database.fail_next(NotSaved())
    assert shown(await imported(rest, body)) == [
        (1, 503, "not_saved"),
        (2, 503, "not_saved"),
        (3, 503, "not_saved"),
    ]
    assert [status for _, status, _ in shown(await imported(rest, body))] == [201, 201, 400]


async def test_a_second_import_with_the_same_key_waits_for_the_first() -> None:
    begun, end = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b'{"title": "One"}\n'
        await end.wait()

    async with serving(in_memory(), on_change=begun.set) as rest:
        first = asyncio.create_task(imported(rest, slow()))
        await begun.wait()
        second = await imported(rest, b'{"title": "Two"}', key="l")
        assert second.problem == (429, "import_running")
        assert second.headers["Retry-After"] == "5"
        assert (await imported(rest, b'{"title": "Theirs"}', team="T2")).status == 200
        end.set()
        assert shown(await first) == [(1, 201, 1)]
        assert (await imported(rest, b'{"title": "Two"}', key="l")).status == 200


async def test_a_body_that_stands_still_is_given_up(
    rest: RestWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "PIECE_SECONDS", 0.01)
    end = asyncio.Event()

    async def stuck() -> AsyncIterator[bytes]:
        yield b'{"title": "One"}\n'
        await end.wait()

    answer = await imported(rest, stuck())
    end.set()
    assert answer.problem == (408, "slow_body")
    assert shown(await imported(rest, b'{"title": "One"}\n')) == [(1, 201, 1)]


async def test_an_empty_import_has_no_results(rest: RestWorld) -> None:
    assert results(await imported(rest, b"\n \n")) == []


async def test_an_import_is_said_to_be_lines_of_json(rest: RestWorld) -> None:
    answer = await rest.ask("POST", "import", key="k", json={"title": "x"})
    assert answer.problem == (415, "wrong_media_type")
