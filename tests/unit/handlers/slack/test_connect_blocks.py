"""The form that connects a database: within Slack's limits, and read back as it was filled in."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.slack.blocks import connect
from handlers.slack.blocks.connect import Plan
from notion_sync.columns import COLUMNS
from notion_sync.layout import lay_out
from notion_sync.schema import Column, Schema
from playground.slack.render import flat
from playground.slack.validate.messages import problems_of_message
from playground.slack.validate.views import problems_of_view
from tasks.model import Task
from tasks.ports import (
    ADDED,
    SKIPPED,
    FieldColumns,
    Fitting,
    Meaning,
    Preview,
    Previewed,
    Sketch,
    Table,
)
from tests.unit.handlers.slack.builders import NOW, tasks, texts

FIELDS = tuple(connect.LABELS)
IDS = st.from_regex(r"[A-Za-z0-9%:~]{1,30}", fullmatch=True)
FITTING = st.builds(Fitting, id=IDS, name=texts, type=st.sampled_from(["date", "rich_text"]))
TABLES = st.builds(Table, id=st.uuids().map(str), title=texts, edited=st.just("2026-11-23"))


@st.composite
def sketches(draw: st.DrawFn) -> Sketch:
    fields = []
    for name in FIELDS:
        fitting = tuple(draw(st.lists(FITTING, max_size=3, unique_by=lambda one: one.id)))
        needed = name in ("title", "task_id")
        offered = [*(one.id for one in fitting), ADDED, *([] if needed else [SKIPPED])]
        fields.append(
            FieldColumns(
                field=name,
                name=name,
                fitting=fitting or (Fitting(id="title", name="Name", type="title"),),
                suggested=draw(st.sampled_from(offered)),
                is_needed=needed,
            )
        )
    meanings = draw(st.lists(texts, max_size=3))
    return Sketch(table=draw(TABLES), fields=tuple(fields), meanings=tuple(meanings))


def hold(view: dict[str, Any]) -> None:
    assert problems_of_view(view) == []
    assert len(view.get("private_metadata", "")) <= 3000


@settings(max_examples=60)
@given(sketches())
def test_any_mapping_is_shown(sketch: Sketch) -> None:
    hold(connect.mapping(sketch, Plan()))


@settings(max_examples=40)
@given(
    TABLES,
    st.lists(st.builds(Previewed, task=tasks, unmapped=st.tuples(texts, texts)), max_size=10),
    st.booleans(),
)
def test_any_rows_are_shown_as_tasks(table: Table, rows: list[Previewed], more: bool) -> None:  # noqa: FBT001  # drawn
    columns = dict.fromkeys(FIELDS, "x" * 60)
    found = Preview(
        table=table,
        columns=columns,
        rows=tuple(rows),
        has_more=more,
        added=("Task ID",),
        notes=(table.title,),
    )
    view = connect.preview(found, Plan(table=table.id))
    hold(view)
    assert Plan.of(json.loads(view["private_metadata"])).columns == columns


@settings(max_examples=40)
@given(texts, TABLES)
def test_whatever_is_said_fits(text: str, table: Table) -> None:
    for view in (
        connect.pick(Plan(), is_connected=True),
        connect.looking(Plan(table=table.id), connect.MAP),
        connect.failed(Plan(), connect.LOOK, text),
        connect.refused(text),
        connect.started(takes_all=True),
    ):
        hold(view)
    (offered,) = connect.options((table,))
    assert len(offered["text"]["text"]) <= 75
    assert len(connect.unpickable(text)["text"]["text"]) <= 75


@given(st.lists(texts, min_size=1, max_size=20))
def test_any_columns_that_have_gone_are_told_within_slacks_limits(names: list[str]) -> None:
    assert problems_of_message(connect.drifted(tuple(names)).body()) == []


def test_all_columns_that_can_go_are_told_with_what_to_do_about_each() -> None:
    columns = tuple(
        Column(id=wanted.role.value, name="Überfällig am\n" * 100, type="formula")
        for wanted in COLUMNS
    )
    saved = {column.id: column.id for column in columns}
    missing = lay_out(Schema(id="d", title="t", columns=columns), saved).missing
    body = connect.drifted(tuple(missing.values())).body()

    assert problems_of_message(body) == []
    seen = flat("", body["blocks"], str).splitlines()
    assert seen[0] == "Columns in Notion have changed"
    assert len(seen[1:-2]) == len(COLUMNS)
    for said, wanted in zip(seen[1:-2], COLUMNS, strict=True):
        held = f"which cannot hold {wanted.name}: make it {wanted.types[0]}."
        assert said.endswith(f"…” has the type formula, {held}")
    assert seen[-2].startswith(f"{len(COLUMNS)} fields of tasks wait until they have columns again")
    assert all(line in body["text"] for line in seen[:-1])


def test_more_columns_than_are_named_are_counted() -> None:
    seen = flat("", connect.drifted(tuple(map(str, range(20)))).body()["blocks"], str)
    assert "\n9\n… and 10 more: the mapping shows them all.\n20 fields" in seen
    alone = flat("", connect.drifted(("x",)).body()["blocks"], str)
    assert "One field of tasks waits until it has a column again" in alone


MEANINGS = {
    "status": ("open", "in_progress", "done"),
    "priority": ("low", "medium", "high", "urgent"),
}


@st.composite
def stands_for(draw: st.DrawFn) -> tuple[Meaning, ...]:
    found: list[Meaning] = []
    for name, values in MEANINGS.items():
        ids = [f"{name}-{n:04}" for n in range(draw(st.integers(1, 100)))]
        options = tuple((one, draw(texts) or "?") for one in ids)
        found += [
            Meaning(
                key=f"{name}:{value}",
                field=name,
                column=draw(texts) or "?",
                value=value,
                options=options,
                chosen=tuple(ids[n :: len(values)]),
            )
            for n, value in enumerate(values)
        ]
    return tuple(found)


@settings(max_examples=10, deadline=None)
@given(stands_for())
def test_any_options_are_shown_with_what_they_stand_for(found: tuple[Meaning, ...]) -> None:
    view = connect.meaning(found, Plan(columns=dict.fromkeys(FIELDS, "x" * 60)))
    hold(view)
    picked = {
        one["block_id"]: {"selected_options": one["element"].get("initial_options", [])}
        for one in view["blocks"]
        if one["type"] == "input"
    }
    assert connect.meant(picked) == {one.key: one.chosen for one in found if one.chosen}
    assert connect.ambiguous(picked) == {}


def options(**chosen: str) -> dict[str, dict[str, Any]]:
    return {
        f"connect_meaning:{name.replace('__', ':')}/3": {
            "selected_options": [
                {"value": one, "text": {"text": one.upper()}} for one in ids.split()
            ]
        }
        for name, ids in chosen.items()
    }


def test_an_option_that_stands_for_two_is_complained_about_at_the_second() -> None:
    wrong = connect.ambiguous(options(status__open="a b", status__done="c b"))
    said = "“B” stands for Open already: leave it out of one of them."
    assert wrong == {"connect_meaning:status:done/3": said}


def test_what_was_chosen_of_options_stands_there_when_one_goes_back() -> None:
    one = Meaning(
        key="status:done",
        field="status",
        column="State",
        value="done",
        options=(("a", "A"), ("b", "B")),
        chosen=("a",),
    )
    view = connect.meaning((one,), Plan(meanings={"status:done": ("b", "a")}))
    (asked,) = [block for block in view["blocks"] if block["type"] == "input"]
    assert [each["value"] for each in asked["element"]["initial_options"]] == ["b", "a"]


def test_more_options_than_slack_carries_are_said_at_the_fullest_menu() -> None:
    many = " ".join(f"{n:036}" for n in range(90))
    values = options(status__open="a", status__done=many)
    assert not Plan(meanings=connect.meant(values)).fits
    assert list(connect.too_many(values)) == ["connect_meaning:status:done/3"]


def filled(**chosen: str) -> dict[str, dict[str, Any]]:
    return {
        f"connect_column:{name}/3": {"selected_option": {"value": value}}
        for name, value in chosen.items()
    }


def test_a_mapping_is_read_back_by_field() -> None:
    values = filled(due="abc", other_assignees=SKIPPED, task_id=ADDED)
    wanted = {"due": "abc", "other_assignees": SKIPPED, "task_id": ADDED}
    assert connect.mapped(values) == wanted


def test_a_column_that_two_fields_want_is_complained_about_at_the_second() -> None:
    wrong = connect.twice(filled(due="abc", notes="xyz", tags="abc"))
    assert wrong == {"connect_column:tags/3": "Due goes there already: pick another column."}


def test_any_number_of_fields_may_be_left_out_or_added() -> None:
    assert connect.twice(filled(due=SKIPPED, notes=SKIPPED, tags=ADDED, status=ADDED)) == {}


def test_what_was_picked_before_stands_there_when_one_goes_back() -> None:
    fitting = tuple(Fitting(id=one, name=one, type="date") for one in ("a", "b"))
    field = FieldColumns(field="due", name="Due", fitting=fitting, suggested="a")
    sketch = Sketch(table=Table(id="t", title="T"), fields=(field,))
    view = connect.mapping(sketch, Plan(columns={"due": "b"}))
    assert view["blocks"][1]["element"]["initial_option"]["value"] == "b"


def test_the_forms_of_two_looks_share_no_input_so_that_none_keeps_the_others_value() -> None:
    field = FieldColumns(field="due", name="Due", fitting=(), suggested=SKIPPED)
    sketch = Sketch(table=Table(id="t", title="T"), fields=(field,))
    first = connect.mapping(sketch, Plan())
    second = connect.mapping(sketch, Plan.of(json.loads(first["private_metadata"])))
    assert first["blocks"][1]["block_id"] != second["blocks"][1]["block_id"]


def test_a_row_shows_a_persons_text_literally() -> None:
    shown = Task(**{**_bare(), "title": "*bold* <!channel>"})
    found = Preview(
        table=Table(id="t", title="T"),
        columns={},
        rows=(Previewed(task=shown, unmapped=()),),
        has_more=False,
    )
    said = json.dumps(connect.preview(found, Plan()))
    assert '"text": "*bold* <!channel>"' in said
    assert "mrkdwn" not in said


def _bare() -> dict[str, Any]:
    return {
        "id": "x",
        "team": "T1",
        "number": 0,
        "creator": None,
        "created_at": NOW,
        "updated_at": NOW,
        "changes": (),
    }
