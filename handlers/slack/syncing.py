"""`/task sync …`: how far Notion is behind, and another try for a task that was set aside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from handlers.slack.attending import Attending
from handlers.slack.blocks.message import Message
from handlers.slack.blocks.sync import Standing, status
from handlers.slack.cards import Cards
from handlers.slack.incoming import Pressed, Sender, Typed
from handlers.slack.instrument import OnAction
from handlers.slack.text import number_of, split_first
from handlers.slack.troubles import Usage
from tasks.permissions import Right
from tasks.ports import Budget, Connections, Need, SyncQueue
from tasks.service import TaskService

USAGE = (
    "Type `/task sync status`, `/task sync conflicts`, `/task sync aside`, "
    "`/task sync retry T-12`, or `/task sync announce #channel`."
)
LISTS = {"conflicts": Need.CONFLICTS, "conflict": Need.CONFLICTS, "aside": Need.ASIDE}
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
        attending: Attending | None = None,
    ) -> None:
        """Take what says of a team's connection what its installer should see to."""
        self._attending = attending
        self._tasks = tasks
        self._queue = queue
        self._connections = connections
        self._budget = budget
        self._cards = cards
        self._trouble = trouble

    async def sync(self, typed: Typed) -> Message:
        """Answer `sync status`, `sync retry T-12`, the lists, and where news is announced."""
        typed_word, rest = split_first(typed.rest)
        word = typed_word.casefold()
        if word in ("", "status"):
            return await self._status(typed.sender)
        if self._attending is not None and word in LISTS:
            return await self._attending.listed(typed.sender, LISTS[word], after=0)
        if self._attending is not None and word == "announce":
            return await self._attending.announce(typed.sender, rest)
        number = number_of(split_first(rest)[0])
        if word != "retry" or number is None:
            raise Usage(USAGE)
        return await self._retry(typed.sender, number)

    def actions(self) -> Mapping[str, OnAction]:
        """Return what the buttons of its lists do."""
        return {} if self._attending is None else self._attending.actions()

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

    async def standing(self, sender: Sender) -> Standing | None:
        """Return how the sync stands; None: there is none."""
        connection = await self._connections.of(sender.team)
        if connection is None:
            return None
        found = Standing(
            backlog=await self._queue.backlog(sender.team),
            pause=await self._budget.paused(connection.key),
            trouble=self._trouble(sender.team),
        )
        if self._attending is None:
            return found
        needs = await self._attending.standing(sender)
        return replace(found, conflicts=needs.conflicts, mine=needs.mine, channel=needs.channel)

    async def _status(self, sender: Sender) -> Message:
        return status(await self.standing(sender), now=self._cards.now())
