"""Every full object the emulator answers validates against the official types."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft7Validator

from tests.contract.notion_emulator.replay.recordings import objects_in
from tests.contract.notion_emulator.test_replay import ULTIMATE, replayed
from tests.contract.notion_emulator.world import World
from tests.shared_data import shared_data

DEFINITIONS = {
    "page": "PageObjectResponse",
    "data_source": "DataSourceObjectResponse",
    "database": "DatabaseObjectResponse",
    "block": "BlockObjectResponse",
    "comment": "CommentObjectResponse",
    "user": "UserObjectResponse",
}
# Columns the official types know no configuration of, as the data's own description says.
UNTYPED = frozenset({"place", "verification"})

Validate = Callable[[Any], list[str]]


@pytest.fixture(scope="module")
def validate() -> Validate:
    schema = json.loads(shared_data("notion", "schemas", "loose.schema.json").read_text())
    validators = {
        kind: Draft7Validator(
            {"$ref": f"#/definitions/{name}", "definitions": schema["definitions"]}
        )
        for kind, name in DEFINITIONS.items()
    }

    def faults(answer: object) -> list[str]:
        found = []
        for thing in objects_in(answer):
            if thing["object"] == "data_source" and _is_untyped(thing):
                continue
            if not validators[thing["object"]].is_valid(thing):
                found.append(json.dumps(thing)[:300])
        return found

    return faults


def _is_untyped(table: dict[str, Any]) -> bool:
    return any(column["type"] in UNTYPED for column in table["properties"].values())


async def test_what_the_emulator_answers_has_the_official_shape(
    world: World, validate: Validate
) -> None:
    properties: dict[str, object] = {
        "Status": {"status": {"name": "Done"}},
        "Priority": {"select": {"name": "High"}},
        "Tags": {"multi_select": [{"name": "offsite"}]},
        "Due": {"date": {"start": "2026-11-27T17:00:00", "time_zone": "Europe/Berlin"}},
        "Points": {"number": 3},
        "Slack": {"url": "https://example.slack.com/archives/C1/p1"},
        "Task ID": {"rich_text": [{"text": {"content": "key"}}]},
    }
    page = (await world.call("POST", "/v1/pages", world.page_body("Venue", properties))).json
    path = f"/v1/blocks/{page['id']}/children"
    paragraph = {"paragraph": {"rich_text": [{"text": {"content": "Hello"}}]}}
    comment = {"parent": {"page_id": page["id"]}, "rich_text": [{"text": {"content": "Hi"}}]}
    answers = [
        page,
        await world.call("PATCH", f"/v1/pages/{page['id']}", {"in_trash": True}),
        await world.call("PATCH", f"/v1/pages/{page['id']}", {"in_trash": False}),
        await world.query(),
        await world.call("GET", f"/v1/data_sources/{world.database.data_source_id}"),
        await world.call("GET", f"/v1/databases/{world.database.database_id}"),
        await world.call("PATCH", path, {"children": [paragraph]}),
        await world.call("GET", path),
        await world.call("POST", "/v1/comments", comment),
        await world.call("GET", "/v1/users"),
        await world.call("GET", "/v1/users/me"),
        await world.call("POST", "/v1/search", {}),
    ]
    for answer in answers:
        body = answer if isinstance(answer, dict) else answer.json
        assert list(objects_in(body)), body
        assert validate(body) == []


async def test_all_answers_of_the_replay_have_the_official_shape(validate: Validate) -> None:
    outcomes = await replayed(ULTIMATE)
    answers = [
        outcome.answer for outcome in outcomes if outcome.interaction.version == "2026-03-11"
    ]
    faults = [fault for answer in answers for fault in validate(answer)]
    assert faults == []
