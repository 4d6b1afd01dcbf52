"""Whatever is sent, the emulator answers or refuses; it never breaks."""

import copy
import random
from typing import Any

import pytest

from tests.contract.notion_emulator.world import World, open_world

ODD: list[Any] = [
    None,
    True,
    -1,
    1.5,
    "",
    "x",
    "0001-01-01T00:00:00+14:00",
    "00000000-0000-0000-0000-000000000000",
    [],
    {},
    [None],
    ["x"],
    {"a": 1},
    {"type": []},
]
TEXT = [{"type": "text", "text": {"content": "a"}, "annotations": {"bold": True}}]
DATE = {"start": "2026-11-27T10:00:00", "end": "2026-11-28", "time_zone": "UTC"}


def requests(world: World, page: str) -> list[tuple[str, str, dict[str, Any]]]:
    source = world.database.data_source_id
    parent = {"type": "data_source_id", "data_source_id": source}
    relation = {"data_source_id": source, "type": "dual_property", "dual_property": {}}
    values = {
        "Name": {"type": "title", "title": TEXT},
        "Status": {"status": {"name": "Done"}},
        "Priority": {"select": {"name": "High"}},
        "Tags": {"multi_select": [{"name": "a"}]},
        "Due": {"date": DATE},
        "Points": {"number": 1},
        "Assignees": {"people": [{"id": world.connection.bot_id}]},
        "Slack": {"url": "https://example.com"},
    }
    schema = {
        "Effort": {"type": "number", "number": {"format": "number"}, "description": "x"},
        "Kind": {"select": {"options": [{"name": "a", "color": "red"}]}},
        "Status": {"status": {"options": [{"name": "Done", "group": "Complete"}]}},
        "Blocks": {"relation": relation},
        "Sum": {"formula": {"expression": 'prop("Points") * 2'}},
    }
    query = {
        "filter": {
            "and": [
                {"property": "Status", "status": {"equals": ["Done"]}},
                {"or": [{"property": "Due", "date": {"on_or_after": "today"}}]},
                {"timestamp": "created_time", "created_time": {"past_week": {}}},
            ]
        },
        "sorts": [{"property": "Due", "direction": "ascending"}, {"timestamp": "created_time"}],
        "page_size": 10,
    }
    children = [
        {"type": "paragraph", "paragraph": {"rich_text": TEXT, "color": "blue"}},
        {"image": {"type": "external", "external": {"url": "https://example.com/a.png"}}},
        {"table": {"table_width": 1, "children": [{"table_row": {"cells": [TEXT]}}]}},
        {"link_to_page": {"type": "page_id", "page_id": page}},
    ]
    return [
        ("POST", "/v1/pages", {"parent": parent, "properties": values, "children": children}),
        ("PATCH", f"/v1/pages/{page}", {"properties": values, "icon": {"emoji": "🎉"}}),
        ("PATCH", f"/v1/data_sources/{source}", {"properties": schema, "title": TEXT}),
        ("POST", f"/v1/data_sources/{source}/query", query),
        ("PATCH", f"/v1/databases/{world.database.database_id}", {"description": TEXT}),
        ("PATCH", f"/v1/blocks/{page}/children", {"children": children}),
        ("POST", "/v1/comments", {"parent": {"page_id": page}, "rich_text": TEXT}),
        (
            "POST",
            "/v1/comments",
            {
                "parent": {"type": "page_id", "page_id": page},
                "markdown": "**a** [b](https://example.com)",
                "display_name": {"type": "custom", "custom": {"name": "Maria"}},
            },
        ),
        (
            "POST",
            "/v1/pages",
            {"parent": parent, "template": {"type": "default", "timezone": "UTC"}},
        ),
        ("POST", f"/v1/pages/{page}/move", {"parent": parent}),
        ("POST", "/v1/search", {"query": "a", "filter": {"property": "object", "value": "page"}}),
    ]


def places_in(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:  # noqa: ANN401 - any body
    """Return the way to every value within a body."""
    inner: Any = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    found = [place for key, one in inner for place in places_in(one, (*path, key))]
    return [path, *found] if path else found


def spoiled(body: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    spoilt = copy.deepcopy(body)
    *way, last = chance.choice(places_in(spoilt))
    holder: Any = spoilt
    for key in way:
        holder = holder[key]
    holder[last] = copy.deepcopy(chance.choice(ODD))
    return spoilt


@pytest.mark.parametrize("seed", range(4))
async def test_a_spoilt_request_is_refused_or_answered(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a repeatable choice
    async with open_world(calls_per_window=None) as world:
        page = (await world.create()).json["id"]
        world.workspace.add_template(world.database.data_source_id, "Bug", is_default=True)
        calls = requests(world, page)
        for method, path, body in calls:
            sound = await world.call(method, path, body)
            assert sound.status == 200, (path, sound.text)
        for method, path, body in calls:
            for _ in range(40):
                spoilt = spoiled(body, chance)
                answer = await world.call(method, path, spoilt)
                assert answer.status < 500, (path, spoilt)
