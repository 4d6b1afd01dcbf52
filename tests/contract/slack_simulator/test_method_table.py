"""Scopes, tiers and refusals of the served methods, against Slack's own reference."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from playground.slack import web_api
from playground.slack.web_api.router import METHODS
from tests.contract.slack_simulator.bolt_app import MODAL
from tests.contract.slack_simulator.world import World
from tests.shared_data import shared_data

# Not in the reference: a check of the connection that needs no token.
UNDOCUMENTED = {"api.test"}
# Codes that only the prose of Slack's documentation names.
FROM_PROSE: set[str] = set()  # refusals that only the documentation's prose names


def reference(method: str) -> dict[str, Any]:
    path = shared_data("slack", "method-errors", f"{method}.json")
    body = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(body, dict)
    return body


@pytest.mark.parametrize("method", sorted(set(METHODS) - UNDOCUMENTED))
def test_a_method_has_slacks_tier_and_scopes(method: str) -> None:
    given, served = reference(method), METHODS[method]

    assert served.tier == {"t5": "special"}.get(given["rate_limits"], given["rate_limits"])
    scope = given["scope"]
    assert set(served.scopes) == set([] if scope == "none" else scope.get("bot", []))


def test_every_refusal_is_one_of_slacks_codes() -> None:
    known = {code for group in list(reference("_common").values())[1:] for code in group}
    for method in set(METHODS) - UNDOCUMENTED:
        known |= set(reference(method)["errors"])

    assert refusals() - known == FROM_PROSE


def refusals() -> set[str]:
    """Return every code that stands literally in a `Refused(…)` of the Web API."""
    folder = Path(str(web_api.__file__)).parent
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in folder.glob("*.py")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id == "Refused"
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }


CALLS: dict[str, dict[str, Any]] = {
    "auth.test": {},
    "users.info": {"user": "U1"},
    "users.list": {},
    "users.lookupByEmail": {"email": "maria@one.example"},
    "conversations.info": {"channel": "C1"},
    "conversations.list": {},
    "conversations.members": {"channel": "C1"},
    "chat.postEphemeral": {"channel": "C1", "user": "U1", "text": "x"},
}


@pytest.mark.parametrize("method", sorted(CALLS))
async def test_an_answer_has_no_field_that_slacks_has_not(world: World, method: str) -> None:
    path = shared_data("slack", "payloads", "java-json-logs", "api", f"{method}.json")
    inventory = json.loads(path.read_text(encoding="utf-8"))

    answer = (await world.one.api_call(method, json=CALLS[method])).data

    assert isinstance(answer, dict)
    assert strangers(answer, inventory) == set()


async def test_a_view_has_no_field_that_slacks_has_not(world: World) -> None:
    path = shared_data("slack", "payloads", "java-json-logs", "api", "views.open.json")
    inventory = json.loads(path.read_text(encoding="utf-8"))["view"]
    trigger_id = world.slack.core.triggers.issue(team_id="T1", user_id="U1")

    answer = await world.one.views_open(trigger_id=trigger_id, view=MODAL)

    assert set(answer["view"]) - set(inventory) == set()


def strangers(answer: object, inventory: object, path: str = "") -> set[str]:
    """Return the paths of fields that the inventory does not know; blocks are judged elsewhere."""
    if isinstance(answer, list) and isinstance(inventory, list) and inventory:
        return {s for item in answer for s in strangers(item, inventory[0], f"{path}[]")}
    if not isinstance(answer, dict) or not isinstance(inventory, dict):
        return set()
    found = {f"{path}.{key}" for key in answer if key not in inventory}
    for key in set(answer) & set(inventory) - {"blocks"}:
        found |= strangers(answer[key], inventory[key], f"{path}.{key}")
    return found
