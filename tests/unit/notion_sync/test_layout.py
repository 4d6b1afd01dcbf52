import json
from dataclasses import replace

from notion_sync.columns import Role
from notion_sync.layout import lay_out
from notion_sync.schema import Column, Schema, parse
from tasks.model import Priority, Status
from tests.shared_data import shared_data
from tests.unit.notion_sync.examples import COLUMNS, SCHEMA, layout, options


def _renamed(schema: Schema, old: str, new: str) -> Schema:
    return replace(
        schema,
        columns=tuple(replace(c, name=new if c.name == old else c.name) for c in schema.columns),
    )


def test_columns_are_found_by_default_names_whatever_their_case_and_decoration() -> None:
    found = lay_out(_renamed(SCHEMA, "Due", "📅 due"), None)
    assert found.columns[Role.DUE].id == "due%"
    assert found.missing == {}


def test_a_column_once_found_is_followed_by_its_id() -> None:
    kept = layout().remembered
    found = lay_out(_renamed(SCHEMA, "Notes", "Remarks"), kept)
    assert (found.columns[Role.NOTES].name, found.issues) == ("Remarks", ())


def test_a_column_that_took_another_one_s_name_is_not_taken_for_it() -> None:
    kept = layout().remembered
    swapped = _renamed(_renamed(SCHEMA, "Notes", "x"), "Other assignees", "Notes")
    found = lay_out(swapped, kept)
    assert found.columns[Role.NOTES].id == "note"
    assert found.columns[Role.OTHERS].id == "othe"


def test_a_column_that_is_gone_is_missing_and_the_rest_goes_on() -> None:
    kept = layout().remembered
    without = replace(SCHEMA, columns=tuple(c for c in COLUMNS if c.name != "Due"))
    found = lay_out(without, kept)
    assert set(found.missing) == {Role.DUE}
    assert len(found.columns) == len(COLUMNS) - 1


def test_a_column_that_never_was_there_is_no_issue_but_for_the_key() -> None:
    bare = replace(SCHEMA, columns=(COLUMNS[0],))
    assert set(lay_out(bare, None).missing) == {Role.KEY}


def test_a_type_that_will_not_do_is_missing_with_the_type_named() -> None:
    kept = layout().remembered
    retyped = replace(
        SCHEMA,
        columns=tuple(replace(c, type="number") if c.name == "Due" else c for c in COLUMNS),
    )
    assert "has the type number" in lay_out(retyped, kept).missing[Role.DUE]


def test_an_option_once_found_is_followed_by_its_id() -> None:
    kept = layout().remembered
    renamed = Column(
        id="prio",
        name="Priority",
        type="select",
        options=tuple(
            replace(o, name="Burning") if "High" in o.name else o for o in options("✹ High", "low")
        ),
    )
    columns = tuple(renamed if c.id == "prio" else c for c in COLUMNS)
    found = lay_out(replace(SCHEMA, columns=columns), kept)
    assert found.options[Priority.HIGH].name == "Burning"


def test_a_recorded_database_with_all_options_in_one_group_is_understood() -> None:
    path = shared_data("notion", "examples", "canonical.json")
    recorded = json.loads(path.read_text())["retrieve_data_source_with_status"]
    found = lay_out(parse(recorded["response_body"]), None)
    names = {status: option.name for status, option in found.options.items()}
    assert names == {
        Status.OPEN: "Backlog",
        Status.IN_PROGRESS: "In Progress",
        Status.DONE: "Done",
        Priority.HIGH: "✹ High",
        Priority.MEDIUM: "✷ Medium",
        Priority.LOW: "✶ Low",
    }
    assert found.columns[Role.TITLE].name == "Task"
