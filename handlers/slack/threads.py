"""Replies under tasks: what is said there is kept, to be copied to the task's page."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from handlers.slack.ids import Event
from handlers.slack.instrument import Instrument
from handlers.slack.router import Kind, Router
from handlers.slack.said import Reply, reply_of
from handlers.slack.web import Web
from tasks.errors import StoreError
from tasks.model import Source, Task
from tasks.ports import ChannelSettings, Copies, Feature, Remark, Threads

Json = dict[str, Any]
log = logging.getLogger(__name__)
_MESSAGE = re.compile(
    r"https://[^/]+/archives/(?P<channel>[CG][A-Z0-9]+)/p(?P<seconds>\d+)(?P<rest>\d{6})"
    r"(?:\?thread_ts=(?P<thread>\d+\.\d{6}))?(?![\d.])"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """What replies and the settings of channels are kept in."""

    threads: Threads
    copies: Copies
    settings: ChannelSettings
    on_said: Callable[[], None]
    """Called where there is something to be copied."""


class ThreadReplies:
    """Takes what people say under tasks, in channels that have switched it on."""

    def __init__(self, following: Following) -> None:
        self._following = following

    async def message(self, body: Json, team: str, _web: Web) -> None:
        """Keep a reply, an edit or a deletion; most messages are none, and cost nothing."""
        reply = reply_of(body.get("event") or {})
        if reply is None:
            return
        kept = self._following
        number = await kept.threads.task_of(team, reply.channel, reply.thread)
        if number is None or not await self._follows(team, reply):
            return
        remark = Remark(
            team=team,
            number=number,
            of=Source.SLACK,
            channel=reply.channel,
            thread=reply.thread,
            original=reply.ts,
        )
        if await kept.copies.say(remark, reply.said, version=reply.version, order=reply.ts):
            await kept.threads.talked(team, number)
            kept.on_said()

    async def _follows(self, team: str, reply: Reply) -> bool:
        """Tell whether the channel wants it: what was said before it did stays where it is."""
        since = (await self._following.settings.of(team, reply.channel)).get(Feature.COMMENTS)
        return since is not None and float(reply.ts) >= int(since.timestamp())


class SourceThreads:
    """Lets the thread under the message that a task was made from belong to it."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads

    async def bind(self, task: Task) -> None:
        """Bind it; a task that is saved is not in doubt for want of it."""
        place = thread_of(task.source)
        if place is None:
            return
        try:
            await self._threads.bind(task.team, *place, task.number)
        except StoreError:
            log.warning("thread_not_bound", extra={"team": task.team, "task": task.id})


def thread_of(source: str | None) -> tuple[str, str] | None:
    """Return channel and thread of a message by its address; None: it is in no channel."""
    found = _MESSAGE.match(source or "")
    if found is None:
        return None
    return found["channel"], found["thread"] or f"{found['seconds']}.{found['rest']}"


def register(router: Router, *, replies: ThreadReplies, instrument: Instrument) -> None:
    """Listen to messages in channels; those written to the bot are another listener's."""
    for event in (Event.REPLIED, Event.REPLIED_IN_PRIVATE):
        router.on(Kind.EVENT, event, instrument.event(replies.message))
