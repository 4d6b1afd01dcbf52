"""The figures of a sample: quantiles, seconds, lines."""

from __future__ import annotations

import math

import pytest

from benchmarks.load import Reply, Sample
from benchmarks.stats import by_second, least_squares, pooled, quantile, summarise


def sample(latencies: list[float], *, outcome: str = "200", seconds: float = 1.0) -> Sample:
    made = Sample(name="load", seconds=seconds)
    for place, latency in enumerate(latencies):
        made.note(Reply(outcome), due=float(place), latency=latency)
    return made


@pytest.mark.parametrize(
    ("q", "expected"), [(0.0, 1), (0.5, 50), (0.95, 95), (0.99, 99), (1.0, 100)]
)
def test_a_quantile_is_a_value_that_was_measured(q: float, expected: float) -> None:
    assert quantile(reversed(range(1, 101)), q) == expected


def test_the_quantile_of_nothing_is_no_number() -> None:
    assert math.isnan(quantile([], 0.5))


def test_a_summary_is_in_milliseconds() -> None:
    found = summarise(sample([0.001, 0.002, 0.006]))
    assert (found.minimum, found.p50, found.maximum) == (1.0, 2.0, 6.0)
    assert found.mean == pytest.approx(3.0)


def test_only_right_answers_count_as_success_and_as_throughput() -> None:
    made = sample([0.001] * 3, seconds=2.0)
    made.note(Reply("503 instead of 200"), due=0.0, latency=0.001)
    found = summarise(made)
    assert (found.success, found.rate, found.requests) == (0.75, 1.5, 4)
    assert found.errors == {"503 instead of 200": 1}


def test_a_load_without_an_answer_has_no_success() -> None:
    found = summarise(Sample(name="load"))
    assert (found.success, found.rate) == (0.0, 0.0)
    assert math.isnan(found.p95)


def test_wrong_answers_keep_their_latency() -> None:
    assert summarise(sample([9.0], outcome="timeout")).maximum == 9000.0


def test_seconds_are_told_apart_by_when_a_request_was_due() -> None:
    first, second = by_second([(0.9, 0.010), (1.0, 0.002), (0.1, 0.030), (1.5, 0.004)])
    assert (first.at, first.requests, first.p50, first.worst) == (0, 2, 10.0, 30.0)
    assert (second.at, second.requests, second.p50, second.worst) == (1, 2, 2.0, 4.0)


def test_runs_are_pooled_one_behind_the_other() -> None:
    whole = pooled([sample([0.001], seconds=5.0), sample([0.003], seconds=7.0)])
    assert whole.points == [(0.0, 0.001), (5.0, 0.003)]
    assert (whole.seconds, whole.requests) == (12.0, 2)


def test_a_line_through_points_on_a_line_is_that_line() -> None:
    found = least_squares([(0.0, 3.0), (1.0, 5.0), (2.0, 7.0)])
    assert (found.start, found.slope, found.slope_error) == (3.0, 2.0, 0.0)
    assert found.at(10.0) == 23.0


def test_scatter_makes_a_slope_unsure() -> None:
    found = least_squares([(0.0, 0.0), (1.0, 2.0), (2.0, 0.0), (3.0, 2.0)])
    assert found.slope == pytest.approx(0.4)
    assert found.slope_error == pytest.approx(math.sqrt(3.2 / 2 / 5))


def test_two_points_have_a_slope_and_nothing_to_judge_it_by() -> None:
    assert math.isnan(least_squares([(0.0, 1.0), (1.0, 2.0)]).slope_error)


def test_points_at_one_place_have_no_line() -> None:
    with pytest.raises(ValueError, match="two places"):
        least_squares([(1.0, 1.0), (1.0, 2.0)])


def test_pooled_runs_keep_their_wrong_answers_at_their_time() -> None:
    first, second = sample([0.001], seconds=5.0), sample([0.001, 0.002], outcome="timeout")
    whole = pooled([first, second])
    assert [(wrong.outcome, wrong.due) for wrong in whole.wrong] == [
        ("timeout", 5.0),
        ("timeout", 6.0),
    ]
    assert summarise(whole).wrong == tuple(whole.wrong)
