"""Whatever the task, Slack takes what we make of it, and nothing in it pings or formats."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.slack.again import AgainPressed, AgainTyped
from handlers.slack.blocks import attention, clash, errors, form
from handlers.slack.blocks.form import Meta
from handlers.slack.blocks.help import help_on
from handlers.slack.blocks.history import history
from handlers.slack.blocks.home import (
    DONE_LENGTH,
    LENGTH,
    TAG_MAX,
    WORDS_MAX,
    Found,
    Lead,
    Shown,
    Which,
    home,
    trouble,
)
from handlers.slack.blocks.link import address
from handlers.slack.blocks.listing import listing
from handlers.slack.blocks.message import Message
from handlers.slack.blocks.quiet import below_link
from handlers.slack.blocks.sync import Standing, status
from handlers.slack.blocks.task import card
from handlers.slack.troubles import UnknownPeople, UnknownWord
from notifications.card_posts import preview
from playground.slack.validate.messages import problems_of_attachments, problems_of_message
from playground.slack.validate.views import problems_of_view
from tasks.commands import HistoryPage, LinePage, TaskLine
from tasks.errors import DateInDoubt, EditClash, NotADate, NotSaved, TaskIsDeleted
from tasks.merge import Clash
from tasks.model import EDITABLE, Field, Task
from tasks.ports import Backlog, InNeed, Mine, Need, Pause, Question
from tests.unit.handlers.slack.builders import NOW, changes, persons, tasks, texts, titles

TEXT_MAX = 4000
VIEW_BYTES = 250_000
_OUR_MENTION = re.compile(r"<@[UW][A-Z0-9]+>|<#C[A-Z0-9]+>")


def hold(shown: Message) -> None:
    body = shown.body()
    assert problems_of_message(body) == []
    assert 0 < len(body["text"]) <= TEXT_MAX
    bare = _OUR_MENTION.sub("", body["text"])
    assert "<" not in bare
    assert ">" not in bare
    assert (body["mrkdwn"], body["unfurl_links"], body["unfurl_media"]) == (False, False, False)
    json.dumps(body).encode()


@given(task=tasks, viewer=persons, said=st.lists(st.text(min_size=1, max_size=200), max_size=3))
@settings(max_examples=60)
def test_any_task_makes_a_card(task: Task, viewer: str, said: list[str]) -> None:
    hold(card(task, lead=("Added.",), said=tuple(said), now=NOW, viewer=viewer, ahead=3))


@given(task=tasks)
@settings(max_examples=60)
def test_any_task_can_stand_below_a_link_and_its_address_be_shown(task: Task) -> None:
    shown = below_link(card(task, now=NOW, viewer="", is_shared=True, has_link=True), {})
    hold(shown)
    assert problems_of_attachments([preview(shown.body())]) == []
    hold(address(task, f"https://tasks.example.com/t/T1/{task.number}"))


@given(
    found=st.lists(tasks, max_size=3).map(lambda some: some * 4),
    asked=st.text(max_size=60) | st.just("x" * 2500),
    following=st.none() | st.text(min_size=1, max_size=300),
    is_first=st.booleans(),
)
@settings(max_examples=60)
def test_any_list_makes_a_message(
    found: list[Task], asked: str, following: str | None, *, is_first: bool
) -> None:
    page = LinePage(lines=tuple(map(TaskLine.of, found)), next=following)
    hold(listing(page, title=("Your tasks",), asked=asked, now=NOW, is_first=is_first))


@given(
    task=tasks, steps=st.lists(changes, max_size=3).map(lambda some: some * 5), more=st.booleans()
)
@settings(max_examples=60)
def test_any_history_makes_a_message(task: Task, steps: list[Any], *, more: bool) -> None:
    hold(history(HistoryPage(task=task, changes=tuple(steps), has_more=more)))


@given(
    found=st.lists(tasks, max_size=4).map(lambda some: (some * LENGTH)[:LENGTH]),
    done=st.lists(tasks, max_size=DONE_LENGTH, unique_by=lambda one: one.number),
    which=st.sampled_from(Which),
    text=texts,
    following=st.none() | st.text(min_size=1, max_size=100),
    zone=st.sampled_from(["Europe/Berlin", "Pacific/Kiritimati", "Pacific/Pago_Pago"]),
    is_whole=st.booleans(),
)
@settings(max_examples=80)
def test_any_tasks_make_a_home_tab(
    found: list[Task],
    *,
    done: list[Task],
    which: Which,
    text: str,
    following: str | None,
    zone: str,
    is_whole: bool,
) -> None:
    now = NOW.astimezone(ZoneInfo(zone))
    lines = [TaskLine.of(task)._replace(number=n) for n, task in enumerate(found, 1)]
    page = LinePage(lines=tuple(lines), next=following, is_whole=is_whole)
    shown = Shown(
        which=which, tag=text[:TAG_MAX] or "x", words=text[:WORDS_MAX], cursor=following or ""
    )
    lead = Lead(said=("Done: T-1.",), undo="1:2")
    for standing in (None, standing_of(0, "Notion does not accept the token any more.")):
        there = Found(page=page, done=tuple(map(TaskLine.of, done)), standing=standing)
        view = home(there, shown, now=now, lead=lead)
        assert problems_of_view(view, kind="home") == []
        assert len(json.dumps(view).encode()) < VIEW_BYTES
        assert Shown.read(view["private_metadata"]) == shown
    assert problems_of_view(trouble("Nothing to read.", shown), kind="home") == []
    opened = form.new(Meta(home=True, tab=shown.dumps()))
    assert problems_of_view(opened, kind="modal") == []


@given(task=tasks, address=st.text(max_size=200))
@settings(max_examples=60)
def test_any_task_can_be_edited_in_a_form(task: Task, address: str) -> None:
    meta = Meta(channel="C1", response_url=f"https://hooks.slack.com/{address}", replace=True)
    assert problems_of_view(form.edit(task, meta), kind="modal") == []
    assert problems_of_view(form.edit(task, meta, (Field.ASSIGNEES,)), kind="modal") == []


def standing_of(conflicts: int, trouble: str | None) -> Standing:
    return Standing(
        backlog=Backlog(behind=1, oldest=NOW, set_aside=conflicts, conflicts=conflicts),
        pause=Pause(until=NOW, reason="429"),
        trouble=trouble,
        conflicts=conflicts,
        mine=Mine(waiting=1, ahead=conflicts),
        channel="C1" if conflicts else None,
    )


@given(found=st.lists(tasks, max_size=12), need=st.sampled_from(Need), after=st.integers(0, 9))
@settings(max_examples=60)
def test_any_tasks_make_a_list_of_what_needs_a_person(
    found: list[Task], need: Need, after: int
) -> None:
    page = InNeed(tasks=tuple(found[: attention.LENGTH]), after=7 if len(found) > 10 else None)
    hold(attention.listed(page, need, count=len(found), after=after, lead="T-3: done."))


@given(found=st.lists(tasks, max_size=30), count=st.integers(0, 10_000))
@settings(max_examples=60)
def test_any_tasks_make_a_question_and_an_announcement(found: list[Task], count: int) -> None:
    question = Question(
        team="T1", since=NOW, count=count, expected=count, preview=tuple(found[:10])
    )
    hold(attention.asked(question))
    hold(attention.summary(found))
    for bring_back in (True, False):
        hold(attention.answered(count, bring_back=bring_back, by="U1"))
    hold(attention.answered(None, bring_back=True, by="U1"))


@given(theirs=tasks, ours=tasks, names=st.sets(st.sampled_from(EDITABLE)), rev=st.integers(1, 5))
@settings(max_examples=60)
def test_any_clash_is_shown_side_by_side(
    theirs: Task, ours: Task, names: set[Field], rev: int
) -> None:
    ours = replace(ours, notes=ours.notes[:3000])
    clashes = tuple(
        Clash(field=name, base=None, theirs=theirs.value(name), ours=ours.value(name))
        for name in names
    )
    view = clash.clashed(
        EditClash(theirs, clashes),
        {name: ours.value(name) for name in EDITABLE},
        Meta(number=theirs.number, rev=rev, fields=tuple(EDITABLE)),
    )
    assert problems_of_view(view, kind="modal") == []


@given(
    typed=titles | texts.map(lambda text: f"add {text}"),
    key=st.text(min_size=1, max_size=60),
    words=texts,
    task=tasks,
)
@settings(max_examples=60)
def test_any_trouble_makes_a_message(typed: str, key: str, words: str, task: Task) -> None:
    again = AgainTyped(text=typed, key=key)
    for error in (
        NotSaved(),
        DateInDoubt(words, ("Wed 9 Dec 2026", "Sun 12 Sep 2027", *["Mon 1 Jan 2029"] * 9)),
        NotADate(words),
        UnknownPeople((words, words), can_skip=True),
        UnknownWord(words, ("list",)),
        TaskIsDeleted(task),
        RuntimeError(words),
    ):
        hold(errors.for_command(error, again, request_id="abc"))
        hold(errors.for_action(error, AgainPressed(action="done", value="1", key=key)))
    hold(errors.still_saving(again))
    hold(errors.still_looking(again))


@given(
    backlog=st.builds(
        Backlog,
        behind=st.integers(0, 10_000),
        oldest=st.none() | st.just(NOW),
        set_aside=st.integers(0, 9),
    ),
    pause=st.none() | st.just(Pause(until=NOW, reason="429")),
    trouble=st.none() | st.text(min_size=1, max_size=9000),
)
def test_any_backlog_makes_a_message(
    backlog: Backlog, pause: Pause | None, trouble: str | None
) -> None:
    hold(status(Standing(backlog=backlog, pause=pause, trouble=trouble), now=NOW))
    hold(status(standing_of(backlog.set_aside, trouble), now=NOW))
    hold(status(None, now=NOW))


def test_every_help_topic_makes_a_message() -> None:
    for topic in ("", "add", "list", "change", "dates", "sync", "due", "nonsense"):
        hold(help_on(topic))
    assert help_on("due").text.startswith("Dates")
