"""What our messages are made of; blocks and the plain text come from the same parts.

Everything a person wrote stands in `text` elements, which parse no markup. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

BUTTON_TEXT_MAX = 75
OPTION_MAX = 75
VALUE_MAX = 2000
CONTEXT_MAX = 10
PLAIN_MAX = 3000
HEADER_MAX = 150


@dataclass(frozen=True, slots=True)
class Text:
    """Words, shown as they are."""

    text: str
    bold: bool = False
    strike: bool = False
    code: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, shown by name; in an ephemeral message nobody is notified."""

    id: str


@dataclass(frozen=True, slots=True)
class Channel:
    """A conversation, shown by name to those who may know it."""

    id: str


@dataclass(frozen=True, slots=True)
class Link:
    """A page elsewhere; only for addresses that are not a person's text."""

    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant, shown in the reader's own zone."""

    at: datetime


Inline: TypeAlias = str | Text | Person | Channel | Link | Moment
Line: TypeAlias = tuple[Inline, ...]


def line(*parts: Inline) -> Line:
    """Build a line; for reading's sake."""
    return parts


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of text, one below the other."""

    lines: tuple[Line, ...]
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Small:
    """A line in small grey type, and a link behind it."""

    text: str
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """A line in large type."""

    text: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """Something to press."""

    text: str
    action: str
    value: str = ""
    style: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """Something to pick from: text and value of each."""

    placeholder: str
    action: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """Buttons and menus side by side."""

    items: tuple[Button | Menu, ...]


Part: TypeAlias = Lines | Small | Heading | Rule | Row


def words(text: str) -> Lines:
    """Build a paragraph of our own words."""
    return Lines(((text,),))


def joined(lists: Iterable[Sequence[Inline]], between: str = " · ") -> Line:
    """Chain pieces of a line, with something between them; empty ones are left out."""
    found: list[Inline] = []
    for inlines in lists:
        if inlines:
            found += [*([between] if found else []), *inlines]
    return tuple(found)


def blocks(parts: Iterable[Part]) -> list[Json]:
    """Return the parts as Block Kit."""
    return [_block(part) for part in parts]


def plain(parts: Iterable[Part]) -> str:
    """Return the parts as text without formatting, not escaped; one line per line."""
    return "\n".join(text for part in parts if (text := _plain(part)))


def plain_line(given: Line) -> str:
    """Return a line as text; a person as Slack's own mention."""
    return "".join(_plain_inline(inline) for inline in given)


def fallback(parts: Iterable[Part]) -> str:
    """Return the complete top-level `text`: what notifications and screen readers use.

    A person's text is escaped there, our own mentions are not.
    """
    return "\n".join(text for part in parts if (text := _plain(part, escaped=True)))


def escape(text: str) -> str:
    """Disarm text for places where Slack looks for markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut(text: str, limit: int) -> str:
    """Shorten to what Slack takes; never empty."""
    text = text if text.strip() else "—"
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def label(text: str, limit: int = PLAIN_MAX) -> Json:
    """Return a plain text object."""
    return {"type": "plain_text", "text": cut(text, limit), "emoji": False}


def button(given: Button) -> Json:
    """Return a button element."""
    element = {
        "type": "button",
        "action_id": given.action,
        "text": label(given.text, BUTTON_TEXT_MAX),
    }
    optional = {"value": given.value, "style": given.style, "url": given.url}
    return element | {name: value for name, value in optional.items() if value}


def option(text: str, value: str) -> Json:
    """Return an option of a menu."""
    return {"text": label(text, OPTION_MAX), "value": value}


def _menu(given: Menu) -> Json:
    return {
        "type": "static_select",
        "action_id": given.action,
        "placeholder": label(given.placeholder, HEADER_MAX),
        "options": [option(text, value) for text, value in given.options],
    }


def _block(part: Part) -> Json:
    match part:
        case Lines(lines=lines, quoted=quoted):
            kind = "rich_text_quote" if quoted else "rich_text_section"
            return {
                "type": "rich_text",
                "elements": [{"type": kind, "elements": list(_elements(lines))}],
            }
        case Small(text=text, link=link):
            elements = [label(text)]
            if link is not None:
                shown = f"<{escape(link.url)}|{escape(link.text)}>"
                elements.append({"type": "mrkdwn", "text": shown, "verbatim": True})
            return {"type": "context", "elements": elements}
        case Heading(text=text):
            return {"type": "header", "text": label(text, HEADER_MAX)}
        case Rule():
            return {"type": "divider"}
        case Row(items=items):
            return {
                "type": "actions",
                "elements": [button(i) if isinstance(i, Button) else _menu(i) for i in items],
            }


def _elements(lines: Sequence[Line]) -> Iterable[Json]:
    """Yield what stands in a section; words without a style that follow each other are one."""
    words: list[str] = []
    for index, one in enumerate(lines):
        if index:
            words.append("\n")
        for inline in one:
            if isinstance(inline, str):
                words.append(inline)
                continue
            yield from _unstyled(words)
            words.clear()
            yield _element(inline)
    yield from _unstyled(words)


def _unstyled(words: Sequence[str]) -> Iterable[Json]:
    if text := "".join(words):
        yield {"type": "text", "text": text}


def _element(inline: Text | Person | Channel | Link | Moment) -> Json:
    match inline:
        case Text():
            return _styled(inline)
        case Person(id=person):
            return {"type": "user", "user_id": person}
        case Channel(id=channel):
            return {"type": "channel", "channel_id": channel}
        case Link(url=url, text=text):
            return {"type": "link", "url": url, "text": text}
        case Moment(at=at):
            return {
                "type": "date",
                "timestamp": int(at.timestamp()),
                "format": "{date_short_pretty}, {time}",
                "fallback": moment(at),
            }


def _styled(given: Text) -> Json:
    found: Json = {"type": "text", "text": given.text or "—"}
    styles = {"bold": given.bold, "strike": given.strike, "code": given.code}
    if style := {name: True for name, on in styles.items() if on}:
        found["style"] = style
    return found


def moment(at: datetime) -> str:
    """Return `Mon 23 Nov 2026, 12:00 UTC`."""
    return f"{at.astimezone(UTC):%a %-d %b %Y, %H:%M} UTC"


def _plain(part: Part, *, escaped: bool = False) -> str:
    safe = escape if escaped else _same
    match part:
        case Lines(lines=lines, quoted=quoted):
            before = "» " if quoted else ""
            found = ("".join(_plain_inline(i, escaped=escaped) for i in one) for one in lines)
            return "\n".join(before + text for text in found)
        case Small(text=text, link=link):
            return safe(text) + (f" {link.text}: {safe(link.url)}" if link else "")
        case Heading(text=text):
            return safe(text)
        case Rule() | Row():
            return ""


def _plain_inline(inline: Inline, *, escaped: bool = False) -> str:
    safe = escape if escaped else _same
    match inline:
        case str():
            return safe(inline)
        case Text(text=text):
            return safe(text)
        case Person(id=person):
            return f"<@{person}>"
        case Channel(id=channel):
            return f"<#{channel}>"
        case Link(url=url, text=text):
            return f"{safe(text)} ({safe(url)})"
        case Moment(at=at):
            return moment(at)


def _same(text: str) -> str:
    return text
