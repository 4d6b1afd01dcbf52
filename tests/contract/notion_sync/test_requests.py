"""What we send: valid by Notion's own types, under our version, and nothing of it in a log."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from jsonschema import Draft7Validator

from notion_sync.setup import set_up
from playground.notion import Fault
from tasks.model import Due, Field, Status
from tests.contract.notion_sync.world import CREATE, World
from tests.shared_data import shared_data

CANARY = "xyzzy-the-text-of-a-person"


@pytest.fixture
def sent(world: World) -> list[httpx.Request]:
    requests: list[httpx.Request] = []

    async def note(request: httpx.Request) -> None:
        requests.append(request)

    world.client._sdk.client.event_hooks = {"request": [note]}
    return requests


def _definition(request: httpx.Request) -> tuple[str, dict[str, str]] | None:
    parts = request.url.path.removeprefix("/v1/").split("/")
    return {
        ("POST", "pages", 1): ("CreatePageParameters", {}),
        ("PATCH", "pages", 2): ("UpdatePageParameters", {"page_id": parts[-1]}),
        ("POST", "databases", 1): ("CreateDatabaseParameters", {}),
        ("POST", "data_sources", 3): (
            "QueryDataSourceParameters",
            {"data_source_id": parts[1] if len(parts) > 1 else ""},
        ),
    }.get((request.method, parts[0], len(parts)))


async def test_every_body_is_valid_by_notions_own_types(
    world: World, sent: list[httpx.Request]
) -> None:
    definitions = json.loads(
        shared_data("notion", "schemas", "loose.schema.json").read_text(encoding="utf-8")
    )["definitions"]
    await set_up(world.client, world.caller, world.notion.root_page_id)
    due = Due.local(datetime(2026, 12, 1, 9, 30, tzinfo=UTC), "Europe/Berlin")
    task = await world.add(notes="x" * 5000, tags=("a",), due=due, source="https://x.slack.com/p1")
    world.emulator.faults.add(Fault(match=CREATE, status=502, html=True))
    await world.push()
    world.clock.advance(minutes=2)
    await world.push()
    await world.edit(task, {Field.STATUS: Status.DONE, Field.DUE: None})
    await world.push()
    await world.delete(task)
    await world.push()
    checked: set[str] = set()
    for request in sent:
        assert request.headers["Notion-Version"] == "2026-03-11"
        assert "//" not in request.url.path
        if found := _definition(request):
            name, path = found
            schema: dict[str, Any] = {"$ref": f"#/definitions/{name}", "definitions": definitions}
            body = json.loads(request.content) | path
            errors = [error.message for error in Draft7Validator(schema).iter_errors(body)]
            assert errors == [], (name, body)
            checked.add(name)
    assert checked == {
        "CreateDatabaseParameters",
        "CreatePageParameters",
        "QueryDataSourceParameters",
        "UpdatePageParameters",
    }


async def test_neither_tokens_nor_texts_reach_a_log(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    task = await world.add(CANARY, notes=CANARY)
    world.emulator.faults.add(Fault(match=CREATE, status=400, message=f"{CANARY} is refused."))
    await world.push()
    await world.edit(task, {Field.TITLE: f"{CANARY} again"})
    await world.push()
    assert len(world.live()) == 1
    logged = [json.dumps(record.__dict__, default=str) for record in caplog.records]
    ours = [line for line in logged if '"notion_sync' in line]
    assert any("notion_request_id" in line for line in ours)
    assert not [line for line in logged if CANARY in line or world.token.token in line]
