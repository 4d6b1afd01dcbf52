"""What is to be done when, on the emulator's clock: settled by a test, or run in the background."""

import asyncio
import heapq
from collections.abc import Awaitable, Callable
from typing import TypeAlias

# Returns how many requests it sent.
Step: TypeAlias = Callable[[], Awaitable[int]]


class Agenda:
    """Steps in order of time, those of one instant in the order in which they were added.

    `catch_up` is called before anything is done, and `seconds_left` tells what else waits.
    """

    def __init__(
        self,
        *,
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        catch_up: Callable[[], None],
        others_wait: Callable[[], float | None],
    ) -> None:
        self._monotonic = monotonic
        self._sleep = sleep
        self._catch_up = catch_up
        self._others_wait = others_wait
        self._steps: list[tuple[float, int, Step]] = []
        self._order = 0
        self._one_at_a_time = asyncio.Lock()
        self._woken = asyncio.Event()

    def add(self, seconds: float, step: Step) -> None:
        """Let a step be taken so many seconds from now."""
        self._order += 1
        heapq.heappush(self._steps, (self._monotonic() + seconds, self._order, step))
        self._woken.set()

    async def do_due(self) -> int:
        """Do all that is due now; return how many requests went out."""
        sent = 0
        async with self._one_at_a_time:
            self._catch_up()
            while self._steps and self._steps[0][0] <= self._monotonic():
                _, _, step = heapq.heappop(self._steps)
                sent += await step()
        return sent

    @property
    def seconds_left(self) -> float | None:
        """How long until there is something to do; None: nothing is waiting."""
        waits = [self._others_wait()]
        if self._steps:
            waits.append(max(0.0, self._steps[0][0] - self._monotonic()))
        return min((wait for wait in waits if wait is not None), default=None)

    async def settle(self, within_seconds: float | None) -> int:
        """Let time pass until nothing is left, or to that limit; return how many requests went."""
        end = None if within_seconds is None else self._monotonic() + within_seconds
        sent = await self.do_due()
        while (left := self.seconds_left) is not None:
            if end is not None and self._monotonic() + left > end:
                break
            await self._sleep(left)
            sent += await self.do_due()
        return sent

    async def run(self) -> None:
        """Do what is due until cancelled; the clock must be one that goes by itself."""
        while True:
            self._woken.clear()
            await self.do_due()
            try:
                async with asyncio.timeout(self.seconds_left):
                    await self._woken.wait()
            except TimeoutError:
                continue
