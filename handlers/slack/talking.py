"""What people write to the bot, and where they mention it: read as behind `/task`.

A sentence that is no command makes nothing by itself: it is offered as a task, one press away.
"""

from __future__ import annotations

import re
from dataclasses import replace

from handlers.slack.aloud import Aloud
from handlers.slack.blocks import capture, errors
from handlers.slack.blocks.message import Message
from handlers.slack.commands import Commands
from handlers.slack.ids import Command
from handlers.slack.incoming import Overheard, Sender, Typed
from handlers.slack.instrument import OUTSIDER, Instrument
from handlers.slack.replies import Replies
from handlers.slack.subcommands import ALIASES
from handlers.slack.text import number_of, split_first
from handlers.slack.troubles import Trouble, UnknownWord, Usage
from handlers.slack.web import SlackRefused
from tasks.errors import StoreError, TaskError

SENTENCE = 3
"""From so many words on, what begins like a command but cannot be read as one may be a sentence."""
_SUBTYPES = (None, "file_share", "thread_broadcast")
"""What people write; all other subtypes tell of edits, joins and the like."""


class Talking:
    """Answers messages in the thread or the conversation they were written in."""

    def __init__(
        self, *, commands: Commands, aloud: Aloud, replies: Replies, instrument: Instrument
    ) -> None:
        self._commands = commands
        self._aloud = aloud
        self._replies = replies
        self._instrument = instrument

    async def written(self, heard: Overheard) -> None:
        """Answer a message in the bot's own conversation with somebody."""
        if heard.event.get("channel_type") == "im" and is_somebodys(heard):
            await self._answer(heard, name="directmessage", is_direct=True)

    async def mentioned(self, heard: Overheard) -> None:
        """Answer where the bot was mentioned, in the thread."""
        if is_somebodys(heard):
            await self._answer(heard, name=None, is_direct=False)

    async def _answer(self, heard: Overheard, *, name: str | None, is_direct: bool) -> None:
        typed = _typed(heard, name)
        if typed is None:
            return
        if typed.sender.is_stranger:
            await self._whisper(typed, errors.said((OUTSIDER,)), _thread(heard))
            return
        try:
            shown = await self._shown(typed, heard)
        except StoreError as error:
            if heard.attempt == 0:  # Slack brings it again; the same key does nothing twice
                shown = self._instrument.failed_command(error, typed)
                self._replies.later(self._reply(heard, typed, shown, is_direct=is_direct))
            raise
        if shown is not None:
            once = f"answer/{typed.key}"
            reply = self._reply(heard, typed, shown, is_direct=is_direct, once=once)
            self._replies.later(reply)

    async def _shown(self, typed: Typed, heard: Overheard) -> Message | None:
        if (instead := _form_instead(typed)) is not None:
            return instead
        typed = await self._with_source(typed, heard)
        try:
            return await self._commands.task(typed)
        except UnknownWord:
            return capture.shall_it(typed.text, typed.key) if typed.rest else capture.hint()
        except Usage as error:
            if len(typed.text.split()) > SENTENCE:
                return capture.shall_it(typed.text, typed.key)
            return self._instrument.failed_command(error, typed)
        except StoreError:
            raise
        except (TaskError, Trouble) as error:
            return self._instrument.failed_command(error, typed)

    async def _with_source(self, typed: Typed, heard: Overheard) -> Typed:
        """Ask for the message's address where a task may be made of it."""
        if not _is_new(typed):
            return typed
        try:
            source = await heard.web.permalink(_channel(heard), _ts(heard))
        except SlackRefused:
            source = None  # a task without a link is better than none
        return replace(typed, source=source)

    async def _reply(
        self,
        heard: Overheard,
        typed: Typed,
        shown: Message,
        *,
        is_direct: bool,
        once: str | None = None,
    ) -> None:
        if once is not None and not await self._aloud.is_first(heard.team, once):
            return
        channel, thread = _channel(heard), _thread(heard)
        if is_direct:
            await self._aloud.say(
                heard.team,
                channel,
                shown,
                thread=str(heard.event.get("thread_ts") or "") or None,
                by=typed.sender.user,
                follows=_is_new(typed),  # else each look at a task would push a place out
            )
        elif _is_new(typed):
            await self._aloud.say(heard.team, channel, shown, thread=thread)
        else:  # it may be about a task that not everybody here may see
            await self._whisper(typed, shown, thread)

    async def _whisper(self, typed: Typed, shown: Message, thread: str) -> None:
        body = shown.body() | {"thread_ts": thread}
        del body["response_type"]
        if typed.sender.channel:
            await typed.web.whisper(typed.sender.channel, typed.sender.user, body)


def is_somebodys(heard: Overheard) -> bool:
    """Tell whether a person wrote this, just now: no bot, ourselves included, and no edit."""
    event = heard.event
    is_persons = not (event.get("bot_id") or event.get("bot_profile") or event.get("hidden"))
    return (
        is_persons
        and event.get("subtype") in _SUBTYPES
        and not event.get("edited")
        and bool(event.get("user"))
        and event.get("user") != heard.bot
        and bool(_channel(heard) and _ts(heard))
    )


def words_to(bot: str, text: str) -> str:
    """Return what is said to the bot: without its mention, and without `/task` before it."""
    bare = re.sub(rf"<@{re.escape(bot)}(?:\|[^>]*)?>[:,]?", " ", text) if bot else text
    first, rest = split_first(bare)
    return rest if first == Command.TASK else bare.strip()


def _typed(heard: Overheard, name: str | None) -> Typed | None:
    """Return a message as a command; None where it says nothing, such as a file alone."""
    event = heard.event
    text = words_to(heard.bot, str(event.get("text") or ""))
    if not text and event.get("files"):
        return None
    home = event.get("user_team") or event.get("team")
    return Typed(
        sender=Sender(
            team=heard.team,
            user=str(event["user"]),
            channel=_channel(heard),
            channel_name=name,
            is_typing=True,
            is_stranger=bool(event.get("user_team")) and home != heard.team,
        ),
        text=text,
        key=f"{_channel(heard)}/{_ts(heard)}",
        thread=None if event.get("channel_type") == "im" else _thread(heard),
        web=heard.web,
        trigger_id="",
    )


def _is_new(typed: Typed) -> bool:
    """Tell whether it makes a task, which belongs to the conversation it is made in."""
    word = typed.word.casefold()
    return ALIASES.get(word, word) == "add"


def _form_instead(typed: Typed) -> Message | None:
    """Return a button where a form would open: a message is no click, and opens none."""
    word = typed.word.casefold()
    name = ALIASES.get(word, word)
    if name == "add" and not typed.rest.strip():
        return capture.form_instead(None)
    number = number_of(split_first(typed.rest)[0])
    return capture.form_instead(number) if name == "edit" and number is not None else None


def _channel(heard: Overheard) -> str:
    return str(heard.event.get("channel") or "")


def _ts(heard: Overheard) -> str:
    return str(heard.event.get("ts") or "")


def _thread(heard: Overheard) -> str:
    return str(heard.event.get("thread_ts") or _ts(heard))
