"""`/task settings`: what a channel has switched on, as a form for the channel it is typed in."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from handlers.slack.blocks import settings
from handlers.slack.blocks.errors import said
from handlers.slack.blocks.form import Meta, notice, waiting
from handlers.slack.ids import Form
from handlers.slack.incoming import Sender, Submitted, Typed
from handlers.slack.instrument import Instrument
from handlers.slack.replies import Replies
from handlers.slack.router import Kind, Router
from handlers.slack.troubles import FormTooLate
from handlers.slack.web import SlackRefused, Web
from tasks.errors import TaskError
from tasks.permissions import Standing
from tasks.ports import ChannelSettings, Connections, Feature, People

Json = dict[str, Any]
READ_SECONDS = 0.5
"""So long the settings are waited for before the form opens without them."""
NOT_HERE = "Settings are a channel's: type `/task settings` in the channel that they are for."
NOT_FOR_GUESTS = "Guests cannot change the settings of a channel: ask one of its members."
WHO_ARE_YOU = "Slack cannot tell me right now who you are: try again in a moment."
NOT_READ = "The settings cannot be read right now: type `/task settings` again in a moment."


class Settings:
    """Opens the form and keeps what was ticked."""

    def __init__(
        self,
        *,
        settings: ChannelSettings,
        connections: Connections,
        people: People,
        replies: Replies,
    ) -> None:
        self._settings = settings
        self._connections = connections
        self._people = people
        self._replies = replies

    async def open(self, typed: Typed) -> None:
        """Open the form of the channel, at first without what is on where that takes long."""
        reading = asyncio.create_task(self._form(typed.sender))
        await asyncio.wait({reading}, timeout=READ_SECONDS)
        if reading.done():
            await _opened(typed, reading.result())
            return
        view = await _opened(typed, waiting())
        if view:
            self._replies.later(_fill(typed.web, view, reading))

    async def save(self, submitted: Submitted) -> Json | None:
        """Keep what is ticked. Only members may: Slack is asked who it is."""
        meta, sender = Meta.of(submitted.metadata), submitted.sender
        sentence = await self._refusal(sender)
        if sentence is not None:
            return _error(submitted, sentence)
        on = settings.ticked(submitted.values)
        wanted = {feature: feature in on for feature in settings.OPTIONS}
        channel = meta.channel or ""
        await self._settings.switch(sender.team, channel, wanted, by=sender.user)
        shown = said((settings.saved(on),))
        self._replies.later(self._replies.answer(sender, submitted.web, shown))
        return None

    async def _form(self, sender: Sender) -> Json:
        if sender.channel is None or sender.channel.startswith("D"):
            return notice("Channel settings", settings.notice(NOT_HERE))
        if await self._standing(sender) in (Standing.GUEST, Standing.STRANGER):
            return notice("Channel settings", settings.notice(NOT_FOR_GUESTS))
        try:
            on: Mapping[Feature, datetime] = await self._settings.of(sender.team, sender.channel)
            connection = await self._connections.of(sender.team)
        except TaskError:
            return notice("Channel settings", settings.notice(NOT_READ))
        meta = Meta(channel=sender.channel, response_url=sender.response_url)
        return settings.form(on, meta, is_connected=connection is not None)

    async def _refusal(self, sender: Sender) -> str | None:
        """Return why somebody may not; None: they may. Whoever Slack cannot tell may not."""
        match await self._standing(sender):
            case None:
                return WHO_ARE_YOU
            case Standing.GUEST | Standing.STRANGER:
                return NOT_FOR_GUESTS
            case _:
                return None

    async def _standing(self, sender: Sender) -> Standing | None:
        profile = await self._people.profile(sender.team, sender.user)
        return None if profile is None else profile.standing


async def _opened(typed: Typed, view: Json) -> Json:
    try:
        return await typed.web.open_view(typed.trigger_id, view)
    except SlackRefused as error:
        if error.code == "exchanged_trigger_id":
            return {}  # opened by a repetition before us
        raise FormTooLate(expired=error.too_late) from error


async def _fill(web: Web, view: Json, reading: asyncio.Task[Json]) -> None:
    await web.update_view(str(view["id"]), await reading, hash_=view.get("hash"))


def _error(submitted: Submitted, sentence: str) -> Json:
    block = next(iter(submitted.values))
    return {"response_action": "errors", "errors": {block: sentence}}


def register(router: Router, *, settings: Settings, instrument: Instrument) -> None:
    """Listen to the submitted form."""
    router.on(Kind.FORM, Form.SETTINGS, instrument.form(settings.save))
