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

    @property
    def mention(self) -> str:
        """Return them as Slack's own mention."""
        return f"<@{self.id}>"


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
    bare: bool = False
    """Words alone, for places that take no rich text; people and conversations by name already."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class More:
    """What is rarely wanted, behind three dots: text and value of each, five at most."""

    action: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """Buttons and menus side by side."""

    items: tuple[Button | Menu | More, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """Up to ten boxes to tick; `block` comes back with the click, and is there once."""

    action: str
    block: str
    texts: tuple[str, ...]
    """Each is its own value."""
    ticked: tuple[str, ...] = ()


Part: TypeAlias = Lines | Small | Heading | Rule | Row | Checks


def words(text: str) -> Lines:
    """Build a paragraph of our own words."""
    return Lines(((text,),))


def joined(lists: Iterable[Sequence[Inline]], between: str = " · ") -> Line:
    """Chain pieces of a line, with something between them; empty ones are left out."""
    found: list[Inline] = []
    for inlines in lists:
        if inlines:
            if found:
                found.append(between)
            found += inlines
    return tuple(found)


def blocks(parts: Iterable[Part]) -> list[Json]:
    """Return the parts as Block Kit."""
    return rendered(parts)[0]


def rendered(parts: Iterable[Part]) -> tuple[list[Json], str]:
    """Return the parts as Block Kit, and as the complete top-level `text`.

    That is what notifications and screen readers use: one line per line, without formatting. A
    person's text is escaped there, our own mentions are not.
    """
    found: list[Json] = []
    texts: list[str] = []
    for part in parts:
        block, text = _part(part)
        found.append(block)
        if text:
            texts.append(text)
    return found, "\n".join(texts)


def plain_line(given: Line) -> str:
    """Return a line as text, not escaped; a person as Slack's own mention."""
    return "".join(i if isinstance(i, str) else _said(i) for i in given)


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
    element: Json = {
        "type": "button",
        "action_id": given.action,
        "text": label(given.text, BUTTON_TEXT_MAX),
    }
    if given.value:
        element["value"] = given.value
    if given.style:
        element["style"] = given.style
    if given.url:
        element["url"] = given.url
    return element


def option(text: str, value: str) -> Json:
    """Return an option of a menu."""
    return {"text": label(text, OPTION_MAX), "value": value}


def moment(at: datetime) -> str:
    """Return `Mon 23 Nov 2026, 12:00 UTC`."""
    return f"{at.astimezone(UTC):%a %-d %b %Y, %H:%M} UTC"


def _part(part: Part) -> tuple[Json, str]:
    match part:
        case Lines():
            return _lines(part)
        case Row(items=items):
            return {"type": "actions", "elements": [_item(item) for item in items]}, ""
        case Checks():
            return _checks(part)
        case Small():
            return _small(part)
        case Heading(text=text):
            return {"type": "header", "text": label(text, HEADER_MAX)}, escape(text)
        case Rule():
            return {"type": "divider"}, ""


def _lines(given: Lines) -> tuple[Json, str]:
    """Return a section; words without a style that follow each other are one element."""
    if given.bare:
        return _bare(given)
    elements: list[Json] = []
    texts: list[str] = []
    words: list[str] = []
    for index, line in enumerate(given.lines):
        if index:
            words.append("\n")
        for inline in line:
            if isinstance(inline, str):
                words.append(inline)
                continue
            if words:
                _close(words, elements, texts)
            element, text = _inline(inline)
            elements.append(element)
            texts.append(text)
    _close(words, elements, texts)
    kind, text = "rich_text_section", "".join(texts)
    if given.quoted:
        kind, text = "rich_text_quote", "» " + text.replace("\n", "\n» ")
    return {"type": "rich_text", "elements": [{"type": kind, "elements": elements}]}, text


def _bare(given: Lines) -> tuple[Json, str]:
    mark = "» " if given.quoted else ""
    said = "\n".join(mark + "".join(_word(one) for one in line) for line in given.lines)
    return {"type": "section", "text": label(said)}, escape(said)


def _word(inline: Inline) -> str:
    match inline:
        case str():
            return inline
        case Link(text=text):
            return text
        case _:
            return _said(inline)


def _close(words: list[str], elements: list[Json], texts: list[str]) -> None:
    """Make one element of the words so far."""
    if text := "".join(words):
        elements.append({"type": "text", "text": text})
        texts.append(escape(text))
    words.clear()


def _inline(inline: Text | Person | Channel | Link | Moment) -> tuple[Json, str]:
    """Return an element, and the same as text: all but our mentions escaped."""
    match inline:
        case Text(text=text):
            return _styled(inline), escape(text)
        case Person(id=person):
            return {"type": "user", "user_id": person}, inline.mention
        case Channel(id=channel):
            return {"type": "channel", "channel_id": channel}, _said(inline)
        case Link(url=url, text=text):
            return {"type": "link", "url": url, "text": text}, escape(_said(inline))
        case Moment(at=at):
            fallback = moment(at)
            element = {
                "type": "date",
                "timestamp": int(at.timestamp()),
                "format": "{date_short_pretty}, {time}",
                "fallback": fallback,
            }
            return element, fallback


def _styled(given: Text) -> Json:
    found: Json = {"type": "text", "text": given.text or "—"}
    if given.bold or given.strike or given.code:
        found["style"] = style = {}
        if given.bold:
            style["bold"] = True
        if given.strike:
            style["strike"] = True
        if given.code:
            style["code"] = True
    return found


def _said(inline: Text | Person | Channel | Link | Moment) -> str:
    match inline:
        case Text(text=text):
            return text
        case Person():
            return inline.mention
        case Channel(id=channel):
            return f"<#{channel}>"
        case Link(url=url, text=text):
            return f"{text} ({url})"
        case Moment(at=at):
            return moment(at)


def _small(given: Small) -> tuple[Json, str]:
    elements, text = [label(given.text)], escape(given.text)
    if (link := given.link) is not None:
        shown_as = f"<{escape(link.url)}|{escape(link.text)}>"
        elements.append({"type": "mrkdwn", "text": shown_as, "verbatim": True})
        text += f" {link.text}: {escape(link.url)}"
    return {"type": "context", "elements": elements}, text


def _item(given: Button | Menu | More) -> Json:
    match given:
        case Button():
            return button(given)
        case Menu():
            return _menu(given)
        case More():
            options = [option(text, value) for text, value in given.options]
            return {"type": "overflow", "action_id": given.action, "options": options}


def _checks(given: Checks) -> tuple[Json, str]:
    options = [option(text, text) for text in given.texts]
    initial = [one for one in options if one["value"] in given.ticked]
    element: Json = {"type": "checkboxes", "action_id": given.action, "options": options}
    if initial:
        element["initial_options"] = initial
    texts = [f"[{'x' if one in given.ticked else ' '}] {escape(one)}" for one in given.texts]
    block = {"type": "actions", "block_id": given.block, "elements": [element]}
    return block, "\n".join(texts)


def _menu(given: Menu) -> Json:
    return {
        "type": "static_select",
        "action_id": given.action,
        "placeholder": label(given.placeholder, HEADER_MAX),
        "options": [option(text, value) for text, value in given.options],
    }
