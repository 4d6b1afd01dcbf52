"""`/task sync …`: how far Notion is behind, and another try for a task that was set aside."""

from __future__ import annotations

from collections.abc import Callable

from handlers.slack.blocks.message import Message
from handlers.slack.blocks.sync import status
from handlers.slack.cards import Cards
from handlers.slack.incoming import Pressed, Sender, Typed
from handlers.slack.text import number_of, split_first
from handlers.slack.troubles import Usage
from tasks.permissions import Right
from tasks.ports import Budget, Connections, SyncQueue
from tasks.service import TaskService

NOT_MIRRORED = "It is private, so it is not in Notion: whoever sees the database would see it."


class Syncing:
    """Asks the queue."""

    def __init__(
        self,
        *,
        tasks: TaskService,
        queue: SyncQueue,
        connections: Connections,
        budget: Budget,
        cards: Cards,
        trouble: Callable[[str], str | None],
    ) -> None:
        """Take what says of a team's connection what its installer should see to."""
        self._tasks = tasks
        self._queue = queue
        self._connections = connections
        self._budget = budget
        self._cards = cards
        self._trouble = trouble

    async def sync(self, typed: Typed) -> Message:
        """Answer `sync status` and `sync retry T-12`."""
        word, rest = split_first(typed.rest)
        if word.casefold() in ("", "status"):
            return await self._status(typed.sender)
        number = number_of(split_first(rest)[0])
        if word.casefold() != "retry" or number is None:
            raise Usage("Type `/task sync status`, or `/task sync retry T-12`.")
        return await self._retry(typed.sender, number)

    async def retry(self, pressed: Pressed) -> Message:
        """Answer the button of a task that was set aside."""
        return await self._retry(pressed.sender, pressed.number)

    async def keep(self, pressed: Pressed) -> Message:
        """Answer the button that ends a conflict with what the task has."""
        await self._check(pressed.sender, pressed.number)
        task = await self._queue.settle(pressed.sender.team, pressed.number)
        return self._cards.of(task, pressed.sender, ("Kept as it is here; Notion follows.",))

    async def _retry(self, sender: Sender, number: int) -> Message:
        if await self._connections.of(sender.team) is None:
            return await self._status(sender)
        await self._check(sender, number)
        task = await self._queue.requeue(sender.team, number)
        if task.audience is not None:
            return self._cards.of(task, sender, (NOT_MIRRORED,))
        return self._cards.of(task, sender, ("Notion is tried again.",))

    async def _check(self, sender: Sender, number: int) -> None:
        """Let only those act on a task who may change it. NoSuchTask, CannotTell, NotAllowed."""
        await self._tasks.check(
            sender.team, number, Right.EDIT, by=sender.actor, presence=sender.presence
        )

    async def _status(self, sender: Sender) -> Message:
        connection = await self._connections.of(sender.team)
        if connection is None:
            return status(None, None, None, now=self._cards.now())
        backlog = await self._queue.backlog(sender.team)
        pause = await self._budget.paused(connection.key)
        return status(backlog, pause, self._trouble(sender.team), now=self._cards.now())
