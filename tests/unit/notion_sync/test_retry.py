from datetime import timedelta

import pytest

from notion_sync import errors
from notion_sync.errors import Answer, Scope
from notion_sync.retry import Failures, GiveUp, Park, RetryIn, backoff, decide
from tasks.model import SyncState

MINUTE = timedelta(minutes=1)


def _decide(error: Exception, attempts: int = 1) -> RetryIn | GiveUp | Park:
    return decide(error, attempts=attempts, jitter=lambda: 1.0)


def test_the_back_off_doubles_up_to_five_minutes() -> None:
    waits = [backoff(n, jitter=lambda: 1.0).total_seconds() for n in range(1, 11)]
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert backoff(100_000, jitter=lambda: 1.0) == timedelta(minutes=5)


def test_jitter_shortens_it_but_never_to_nothing() -> None:
    assert backoff(5, jitter=lambda: 0.5) == timedelta(seconds=16)
    assert backoff(5, jitter=lambda: 0.0) == timedelta(milliseconds=500)


@pytest.mark.parametrize("error", [errors.UnknownOutcome(), errors.NotReached()])
def test_what_is_transient_is_tried_without_end(error: Exception) -> None:
    verdict = _decide(error, attempts=1000)
    assert isinstance(verdict, RetryIn)
    assert not verdict.paced
    assert verdict.reason


@pytest.mark.parametrize(
    "error",
    [
        errors.Throttled(MINUTE),
        errors.RateLimited(Answer(status=429), scope=Scope.CONNECTION, wait=MINUTE),
    ],
)
def test_a_limit_waits_what_was_asked_for_and_says_nothing_on_the_card(error: Exception) -> None:
    assert _decide(error, attempts=9) == RetryIn(wait=MINUTE, paced=True)


def test_a_page_in_doubt_waits_until_it_can_be_looked_for() -> None:
    verdict = _decide(errors.Pending(wait=MINUTE), attempts=9)
    assert isinstance(verdict, RetryIn)
    assert verdict.wait == MINUTE


@pytest.mark.parametrize(
    ("error", "probe"),
    [
        (errors.Unauthorised(), True),
        (errors.Forbidden(), True),
        (errors.NotShared(), True),
        (errors.Unusable("It has two tables."), True),
        (errors.Blocked(), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_the_installer_must_mend_parks_the_connection(
    error: Exception,
    probe: bool,  # noqa: FBT001  # a table
) -> None:
    verdict = _decide(error)
    assert isinstance(verdict, Park)
    assert verdict.probe is probe
    assert verdict.sentence.endswith((".", ": "))


@pytest.mark.parametrize(
    ("error", "only_new"),
    [
        (errors.NoKeyColumn("Add it."), True),
        (errors.MayNotCreate(), True),
        (errors.Forbidden(), False),
        (errors.Unusable("Two tables."), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_hinders_new_rows_only_lets_the_others_go_on(
    error: Exception,
    only_new: bool,  # noqa: FBT001  # a table
) -> None:
    verdict = _decide(error)
    assert isinstance(verdict, Park)
    assert verdict.only_new is only_new


def test_a_refusal_is_final_and_says_why() -> None:
    refused = errors.Refused(Answer(status=400, detail="Too much."))
    assert _decide(refused) == GiveUp(
        state=SyncState.STALLED, reason="Notion refused it: Too much."
    )


def test_a_page_that_is_gone_is_shown_as_gone() -> None:
    assert _decide(errors.PageGone("Gone.")) == GiveUp(state=SyncState.GONE, reason="Gone.")


def test_failures_are_counted_by_task_and_kind_until_one_goes_well() -> None:
    failures = Failures(most=3)
    for _ in range(2):
        failures.add("a", foreseen=True)
    failures.add("a", foreseen=False)
    failures.add("b", foreseen=True)
    assert [failures.so_far(task, foreseen=True) for task in "abc"] == [2, 1, 0]
    assert failures.so_far("a", foreseen=False) == 1
    failures.forget("a")
    assert failures.so_far("a", foreseen=True) == failures.so_far("a", foreseen=False) == 0
    for task in "xyz":
        failures.add(task, foreseen=True)
    assert failures.so_far("b", foreseen=True) == 0, "memory is bounded"


def test_the_unforeseen_is_tried_three_times() -> None:
    assert isinstance(_decide(KeyError(), attempts=2), RetryIn)
    assert isinstance(_decide(KeyError(), attempts=3), GiveUp)
