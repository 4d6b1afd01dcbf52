"""The marks of what was said: who shares one, and that an index can hold them."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from storage.echo import WITHIN, marks
from tests import make
from tests.contract.storage.strategies import milliseconds

WORDS = st.text(min_size=1, max_size=9)


def marks_of(said: str, at: datetime) -> set[int]:
    return set(marks(make.task(), said, at)["echo"]["marks"])


@given(said=WORDS, at=milliseconds, later=st.timedeltas(timedelta(), WITHIN - timedelta.resolution))
def test_the_same_words_within_the_span_share_a_mark(
    said: str, at: datetime, later: timedelta
) -> None:
    assert marks_of(said, at) & marks_of(said, at + later)


@given(said=WORDS, at=milliseconds, later=st.timedeltas(2 * WITHIN, timedelta(days=999)))
def test_the_same_words_two_spans_later_share_none(
    said: str, at: datetime, later: timedelta
) -> None:
    assert not marks_of(said, at) & marks_of(said, at + later)


@given(said=WORDS, other=WORDS, at=milliseconds)
def test_other_words_share_none_and_all_marks_fit_an_index(
    said: str, other: str, at: datetime
) -> None:
    assert said == other or not marks_of(said, at) & marks_of(other, at)
    assert all(0 < mark < 2**63 for mark in marks_of(said, at))
