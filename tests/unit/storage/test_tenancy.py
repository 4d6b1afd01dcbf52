"""P6: no question without a team, and nobody but the storage asks at all."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.collections import NoTenant, of_team

ROOT = Path(__file__).parents[3]
PACKAGES = (
    *("bot", "handlers", "notifications", "notion_sync", "observability", "playground"),
    *("storage", "tasks"),
)
DRIVERS = {"pymongo", "motor", "bson", "gridfs"}
SPEAKS_TO_MONGOD = {"bot/replica_set.py"}
"""Starts the embedded mongod's replica set: admin commands only, no collection."""
CROSSES_TENANTS = {
    "storage/api_keys.py",  # a key's id is what tells the team
    "storage/attention.py",  # counts by stages, the first of which names the team
    "storage/budget.py",  # a connection can serve several teams
    "storage/client.py",  # the door itself
    "storage/confined.py",  # which teams have private tasks, and nothing else of them
    "storage/copies.py",  # claims across teams; they carry the team along
    "storage/history.py",  # finds work of all teams, does it team by team
    "storage/inbox.py",  # claims across teams; they carry the team along
    "storage/indexes.py",
    "storage/old_mappings.py",  # finds what is replaced in all teams, removes it team by team
    "storage/places.py",  # claims across teams; they carry the team along
    "storage/queue.py",  # claims across teams; they carry the team along
    "storage/resealing.py",  # a key ring is one for all
    "storage/tombstones.py",  # finds what is old in all teams, removes it team by team
    "storage/webhooks.py",  # one subscription serves the whole installation
}
TOUCHES = {
    *("get_collection", "get_database", "list_collections", "insert_many", "bulk_write"),
    *("find_one_and_replace", "find_one_and_delete", "update_many", "delete_many"),
    "count_documents",
}
"""What a driver's objects can do, and nothing else here is called."""


def modules() -> Iterator[tuple[str, ast.Module]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


def called(tree: ast.Module) -> set[str]:
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def test_no_module_outside_the_storage_knows_a_driver() -> None:
    guilty = {
        name
        for name, tree in modules()
        if not name.startswith("storage/") and imported(tree) & DRIVERS
    }
    assert guilty <= SPEAKS_TO_MONGOD


def test_no_module_outside_the_storage_touches_a_collection() -> None:
    guilty = {
        name
        for name, tree in modules()
        if not name.startswith("storage/") and called(tree) & TOUCHES
    }
    assert not guilty


def test_only_the_client_and_the_guard_hold_a_drivers_collection() -> None:
    guilty = {
        name
        for name, tree in modules()
        if name.startswith("storage/") and called(tree) & {*TOUCHES, "_driven"}
    }
    assert guilty == {"storage/client.py", "storage/collections.py"}


def test_only_the_client_knows_motor() -> None:
    assert {name for name, tree in modules() if "motor" in imported(tree)} == {"storage/client.py"}


def test_only_named_modules_cross_tenants() -> None:
    guilty = {name for name, tree in modules() if "across_tenants" in ast.dump(tree)}
    assert guilty <= CROSSES_TENANTS


@pytest.mark.parametrize("team", ["", None])
def test_no_team_no_question(team: str) -> None:
    with pytest.raises(NoTenant):
        of_team(team, {"number": 1})


@pytest.mark.parametrize(
    "where",
    [{"team_id": "T2"}, {"team_id": {"$ne": ""}, "number": 1}, {"$or": [{"team_id": "T2"}]}],
)
def test_a_filter_cannot_name_another_team(where: dict[str, object]) -> None:
    with pytest.raises(NoTenant):
        of_team("T1", where)


def test_every_branch_of_an_alternative_carries_the_team() -> None:
    where = of_team("T1", {"$or": [{"number": 1}, {"$or": [{"number": 2}]}]})
    assert where == {
        "$or": [
            {"team_id": "T1", "number": 1},
            {"$or": [{"team_id": "T1", "number": 2}]},
        ]
    }


def test_an_alternative_beside_a_condition_is_within_the_team() -> None:
    assert of_team("T1", {"number": 1, "$or": [{}]})["team_id"] == "T1"
