"""Verdicts and exit codes."""

from __future__ import annotations

import math

import pytest

from benchmarks.checks import Check, Kind, exit_code, latency, no_errors
from benchmarks.load import Reply, Sample
from benchmarks.stats import summarise


def check(measured: float, *, kind: Kind = Kind.ACCEPTANCE, at_most: bool = True) -> Check:
    return Check(name="p95", kind=kind, measured=measured, limit=20.0, unit=" ms", at_most=at_most)


@pytest.mark.parametrize(
    ("measured", "at_most", "met"),
    [
        (20.0, True, True),
        (20.1, True, False),
        (20.0, False, True),
        (19.9, False, False),
        (math.nan, True, False),
        (math.nan, False, False),
    ],
)
def test_a_check_is_met_up_to_its_limit_and_never_without_a_figure(
    measured: float,
    at_most: bool,  # noqa: FBT001  # a table's column
    met: bool,  # noqa: FBT001  # a table's column
) -> None:
    assert check(measured, at_most=at_most).met is met


def test_a_verdict_says_what_was_measured_and_what_was_hoped_for() -> None:
    assert str(check(31.25)) == "MISSED acceptance p95: 31.25 ms (≤ 20 ms)"
    assert str(check(3.0, kind=Kind.AIM)) == "ok     aim        p95: 3 ms (≤ 20 ms)"


@pytest.mark.parametrize(
    ("acceptance", "aim", "aims_count", "code"),
    [(1.0, 1.0, True, 0), (1.0, 99.0, True, 1), (1.0, 99.0, False, 0), (99.0, 1.0, False, 1)],
)
def test_the_exit_code_is_that_of_what_counts(
    acceptance: float,
    aim: float,
    aims_count: bool,  # noqa: FBT001  # a table's column
    code: int,
) -> None:
    found = [check(acceptance), check(aim, kind=Kind.AIM)]
    assert exit_code(found, aims_count=aims_count) == code


def test_one_wrong_answer_is_no_success() -> None:
    sample = Sample(name="load", seconds=1.0)
    for _ in range(999):
        sample.note(Reply("200"), due=0.0, latency=0.001)
    assert no_errors(summarise(sample)).met
    sample.note(Reply("timeout"), due=0.0, latency=0.001)
    assert not no_errors(summarise(sample)).met


def test_a_latency_is_checked_by_its_name() -> None:
    sample = Sample(name="load", seconds=1.0)
    sample.note(Reply("200"), due=0.0, latency=0.021)
    assert latency(summarise(sample), "p95", 20.0, Kind.AIM).measured == 21.0
