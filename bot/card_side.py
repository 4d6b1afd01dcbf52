"""What shows tasks to others, and keeps right what is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.for_all import body_for_all, names_in
from bot.slack_reach import SlackReach
from bot.tuning import Tuning
from handlers.slack.blocks import entity, shared
from handlers.slack.blocks.quiet import below_link, quiet
from handlers.slack.links import Links
from notifications.card_follower import CardFollower
from notifications.card_posts import CardPosts
from notifications.declined import Declined
from notifications.objects import OBJECT
from notifications.readers import Readers
from notifications.sharing import SharedCards
from notion_sync.worker import Worker
from storage.stores import Stores
from tasks.access import Access
from tasks.model import Sync, SyncState, Task
from tasks.ports import Now, Place, PlacesClaim

TELLERS = 4
"""So many tasks are shown at once; what Slack takes of it, the pacers know."""


class CardSide:
    """The shared cards of one process."""

    def __init__(
        self,
        *,
        stores: Stores,
        reach: SlackReach,
        now: Now,
        is_off: Callable[[str], bool],
        tuning: Tuning,
        links: Links,
        has_objects: bool,
    ) -> None:
        async def render(task: Task, place: Place) -> dict[str, Any]:
            if is_off(task.team):
                task = replace(task, sync=Sync(state=SyncState.OFF))
            shown = shared.shown(task, place, now=now(), has_link=links.base is not None)
            names = await names_in(shown, task.team, reach.people)
            if not place.link:
                return body_for_all(quiet(shown, names))
            body = body_for_all(below_link(shown, names))
            if has_objects:
                whole = entity.entity(task, links.where(task, place.link), now=now())
                body[OBJECT] = entity.below(whole, place.link)
            return body

        def apology(task: Task, place: Place) -> dict[str, Any]:
            return body_for_all(shared.not_shown(task, place))

        posts = CardPosts(
            calls=reach.calls(),
            pacer=stores.pacer,
            edits=stores.edits,
            threads=stores.threads,
            render=render,
            apology=apology,
        )
        settled_after = timedelta(seconds=tuning.slack_settled_seconds)
        readers = Readers(access=Access(memberships=reach.memberships, confined=stores.confined))
        follower = CardFollower(
            places=stores.places,
            posts=posts,
            declined=Declined(store=stores.tasks, people=reach.people, readers=readers),
            readers=readers,
            settled_after=settled_after,
            metrics=reach.metrics,
        )
        self._worker: Worker[PlacesClaim] = Worker(
            "shared cards",
            claim=stores.places.claim,
            next_due=stores.places.next_due,
            work=follower.do,
            sleep=asyncio.sleep,
            workers=TELLERS,
        )
        self.sharing = SharedCards(
            places=stores.places,
            posts=posts,
            settled_after=settled_after,
            on_due=self._worker.wake,
        )
        self._drain_seconds = tuning.drain_seconds

    async def run(self) -> None:
        """Follow until `stop`; what is being posted is finished."""
        await self._worker.run()
        await self.sharing.drain(self._drain_seconds)

    def stop(self) -> None:
        """Claim nothing more."""
        self._worker.stop()
