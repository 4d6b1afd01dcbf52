"""Lets coroutines run by turns, in an order that dice choose and that can be played again."""

import asyncio
import random
from collections.abc import Coroutine


class Interleaving:
    """Hands the one turn on at each call to the outside, to whoever the dice say.

    Only one is ever under way, so neither sockets nor the event loop have a say in the order.
    """

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._waiting: list[asyncio.Future[None]] = []
        self._running = 0
        self._moved = asyncio.Event()

    async def turn(self) -> None:
        """Wait for the next turn; returns at once where nobody else is under way."""
        if not self._running:
            return
        mine = asyncio.get_running_loop().create_future()
        self._waiting.append(mine)
        self._moved.set()
        await mine

    async def together(self, *works: Coroutine[None, None, None]) -> None:
        """Run them all to their ends, by turns."""
        tasks = [asyncio.create_task(work) for work in works]
        self._running = len(tasks)
        for task in tasks:
            task.add_done_callback(self._ended)
        while self._running:
            while len(self._waiting) < self._running:
                self._moved.clear()
                await self._moved.wait()
            if self._waiting:
                self._waiting.pop(self._dice.randrange(len(self._waiting))).set_result(None)
        await asyncio.gather(*tasks)

    def _ended(self, task: asyncio.Task[None]) -> None:
        del task
        self._running -= 1
        self._moved.set()
