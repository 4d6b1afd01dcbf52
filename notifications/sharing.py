"""Shows tasks to others, and remembers where.

The intent is kept on the task before its card is posted. What then becomes of it is noted by
whoever posted it; where nobody noted it, the follower looks for the message first.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta

from notifications.calls import NotDone, NotInstalled, Refused, Unclear
from notifications.card_posts import CardPosts
from tasks.errors import StoreError
from tasks.model import Task
from tasks.ports import Intended, Place, Places, Shared, Sharing, Told

ANSWER_SECONDS = 1.5
"""So long somebody waits for a card to be posted; then it is done without them."""

log = logging.getLogger(__name__)


class SharedCards(Sharing):
    """Posts cards at once where that can be done, and leaves the rest to the follower."""

    def __init__(
        self,
        *,
        places: Places,
        posts: CardPosts,
        settled_after: timedelta,
        on_due: Callable[[], None],
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._places = places
        self._posts = posts
        self._settled_after = settled_after
        self._on_due = on_due
        self._answer_seconds = answer_seconds
        self._running: set[asyncio.Task[Told]] = set()  # strong: the loop keeps only weak ones

    async def share(self, task: Task, place: Place) -> Shared:
        """Post the card of a task; see the port."""
        intended = await self._places.intend(
            task.team, task.number, place, settled_after=self._settled_after
        )
        if not intended.is_new:
            return Shared(told=Told.YES)
        posting = asyncio.create_task(self._posted(intended, place))
        self._running.add(posting)
        posting.add_done_callback(self._ended)
        await asyncio.wait({posting}, timeout=self._answer_seconds)
        told = posting.result() if posting.done() else Told.SOON
        return Shared(told=told, let_go=None if told is Told.NOT_THERE else intended.let_go)

    async def carries(self, task: Task, place: Place) -> None:
        """Keep a message right from now on; see the port."""
        try:
            await self._places.keep(task.team, task.number, place, rev=task.rev)
            await self._posts.bind(task, place, place.ts or "")
        except StoreError:
            log.warning("place not kept", extra={"action": "share", "team": task.team})

    async def touched(self, task: Task, place: Place) -> None:
        """Bring a message up to date at once; see the port."""
        try:
            await self._places.hurry(task.team, task.number, place)
        except StoreError:
            log.warning("place not hurried", extra={"action": "share", "team": task.team})
        self._on_due()

    async def drain(self, seconds: float) -> int:
        """Wait for what is being posted; return how much still is."""
        if self._running:
            await asyncio.wait(set(self._running), timeout=seconds)
        return len(self._running)

    async def _posted(self, intended: Intended, place: Place) -> Told:
        task, posts = intended.task, self._posts
        team, number, key = task.team, task.number, place.key
        try:
            if await posts.pacer.wait(team, place.channel):
                return await self._later(team, number, key)
            body, shown = await posts.body(task, place)
            ts = await posts.post(task, place, body)
            await self._places.posted(team, number, key, ts=ts, shown=shown, rev=task.rev)
            await posts.bind(task, place, ts)
        except (Refused, NotInstalled) as error:
            log.info("not shared", extra={"action": "share", "reason": str(error)})
            await self._places.forget(team, number, key)
            return Told.NOT_THERE
        except (Unclear, StoreError):
            return Told.SOON  # found again, or posted, by the follower
        except NotDone:
            return await self._later(team, number, key)
        return Told.YES

    async def _later(self, team: str, number: int, key: str) -> Told:
        await self._places.unsent(team, number, key)
        self._on_due()
        return Told.SOON

    def _ended(self, posting: asyncio.Task[Told]) -> None:
        self._running.discard(posting)
        if not posting.cancelled() and (error := posting.exception()):
            log.error("sharing broke", extra={"action": "share"}, exc_info=error)
