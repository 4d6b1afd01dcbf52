"""Work beside the requests: what breaks goes on."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import pytest

from bot.background import LONGEST_PAUSE_SECONDS, Background, every, surviving
from tasks.errors import NotSaved


class Breaking:
    """A worker that breaks a few times, then ends as one that was stopped."""

    def __init__(self, times: int) -> None:
        self._left = times
        self.runs = 0

    async def run(self) -> None:
        self.runs += 1
        if self._left:
            self._left -= 1
            raise KeyError("nobody foresaw this")


def remembering(pauses: list[float]) -> Callable[[float], Awaitable[None]]:
    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    return sleep


async def test_a_worker_that_breaks_goes_on_after_longer_and_longer_pauses(
    caplog: pytest.LogCaptureFixture,
) -> None:
    worker, pauses, counted = Breaking(9), list[float](), list[int]()
    await surviving(
        "history", worker.run, broke=lambda: counted.append(1), sleep=remembering(pauses)
    )
    assert worker.runs == 10
    assert pauses == [1, 2, 4, 8, 16, 32, *[LONGEST_PAUSE_SECONDS] * 3]
    assert len(counted) == 9
    assert "background_worker_broke" in caplog.text
    assert "nobody foresaw this" in caplog.text


async def test_a_worker_that_was_stopped_is_not_begun_anew() -> None:
    worker, counted = Breaking(0), list[int]()
    async with Background.running(broke=lambda: counted.append(1)) as background:
        await background.worker("history", worker.run)
    assert worker.runs == 1
    assert counted == []


@pytest.mark.parametrize(
    ("error", "said", "is_traced"),
    [
        (NotSaved(), "background_work_waits", False),
        (KeyError("x"), "background_work_failed", True),
    ],
)
async def test_work_that_fails_waits_its_turn_and_only_the_unforeseen_is_traced(
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    said: str,
    is_traced: bool,  # noqa: FBT001  # a parameter of pytest
) -> None:
    done = asyncio.Event()
    errors = [error]

    async def work() -> None:
        if errors:
            raise errors.pop()
        done.set()

    async with Background.running() as background:
        background.start("confined", every(0.0, work, name="confined"))
        await done.wait()

    (record,) = caplog.records
    assert (record.getMessage(), record.exc_info is not None) == (said, is_traced)


async def test_what_cannot_be_cancelled_is_named_and_not_waited_for(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.background.LEAVE_SECONDS", 0.0)
    never = asyncio.Event()

    async def stubborn() -> None:
        while not never.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await never.wait()

    async with Background.running() as background:
        task = background.task("stubborn", stubborn())
        await asyncio.sleep(0)
    assert [getattr(record, "work", None) for record in caplog.records] == ["stubborn"]
    never.set()
    await task
