"""The generators: when requests leave, and whose time is charged."""

from __future__ import annotations

import asyncio

import pytest

from benchmarks.load import Reply, Sample, at_once, closed_loop, is_right, open_loop


class Time:
    """A clock that goes on when it is looked at, so that no test waits."""

    def __init__(self, step: float = 0.001) -> None:
        self.now = 0.0
        self._step = step

    def __call__(self) -> float:
        self.now += self._step
        return self.now


async def give_way(_seconds: float) -> None:
    """Sleep no longer than others need: the clock of these tests moves by itself."""
    await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("outcome", "right"),
    [
        ("200", True),
        ("201", True),
        ("404", False),
        ("200 with a wrong body", False),
        ("timeout", False),
    ],
)
def test_a_right_outcome_is_a_bare_status_of_success(outcome: str, right: bool) -> None:  # noqa: FBT001  # a table's column
    assert is_right(outcome) is right


async def test_the_open_loop_sends_as_many_as_the_rate_says() -> None:
    sent: list[int] = []

    async def send(number: int) -> Reply:
        sent.append(number)
        return Reply("200")

    sample = await open_loop("load", send, rate=20, seconds=0.5, clock=Time(), sleep=give_way)
    assert sent == list(range(10))
    assert [round(due, 2) for due, _ in sorted(sample.points)] == [n / 20 for n in range(10)]


async def test_the_open_loop_goes_on_while_answers_are_missing() -> None:
    sent: list[int] = []
    all_sent = asyncio.Event()

    async def send(number: int) -> Reply:
        sent.append(number)
        if len(sent) == 5:
            all_sent.set()
        await all_sent.wait()
        return Reply("200")

    sample = await open_loop("load", send, rate=10, seconds=0.5, clock=Time(), sleep=give_way)
    assert sample.right == 5


async def test_a_stall_is_charged_to_all_who_had_to_wait() -> None:
    time = Time()

    async def send(number: int) -> Reply:
        if number == 0:
            time.now += 1.0  # the whole process stands still
        return Reply("200")

    sample = await open_loop("load", send, rate=10, seconds=0.5, clock=time, sleep=give_way)
    due_late = [latency for due, latency in sample.points if due > 0]
    assert min(due_late) > 0.5
    assert sample.late_start > 0.5


async def test_the_closed_loop_keeps_as_many_under_way_as_it_should() -> None:
    under_way, most = 0, 0
    time = Time()

    async def send(_number: int) -> Reply:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        return Reply("200")

    sample = await closed_loop("load", send, connections=4, seconds=0.1, clock=time)
    assert most == 4
    assert sample.requests == len(sample.points) > 4


async def test_all_at_once_counts_from_one_moment() -> None:
    time = Time(step=0.0)
    gate = asyncio.Event()

    async def send(number: int) -> Reply:
        if number == 2:
            time.now = 0.25
            gate.set()
        await gate.wait()
        return Reply("201")

    sample = await at_once("burst", send, count=3, clock=time)
    assert sample.points == [(0.0, 0.25)] * 3
    assert (sample.right, sample.seconds) == (3, 0.25)


def test_the_rate_is_that_of_right_answers() -> None:
    sample = Sample(name="load", seconds=2.0)
    sample.note(Reply("200"), due=0.0, latency=0.1)
    sample.note(Reply("500 instead of 200"), due=0.0, latency=0.1)
    assert sample.rate == 0.5


def test_the_first_wrong_answers_of_each_kind_are_kept_word_for_word() -> None:
    sample = Sample(name="load")
    for number in range(9):
        sample.note(Reply("200", "/task add"), due=number, latency=0.1)
        sample.note(Reply("503 instead of 200", "/task add", f"no {number}"), due=number, latency=2)
    sample.note(Reply("503 instead of 200", "/task list", "busy"), due=9.5, latency=2.5)
    assert [wrong.said for wrong in sample.wrong] == ["no 0", "no 1", "no 2", "busy"]
    last = sample.wrong[-1]
    assert (last.asked, last.due, last.latency) == ("/task list", 9.5, 2.5)
    assert sample.outcomes["503 instead of 200"] == 10
