"""What an answer says, and whether it is true of what is in the database."""

import itertools

import pytest

from benchmarks.overload import BUSY, DONE, NONE, NOT_SAVED, UNSURE, _may_be, _said, _title
from benchmarks.requests import SlackSigner
from benchmarks.workloads import Slack
from handlers.http.problems import Code, Problem, response
from handlers.slack.again import AgainTyped
from handlers.slack.blocks import errors
from handlers.slack.blocks.message import Message, as_json
from handlers.slack.troubles import Busy, HeldUp, NotRead
from tasks.errors import NotSaved, OutcomeUnknown

TYPED = AgainTyped(text="add Book the venue", key="k")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (errors.for_command(Busy(), TYPED), BUSY),
        (errors.for_command(HeldUp(), TYPED), BUSY),
        (errors.for_command(OutcomeUnknown(), TYPED), UNSURE),
        (errors.still_saving(TYPED), UNSURE),
        (errors.still_looking(TYPED), UNSURE),
        (errors.for_command(NotSaved(), TYPED), NOT_SAVED),
        (errors.for_command(NotRead(), TYPED), NOT_SAVED),
        (errors.for_command(RuntimeError(), TYPED), "wrong"),
    ],
)
def test_an_answer_in_slack_is_told_by_its_words(answer: Message, said: str) -> None:
    assert _said(as_json(answer.body()).encode()) == said


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (Code.BUSY, BUSY),
        (Code.OUTCOME_UNKNOWN, UNSURE),
        (Code.NOT_SAVED, NOT_SAVED),
        (Code.UNAVAILABLE, NOT_SAVED),
        (Code.INTERNAL, "wrong"),
    ],
)
def test_an_answer_over_rest_is_told_by_its_code(code: Code, said: str) -> None:
    body = response(Problem(code, "So it is."), instance="/").body
    assert isinstance(body, bytes)
    assert _said(body) == said


@pytest.mark.parametrize(
    ("said", "true_of"),
    [(DONE, {1}), (BUSY, {0}), (NOT_SAVED, {0}), (UNSURE, {0, 1}), (NONE, {0, 1})],
)
def test_what_was_said_is_held_against_how_often_the_task_is_there(
    said: str, true_of: set[int]
) -> None:
    assert {times for times in range(3) if _may_be(said, times)} == true_of


def test_the_words_of_a_new_task_are_found_in_its_request() -> None:
    slack = Slack(
        signer=SlackSigner(secret=b"s", slack_url="http://127.0.0.1:1", run="r"),
        numbers=itertools.count(7),
        tasks_per_team=10,
        now=lambda: 0.0,
    )
    assert _title(slack.add(1)) == "Book the venue for the offsite 7"
    assert _title(slack.list(1)) == ""
