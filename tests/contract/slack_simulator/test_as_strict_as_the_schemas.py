"""Thousands of spoilt blocks: what Slack's own types refuse, our validator refuses too."""

import copy
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from jsonschema import Draft7Validator

from playground.slack.validate.elements import IN_INPUT
from playground.slack.validate.messages import problems_of_blocks
from playground.slack.validate.views import problems_of_view
from tests.contract.slack_simulator.test_valid_fixtures import fixture, fixtures
from tests.shared_data import shared_data

WRONG: list[Any] = [None, 5, "x" * 5000, [], {}]
TEXT = {"type": "plain_text", "text": "x"}


@cache
def schema(kind: str) -> Draft7Validator:
    """Return the definition of one kind of block: much quicker than the choice of all."""
    path = shared_data("slack", "types-schemas", "KnownBlock.limits.schema.json")
    whole = json.loads(path.read_text(encoding="utf-8"))
    for name, definition in whole["definitions"].items():
        const = definition.get("properties", {}).get("type", {}).get("const")
        if name.endswith("Block") and const == kind:
            return Draft7Validator({**whole, "$ref": f"#/definitions/{name}"})
    return Draft7Validator(whole)


def valid(block: dict[str, Any]) -> bool:
    return schema(block["type"]).is_valid(block)


def accepted(block: Any) -> bool:  # noqa: ANN401 - any JSON value
    if isinstance(block, dict) and block.get("type") == "alert":
        view = {"type": "modal", "title": TEXT, "submit": TEXT, "blocks": [block]}
        return not problems_of_view(view)
    return not problems_of_blocks([block])


def blocks() -> Iterator[dict[str, Any]]:
    for name in fixtures():
        folder, given = name.partition("/")[0], fixture(name)
        if folder == "blocks":
            yield given
        elif folder == "elements":
            asks = given["type"] in IN_INPUT
            wrapped = {"label": TEXT, "element": given} if asks else {"elements": [given]}
            yield {"type": "input" if asks else "actions", **wrapped}
        elif folder == "rich_text":
            whole = given["type"].startswith("rich_text")
            part = given if whole else {"type": "rich_text_section", "elements": [given]}
            yield {"type": "rich_text", "elements": [part]}


def spots(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401 - JSON
    if path:
        yield path
    keys = (
        node.keys() if isinstance(node, dict) else range(len(node) if isinstance(node, list) else 0)
    )
    for key in keys:
        yield from spots(node[key], (*path, key))


def spoilt(block: dict[str, Any], path: tuple[Any, ...]) -> Iterator[dict[str, Any]]:
    for value in WRONG:
        parent, whole = _parent(block, path)
        parent[path[-1]] = value
        yield whole
    parent, whole = _parent(block, path)
    old = parent[path[-1]]
    if isinstance(old, dict):
        old["unknown"] = 1
    elif isinstance(old, list):
        old *= 120
    else:
        del parent[path[-1]]
    yield whole


def _parent(block: dict[str, Any], path: tuple[Any, ...]) -> tuple[Any, dict[str, Any]]:
    whole = copy.deepcopy(block)
    parent: Any = whole
    for key in path[:-1]:
        parent = parent[key]
    return parent, whole


def test_what_we_accept_satisfies_slacks_types() -> None:
    good = [block for block in blocks() if accepted(block) and valid(block)]
    tried = [bad for block in good for path in spots(block) for bad in spoilt(block, path)]
    taken = {json.dumps(bad): bad for bad in tried if accepted(bad)}.values()

    assert len(good) == 60
    assert len(tried) > 3000
    assert [bad for bad in taken if not valid(bad)] == []
