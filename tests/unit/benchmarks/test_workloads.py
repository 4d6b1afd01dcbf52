"""What counts as a right answer, and how a mixture is mixed."""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.load import is_right
from benchmarks.wire import Answer
from benchmarks.workloads import Make, Shot, mixture, outcome


def shot(name: str) -> Make:
    return lambda number: Shot(name.encode(), b"%d" % number)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer(201, b'{"number": 1}'), "201"),
        (Answer(201, b"{}"), "201 with a wrong body"),
        (Answer(200, b'{"number": 1}'), "200 instead of 201"),
        (Answer(503, b'{"number": 1}'), "503 instead of 201"),
    ],
)
def test_an_answer_is_right_with_its_status_and_what_it_has_to_say(
    answer: Answer, expected: str
) -> None:
    found = outcome(Shot(b"", b'"number"', 201), answer)
    assert found == expected
    assert is_right(found) == (expected == "201")


def test_a_mixture_keeps_the_shares() -> None:
    make = mixture({shot("a"): 3, shot("b"): 1})
    made = Counter(make(number).request for number in range(40))
    assert made == {b"a": 30, b"b": 10}


def test_a_mixture_spreads_what_is_seldom() -> None:
    make = mixture({shot("a"): 4, shot("b"): 2})
    order = b"".join(make(number).request for number in range(6))
    assert b"bb" not in order
    assert b"aaa" not in order


def test_each_request_of_a_mixture_keeps_its_own_number() -> None:
    make = mixture({shot("a"): 1, shot("b"): 1})
    assert [make(number).contains for number in range(4)] == [b"0", b"1", b"2", b"3"]
