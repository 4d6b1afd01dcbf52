"""How much is let in at once, by how late the event loop is; and how long it may take."""

import pytest

from observability.admission import AT_LEAST, AT_MOST, BEATS, Admission, next_limit, time_left

CALM = 0.02


@pytest.mark.parametrize(
    ("limit", "lag", "then"),
    [
        (100, 0.0, 100),  # never more than that
        (60, 0.0, 72),
        (60, 0.1, 72),  # still in time
        (60, 0.11, 60 * 0.1 / 0.11),  # a little late, a little less
        (60, 0.15, 40),
        (60, 0.2, 30),
        (60, 5.0, 30),  # half at most, at a time
        (20, 5.0, 16),
        (16, 5.0, 16),  # some are always let in
        (99, 0.05, 100),
    ],
)
def test_what_is_let_in_follows_the_lag(limit: float, lag: float, then: float) -> None:
    assert next_limit(limit, lag=lag) == pytest.approx(then)


@pytest.mark.parametrize(
    ("lag", "left"),
    [(0.0, 2.4), (0.1, 2.2), (0.5, 1.4), (1.0, 0.4), (5.0, 0.0)],
)
def test_the_later_the_loop_the_less_time_is_left(lag: float, left: float) -> None:
    assert time_left(2.4, lag=lag) == pytest.approx(left)


def test_the_loop_is_in_time_until_less_is_let_in_for_its_sake() -> None:
    admission = Admission(turned_away=lambda _: None, at_most=20)
    seen = [admission.is_in_time]
    for lag in (1.0, 0.0, 0.0):
        for _ in range(BEATS):
            admission.felt(lag)
        seen.append(admission.is_in_time)
    assert seen == [True, False, False, True]


def test_so_many_are_let_in_the_next_is_turned_away_and_counted_until_one_leaves() -> None:
    away: list[str] = []
    admission = Admission(turned_away=away.append, at_most=2)

    assert [admission.enter("command") for _ in range(2)] == [True, True]
    assert admission.enter("view") is False
    assert (admission.under_way, away) == (2, ["view"])
    admission.leave()
    assert admission.enter("event") is True
    assert away == ["view"]


def test_a_late_loop_lets_fewer_in_and_one_in_time_all_again() -> None:
    admission = Admission(turned_away=lambda _: None)

    for _ in range(20 * BEATS):
        admission.felt(1.0)
    assert admission.limit == AT_LEAST
    assert admission.left(2.4) == pytest.approx(0.4)
    for _ in range(20 * BEATS):
        admission.felt(CALM)
    assert admission.limit == AT_MOST


def test_a_stall_is_no_queue() -> None:
    admission = Admission(turned_away=lambda _: None)
    for lag in [3.0, 0.3, 0.3, 0.3, CALM] * 4:  # scrapes, collections of garbage, neighbours
        admission.felt(lag)
    assert admission.limit == AT_MOST


def test_a_queue_that_stays_is_judged_by_its_shortest() -> None:
    admission = Admission(turned_away=lambda _: None)
    for lag in [3.0, 0.2, 0.125, 0.3, 1.0]:
        admission.felt(lag)
    assert admission.limit == pytest.approx(AT_MOST * 0.1 / 0.125)


def test_a_bound_below_the_least_is_kept() -> None:
    admission = Admission(turned_away=lambda _: None, at_most=2)
    for _ in range(BEATS):
        admission.felt(1.0)
    assert admission.limit == 2
