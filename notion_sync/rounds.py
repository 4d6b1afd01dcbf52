"""Polls and sweeps in their turn, one instance for all."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

from notion_sync import poll, sweep
from notion_sync.client import Caller
from notion_sync.databases import Databases
from notion_sync.errors import SyncError
from notion_sync.limiter import Sleep
from notion_sync.observer import Observer
from notion_sync.poll import Poll
from notion_sync.retry import Park, RetryIn, decide
from notion_sync.sweep import Sweep
from notion_sync.trouble import Troubles
from tasks.errors import LeaseLost, StoreError, TaskError
from tasks.ports import Connection, Connections, Deletions, Inbox, Lane, Turn, Turns

log = logging.getLogger(__name__)

TICK_SECONDS = 2.0
"""How often an instance looks whether a turn is due; it costs Notion nothing."""
HANDED_ON = 100
"""Rows at a time."""
PATIENCE = timedelta(minutes=1)
"""How long a call of a poll or sweep waits for the budget: nobody waits for it."""


class Rounds:
    """Looks every few seconds whose turn it is."""

    def __init__(
        self,
        *,
        connections: Connections,
        turns: Turns,
        poll: Poll,
        sweep: Sweep,
        databases: Databases,
        deletions: Deletions,
        inbox: Inbox,
        troubles: Troubles,
        observer: Observer,
        sleep: Sleep,
        jitter: Callable[[], float],
        tick_seconds: float = TICK_SECONDS,
    ) -> None:
        self._observer = observer
        self._databases = databases
        self._kept_up: dict[str, Connection] = {}
        self._deletions = deletions
        self._inbox = inbox
        self._connections = connections
        self._turns = turns
        self._poll = poll
        self._sweep = sweep
        self._troubles = troubles
        self._sleep = sleep
        self._jitter = jitter
        self._tick_seconds = tick_seconds
        self._stopped = asyncio.Event()

    async def run(self) -> None:
        """Go round until `stop`; cancelled, a turn that was begun is left to its lease."""
        stopping = asyncio.create_task(self._stopped.wait())
        try:
            while not self._stopped.is_set():
                going = asyncio.ensure_future(self._tick())
                await asyncio.wait({going, stopping}, return_when=asyncio.FIRST_COMPLETED)
                going.cancel()
                await asyncio.gather(going, return_exceptions=True)
        finally:
            stopping.cancel()
            await asyncio.gather(stopping, return_exceptions=True)

    def stop(self) -> None:
        """Take no more turns."""
        self._stopped.set()

    async def _tick(self) -> None:
        try:
            await self.once()
        except Exception:  # a follower that has ended is worse than one that complains
            log.exception("unforeseen", extra={"action": "round"})
        await self._sleep(self._tick_seconds)

    async def once(self) -> None:
        """Do all that is due."""
        try:
            connections = await self._connections.all()
        except StoreError:
            log.warning("the database cannot be asked", extra={"action": "round"})
            return
        except Exception as error:  # nobody can be asked whose turn it is: later
            log.warning("no connection to be had", extra={"action": "round"}, exc_info=error)
            return
        for connection in connections:
            await self._keep_up(connection)
            await self._turn(connection, poll.WORK, poll.LEASE, Lane.POLL, self._polled)
            await self._turn(connection, sweep.WORK, sweep.LEASE, Lane.BACKFILL, self._swept)
            await self._hand_on(connection.team)
            await self._ask(connection.team)

    async def _keep_up(self, connection: Connection) -> None:
        """Read columns anew that have changed, so that every instance says the same of them."""
        if self._kept_up.get(connection.team) == connection:
            return
        self._kept_up[connection.team] = connection
        if not self._databases.is_behind(connection):
            return
        caller = Caller(connection=connection, lane=Lane.POLL, patience=PATIENCE)
        with suppress(SyncError, TaskError):  # then the next job does, and says what is wrong
            layout = await self._databases.layout(caller)
            self._troubles.note(connection.team, layout.issues)

    async def _ask(self, team: str) -> None:
        """Learn whether an admin is asked something: any instance, or a command, may know."""
        with suppress(TaskError):
            question = await self._deletions.question(team)
            self._troubles.ask(team, question.sentence if question else None)

    async def _hand_on(self, team: str) -> None:
        """Have the rows looked at that somebody has decided about."""
        with suppress(TaskError):
            while rows := await self._deletions.answered(team, limit=HANDED_ON):
                await self._inbox.mark(team, rows, lane=Lane.WEBHOOK)
                await self._deletions.handed_on(team, rows)
                await self._ask(team)

    async def _polled(self, turn: Turn, caller: Caller) -> None:
        await self._poll.run(turn, caller)
        self._observer.went_round(poll.WORK)

    async def _swept(self, turn: Turn, caller: Caller) -> None:
        if not turn.state:
            # The first is not due at the first contact, when nothing can be missing.
            await self._turns.end(turn, {"done": 0}, again=sweep.EVERY)
            return
        await self._sweep.run(turn, caller)
        self._observer.went_round(sweep.WORK)
        await self._ask(turn.team)

    async def _turn(
        self,
        connection: Connection,
        work: str,
        lease: timedelta,
        lane: Lane,
        run: Callable[[Turn, Caller], Awaitable[None]],
    ) -> None:
        with suppress(TaskError):  # the database does not answer, or another has the turn
            turn = await self._turns.take(connection.team, work, lease=lease)
            if turn is None:
                return
            try:
                if hold := self._troubles.hold(connection, new=False):
                    await self._turns.end(turn, turn.state, again=hold)
                    return
                await run(turn, Caller(connection=connection, lane=lane, patience=PATIENCE))
                self._troubles.resume(connection)
            except (LeaseLost, TaskError):
                raise
            except Exception as error:  # noqa: BLE001  # every failure has a verdict
                await self._failed(turn, connection, error)

    async def _failed(self, turn: Turn, connection: Connection, error: Exception) -> None:
        log.warning(
            "round failed",
            extra={"action": turn.work, "error": type(error).__name__},
            exc_info=None if isinstance(error, SyncError) else error,
        )
        match verdict := decide(error, attempts=3, jitter=self._jitter):
            case Park():
                again = self._troubles.park(
                    connection, verdict.sentence, probe=verdict.probe, only_new=verdict.only_new
                )
            case RetryIn():
                again = verdict.wait
            case _:
                again = poll.EVERY
        # What was saved on the way stays: it goes on from there.
        state = await self._turns.state(turn.team, turn.work)
        await self._turns.end(turn, state, again=again)
