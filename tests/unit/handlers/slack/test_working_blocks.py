"""What people see while they work on tasks: within Slack's limits, whatever the task."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.slack.blocks import bulk, checklist, working
from handlers.slack.blocks.bulk import Plan
from handlers.slack.blocks.form import Meta
from handlers.slack.blocks.history import history, overtaken
from handlers.slack.blocks.listing import entry
from handlers.slack.blocks.message import Message
from handlers.slack.blocks.parts import plain_line
from handlers.slack.blocks.task import card, owes_answer
from playground.slack.validate.messages import problems_of_message
from playground.slack.validate.views import problems_of_view
from tasks.bulk import Deed
from tasks.commands import HistoryPage, TaskLine
from tasks.errors import NoSuchTask, NotAllowed, NotSaved, TaskIsDeleted
from tasks.model import Actor, Change, Due, Field, FieldChange, Source, Status, Task
from tests.unit.handlers.slack.builders import MARIA, NOW, changes, steps, task, tasks, texts

SAM = Actor(person="U2", source=Source.SLACK)
BERLIN = ZoneInfo("Europe/Berlin")


def hold(shown: Message) -> None:
    assert problems_of_message(shown.body()) == []


def labels(shown: Message) -> list[str]:
    return [
        element["text"]["text"]
        for block in shown.body()["blocks"]
        for element in block.get("elements", [])
        if element["type"] == "button"
    ]


def rare(shown: Message) -> list[str]:
    return [
        option["text"]["text"]
        for block in shown.body()["blocks"]
        for element in block.get("elements", [])
        if element["type"] == "overflow"
        for option in element["options"]
    ]


def given_to(*people: str, by: Actor = MARIA, **more: object) -> Task:
    step = FieldChange(field=Field.ASSIGNEES, before=(), after=people)
    made = Change(rev=1, by=MARIA, at=NOW)
    handed = Change(rev=2, by=by, at=NOW, fields=(step,))
    return task(assignees=people, changes=(made, handed), rev=2, **more)


@pytest.mark.parametrize(
    ("found", "viewer", "there", "not_there"),
    [
        (task(), "U2", {"Claim", "Snooze"}, {"Accept", "Decline", "Undo"}),
        (task(), "U1", {"Undo"}, {"Claim", "Accept"}),
        (given_to("U2"), "U2", {"Accept", "Decline"}, {"Claim"}),
        (given_to("U2"), "U3", set(), {"Accept", "Decline", "Claim"}),
        (given_to("U2", by=SAM), "U2", set(), {"Accept", "Decline"}),
        (given_to("U2", accepted=("U2",)), "U2", set(), {"Accept", "Decline"}),
        (given_to("U2", status=Status.DONE), "U2", {"Reopen"}, {"Accept", "Snooze", "Done"}),
        (task(deleted=True), "U2", {"Restore"}, {"Claim", "Snooze", "Done"}),
    ],
)
def test_the_card_offers_what_can_be_done_by_whoever_looks(
    found: Task, viewer: str, there: set[str], not_there: set[str]
) -> None:
    shown = set(labels(card(found, now=NOW, viewer=viewer)))
    assert there <= shown
    assert not not_there & shown


def test_who_made_a_task_claims_it_behind_the_dots() -> None:
    assert rare(card(task(), now=NOW, viewer="U1"))[0] == "Claim"
    assert "Claim" not in rare(card(task(), now=NOW, viewer="U2"))


def test_an_assignee_of_long_ago_owes_an_answer_unless_they_made_it() -> None:
    assert owes_answer(task(assignees=("U2",), changes=()), "U2")
    assert not owes_answer(task(assignees=("U1",), changes=()), "U1")


def test_the_card_says_who_accepted_how_far_it_is_and_until_when() -> None:
    found = task(
        assignees=("U1", "U2"),
        accepted=("U2",),
        checklist=("Call", "Pay", "Go"),
        ticked=("Pay", "gone"),
        snoozed=Due.local(NOW + timedelta(days=1), "Europe/Berlin"),
    )
    text = card(found, now=NOW, viewer="U1").text
    assert "<@U1>, <@U2> ✓" in text
    assert "1/3" in text
    assert "Snoozed until Tue 24 Nov 2026, 13:00 Europe/Berlin" in text
    assert "[ ] Call\n[x] Pay\n[ ] Go" in text
    later = card(found, now=NOW + timedelta(days=2), viewer="U1").text
    assert "Snoozed" not in later
    line = "\n".join(plain_line(one) for one in entry(TaskLine.of(found), NOW))
    assert "1/3" in line
    assert "snoozed until" in line


FOUND = task(checklist=tuple(f"step {n}" for n in range(12)), ticked=("step 0", "step 11"))


@pytest.mark.parametrize(
    ("at", "picked", "now", "done", "undone"),
    [
        (0, ("step 0", "step 3"), FOUND, ("step 3",), ()),
        (0, (), FOUND, (), ("step 0",)),
        (1, ("step 11", "step 10"), FOUND, ("step 10",), ()),
        (1, (), FOUND, (), ("step 11",)),
        # Faster than the card: what it showed is there again, and what was ticked since is not.
        (
            0,
            ("step 0",),
            task(checklist=FOUND.checklist, ticked=("step 0", "step 2")),
            (),
            ("step 2",),
        ),
    ],
)
def test_a_click_changes_what_was_touched(
    at: int, picked: tuple[str, ...], now: Task, done: tuple[str, ...], undone: tuple[str, ...]
) -> None:
    block = list(checklist.boxes(FOUND))[at].block
    tick = checklist.ticked(block, picked)
    assert tick is not None
    assert tick.number == FOUND.number
    assert (tick.done, checklist.taken_back(tick, now) if not tick.done else ()) == (done, undone)


@pytest.mark.parametrize("block", ["", "steps", "steps/x/0/", "other/12/0/", "steps/12/y/"])
def test_a_block_of_somebody_else_says_nothing(block: str) -> None:
    assert checklist.ticked(block, ("Call",)) is None


@given(found=tasks, at=st.integers(0, 7 * 24 * 60), is_snoozed=st.booleans())
@settings(max_examples=40)
def test_any_moment_makes_a_form_to_snooze(found: Task, at: int, *, is_snoozed: bool) -> None:
    now = (NOW + timedelta(minutes=at)).astimezone(BERLIN)
    meta = Meta(number=found.number, zone="Europe/Berlin", response_url="https://x" * 30)
    assert (
        problems_of_view(working.snooze(meta, now=now, is_snoozed=is_snoozed), kind="modal") == []
    )
    assert problems_of_view(working.decline(meta), kind="modal") == []


@given(
    found=st.lists(tasks, min_size=1, max_size=3),
    deed=st.sampled_from(Deed),
    count=st.integers(1, 100),
)
@settings(max_examples=40)
def test_any_tasks_make_the_forms_of_a_bulk(found: list[Task], deed: Deed, count: int) -> None:
    lines = [TaskLine.of(one) for one in {one.number: one for one in found}.values()]
    numbers = tuple(10**9 - n for n in range(count))
    plan = Plan(
        asked="all", response_url="https://hooks.slack.com/" + "x" * 200, zone="Europe/Berlin"
    )
    for is_more in (False, True):
        assert problems_of_view(bulk.select(plan, lines, is_more=is_more), kind="modal") == []
    chosen = Plan(**{**_fields(plan), "numbers": numbers, "deed": deed.value})
    view = bulk.ask(chosen)
    assert problems_of_view(view, kind="modal") == []
    asks = "?" in str(view["blocks"][0])
    assert asks is (count > 10)


def _fields(plan: Plan) -> dict[str, Any]:
    return {name: getattr(plan, name) for name in Plan.__slots__}


@given(
    deed=st.sampled_from(Deed),
    count=st.integers(0, 100),
    same=st.integers(0, 100),
    asked=st.text(max_size=60) | st.just("x" * 2500),
    left=st.integers(0, 3),
    tags=st.lists(texts, max_size=20),
)
@settings(max_examples=60)
def test_any_outcome_of_a_bulk_makes_a_message(
    *, deed: Deed, count: int, same: int, asked: str, left: int, tags: list[str]
) -> None:
    errors = (
        NoSuchTask(1),
        TaskIsDeleted(task()),
        NotAllowed(task(), "no"),
        NotSaved(),
        ValueError(),
    )
    failed: Mapping[int, Exception] = {n: errors[n % 5] for n in range(count)}
    plan = Plan(deed=deed.value, asked=asked, key="V1-abc", tags=tuple(tags))
    many = range(10**9, 10**9 + count)
    hold(bulk.outcome(plan, changed=many, same=range(same), failed=failed, left=left))
    hold(bulk.undone(changed=many, failed=failed, left=left, again=Plan(key="V1").dumps()))


def test_a_plan_survives_its_way_through_slack() -> None:
    plan = Plan(asked="#a", numbers=(1, 2), deed="tag", key="V1", tags=("a b",), assignees=("U1",))
    assert Plan.of(json.loads(plan.dumps()) | {"news": 1}) == plan


@given(found=tasks, made=st.lists(changes, max_size=15), step=steps)
@settings(max_examples=60)
def test_any_history_offers_values(found: Task, made: list[Change], step: FieldChange) -> None:
    hold(history(HistoryPage(task=found, changes=tuple(made), has_more=True)))
    hold(overtaken(found, step, "1:2:title"))


def test_the_history_offers_no_value_that_stands_already() -> None:
    made = Change(
        rev=2,
        by=MARIA,
        at=datetime(2026, 11, 23, tzinfo=BERLIN),
        fields=(FieldChange(field=Field.TITLE, before="Book the venue", after="Other"),),
    )
    shown = history(HistoryPage(task=task(), changes=(made,), has_more=False))
    assert [block["type"] for block in shown.body()["blocks"]] == ["rich_text", "rich_text"]
