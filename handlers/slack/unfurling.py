"""Cards below links that people post: of tasks, and of the Notion pages of tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handlers.slack.aloud import Aloud
from handlers.slack.blocks import entity
from handlers.slack.blocks.link import address
from handlers.slack.blocks.quiet import below_link, people_in
from handlers.slack.cards import Cards
from handlers.slack.ids import Act, Event
from handlers.slack.incoming import Overheard, Pressed, Sender, Unfurl
from handlers.slack.instrument import Instrument, OnAction
from handlers.slack.links import Links, page_id
from handlers.slack.replies import Replies
from handlers.slack.router import Kind, Router
from handlers.slack.web import Web
from tasks.errors import StoreError, TaskError
from tasks.model import Actor, Source, Task
from tasks.permissions import Presence, may_be_posted
from tasks.ports import Place, Previews, RowBook, Sharing
from tasks.service import TaskService

LINKS_MAX = 5
"""Of one message; a longer list of cards nobody reads."""
COMPOSER = "composer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Linking:
    """What it takes to know what a link leads to, and to show it."""

    links: Links
    rows: RowBook
    previews: Previews
    has_objects: bool = False
    """Whether the app's settings are said to have Work Objects on."""

    async def number(self, team: str, link: str) -> int | None:
        """Return the number of the team's task that a link leads to."""
        number = self.links.number(link, team)
        if number is not None:
            return number
        page = page_id(link)
        return await self.rows.number_of(team, page) if page is not None else None


class Unfurling:
    """Answers links with cards that everybody there may see, and keeps them right when pressed."""

    def __init__(
        self,
        *,
        tasks: TaskService,
        linking: Linking,
        cards: Cards,
        aloud: Aloud,
        replies: Replies,
        sharing: Sharing | None = None,
    ) -> None:
        """Without `sharing` a card is renewed only when it is pressed."""
        self._sharing = sharing
        self._tasks = tasks
        self._linking = linking
        self._previews = linking.previews
        self._links = linking.links
        self._cards = cards
        self._aloud = aloud
        self._replies = replies

    async def shared(self, heard: Overheard) -> None:
        """Show the cards of the tasks that somebody's message links to, once for an event."""
        below = _below(heard.event)
        found: dict[str, Task] = {}
        for link in _links(heard.event)[:LINKS_MAX]:
            task = await self._linked(heard, link)
            if task is not None and task.number not in {one.number for one in found.values()}:
                found[link] = task
        if found and below and await self._aloud.is_first(heard.team, f"unfurl/{heard.id}"):
            self._replies.later(self._show(heard, below, found))

    def renew(self, sender: Sender, web: Web) -> None:
        """Show a card as it is now, after one of its buttons was pressed; nobody waits.

        Where Slack does not let us, in a channel without the bot say, whoever pressed is shown it.
        """
        if sender.unfurl is not None and sender.channel is not None:
            self._replies.later(self._renewed(sender, web, sender.unfurl, sender.channel))

    async def address(self, pressed: Pressed) -> None:
        """Show whoever pressed the address of a task: Slack has no button that copies."""
        sender = pressed.sender
        task = await self._tasks.get(
            sender.team, pressed.number, by=sender.actor, presence=sender.presence
        )
        if link := self._links.of(task.team, task.number):
            self._replies.later(self._replies.answer(sender, pressed.web, address(task, link)))

    async def _linked(self, heard: Overheard, link: str) -> Task | None:
        """Return the task of a link, if whoever posted it and everybody there may see it."""
        number = await self._linking.number(heard.team, link)
        if number is None:
            return None
        event = heard.event
        is_unsent = event.get("source") == COMPOSER
        channel = None if is_unsent else str(event.get("channel") or "")
        # What is posted somewhere was posted by somebody who is there.
        where = Presence(here=channel, is_proven=True) if channel else Presence()
        by = Actor(person=str(event.get("user") or "") or None, source=Source.SLACK)
        try:
            task = await self._tasks.get(heard.team, number, by=by, presence=where)
        except StoreError:
            raise  # Slack brings it again
        except TaskError:
            return None
        return task if not task.deleted and may_be_shown(task, channel, heard) else None

    async def _renewed(self, sender: Sender, web: Web, unfurl: Unfurl, channel: str) -> None:
        number = await self._linking.number(sender.team, unfurl.link)
        if number is None:
            return
        try:
            task = await self._tasks.get(
                sender.team, number, by=sender.actor, presence=sender.presence
            )
        except TaskError:
            return  # what cannot be read now stays as it is
        below = {"channel": channel, "ts": unfurl.ts}
        is_shown = await self._shown(sender.team, below, {unfurl.link: task})
        if not (is_shown or sender.details):  # the details are renewed, whatever becomes of this
            await self._replies.answer(sender, web, self._cards.of(task, sender))

    async def _show(
        self, heard: Overheard, below: Mapping[str, str], found: Mapping[str, Task]
    ) -> None:
        if await self._shown(heard.team, below, found):
            for link, task in found.items():
                await self._keep(heard.event, link, task)

    async def _shown(self, team: str, below: Mapping[str, str], found: Mapping[str, Task]) -> bool:
        previews = {link: await self._preview(task) for link, task in found.items()}
        objects = []
        if self._linking.has_objects:
            objects = [self._object(link, task) for link, task in found.items()]
        return await self._previews.show(team, below, previews, objects=objects)

    def _object(self, link: str, task: Task) -> dict[str, Any]:
        shown = entity.entity(task, self._links.where(task, link), now=self._cards.now())
        return entity.below(shown, link)

    async def _keep(self, event: Mapping[str, Any], link: str, task: Task) -> None:
        """Let a card follow its task, where the bot may come back to the message."""
        channel, ts = str(event.get("channel") or ""), str(event.get("message_ts") or "")
        is_posted = event.get("source") != COMPOSER and bool(event.get("is_bot_user_member"))
        if self._sharing is None or not (is_posted and channel and ts):
            return
        key = f"{channel}/{ts}"
        place = Place(key=key, channel=channel, ts=ts, link=link)
        await self._sharing.carries(task, place)

    async def _preview(self, task: Task) -> dict[str, Any]:
        """Return the card as nobody in particular sees it."""
        shown = self._cards.shared(task)
        names = await self._aloud.names(task.team, people_in(shown), seconds=None)
        body = below_link(shown, names).body()
        return {"blocks": body["blocks"], "fallback": body["text"]}


