"""A reaction that offers to make a task of its message, where the channel has switched that on."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import timedelta

from handlers.slack.blocks import capture
from handlers.slack.confirming import DELETE
from handlers.slack.incoming import Overheard, Pressed
from handlers.slack.replies import Replies
from handlers.slack.shortcuts import Shortcuts
from tasks.ports import ChannelSettings, Feature, Marks

EMOJI = frozenset({"memo", "pencil", "ballot_box_with_check"})
"""`pencil` is what Slack calls :memo: as well."""
REMEMBERED = timedelta(days=30)
"""So long a message is not offered again."""


class Offers:
    """Offers a task once for a message, to whoever marked it first."""

    def __init__(
        self,
        *,
        settings: ChannelSettings,
        marks: Marks,
        shortcuts: Shortcuts,
        replies: Replies,
        emoji: Collection[str] = EMOJI,
    ) -> None:
        self._settings = settings
        self._marks = marks
        self._shortcuts = shortcuts
        self._replies = replies
        self._emoji = emoji

    async def reacted(self, heard: Overheard) -> None:
        """Ask whoever reacted whether it shall be a task."""
        event = heard.event
        item = event.get("item") or {}
        channel, ts = str(item.get("channel") or ""), str(item.get("ts") or "")
        user = str(event.get("user") or "")
        if str(event.get("reaction", "")).partition("::")[0] not in self._emoji:
            return
        if item.get("type") != "message" or not (channel and ts and user) or user == heard.bot:
            return
        if Feature.REACTIONS not in await self._settings.of(heard.team, channel):
            return
        if not await self._marks.set(heard.team, f"offer/{channel}/{ts}", lasts=REMEMBERED):
            return
        body = capture.offer(capture.marked(ts, event.get("item_user"))).body()
        del body["response_type"]
        self._replies.later(heard.web.whisper(channel, user, body))

    async def take(self, pressed: Pressed) -> None:
        """Open the form that starts with the message."""
        ts, author = _unpacked(pressed.value)
        channel = pressed.sender.channel
        if ts and channel:
            await self._shortcuts.marked(pressed, channel, ts, author)

    async def decline(self, pressed: Pressed) -> None:
        """Take the question away."""
        if pressed.sender.response_url:
            self._replies.later(self._away(pressed.sender.response_url))

    async def _away(self, url: str) -> None:
        await self._replies.post(url, DELETE)


def _unpacked(value: str) -> tuple[str | None, str | None]:
    try:
        found = json.loads(value)
    except ValueError:
        return None, None
    if not isinstance(found, dict):
        return None, None
    ts, author = found.get("m"), found.get("a")
    return (str(ts) if ts else None), (str(author) if author else None)
