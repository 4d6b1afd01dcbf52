"""What counts as a right answer, and how a mixture is mixed."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest

from benchmarks.load import Reply, is_right
from benchmarks.requests import SlackSigner
from benchmarks.wire import Answer
from benchmarks.workloads import SAID, Make, Shot, Slack, mixture, reply
from handlers.slack.again import AgainTyped
from handlers.slack.blocks import errors
from handlers.slack.blocks.message import as_json
from tasks.errors import NotSaved


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
    found = reply(Shot(b"", b'"number"', 201), answer).outcome
    assert found == expected
    assert is_right(found) == (expected == "201")


def test_a_wrong_answer_keeps_its_beginning_and_what_was_asked() -> None:
    shot = Shot(b"", b"Added", asked="/task add")
    assert reply(shot, Answer(200, b"Added T-1")) == Reply("200", "/task add")
    said = "It could not be saved in time \N{EM DASH} " + "x" * SAID
    assert reply(shot, Answer(200, said.encode())) == Reply(
        "200 with a wrong body", "/task add", said[:SAID]
    )


def test_where_nothing_is_the_right_answer_a_sentence_is_a_wrong_one() -> None:
    shot = Shot(b"", None, asked="submitted form")
    assert reply(shot, Answer(200, b"")).outcome == "200"
    assert reply(shot, Answer(200, b"Not saved")).outcome == "200 with a wrong body"


def test_an_apology_that_repeats_what_was_typed_is_no_right_answer() -> None:
    slack = Slack(
        signer=SlackSigner(secret=b"s", slack_url="http://127.0.0.1:1", run="r"),
        numbers=itertools.count(),
        tasks_per_team=5,
        now=lambda: 1_700_000_000.0,
    )
    apology = errors.for_command(NotSaved(), AgainTyped(text="done T-1", key="k"))
    said = as_json(apology.body())
    assert "T-1" in said
    assert reply(slack.done(0), Answer(200, said.encode())).outcome == "200 with a wrong body"


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
