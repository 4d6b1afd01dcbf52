"""Whether what was measured outside and what `/stats` says are the same, as far as can be told."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from benchmarks.agreement import apart, checks, table, told
from benchmarks.checks import Kind
from benchmarks.load import Reply, Sample
from benchmarks.stats import Summary, summarise

SAID = {"http": {"/api/v1/tasks": {"count": 100, "p50": 0.004, "p95": 0.02, "p99": 0.2}}}


def measured(*latencies: float) -> Summary:
    sample = Sample(name="GET tasks", seconds=1.0)
    for latency in latencies:
        sample.note(Reply("200"), due=0.0, latency=latency)
    return summarise(sample)


AS_SAID = measured(*[0.005] * 90, *[0.024] * 7, *[0.22] * 3)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (0.004, 0.009, 0),
        (0.01, 0.0101, 1),  # a bound belongs to the bucket that ends with it
        (0.0101, 0.025, 0),
        (0.009, 0.026, 2),
        (0.3, 0.06, 2),
        (6.0, 5.5, 0),  # beyond the last bound
    ],
)
def test_times_are_as_far_apart_as_bounds_lie_between(
    one: float, other: float, expected: int
) -> None:
    assert apart(one, other) == apart(other, one) == expected


def test_both_agree_where_they_are_within_a_bucket() -> None:
    found = checks(told(AS_SAID, SAID, "http", "/api/v1/tasks"))
    assert [check.measured for check in found] == [0, 0, 0]
    near = checks(told(measured(0.012), SAID, "http", "/api/v1/tasks"))
    assert [check.met for check in near] == [True, True, False]


@pytest.mark.parametrize("factor", [1000, 0.01])
def test_a_figure_in_another_unit_is_found_out(factor: float) -> None:
    said = SAID["http"]["/api/v1/tasks"]
    wrong = {mark: said[mark] * factor for mark in ("p50", "p95", "p99")}
    found = checks(told(AS_SAID, {"http": {"/api/v1/tasks": wrong}}, "http", "/api/v1/tasks"))
    assert not all(check.met for check in found)


def test_a_kind_of_which_nothing_is_said_agrees_with_nothing() -> None:
    found = checks(told(AS_SAID, SAID, "slack_ack", "command"))
    assert [check.met for check in found] == [False] * 3
    assert all(math.isnan(check.measured) for check in found)


@pytest.mark.parametrize(("late", "kind"), [(3.0, Kind.ACCEPTANCE), (30.0, Kind.AIM)])
def test_a_generator_that_was_late_itself_accuses_nobody(late: float, kind: Kind) -> None:
    found = told(replace(AS_SAID, late_start=late), SAID, "http", "/api/v1/tasks")
    assert {check.kind for check in checks(found)} == {kind}


def test_the_table_has_both_side_by_side() -> None:
    shown = table([told(AS_SAID, SAID, "http", "/api/v1/tasks")]).splitlines()
    assert shown[1].split() == [
        *("GET", "tasks", "5.0", "/", "4.0", "24.0", "/", "20.0", "220.0", "/", "200.0")
    ]
