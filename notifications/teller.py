"""Goes round the teams: what they are to be told, and what they are asked."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from notifications.drift import DriftNotices
from notifications.news import News
from notifications.questions import Questions
from tasks.errors import LeaseLost, StoreError, TaskError
from tasks.ports import Connections

TICK_SECONDS = 2.0
ASK_AGAIN_TICKS = 150
"""After how many ticks it is tried again to reach somebody, where nobody could be."""

log = logging.getLogger(__name__)


class Teller:
    """A worker of each process; what one of them does, no other does."""

    def __init__(
        self,
        *,
        connections: Connections,
        news: News,
        questions: Questions,
        drift: DriftNotices | None = None,
        sleep: Callable[[float], Awaitable[None]],
        tick_seconds: float = TICK_SECONDS,
    ) -> None:
        self._connections = connections
        self._news = news
        self._questions = questions
        self._drift = drift
        self._sleep = sleep
        self._tick_seconds = tick_seconds
        self._stopped = asyncio.Event()
        self._ticks = 0
        self._ask_at: dict[str, int] = {}

    async def run(self) -> None:
        """Go round until `stop`; a message under way is finished."""
        stopping = asyncio.create_task(self._stopped.wait())
        try:
            while not self._stopped.is_set():
                await self.once()
                nap = asyncio.ensure_future(self._sleep(self._tick_seconds))
                await asyncio.wait({nap, stopping}, return_when=asyncio.FIRST_COMPLETED)
                nap.cancel()
        finally:
            stopping.cancel()

    def stop(self) -> None:
        """Begin nothing more."""
        self._stopped.set()

    async def once(self) -> None:
        """Do all that is due; what the database does not let us do waits for the next time."""
        self._ticks += 1
        try:
            connections = await self._connections.all()
        except StoreError:
            log.warning("the database cannot be asked", extra={"action": "tell"})
            return
        except Exception as error:  # nobody can be asked whom to tell: later
            log.warning("no connection to be had", extra={"action": "tell"}, exc_info=error)
            return
        for connection in connections:
            try:
                await self._news.once(connection.team)
                if self._drift is not None:
                    await self._drift.once(connection.team)
                if self._ticks >= self._ask_at.get(connection.team, 0):
                    left = await self._questions.once(connection.team)
                    later = ASK_AGAIN_TICKS if left else 0
                    self._ask_at[connection.team] = self._ticks + later
            except (TaskError, LeaseLost) as error:
                log.info("told later", extra={"action": "tell", "error": type(error).__name__})
