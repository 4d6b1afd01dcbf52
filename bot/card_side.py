"""What shows tasks to others, and keeps right what is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.tuning import Tuning
from handlers.slack.blocks import entity, shared
from handlers.slack.blocks.message import Message
from handlers.slack.blocks.quiet import below_link, people_in, quiet
from handlers.slack.links import Links
from notifications.calls import Calls
from notifications.card_follower import CardFollower
from notifications.card_posts import CardPosts
from notifications.declined import Declined
from notifications.objects import OBJECT
from notifications.readers import Readers
from notifications.sharing import SharedCards
from notion_sync.worker import Worker
from observability.metrics import Metrics
from storage.stores import Stores
from tasks.access import Access
from tasks.model import Sync, SyncState, Task
from tasks.ports import Installations, Memberships, Now, People, Place, PlacesClaim

TELLERS = 4
"""So many tasks are shown at once; what Slack takes of it, the pacers know."""


class CardSide:
    """The shared cards of one process."""

    def __init__(
        self,
        *,
        stores: Stores,
        people: People,
        installations: Installations,
        client: AsyncWebClient,
        metrics: Metrics,
        now: Now,
        is_off: Callable[[str], bool],
        memberships: Memberships,
        tuning: Tuning,
        links: Links,
        has_objects: bool,
    ) -> None:
        """Take a client of Slack without a token, which never repeats a call."""

        async def render(task: Task, place: Place) -> dict[str, Any]:
            if is_off(task.team):
                task = replace(task, sync=Sync(state=SyncState.OFF))
            shown = shared.shown(task, place, now=now(), has_link=links.base is not None)
            profiles = [await people.profile(task.team, person) for person in people_in(shown)]
            names = {one.person: one.name for one in profiles if one is not None}
            if not place.link:
                return _body(quiet(shown, names))
            body = _body(below_link(shown, names))
            if has_objects:
                whole = entity.entity(task, links.where(task, place.link), now=now())
                body[OBJECT] = entity.below(whole, place.link)
            return body

        def apology(task: Task, place: Place) -> dict[str, Any]:
            return _body(shared.not_shown(task, place))

        posts = CardPosts(
            calls=Calls(client, installations=installations, metrics=metrics),
            pacer=stores.pacer,
            edits=stores.edits,
            threads=stores.threads,
            render=render,
            apology=apology,
        )
        settled_after = timedelta(seconds=tuning.slack_settled_seconds)
        readers = Readers(access=Access(memberships=memberships, confined=stores.confined))
        follower = CardFollower(
            places=stores.places,
            posts=posts,
            declined=Declined(store=stores.tasks, people=people, readers=readers),
            readers=readers,
            settled_after=settled_after,
            metrics=metrics,
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


def _body(message: Message) -> dict[str, Any]:
    """Return what is posted: for all in a conversation, not for one person."""
    body = message.body()
    del body["response_type"]
    return body
