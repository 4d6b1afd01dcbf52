"""Every full object the emulator answers validates against the official types."""

import pytest

from tests.contract.notion_emulator import official
from tests.contract.notion_emulator.replay.recordings import objects_in
from tests.contract.notion_emulator.test_replay import HKOB, RAMNES, ULTIMATE, replayed
from tests.contract.notion_emulator.world import World
from tests.shared_data import shared_data


@pytest.fixture(scope="module", autouse=True)
def _types() -> None:
    shared_data("notion", "schemas", "loose.schema.json")


async def test_what_the_emulator_answers_has_the_official_shape(world: World) -> None:
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
        assert official.faults_in_answer(body) == []


@pytest.mark.parametrize("name", [ULTIMATE, RAMNES, HKOB])
async def test_all_answers_of_the_replay_have_the_official_shape(name: str) -> None:
    answers = [outcome.answer for outcome in await replayed(name)]
    assert [fault for answer in answers for fault in official.faults_in_answer(answer)] == []
