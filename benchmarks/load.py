"""Open-loop and saturating load, and what came of it.

In the open loop the times of sending are fixed beforehand, and a latency is counted from the
time it *should* have been sent: a server that stalls is charged for all who had to wait.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

Send: TypeAlias = Callable[[int], Awaitable[str]]
"""Sends the n-th request and returns its outcome: `200`, `200 wrong answer`, `timeout` …"""

OK = "200"


@dataclass(slots=True, kw_only=True)
class Sample:
    """What one run of a load brought."""

    name: str
    seconds: float
    """From the first sending to the last answer."""
    latencies: list[float] = field(default_factory=list)
    """Seconds, of all answers, right or wrong."""
    outcomes: Counter[str] = field(default_factory=Counter)
    late_starts: float = 0.0
    """Worst delay of the sender itself, seconds: large means that the generator was the limit."""

    @property
    def requests(self) -> int:
        """How many were sent."""
        return sum(self.outcomes.values())

    @property
    def success(self) -> float:
        """Share of right answers."""
        return self.outcomes[OK] / self.requests if self.requests else 0.0

    @property
    def rate(self) -> float:
        """Right answers per second."""
        return self.outcomes[OK] / self.seconds if self.seconds else 0.0

    def quantile(self, q: float) -> float:
        """Return a latency in seconds, nearest rank; NaN without any."""
        return quantile(self.latencies, q)


def quantile(values: Sequence[float], q: float) -> float:
    """Return the nearest-rank quantile."""
    if not values:
        return math.nan
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, math.ceil(q * len(ordered)) - 1))]


async def open_loop(name: str, send: Send, *, rate: float, seconds: float) -> Sample:
    """Send `rate` requests a second for `seconds`, whether answers come or not."""
    sample = Sample(name=name, seconds=0.0)
    began = time.perf_counter()
    running: set[asyncio.Task[None]] = set()

    async def one(number: int, due: float) -> None:
        sample.late_starts = max(sample.late_starts, time.perf_counter() - due)
        outcome = await send(number)
        sample.latencies.append(time.perf_counter() - due)
        sample.outcomes[outcome] += 1

    for number in range(int(rate * seconds)):
        due = began + number / rate
        wait = due - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        task = asyncio.create_task(one(number, due))
        running.add(task)
        task.add_done_callback(running.discard)
    while running:
        await asyncio.wait(running)
    sample.seconds = time.perf_counter() - began
    return sample


async def closed_loop(name: str, send: Send, *, connections: int, seconds: float) -> Sample:
    """Keep `connections` requests under way for `seconds`: throughput at saturation."""
    sample = Sample(name=name, seconds=0.0)
    began = time.perf_counter()
    numbers = iter(range(10**9))

    async def one() -> None:
        while (since := time.perf_counter()) - began < seconds:
            outcome = await send(next(numbers))
            sample.latencies.append(time.perf_counter() - since)
            sample.outcomes[outcome] += 1

    await asyncio.gather(*(one() for _ in range(connections)))
    sample.seconds = time.perf_counter() - began
    return sample


async def at_once(name: str, send: Send, *, count: int) -> Sample:
    """Send `count` requests in the same moment."""
    sample = Sample(name=name, seconds=0.0)
    began = time.perf_counter()

    async def one(number: int) -> None:
        outcome = await send(number)
        sample.latencies.append(time.perf_counter() - began)
        sample.outcomes[outcome] += 1

    await asyncio.gather(*(one(number) for number in range(count)))
    sample.seconds = time.perf_counter() - began
    return sample
