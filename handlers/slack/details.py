"""The details of Work Objects: shown to whoever opens them, if they may see the task."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from handlers.slack.blocks import entity
from handlers.slack.blocks.words import ref
from handlers.slack.cards import Cards
from handlers.slack.explain import NOT_READ, sentence
from handlers.slack.ids import Event
from handlers.slack.incoming import Overheard, Pressed, is_private
from handlers.slack.instrument import Instrument
from handlers.slack.links import referred
from handlers.slack.replies import Replies
from handlers.slack.router import Kind, Router
from handlers.slack.unfurling import Linking, may_be_shown
from tasks.errors import StoreError, TaskError
from tasks.model import Actor, Source, Task
from tasks.permissions import Presence
from tasks.service import TaskService

READ_SECONDS = 1.5
"""With the call that follows, as long as that takes usually, within a trigger's three seconds."""
TITLE = "Nothing to show"
NO_TASK = "This is no task of this workspace."
NOT_HERE = "{0} is not for this conversation: type /task show {0}."
TOO_LATE = {"status": "timeout"}
BROKEN = {"status": "internal_error"}


class Details:
    """Answers whoever opens an object, in Slack's own form for what is not theirs to see.

    What is shown to one person is put below the link, too, where all see it: so it is the same.
    """

    def __init__(
        self,
        *,
        tasks: TaskService,
        linking: Linking,
        cards: Cards,
        replies: Replies,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        self._read_seconds = read_seconds
        self._tasks = tasks
        self._linking = linking
        self._cards = cards
        self._replies = replies

    async def opened(self, heard: Overheard) -> None:
        """Show a task to whoever clicked on it; Slack is not kept waiting for the event's sake."""
        self._replies.later(self._present(heard))

    def renew(self, pressed: Pressed) -> None:
        """Show the details as they are now, after one of their buttons was pressed."""
        if pressed.sender.details is not None:
            self._replies.later(self._renewed(pressed, pressed.sender.details))

    async def _present(self, heard: Overheard) -> None:
        trigger = str(heard.event.get("trigger_id") or "")
        reading = asyncio.create_task(self._shown(heard))
        await asyncio.wait({reading}, timeout=self._read_seconds)
        if not reading.done():
            await heard.web.present_error(trigger, TOO_LATE)
            with suppress(TaskError):
                await reading
            return
        try:
            shown = reading.result()
        except StoreError:
            shown = NOT_READ
        except TaskError as error:
            shown = sentence(error)
        except Exception:
            await heard.web.present_error(trigger, BROKEN)
            raise
        if isinstance(shown, str):
            await heard.web.present_error(trigger, _instead(shown))
        else:
            await heard.web.present(trigger, shown)

    async def _shown(self, heard: Overheard) -> dict[str, Any] | str:
        """Return the task as an object, or the sentence that stands there instead. TaskError."""
        event = heard.event
        link = str(event.get("entity_url") or event.get("app_unfurl_url") or "")
        number = await self._number(heard, link)
        if number is None:
            return NO_TASK
        channel = str(event.get("channel") or "") or None
        presence = Presence(
            here=channel,
            is_private=channel is not None and is_private(channel, None) is not False,
        )
        by = Actor(person=str(event.get("user") or "") or None, source=Source.SLACK)
        task = await self._tasks.get(heard.team, number, by=by, presence=presence)
        if channel is not None and not _fits(task, channel, heard):
            return NOT_HERE.format(ref(task))
        return self._entity(task, link)

    async def _number(self, heard: Overheard, link: str) -> int | None:
        """Return the task that is meant; opened from a search, an object has no name of ours."""
        name = (heard.event.get("external_ref") or {}).get("id")
        if name:
            return referred(str(name), heard.team)
        return await self._linking.number(heard.team, link)

    async def _renewed(self, pressed: Pressed, link: str) -> None:
        sender = pressed.sender
        with suppress(TaskError):  # what cannot be read now stays as it is
            task = await self._tasks.get(
                sender.team, pressed.number, by=sender.actor, presence=sender.presence
            )
            await pressed.web.present(pressed.trigger_id, self._entity(task, link))

    def _entity(self, task: Task, link: str) -> dict[str, Any]:
        where = self._linking.links.where(task, link)
        return entity.entity(task, where, now=self._cards.now())


def _fits(task: Task, channel: str, heard: Overheard) -> bool:
    """Tell whether a task may stand where it was opened; one's own in one's own conversation."""
    is_own = channel.startswith("D") and task.audience == heard.event.get("user")
    return is_own or may_be_shown(task, channel, heard)


def _instead(said: str) -> dict[str, Any]:
    return {"status": "custom", "custom_title": TITLE, "custom_message": said}


def register(router: Router, *, details: Details | None, instrument: Instrument) -> None:
    """Listen to whoever opens an object, where links can be answered."""
    if details is not None:
        router.on(Kind.EVENT, Event.DETAILS, instrument.overheard(details.opened))
