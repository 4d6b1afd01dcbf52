"""What is left to tell of what happened to one object within a short while."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from playground.notion.bundles import bundled, is_single
from playground.notion.changes import Action, Change, ColumnChange

MARIA = "maria"
SAM = "sam"
EDIT = Change(
    verb="properties_updated",
    kind="page",
    entity_id="page",
    authors=(MARIA,),
    at=datetime(2026, 11, 23, 10, 0, tzinfo=UTC),
    parent={"id": "database", "type": "database"},
    is_shared=True,
    properties=("a",),
)
CREATED = replace(EDIT, verb="created", properties=())
DELETED = replace(EDIT, verb="deleted", properties=())
UNDELETED = replace(EDIT, verb="undeleted", properties=())
CONTENT = replace(EDIT, verb="content_updated", properties=(), blocks=(("b", "block"),))


def column(name: str, action: Action) -> Change:
    changed = ColumnChange(id=name, name=name, action=action)
    return replace(
        EDIT, kind="data_source", verb="schema_updated", properties=(), columns=(changed,)
    )


@pytest.mark.parametrize(
    ("happened", "told"),
    [
        ([CREATED], ["created"]),
        ([CREATED, EDIT, CONTENT], ["created"]),
        ([CREATED, DELETED], []),
        ([CREATED, EDIT, DELETED], []),
        ([EDIT, DELETED], ["deleted"]),
        ([DELETED, UNDELETED], []),
        ([UNDELETED, DELETED], []),
        ([EDIT, CONTENT, EDIT], ["properties_updated", "content_updated"]),
        ([EDIT, DELETED, UNDELETED], []),
    ],
)
def test_a_bundle_tells_only_what_is_left(happened: list[Change], told: list[str]) -> None:
    assert [change.verb for change in bundled(happened)] == told


def test_edits_in_one_bundle_name_all_authors_and_all_columns_once() -> None:
    later = replace(EDIT, authors=(SAM,), properties=("b", "a"), at=EDIT.at.replace(second=9))
    (change,) = bundled([EDIT, later])
    assert change.authors == (MARIA, SAM)
    assert change.properties == ("a", "b")
    assert change.at == later.at


def test_a_column_that_came_and_went_is_not_told() -> None:
    assert bundled([column("x", "created"), column("x", "deleted")]) == []
    (change,) = bundled([column("x", "created"), column("y", "deleted"), column("x", "updated")])
    assert [(each.id, each.action) for each in change.columns] == [
        ("x", "created"),
        ("y", "deleted"),
    ]


def test_comments_and_locks_are_never_bundled() -> None:
    assert is_single(replace(EDIT, verb="locked"))
    assert is_single(replace(EDIT, kind="comment", verb="updated"))
    assert not is_single(EDIT)
