"""How much is let in at once, by how late the event loop is; and how long it may take."""

import pytest

from observability.admission import AT_LEAST, AT_MOST, Admission, next_limit, time_left

CALM = 0.02


@pytest.mark.parametrize(
    ("limit", "lag", "then"),
    [
        (100, 0.0, 100),  # never more than that
        (60, 0.0, 63),
        (60, 0.1, 63),  # still in time
        (60, 0.11, 60 * 0.1 / 0.11),  # a little late, a little less
        (60, 0.15, 40),
        (60, 0.2, 30),
        (60, 5.0, 30),  # one stall halves it, no more
        (10, 5.0, 8),
        (8, 5.0, 8),  # some are always let in
        (99, 0.05, 100),
    ],
)
def test_what_is_let_in_follows_the_lag(limit: float, lag: float, then: float) -> None:
    assert next_limit(limit, lag=lag) == pytest.approx(then)


@pytest.mark.parametrize(
    ("lag", "left"),
    [(0.0, 2.4), (0.1, 2.2), (0.5, 1.4), (1.0, 0.4), (5.0, 0.4)],
)
def test_who_has_waited_and_will_wait_has_less_time_left(lag: float, left: float) -> None:
    assert time_left(2.4, lag=lag) == pytest.approx(left)


def test_a_deadline_that_is_shorter_than_the_least_stays() -> None:
    assert time_left(0.0, lag=5.0) == 0.0


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

    for _ in range(20):
        admission.felt(1.0)
    assert admission.limit == AT_LEAST
    assert admission.left(2.4) == pytest.approx(0.4)
    for _ in range(100):
        admission.felt(CALM)
    assert admission.limit == AT_MOST


def test_one_stall_of_a_process_with_little_to_do_turns_nobody_away() -> None:
    away: list[str] = []
    admission = Admission(turned_away=away.append)

    admission.felt(0.3)  # a scrape, a collection of garbage
    for _ in range(50):
        admission.enter("command")
    assert away == []


def test_a_bound_below_the_least_is_kept() -> None:
    admission = Admission(turned_away=lambda _: None, at_most=2)
    admission.felt(1.0)
    assert admission.limit == 2
