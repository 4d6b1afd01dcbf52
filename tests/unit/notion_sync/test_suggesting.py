"""Which column is suggested for which field."""

from typing import Any

import pytest

from notion_sync.columns import Role
from notion_sync.layout import lay_out
from notion_sync.schema import Schema, parse
from notion_sync.suggesting import (
    FITTING_MAX,
    meanings,
    names_to_add,
    suggested,
    with_added,
)
from tasks.ports import ADDED, SKIPPED


def schema(**columns: str) -> Schema:
    """Return a table; each column's id is its name, capitals and spaces kept."""
    return of({name.replace("_", " "): kind for name, kind in columns.items()})


def of(columns: dict[str, str]) -> Schema:
    properties: dict[str, Any] = {
        name: {"id": name, "name": name, "type": kind, kind: {}} for name, kind in columns.items()
    }
    return parse({"id": "table", "title": [], "properties": properties})


def chosen(table: Schema, saved: dict[str, str] | None = None) -> dict[str, str]:
    return {each.field: each.suggested for each in suggested(table, saved)}


CASES = [
    ("the default name", {"Due": "date", "Date": "date"}, Role.DUE, "Due"),
    ("a synonym", {"Deadline": "date", "Created": "date"}, Role.DUE, "Deadline"),
    ("the likelier synonym", {"Date": "date", "Due date": "date"}, Role.DUE, "Due date"),
    ("signs and case do not count", {"📅 DEADLINE": "date", "X": "date"}, Role.DUE, "📅 DEADLINE"),
    ("a name of the wrong type is not it", {"Due": "number"}, Role.DUE, SKIPPED),
    ("the only date, whatever its name", {"Until then": "date"}, Role.DUE, "Until then"),
    ("not one of two dates", {"Start": "date", "End": "date"}, Role.DUE, SKIPPED),
    ("the only people column", {"Chef": "people"}, Role.ASSIGNEES, "Chef"),
    ("people before text", {"Owner": "rich_text", "Who": "people"}, Role.ASSIGNEES, "Owner"),
    ("a status before a select", {"Stage": "select", "State": "status"}, Role.STATUS, "State"),
    ("a select by its name", {"Stage": "select"}, Role.STATUS, "Stage"),
    ("not just any select", {"Colour": "select"}, Role.PRIORITY, SKIPPED),
    ("not just any text", {"Recipe": "rich_text"}, Role.NOTES, SKIPPED),
    ("the key is never guessed", {"Recipe": "rich_text"}, Role.KEY, ADDED),
    ("the key by its name", {"Task ID": "rich_text"}, Role.KEY, "Task ID"),
    ("the title, whatever its name", {"Chore": "title"}, Role.TITLE, "Chore"),
]


@pytest.mark.parametrize(("columns", "role", "wanted"), [c[1:] for c in CASES], ids=str)
def test_a_column_is_suggested_by_name_and_type(
    columns: dict[str, str], role: Role, wanted: str
) -> None:
    assert chosen(of(columns))[role.value] == wanted


def test_no_column_is_suggested_twice() -> None:
    found = chosen(schema(Name="title", Status="select", Priority="select", Notes="rich_text"))
    used = [one for one in found.values() if one not in (ADDED, SKIPPED)]
    assert len(used) == len(set(used)) == 4


def test_the_mapping_there_is_comes_first_whatever_names_say() -> None:
    table = schema(Name="title", Due="date", Later="date", Notes="rich_text")
    found = chosen(table, {"due": "Later", "notes": SKIPPED})
    assert (found["due"], found["notes"]) == ("Later", SKIPPED)


def test_a_field_whose_column_has_gone_is_to_be_added_anew() -> None:
    assert chosen(schema(Name="title"), {"priority": "gone"})["priority"] == ADDED


def test_a_menu_holds_what_slack_takes() -> None:
    many = of({f"Text {number}": "rich_text" for number in range(200)})
    assert max(len(each.fitting) for each in suggested(many)) == FITTING_MAX


def test_a_column_is_added_under_a_name_that_is_free() -> None:
    table = schema(Name="title", Priority="number")
    wanted = {"priority": ADDED, "tags": ADDED, "notes": SKIPPED}
    added = names_to_add(table, wanted)
    assert added == {Role.PRIORITY: "Priority (Taskbridge)", Role.TAGS: "Tags"}


def test_what_was_added_before_is_not_added_again() -> None:
    table = of({"Name": "title", "Priority": "number", "Priority (Taskbridge)": "select"})
    found = with_added(table, {"priority": ADDED, "tags": ADDED})
    assert found == {"priority": "Priority (Taskbridge)", "tags": ADDED}


def test_a_field_that_is_not_mirrored_is_neither_found_by_name_nor_missing() -> None:
    table = schema(Name="title", Due="date", Task_ID="rich_text")
    layout = lay_out(table, {"due": SKIPPED, "notes": SKIPPED})
    assert (Role.DUE in layout.columns, layout.missing) == (False, {})


def test_without_its_key_nothing_can_be_mirrored_so_it_cannot_be_left_out() -> None:
    layout = lay_out(schema(Name="title"), {"task_id": SKIPPED})
    assert "Task ID" in layout.missing[Role.KEY]


def test_options_are_said_by_what_they_stand_for() -> None:
    properties: dict[str, Any] = {
        "Importance": {
            "id": "i",
            "name": "Importance",
            "type": "select",
            "select": {"options": [{"id": "1", "name": "high"}, {"id": "2", "name": "Low"}]},
        }
    }
    table = parse({"id": "t", "title": [], "properties": properties})
    layout = lay_out(table, {"priority": "i"})
    assert meanings(layout)[0] == "Importance: low is “Low”, high is “high”."
