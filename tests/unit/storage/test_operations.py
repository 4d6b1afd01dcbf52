"""One operation: its tries, its deadline, its faults by name."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest
from bson.errors import InvalidDocument
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    DuplicateKeyError,
    ExecutionTimeout,
    NetworkTimeout,
    NotPrimaryError,
    OperationFailure,
    ServerSelectionTimeoutError,
    WaitQueueTimeoutError,
    WriteConcernError,
    WriteError,
    WTimeoutError,
)

from storage.operations import REQUEST, WORKER, Effect, Operations, Patience, effect_of, within
from tasks.errors import NotSaved, OutcomeUnknown

LATE = OperationFailure("late", 50, {"code": 50})
RETRYABLE = OperationFailure("going down", 91, {"errorLabels": ["RetryableWriteError"]})


def raising(*errors: Exception | None) -> tuple[Callable[[], Awaitable[str]], list[int]]:
    """Return a call that ends with these, one after the other, and a list of its calls."""
    calls: list[int] = []

    async def call() -> str:
        error = errors[len(calls)]
        calls.append(1)
        if error is not None:
            raise error
        return "done"

    return call, calls


@pytest.mark.parametrize(
    ("error", "effect"),
    [
        (ServerSelectionTimeoutError("none"), Effect.NONE),
        (WaitQueueTimeoutError("full"), Effect.NONE),
        (AutoReconnect("closed"), Effect.UNKNOWN),
        (NetworkTimeout("slow"), Effect.UNKNOWN),
        (NotPrimaryError("stepped down"), Effect.UNKNOWN),
        (ExecutionTimeout("late", 50), Effect.UNKNOWN),
        (LATE, Effect.UNKNOWN),
        (WTimeoutError("late", 64), Effect.UNKNOWN),
        (WriteConcernError("late", 64), Effect.UNKNOWN),
        (RETRYABLE, Effect.UNKNOWN),
        (WriteError("too large", 17419), Effect.REFUSED),
        (OperationFailure("not allowed", 13), Effect.REFUSED),
        (BulkWriteError({}), Effect.REFUSED),
        (InvalidDocument("no"), Effect.REFUSED),
        (UnicodeEncodeError("utf-8", "x", 0, 1, "no"), Effect.REFUSED),
    ],
)
def test_what_is_known_of_a_failed_operation(error: Exception, effect: Effect) -> None:
    assert effect_of(error) is effect


@pytest.mark.parametrize(
    ("errors", "told", "tries"),
    [
        ((AutoReconnect(""), AutoReconnect("")), OutcomeUnknown, 2),
        ((ServerSelectionTimeoutError(""), ServerSelectionTimeoutError("")), NotSaved, 2),
        ((AutoReconnect(""), ServerSelectionTimeoutError("")), OutcomeUnknown, 2),
        ((ServerSelectionTimeoutError(""), AutoReconnect("")), OutcomeUnknown, 2),
        ((AutoReconnect(""), OperationFailure("")), OutcomeUnknown, 2),
        ((OperationFailure(""), None), NotSaved, 1),
    ],
)
async def test_a_write_is_tried_twice_and_its_fate_is_never_guessed(
    errors: tuple[Exception | None, ...], told: type[Exception], tries: int
) -> None:
    call, calls = raising(*errors)
    with within(REQUEST), pytest.raises(told):
        await Operations().write("test", call)
    assert len(calls) == tries


async def test_a_second_try_can_succeed() -> None:
    call, calls = raising(AutoReconnect(""), None)
    with within(REQUEST):
        assert await Operations().write("test", call) == "done"
    assert len(calls) == 2


async def test_a_read_that_fails_saved_nothing() -> None:
    call, _ = raising(AutoReconnect(""), AutoReconnect(""))
    with within(REQUEST), pytest.raises(NotSaved):
        await Operations().read("test", call)


async def test_a_duplicate_is_an_answer_and_no_fault() -> None:
    call, calls = raising(DuplicateKeyError("twice"))
    with within(REQUEST), pytest.raises(DuplicateKeyError):
        await Operations().write("test", call)
    assert len(calls) == 1


async def test_a_fault_of_ours_is_not_taken_for_the_databases() -> None:
    call, _ = raising(ZeroDivisionError())
    with within(REQUEST), pytest.raises(ZeroDivisionError):
        await Operations().write("test", call)


async def test_a_worker_asks_once_in_its_long_deadline() -> None:
    call, calls = raising(AutoReconnect(""), None)
    with within(WORKER), pytest.raises(OutcomeUnknown):
        await Operations().write("test", call)
    assert len(calls) == 1


async def test_when_the_time_is_up_nothing_is_sent() -> None:
    call, calls = raising(None)
    over = Patience(each_seconds=1.0, whole_seconds=0.0, tries=2)
    with within(over), within(REQUEST), pytest.raises(NotSaved):
        await Operations().write("test", call)
    assert not calls


async def test_an_operation_without_a_deadline_is_a_mistake() -> None:
    call, calls = raising(None)
    with pytest.raises(RuntimeError, match="deadline"):
        await Operations().write("test", call)
    assert not calls


async def test_every_try_is_timed_under_its_name() -> None:
    seen: list[tuple[str, float]] = []
    call, _ = raising(AutoReconnect(""), None)
    operations = Operations(lambda name, seconds: seen.append((name, seconds)))
    with within(REQUEST):
        await operations.write("tasks.add", call)
    assert [name for name, _ in seen] == ["tasks.add"] * 2
    assert all(seconds >= 0 for _, seconds in seen)


@pytest.mark.parametrize("error", [None, AutoReconnect("operation cancelled")])
async def test_a_cancellation_that_the_driver_loses_is_not_lost(error: Exception | None) -> None:
    reached, calls = asyncio.Event(), []

    async def swallowing() -> str:
        calls.append(1)
        reached.set()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        if error is not None:
            raise error
        return "done"

    async def work() -> str:
        with within(WORKER):
            return await Operations().write("test", swallowing)

    task = asyncio.create_task(work())
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert calls == [1]


async def test_whoever_was_cancelled_before_can_still_tidy_up() -> None:
    done: list[str] = []

    async def call() -> str:
        return "tidied"

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            with within(WORKER):
                done.append(await Operations().write("test", call))

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done == ["tidied"]


async def test_what_waits_for_an_answer_is_counted_however_it_ends() -> None:
    operations = Operations()
    seen: list[int] = []

    async def call() -> None:
        seen.append(operations.under_way)
        if len(seen) > 1:
            raise LATE

    with within(WORKER):
        await operations.read("first", call)
        with suppress(NotSaved):
            await operations.read("second", call)
    assert (seen, operations.under_way) == ([1, 1], 0)
