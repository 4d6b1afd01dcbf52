"""What people say in threads, out of Slack's events of messages; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handlers.slack.text import pieces
from tasks.ports import Named, Said, Words
from tasks.quick_add import Literal, Mention

Json = Mapping[str, Any]

_SAID = ("", "file_share", "thread_broadcast")
"""Subtypes of messages that a person has written."""
GONE = "9"
"""Comes after every moment that an event can name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A message in a thread, as an event tells it."""

    channel: str
    thread: str
    ts: str
    said: Said | None
    """None once it is deleted."""
    version: str
    """Later events have greater ones."""


def reply_of(event: Json) -> Reply | None:
    """Return what somebody said in a thread; None for all else that happens in a channel.

    Messages of bots, ours among them, and those that begin a thread are no replies.
    """
    subtype = str(event.get("subtype") or "")
    if subtype == "message_deleted":
        return _reply(event, event.get("previous_message"), is_gone=True)
    if subtype == "message_changed":
        return _reply(event, event.get("message"))
    return _reply(event, event) if subtype in _SAID else None


def _reply(event: Json, found: object, *, is_gone: bool = False) -> Reply | None:
    if not isinstance(found, Mapping):
        return None
    channel, ts, thread = event.get("channel"), found.get("ts"), found.get("thread_ts")
    author = found.get("user")
    is_said = str(found.get("subtype") or "") in _SAID
    if not (channel and ts and author and is_said) or found.get("bot_id"):
        return None
    if not thread or thread == ts:
        return None
    edited = found.get("edited")
    version = str(edited.get("ts") or ts) if isinstance(edited, Mapping) else str(ts)
    said = Said(by=Named(person=str(author)), words=_words(found))
    return Reply(
        channel=str(channel),
        thread=str(thread),
        ts=str(ts),
        said=None if is_gone else said,
        version=GONE if is_gone else version,
    )


def _words(message: Json) -> Words:
    words: list[str | Named] = []
    for piece in pieces(str(message.get("text") or "")):
        match piece:
            case Mention(person=person, name=name):
                words.append(Named(person=person, name=name))
            case Literal(text=text):
                words.append(text)
            case str():
                words.append(piece)
    files = message.get("files")
    if isinstance(files, list) and (count := len(files)):
        words.append(
            f"{' ' if words else ''}({count} {'file' if count == 1 else 'files'}: see Slack)"
        )
    return tuple(words)
