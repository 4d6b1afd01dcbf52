"""The rule, cell by cell; and that every way of asking it gives the same answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.model import Task
from tasks.permissions import (
    ANYBODY,
    MADE_HERE,
    TABLE,
    Asker,
    Right,
    Standing,
    is_listed,
    may,
    may_be_posted,
    may_view,
    reach,
    rights,
)
from tests import make

ALL = set(Right)
LOOK = {Right.VIEW}
KEEP = {Right.VIEW, Right.EDIT, Right.EXPORT}
OTHER = "U_OTHER"
HERE = "C_HERE"

CELLS: dict[tuple[Standing, str], dict[str, set[Right]]] = {
    (Standing.MEMBER, "public"): {"creator": ALL, "assignee": ALL, "inside": ALL, "none": ALL},
    (Standing.ADMIN, "public"): {"creator": ALL, "assignee": ALL, "inside": ALL, "none": ALL},
    (Standing.GUEST, "public"): {
        "creator": ALL,
        "assignee": KEEP,
        "inside": KEEP,
        "creator inside": ALL,
        "none": set(),
    },
    (Standing.STRANGER, "public"): {
        "creator": set(),
        "assignee": set(),
        "inside": LOOK,
        "creator inside": ALL - {Right.EXPORT},
        "none": set(),
    },
    (Standing.MEMBER, "private"): {
        "creator": set(),
        "assignee": KEEP,
        "inside": ALL,
        "creator inside": ALL,
        "none": set(),
    },
    (Standing.ADMIN, "private"): {
        "creator": set(),
        "assignee": KEEP,
        "inside": ALL,
        "creator inside": ALL,
        "none": set(),
    },
    (Standing.GUEST, "private"): {
        "creator": set(),
        "assignee": KEEP,
        "inside": KEEP,
        "creator inside": ALL,
        "none": set(),
    },
    (Standing.STRANGER, "private"): {
        "creator": set(),
        "assignee": set(),
        "inside": LOOK,
        "creator inside": ALL - {Right.EXPORT},
        "none": set(),
    },
    (Standing.PROGRAM, "public"): {"none": ALL},
    (Standing.PROGRAM, "private"): {"none": set()},
}


def a_task(kind: str, tie: str) -> Task:
    return make.task(
        creator="U_ME" if "creator" in tie else OTHER,
        assignees=("U_ME",) if tie == "assignee" else (),
        channel=HERE,
        audience=HERE if kind == "private" else None,
    )


def an_asker(standing: Standing, tie: str) -> Asker:
    if standing is Standing.PROGRAM:
        return ANYBODY
    inside = frozenset({HERE}) if "inside" in tie else frozenset[str]()
    return Asker(person="U_ME", standing=standing, inside=inside)


@pytest.mark.parametrize(
    ("standing", "kind", "tie"),
    [(who, kind, tie) for (who, kind), ties in CELLS.items() for tie in ties],
)
def test_each_cell_of_the_rule(standing: Standing, kind: str, tie: str) -> None:
    assert rights(an_asker(standing, tie), a_task(kind, tie)) == CELLS[standing, kind][tie]


def test_the_rule_says_something_of_everybody() -> None:
    assert set(TABLE) == {(who, private) for who in Standing for private in (False, True)}
    assert set(MADE_HERE) <= set(Standing)


def test_what_is_private_to_one_person_is_theirs_alone() -> None:
    own = make.task(creator="U_ME", channel="D1", audience="U_ME")
    assert rights(Asker(person="U_ME", standing=Standing.MEMBER), own) == ALL
    assert rights(Asker(person="U_ME", standing=Standing.GUEST), own) == ALL
    for standing in Standing:
        assert not may_view(Asker(person=OTHER, standing=standing), own)


def test_a_private_task_is_posted_in_its_own_channel_only() -> None:
    private, public = make.task(channel="C1", audience="C1"), make.task(channel="C1")
    assert may_be_posted(private, "C1")
    assert not may_be_posted(private, "C2")
    assert may_be_posted(public, "C2")
    assert not may_be_posted(make.task(channel="D1", audience="U_ME"), "C1")


people = st.sampled_from(["U1", "U2", "U3"])
conversations = st.sampled_from(["C1", "C2", "C3"])


@st.composite
def tasks(draw: st.DrawFn) -> Task:
    audience = draw(st.none() | conversations | people)
    return make.task(
        creator=draw(st.none() | people),
        assignees=tuple(draw(st.lists(people, unique=True, max_size=2))),
        channel=draw(st.none() | conversations),
        audience=audience,
    )


askers = st.one_of(
    st.just(ANYBODY),
    st.builds(
        Asker,
        person=people,
        standing=st.sampled_from([one for one in Standing if one is not Standing.PROGRAM]),
        inside=st.frozensets(conversations),
    ),
)


@given(asker=askers, task=tasks(), owner=st.none() | people)
def test_no_list_shows_what_may_not_be_seen(asker: Asker, task: Task, owner: str | None) -> None:
    listed = is_listed(asker, task, owner=owner)
    assert may_view(asker, task) or not listed


@given(asker=askers, task=tasks(), right=st.sampled_from(Right))
def test_what_one_write_can_check_is_the_rule_itself(
    asker: Asker, task: Task, right: Right
) -> None:
    assert reach(asker, right).holds(task) == may(asker, task, right)


@given(task=tasks(), person=people)
def test_ones_own_list_shows_all_that_was_assigned_to_one(task: Task, person: str) -> None:
    asker = Asker(person=person, standing=Standing.MEMBER)
    if person in task.assignees:
        assert is_listed(asker, task, owner=person)


@given(task=tasks(), asker=askers)
def test_whoever_may_do_anything_may_look(task: Task, asker: Asker) -> None:
    held = rights(asker, task)
    assert not held or Right.VIEW in held
