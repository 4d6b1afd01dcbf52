"""Open-loop and saturating load, and what came of it.

In the open loop the times of sending are fixed beforehand, and a latency is counted from the
time it *should* have been sent: a server that stalls is charged for all who had to wait.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeAlias

Clock: TypeAlias = Callable[[], float]
"""Seconds; never goes back."""
Sleep: TypeAlias = Callable[[float], Awaitable[None]]

_COARSE_SECONDS = 0.0015
"""A sleep of the event loop ends up to a millisecond late; so much before it is watched closely."""
KEPT = 3
"""So many wrong answers of each kind are kept word for word: they explain the others."""


@dataclass(frozen=True, slots=True)
class Reply:
    """How one request went."""

    outcome: str
    """`200` alone is right, `200 with a wrong body` not."""
    asked: str = ""
    """Which kind of request it was."""
    said: str = ""
    """The beginning of a wrong answer."""


Send: TypeAlias = Callable[[int], Awaitable[Reply]]
"""Sends the n-th request and returns how it went."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """An answer that should have been another."""

    outcome: str
    asked: str
    due: float
    """Seconds from the start."""
    latency: float
    """Seconds."""
    said: str


@dataclass(slots=True, kw_only=True)
class Sample:
    """What one run of a load brought."""

    name: str
    seconds: float = 0.0
    """From the first sending to the last answer."""
    points: list[tuple[float, float]] = field(default_factory=list)
    """Of each answer, right or wrong: when it was due, from the start; its latency. Seconds."""
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[Wrong] = field(default_factory=list)
    """The first few wrong answers of each kind."""
    late_start: float = 0.0
    """Worst delay of the sender itself, seconds: large means that the generator was the limit."""

    @property
    def requests(self) -> int:
        """How many were sent."""
        return sum(self.outcomes.values())

    @property
    def right(self) -> int:
        """How many were answered as they should."""
        return sum(count for outcome, count in self.outcomes.items() if is_right(outcome))

    @property
    def rate(self) -> float:
        """Right answers per second."""
        return self.right / self.seconds if self.seconds else 0.0

    @property
    def latencies(self) -> list[float]:
        """Seconds, in the order of the answers."""
        return [latency for _, latency in self.points]

    def note(self, reply: Reply, *, due: float, latency: float) -> None:
        """Count one answer; keep what it said if it is one of the first wrong ones of its kind."""
        self.points.append((due, latency))
        self.outcomes[reply.outcome] += 1
        if not is_right(reply.outcome):
            wrong = Wrong(
                outcome=reply.outcome,
                asked=reply.asked,
                due=due,
                latency=latency,
                said=reply.said,
            )
            self.keep(wrong)

    def keep(self, wrong: Wrong) -> None:
        """Keep a wrong answer, unless enough of its kind are kept already."""
        kind = (wrong.outcome, wrong.asked)
        if sum((kept.outcome, kept.asked) == kind for kept in self.wrong) < KEPT:
            self.wrong.append(wrong)


def is_right(outcome: str) -> bool:
    """Tell whether an outcome is a status of success and nothing more."""
    return outcome.isdigit() and outcome.startswith("2")


async def open_loop(
    name: str,
    send: Send,
    *,
    rate: float,
    seconds: float,
    clock: Clock = time.perf_counter,
    sleep: Sleep = asyncio.sleep,
) -> Sample:
    """Send `rate` requests a second for `seconds`, whether answers come or not."""
    sample = Sample(name=name)
    began = clock()
    running: set[asyncio.Task[None]] = set()

    async def one(number: int, due: float) -> None:
        sample.late_start = max(sample.late_start, clock() - due)
        reply = await send(number)
        sample.note(reply, due=due - began, latency=clock() - due)

    for number in range(int(rate * seconds)):
        due = began + number / rate
        await _until(due, clock, sleep)
        task = asyncio.create_task(one(number, due))
        running.add(task)
        task.add_done_callback(running.discard)
    while running:
        await asyncio.wait(running)
    sample.seconds = clock() - began
    return sample


async def _until(due: float, clock: Clock, sleep: Sleep) -> None:
    if (wait := due - clock() - _COARSE_SECONDS) > 0:
        await sleep(wait)
    while clock() < due:
        await sleep(0)


async def closed_loop(
    name: str, send: Send, *, connections: int, seconds: float, clock: Clock = time.perf_counter
) -> Sample:
    """Keep `connections` requests under way for `seconds`: throughput at saturation."""
    sample = Sample(name=name)
    began = clock()
    numbers = itertools.count()

    async def one() -> None:
        while (since := clock()) - began < seconds:
            reply = await send(next(numbers))
            sample.note(reply, due=since - began, latency=clock() - since)

    await asyncio.gather(*(one() for _ in range(connections)))
    sample.seconds = clock() - began
    return sample


async def at_once(name: str, send: Send, *, count: int, clock: Clock = time.perf_counter) -> Sample:
    """Send `count` requests in the same moment."""
    sample = Sample(name=name)
    began = clock()

    async def one(number: int) -> None:
        reply = await send(number)
        sample.note(reply, due=0.0, latency=clock() - began)

    await asyncio.gather(*(one(number) for number in range(count)))
    sample.seconds = clock() - began
    return sample
