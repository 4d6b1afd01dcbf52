"""What everybody sees of a task: valid for any, for nobody in particular, and quiet."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.slack.blocks import capture, shared
from handlers.slack.blocks.form import Meta
from handlers.slack.blocks.quiet import people_in, quiet
from handlers.slack.prefill import Prefill
from playground.slack.pings import pings
from playground.slack.validate.messages import problems_of_message
from playground.slack.validate.views import problems_of_view
from tasks.model import Actor, Change, Field, FieldChange, Source, Status, Sync, SyncState, Task
from tasks.ports import Place, Shape
from tests import make
from tests.unit.handlers.slack.builders import NOW, tasks, texts

PLACE = Place(key="V1", channel="C1", by="U1")
PAGE = "https://www.notion.so/page"


def elements(body: dict[str, Any]) -> list[dict[str, Any]]:
    return [e for b in body["blocks"] if b["type"] == "actions" for e in b["elements"]]


def labels(body: dict[str, Any]) -> list[str]:
    return [e["text"]["text"] for e in elements(body) if e["type"] == "button"]


def shown(task: Task, place: Place = PLACE) -> dict[str, Any]:
    return shared.shown(task, place, now=NOW).body()


@given(task=tasks, words=texts, by=st.sampled_from([None, "U1"]), shape=st.sampled_from(Shape))
def test_any_task_can_be_shown_anywhere(
    task: Task, words: str, by: str | None, shape: Shape
) -> None:
    place = replace(PLACE, lead=" ".join(words.split())[:500], by=by, shape=shape)
    found = shared.shown(task, place, now=NOW)
    body = quiet(found, dict.fromkeys(people_in(found), "somebody")).body()
    assert problems_of_message(body) == []
    assert 0 < len(body["text"]) <= 4000  # or it could not be edited
    assert pings(body["text"], body["blocks"]) == frozenset()
    assert "rich_text" in {block["type"] for block in body["blocks"]}  # Slack wants it to stay so


@pytest.mark.parametrize("channel", [None, "C1"])
def test_the_form_is_valid(channel: str | None) -> None:
    assert problems_of_view(shared.form(12, channel, Meta(number=12))) == []


def test_a_card_of_everybodys_has_no_undo_and_asks_nobody_in_particular() -> None:
    change = Change(
        rev=2,
        by=Actor(person="U2", source=Source.SLACK),
        at=NOW,
        fields=(FieldChange(field=Field.ASSIGNEES, before=(), after=("U1",)),),
    )
    task = make.task(number=1, assignees=("U1",), changes=(change,), rev=2)
    assert labels(shown(task)) == ["Done", "Edit", "Assign", "Snooze", "Share"]
    direct = Place(key="D1/1.1", channel="D1", ts="1.1", by="U2")
    assert "Undo" in labels(shown(task, direct))


@pytest.mark.parametrize(
    ("sync", "said"),
    [
        (Sync(state=SyncState.OFF), ""),
        (Sync(state=SyncState.WAITING), ""),
        (Sync(state=SyncState.SYNCED, at=NOW, url=PAGE), "In Notion too: Open: " + PAGE),
        (Sync(state=SyncState.STALLED, reason="No."), "Notion: stalled — No."),
        (Sync(state=SyncState.GONE, reason="No."), "Notion: gone — No."),
    ],
    ids=["off", "waiting", "synced", "stalled", "gone"],
)
def test_of_the_row_it_says_what_stays_right(sync: Sync, said: str) -> None:
    text = shown(make.task(number=1, sync=sync))["text"]
    assert text.partition("nobody assigned")[2].strip() == said


def test_what_is_one_persons_alone_has_nobody_to_be_shared_with() -> None:
    assert "Share" not in labels(shown(make.task(number=1, audience="U1")))
    assert "Share" in labels(shown(make.task(number=1, audience="C7")))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "A task: Book the venue  T-1"),
        ({"status": Status.IN_PROGRESS}, "A task: Book the venue  T-1 — in progress"),
        (
            {"status": Status.DONE, "completed_by": "U2"},
            "A task: Book the venue  T-1 — done by <@U2>",
        ),
        ({"status": Status.DONE}, "A task: Book the venue  T-1 — done"),
        ({"deleted": True}, "A task: Book the venue  T-1 — deleted"),
    ],
)
def test_a_line_says_how_far_it_is(fields: dict[str, Any], said: str) -> None:
    place = Place(key="V1", channel="C1", shape=Shape.LINE, lead="A task:")
    assert shown(make.task(number=1, **fields), place)["text"] == said


def test_a_reply_under_a_task_can_be_kept_as_its_note() -> None:
    found = Prefill(title="Hello", notes="", author="U1", is_cut=False)
    above = capture.above_form(found, None, about=7)
    first, second = above[-1]["elements"]
    assert (first["text"]["text"], first["value"]) == ("Keep as a note of T-7", "7")
    assert first["action_id"] != second["action_id"]
    form = capture.append(Meta(), "Hello", make.task(number=7))
    assert form["blocks"][0]["element"]["initial_option"]["value"] == "7"
    assert problems_of_view(form) == []
