"""The three-way merge: both sides kept, or a clash; nothing overwritten unseen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.merge import Clash, three_way
from tasks.model import Field, Value
from tasks.text import STEPS_MAX
from tests.unit.tasks.world import a_task

FIELDS = [Field.TITLE, Field.NOTES]
SIDE = st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(["a", "b", "c"]))


def test_a_field_that_only_the_editor_changed_is_taken() -> None:
    merge = three_way(base=a_task(), theirs=a_task(notes="n"), ours={Field.TITLE: "Mine"})
    assert (merge.values, merge.clashes) == ({Field.TITLE: "Mine"}, ())


def test_a_field_that_only_the_others_changed_is_theirs() -> None:
    merge = three_way(
        base=a_task(), theirs=a_task(title="Theirs"), ours={Field.TITLE: "Book the venue"}
    )
    assert (merge.values, merge.clashes) == ({}, ())


def test_a_field_that_both_changed_alike_is_settled() -> None:
    merge = three_way(base=a_task(), theirs=a_task(title="X"), ours={Field.TITLE: "X"})
    assert (merge.values, merge.clashes) == ({}, ())


def test_a_field_that_both_changed_differently_is_a_clash_with_all_three_values() -> None:
    merge = three_way(base=a_task(), theirs=a_task(title="Theirs"), ours={Field.TITLE: "Mine"})
    assert merge.values == {}
    assert merge.clashes == (
        Clash(field=Field.TITLE, base="Book the venue", theirs="Theirs", ours="Mine"),
    )


def test_without_a_base_everything_that_differs_is_a_clash() -> None:
    merge = three_way(base=None, theirs=a_task(), ours={Field.TITLE: "Mine", Field.NOTES: ""})
    assert [clash.field for clash in merge.clashes] == [Field.TITLE]
    assert merge.clashes[0].base is None


@given(base=SIDE, theirs=SIDE, ours=SIDE)
def test_every_touched_field_is_taken_clashes_or_needs_nothing(
    base: dict[Field, Value], theirs: dict[Field, Value], ours: dict[Field, Value]
) -> None:
    then = a_task(**_named(base))
    now = a_task(**_named(theirs))
    merge = three_way(base=then, theirs=now, ours=ours)
    clashing = {clash.field for clash in merge.clashes}
    for name, wanted in ours.items():
        touched = wanted != then.value(name)
        overtaken = now.value(name) != then.value(name)
        needed = touched and wanted != now.value(name)
        assert (name in merge.values) == (needed and not overtaken)
        assert (name in clashing) == (needed and overtaken)


def _named(values: dict[Field, Value]) -> dict[str, Value]:
    return {name.value: value for name, value in values.items()}


STEPS = st.lists(st.sampled_from("abcde"), unique=True).map(tuple)


@pytest.mark.parametrize(
    ("base", "theirs", "ours", "both"),
    [
        ("ab", "abc", "abd", "abcd"),
        ("ab", "b", "abd", "bd"),
        ("ab", "ba", "abd", "bad"),
        ("ab", "ab", "b", "b"),
        ("a", "x", "y", "xy"),
        ("", "a", "a", None),
    ],
)
def test_steps_that_both_added_are_there_and_those_that_either_removed_are_not(
    base: str, theirs: str, ours: str, both: str | None
) -> None:
    merge = three_way(
        base=a_task(checklist=tuple(base)),
        theirs=a_task(checklist=tuple(theirs)),
        ours={Field.CHECKLIST: tuple(ours)},
    )
    assert merge.clashes == ()
    assert merge.values.get(Field.CHECKLIST) == (None if both is None else tuple(both))


@given(base=STEPS, theirs=STEPS, ours=STEPS)
def test_no_step_is_lost_that_nobody_removed(
    base: tuple[str, ...], theirs: tuple[str, ...], ours: tuple[str, ...]
) -> None:
    now = a_task(checklist=theirs)
    merge = three_way(base=a_task(checklist=base), theirs=now, ours={Field.CHECKLIST: ours})
    found = merge.values.get(Field.CHECKLIST, theirs)
    kept = {one for one in base if one in theirs and one in ours}
    added = (set(theirs) | set(ours)) - set(base)
    assert isinstance(found, tuple)
    assert set(found) == kept | added
    assert len(set(found)) == len(found)


def test_a_checklist_that_would_be_too_long_is_a_clash() -> None:
    theirs = tuple(map(str, range(STEPS_MAX)))
    merge = three_way(
        base=a_task(), theirs=a_task(checklist=theirs), ours={Field.CHECKLIST: ("new",)}
    )
    assert [clash.field for clash in merge.clashes] == [Field.CHECKLIST]
