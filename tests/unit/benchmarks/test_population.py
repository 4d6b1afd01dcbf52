"""Seeded tasks are the storage's own documents."""

from __future__ import annotations

from datetime import UTC, datetime

from benchmarks.population import documents, fresh_document, team, teams
from storage.codec import from_document, to_document
from storage.follower import new_block
from tasks.model import SyncState

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def test_a_seeded_document_is_what_the_storage_makes_of_its_task() -> None:
    for document in documents(team(3), 50, NOW):
        task = from_document(document)
        again = to_document(task, origin_key=document["origin_key"])
        assert again == {name: document[name] for name in again}
        assert task.sync.state is SyncState.SYNCED


def test_two_runs_seed_the_same_tasks() -> None:
    assert list(documents(team(0), 20, NOW)) == list(documents(team(0), 20, NOW))


def test_tasks_are_numbered_from_one_and_no_key_comes_twice() -> None:
    made = [document for one in teams(2) for document in documents(one, 30, NOW)]
    assert [document["number"] for document in made] == [*range(1, 31), *range(1, 31)]
    assert len({document["_id"] for document in made}) == 60
    assert len({(document["team_id"], document["origin_key"]) for document in made}) == 60


def test_a_workspace_has_tasks_of_every_kind() -> None:
    made = list(documents(team(0), 200, NOW))
    assert {document["state"] for document in made} == {"open", "done"}
    assert any("-" in document["owners"] for document in made)
    assert {document["due_sort"].second == 0 for document in made} == {True, False}


def test_the_raw_insertion_is_of_a_task_just_made() -> None:
    document = fresh_document(NOW)
    assert document["notion"] == new_block(NOW)
    assert from_document(document).sync.state is SyncState.WAITING
