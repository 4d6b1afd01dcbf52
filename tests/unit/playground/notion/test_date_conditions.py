from datetime import UTC, datetime

import pytest

from playground.notion.date_conditions import date_conditions
from playground.notion.errors import Refusal
from playground.notion.times import Moment, parse_moment

SATURDAY = datetime(2026, 6, 27, 17, 1, 30, tzinfo=UTC)
CONDITIONS = date_conditions(SATURDAY)


def holds(name: str, argument: object, value: str | None) -> bool:
    moment: Moment | None = None if value is None else parse_moment(value)
    return CONDITIONS[name](argument, "filter")(moment)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("equals", True),
        ("on_or_before", True),
        ("on_or_after", True),
        ("before", False),
        ("after", False),
    ],
)
def test_date_times_compare_by_the_minute(name: str, *, expected: bool) -> None:
    argument = "2026-06-27T18:01:15.377824+01:00"
    assert holds(name, argument, "2026-06-27T18:01:00.000+01:00") is expected
    assert holds(name, argument, "2026-06-27T17:01:00.000Z") is expected


def test_a_date_compares_whole_days() -> None:
    assert holds("equals", "2026-06-27", "2026-06-27T23:59:00.000+00:00")
    assert holds("equals", "2026-06-27", "2026-06-27")
    assert not holds("after", "2026-06-27", "2026-06-27T23:59:00.000+00:00")
    assert holds("before", "2026-06-28", "2026-06-27T23:59:00.000+00:00")


@pytest.mark.parametrize("name", ["equals", "before", "after", "on_or_before", "on_or_after"])
def test_comparisons_leave_empty_rows_out(name: str) -> None:
    assert not holds(name, "2026-06-27", None)


@pytest.mark.parametrize(
    ("period", "first", "last", "outside"),
    [
        ("past_week", "2026-06-20", "2026-06-27", ["2026-06-19", "2026-06-28"]),
        ("past_month", "2026-05-27", "2026-06-27", ["2026-05-26", "2026-06-28"]),
        ("past_year", "2025-06-27", "2026-06-27", ["2025-06-26", "2026-06-28"]),
        ("next_week", "2026-06-27", "2026-07-04", ["2026-06-26", "2026-07-05"]),
        ("next_month", "2026-06-27", "2026-07-27", ["2026-06-26", "2026-07-28"]),
        ("next_year", "2026-06-27", "2027-06-27", ["2026-06-26", "2027-06-28"]),
        ("this_week", "2026-06-21", "2026-06-27", ["2026-06-20", "2026-06-28"]),
    ],
)
def test_periods_include_both_ends(period: str, first: str, last: str, outside: list[str]) -> None:
    assert holds(period, {}, first)
    assert holds(period, {}, last)
    assert not any(holds(period, {}, day) for day in (*outside, None))


@pytest.mark.parametrize(
    ("word", "day"),
    [
        ("today", "2026-06-27"),
        ("tomorrow", "2026-06-28"),
        ("yesterday", "2026-06-26"),
        ("one_week_ago", "2026-06-20"),
        ("one_week_from_now", "2026-07-04"),
        ("one_month_ago", "2026-05-27"),
        ("one_month_from_now", "2026-07-27"),
    ],
)
def test_documented_words_stand_for_days(word: str, day: str) -> None:
    assert holds("equals", word, day)


@pytest.mark.parametrize(
    ("name", "argument"),
    [("equals", "soon"), ("equals", 5), ("past_week", True), ("past_week", {"x": 1})],
)
def test_what_is_no_date_is_refused(name: str, argument: object) -> None:
    with pytest.raises(Refusal):
        CONDITIONS[name](argument, "filter")
