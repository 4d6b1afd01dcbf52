"""Messages that everybody sees: people stand there by name, so that nobody is notified; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from handlers.slack.blocks.message import Message
from handlers.slack.blocks.parts import Channel, Inline, Lines, Part, Person, Text
from tasks.model import PersonId

SOMEBODY = "somebody"
HERE = "this conversation"


def people_in(message: Message) -> tuple[PersonId, ...]:
    """Return who is named in a message, each once."""
    inlines = (
        inline
        for part in message.parts
        if isinstance(part, Lines)
        for line in part.lines
        for inline in line
    )
    return tuple(dict.fromkeys(one.id for one in inlines if isinstance(one, Person)))


def quiet(message: Message, names: Mapping[PersonId, str]) -> Message:
    """Return the message with names in place of mentions."""
    return replace(message, parts=tuple(_part(part, names) for part in message.parts), ready="")


def below_link(message: Message, names: Mapping[PersonId, str]) -> Message:
    """Return the same for below a link, where Slack takes no rich text.

    What is private stands there only in the conversation that it is private to.
    """
    shown = quiet(message, names)
    return replace(shown, parts=tuple(_bare(part) for part in shown.parts))


def _bare(part: Part) -> Part:
    if not isinstance(part, Lines):
        return part
    lines = tuple(
        tuple(HERE if isinstance(one, Channel) else one for one in line) for line in part.lines
    )
    return replace(part, lines=lines, bare=True)


def _part(part: Part, names: Mapping[PersonId, str]) -> Part:
    if not isinstance(part, Lines):
        return part
    lines = tuple(tuple(_inline(one, names) for one in line) for line in part.lines)
    return replace(part, lines=lines)


def _inline(inline: Inline, names: Mapping[PersonId, str]) -> Inline:
    return Text(names.get(inline.id) or SOMEBODY) if isinstance(inline, Person) else inline
