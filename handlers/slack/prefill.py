"""What a form starts with when it is opened from a message: its words, literally; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handlers.slack.text import pieces
from tasks.model import PersonId
from tasks.quick_add import Literal, Mention
from tasks.text import clean, shorten

Json = Mapping[str, Any]

TITLE_MAX = 150
NOTES_MAX = 3000
"""A text input of Slack holds no more."""
PEOPLE_MAX = 20
"""So many names of a message are looked up."""
_DEPTH = 8
"""No message of Slack's is nested deeper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefill:
    """What is known of a message."""

    title: str
    notes: str = ""
    author: PersonId | None = None
    is_cut: bool = False
    """Whether the message is longer than a form can hold."""


def people_of(message: Json) -> tuple[PersonId, ...]:
    """Return who is mentioned without a name, each once."""
    found = (piece for piece in pieces(_raw(message)) if isinstance(piece, Mention))
    return tuple(dict.fromkeys(one.person for one in found if not one.name))[:PEOPLE_MAX]


def prefill(message: Json, names: Mapping[PersonId, str]) -> Prefill:
    """Return title and notes: the first line and the rest, or the beginning and the whole."""
    text = literal(_raw(message), names) or _files(message)
    author = message.get("user") if not message.get("bot_id") else None
    first, _, rest = text.partition("\n")
    title, notes = first.strip(), rest.strip()
    if len(title) > TITLE_MAX:
        title, notes = shorten(title, TITLE_MAX), text
    return Prefill(
        title=title,
        notes=shorten(notes, NOTES_MAX),
        author=str(author) if author else None,
        is_cut=len(notes) > NOTES_MAX,
    )


def literal(raw: str, names: Mapping[PersonId, str]) -> str:
    """Return Slack's markup as a reader sees it: `@maria`, `#general`, `page (https://…)`."""
    return clean("".join(_seen(piece, names) for piece in pieces(raw)))


def _seen(piece: str | Literal | Mention, names: Mapping[PersonId, str]) -> str:
    match piece:
        case Mention(person=person, name=name):
            return f"@{name or names.get(person) or person}"
        case Literal(text=text):
            return text
        case str():
            return piece


def _raw(message: Json) -> str:
    """Return the text of a message; of one made of blocks or attachments, what can be read there.

    Apps may leave `text` empty.
    """
    text = message.get("text")
    if isinstance(text, str) and text.strip():
        return text
    return "\n".join(_lines((message.get("blocks"), message.get("attachments"))))


def _lines(found: object, depth: int = 0) -> Iterator[str]:
    """Yield what is text in blocks and attachments of any kind, in its order."""
    if depth > _DEPTH:
        return
    if isinstance(found, Sequence) and not isinstance(found, str):
        for one in found:
            yield from _lines(one, depth + 1)
    elif isinstance(found, Mapping):
        if str(found.get("type", "")).startswith("rich_text"):
            if line := "".join(_rich(found)):
                yield line
            return
        for key in ("pretext", "title", "text", "fields", "elements", "blocks"):
            inner = found.get(key)
            if isinstance(inner, str):
                yield inner
            else:
                yield from _lines(inner, depth + 1)


def _rich(found: Mapping[str, Any], depth: int = 0) -> Iterator[str]:
    """Yield the pieces of rich text, people as mentions."""
    if isinstance(found.get("text"), str):
        yield found["text"].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    elif found.get("type") == "user":
        yield f"<@{found.get('user_id', '')}>"
    elif isinstance(found.get("url"), str):
        yield found["url"]
    inner = found.get("elements")
    if depth > _DEPTH or not isinstance(inner, Sequence):
        return
    for at, one in enumerate(inner):
        if isinstance(one, Mapping):
            if at and str(one.get("type", "")).startswith("rich_text"):
                yield "\n"
            yield from _rich(one, depth + 1)


def _files(message: Json) -> str:
    """Return the names of the files of a message that is nothing else."""
    files = message.get("files")
    found = [one for one in files if isinstance(one, Mapping)] if isinstance(files, list) else []
    names = [str(one.get("title") or one.get("name") or "") for one in found]
    return clean("\n".join(name for name in names if name))