def _links(event: Mapping[str, Any]) -> list[str]:
    given = event.get("links")
    links = given if isinstance(given, list) else []
    found = (str(one.get("url") or "") for one in links if isinstance(one, dict))
    return list(dict.fromkeys(filter(None, found)))


def _below(event: Mapping[str, Any]) -> dict[str, str]:
    """Return how Slack wants the message named: without membership, by what it gave for that."""
    for names in (("unfurl_id", "source"), ("channel", "message_ts")):
        given = [str(event.get(name) or "") for name in names]
        if all(given):
            return dict(zip(("ts" if n == "message_ts" else n for n in names), given, strict=True))
    return {}


def may_be_shown(task: Task, channel: str | None, heard: Overheard) -> bool:
    """Tell whether everybody who will see it there may.

    Where a message is still being written nobody knows who that will be.
    """
    if channel is None:
        return task.audience is None
    if heard.is_shared and channel not in (task.audience, task.channel):
        return False  # those of the other workspace see the tasks of this channel only
    is_own = channel.startswith("D") and bool(heard.event.get("is_bot_user_member"))
    return may_be_posted(task, channel) or (is_own and task.audience == heard.event.get("user"))


def actions(unfurling: Unfurling | None) -> dict[str, OnAction]:
    """Return what its buttons do."""
    return {Act.PERMALINK: unfurling.address} if unfurling is not None else {}


def register(router: Router, *, unfurling: Unfurling | None, instrument: Instrument) -> None:
    """Listen to links, where they can be answered."""
    if unfurling is not None:
        router.on(Kind.EVENT, Event.LINKED, instrument.overheard(unfurling.shared))
