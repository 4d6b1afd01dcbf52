"""Between task and document, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from bson import BSON, CodecOptions
from hypothesis import given
from hypothesis import strategies as st

from storage.codec import (
    NEVER,
    decode_row,
    decode_sync,
    encode_row,
    from_document,
    to_document,
)
from tasks.model import Actor, Due, Field, Sync, SyncState, Task
from tasks.patch import Patch
from tasks.ports import Row
from tests import make
from tests.contract.storage.strategies import actors, milliseconds, patches, task_fields

AWARE: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True)


def stored(task: Task) -> dict[str, Any]:
    return BSON.encode(to_document(task, origin_key="k")).decode(AWARE)


@given(fields=task_fields(), patch=patches(), by=actors, at=milliseconds)
def test_a_task_survives_storage(
    fields: dict[str, Any], patch: Patch, by: Actor, at: datetime
) -> None:
    task = make.task(**fields).changed(patch, by=by, at=at, key="$k", undoes=1)
    assert from_document(stored(task)) == task


@given(fields=task_fields())
def test_what_is_derived_follows_from_the_fields(fields: dict[str, Any]) -> None:
    task = make.task(**fields)
    document = stored(task)
    assert ("-" in document["owners"]) == (not task.assignees)
    assert set(task.owners) <= set(document["owners"])
    assert document["due_sort"] == (task.rank or NEVER)
    assert document["state"] == ("open" if task.is_open else "done")


def test_a_deleted_task_is_in_no_list_even_when_done() -> None:
    task = replace(make.task(), deleted=True)
    assert stored(task)["state"] == "deleted"


def test_an_unknown_field_of_a_change_is_passed_over() -> None:
    document = stored(make.task())
    document["changes"][0]["fields"] = [
        {"field": "colour", "before": None, "after": "red"},
        {"field": "due", "before": None, "after": {"day": "2026-11-27", "of": "a newer version"}},
    ]
    (change,) = from_document(document).changes
    assert [(step.field, step.after) for step in change.fields] == [
        (Field.DUE, Due(day=make.NOON.date().replace(day=27)))
    ]


@given(
    row=st.builds(
        Row,
        id=st.none() | st.text(max_size=5),
        url=st.none() | st.just("https://notion.example/p"),
        rev=st.integers(0, 99),
        base=st.none() | st.dictionaries(st.sampled_from(["a", "b.c", "$d"]), st.integers(0, 9)),
        create_attempts=st.integers(0, 9),
        last_sent_at=st.none() | milliseconds,
    )
)
def test_a_row_survives_storage(row: Row) -> None:
    assert decode_row(BSON.encode(encode_row(row)).decode(AWARE)) == row


def test_the_card_says_synced_only_where_the_row_shows_this_rev() -> None:
    assert decode_sync({}, rev=1) == Sync(state=SyncState.WAITING)
    assert decode_sync({"synced_rev": 2}, rev=2).state is SyncState.SYNCED
    assert decode_sync({"synced_rev": 2}, rev=3).state is SyncState.WAITING
    stalled = decode_sync({"synced_rev": 3, "state": "stalled", "error": "Why."}, rev=3)
    assert (stalled.state, stalled.reason) == (SyncState.STALLED, "Why.")
