"""Shortcuts: a form from anywhere, and one that starts with what a message says."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from handlers.slack.aloud import NAMES_SECONDS, Aloud
from handlers.slack.blocks import capture
from handlers.slack.blocks.form import Meta
from handlers.slack.ids import Shortcut
from handlers.slack.incoming import Opener, Pressed, Sender, Used
from handlers.slack.instrument import Instrument
from handlers.slack.modals import Modals
from handlers.slack.prefill import Prefill, people_of, prefill
from handlers.slack.router import Kind, Router
from handlers.slack.web import SlackRefused, Web
from tasks.model import Field
from tasks.ports import Threads

Json = Mapping[str, Any]
_DOMAIN = re.compile(r"[a-z0-9][a-z0-9.-]{0,100}")
_TS = re.compile(r"\d{1,12}\.\d{1,9}")


class Shortcuts:
    """Opens forms from menus and messages."""

    def __init__(self, *, modals: Modals, aloud: Aloud, threads: Threads | None = None) -> None:
        self._threads = threads
        self._modals = modals
        self._aloud = aloud

    async def new(self, used: Used) -> None:
        """Open the empty form; the card of the task is written to whoever fills it in."""
        await self._modals.open_filled(used, Meta(), {}, above=[])

    async def again(self, pressed: Pressed) -> None:
        """Do the same from a button, after Slack had closed the door."""
        await self._modals.open_filled(pressed, Meta(), {}, above=[])

    async def message(self, used: Used) -> None:
        """Open the form with what a message says."""
        meta = meta_of(used.sender, used.message)
        about = await self._about(used.sender, used.message)
        await self._open(used, used.sender, used.message, meta, about=about)

    async def _about(self, sender: Sender, message: Json) -> int | None:
        """Return the task under whose card a message was said, where that is soon to be had."""
        thread = str(message.get("thread_ts") or "")
        is_reply = thread not in ("", message.get("ts"))
        if self._threads is None or sender.channel is None or not is_reply:
            return None
        asking = asyncio.create_task(self._threads.task_of(sender.team, sender.channel, thread))
        await asyncio.wait({asking}, timeout=NAMES_SECONDS)
        if not asking.done():
            asking.cancel()
            return None
        return None if asking.exception() else asking.result()

    async def marked(self, pressed: Pressed, channel: str, ts: str, author: str | None) -> None:
        """Open the form with a message that somebody has marked, where it can be read."""
        meta = replace(meta_of(pressed.sender, {"ts": ts}), replace=True, author=author)
        reading = asyncio.create_task(_read(pressed.web, channel, ts))
        await asyncio.wait({reading}, timeout=NAMES_SECONDS)
        message = reading.result() if reading.done() else None
        if message is None:
            await self._open(pressed, pressed.sender, {"user": author}, meta, is_readable=False)
        else:
            thread = str(message.get("thread_ts") or ts)
            source = permalink(pressed.sender, message)
            meta = replace(meta, thread=thread, source=source)
            await self._open(pressed, pressed.sender, message, meta)

    async def _open(
        self,
        given: Opener,
        sender: Sender,
        message: Json,
        meta: Meta,
        *,
        is_readable: bool = True,
        about: int | None = None,
    ) -> None:
        people = people_of(message)
        names = await self._aloud.names(sender.team, people) if people else {}
        found: Prefill = prefill(message, names)
        meta = replace(meta, author=found.author)
        values = {Field.TITLE: found.title, Field.NOTES: found.notes}
        above = capture.above_form(found, meta.source, is_readable=is_readable, about=about)
        await self._modals.open_filled(given, meta, values, above=above)


def meta_of(sender: Sender, message: Json) -> Meta:
    """Return what the form of a message carries unseen."""
    thread = str(message.get("thread_ts") or message.get("ts") or "")
    return Meta(
        channel=sender.channel,
        channel_name=sender.channel_name,
        response_url=sender.response_url,
        source=permalink(sender, message),
        thread=thread or None,
    )


def permalink(sender: Sender, message: Json) -> str | None:
    """Return the address that Slack gives a message; None where the request does not tell it."""
    ts, thread = str(message.get("ts") or ""), str(message.get("thread_ts") or "")
    if not (sender.domain and sender.channel and _DOMAIN.fullmatch(sender.domain)):
        return None
    if not _TS.fullmatch(ts):
        return None
    address = f"https://{sender.domain}.slack.com/archives/{sender.channel}/p{ts.replace('.', '')}"
    if _TS.fullmatch(thread) and thread != ts:
        address += f"?thread_ts={thread}&cid={sender.channel}"
    return address


async def _read(web: Web, channel: str, ts: str) -> Json | None:
    try:
        return await web.message_at(channel, ts)
    except SlackRefused:
        return None  # said in the form


def register(router: Router, *, shortcuts: Shortcuts, instrument: Instrument) -> None:
    """Listen to both shortcuts."""
    router.on(Kind.SHORTCUT, Shortcut.MESSAGE, instrument.shortcut(shortcuts.message))
    router.on(Kind.SHORTCUT, Shortcut.NEW, instrument.shortcut(shortcuts.new))
