"""A form gives back what it was given."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings

from handlers.slack.blocks import form
from handlers.slack.blocks.form import Meta
from handlers.slack.blocks.parts import Json
from handlers.slack.filled import BadField, Filled, due_of, read_steps, read_tags
from tasks import text
from tasks.errors import Refused
from tasks.model import EDITABLE, Due, Field, Task
from tests.unit.handlers.slack import builders

_KEYS = {
    "initial_value": "value",
    "initial_option": "selected_option",
    "initial_users": "selected_users",
    "initial_options": "selected_options",
    "initial_date": "selected_date",
    "initial_time": "selected_time",
}


def as_submitted(view: Json) -> dict[str, Mapping[str, Any]]:
    """Return the state of a form that was sent as it was opened."""
    return {
        block["block_id"]: {
            key: block["element"][name] for name, key in _KEYS.items() if name in block["element"]
        }
        for block in view["blocks"]
        if block["type"] == "input"
    }


def read_back(task: Task) -> dict[Field, Any]:
    view = form.edit(task, Meta())
    meta = Meta.of(json.loads(view["private_metadata"]))
    filled = Filled(as_submitted(view))
    day, clock = filled.picked()
    zone = ZoneInfo(meta.zone or "UTC")
    due = due_of(day, clock, zone, meta) if day else None
    return filled.values(meta.fields, due)


@given(builders.tasks)
@settings(max_examples=60)
def test_a_form_sent_untouched_changes_nothing(task: Task) -> None:
    kept, _ = text.form({name: task.value(name) for name in EDITABLE if _is_kept(task, name)})
    found, _ = text.form({n: v for n, v in read_back(task).items() if _is_kept(task, n)})
    assert found == {name: value for name, value in kept.items() if name in found}
    assert set(kept) - set(found) <= {Field.NOTES, Field.CHECKLIST}


def _kept_tag(name: str) -> str | None:
    try:
        return text.tag(name)
    except Refused:
        return None


def _kept_step(step: str) -> str | None:
    try:
        return text.step(step)
    except Refused:
        return None


def _is_kept(task: Task, name: Field) -> bool:
    """Leave out what no task holds: the inside keeps neither such titles nor such tags."""
    value = task.value(name)
    match name:
        case Field.TITLE:
            return bool(text.one_line(task.title)) and len(task.title) <= text.TITLE_MAX
        case Field.TAGS:
            assert isinstance(value, tuple)
            return all(_kept_tag(tag) == tag for tag in value)
        case Field.CHECKLIST:
            assert isinstance(value, tuple)
            return all(_kept_step(step) == step for step in value)
        case _:
            return True


@pytest.mark.parametrize(
    ("typed", "tags"),
    [
        ("offsite, new hires", ("offsite", "new hires")),
        ("#a #b", ("#a", "#b")),
        ("#a, b", ("#a", "b")),
        ("two words", ("two words",)),
        (" , ,", ()),
        ("##a", ("##a",)),
        ("a\nb", ("a", "b")),
    ],
)
def test_tags_are_read_with_commas_or_hashes(typed: str, tags: tuple[str, ...]) -> None:
    assert read_tags(typed) == tags


@pytest.mark.parametrize(
    ("typed", "steps"),
    [
        ("Call\n\n  Pay \r\nCall", ("Call", "Pay")),
        ("- [ ] Call\n* [x] Pay\n• Book\n☑ Go", ("Call", "Pay", "Book", "Go")),
        ("-5 degrees\n[a] b\n-", ("-5 degrees", "[a] b", "-")),
        ("- - x", ("x",)),
        ("", ()),
    ],
)
def test_steps_are_lines_without_their_bullets(typed: str, steps: tuple[str, ...]) -> None:
    kept = text.steps(read_steps(typed))
    assert kept == steps
    assert text.steps(kept) == kept


def test_a_time_without_a_day_is_refused_where_it_stands() -> None:
    with pytest.raises(BadField) as refused:
        Filled({"due_day/3": {}, "due_time/3": {"selected_time": "17:00"}}).picked()
    assert refused.value.block == "due_time/3"


def test_a_new_time_is_read_in_the_zone_of_the_form() -> None:
    due = due_of(date(2026, 7, 1), time(9, 0), ZoneInfo("America/New_York"), Meta())
    assert due == Due.local(datetime(2026, 7, 1, 13, 0, tzinfo=UTC), "America/New_York")


def test_metadata_of_a_later_version_is_read_as_far_as_it_is_known() -> None:
    assert Meta.of({"number": 12, "news": True}) == Meta(number=12)
