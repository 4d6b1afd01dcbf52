"""A message as we send it: ephemeral, literal, readable without its blocks. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import orjson

from handlers.slack.blocks.parts import Json, Part, rendered
from tasks.model import Task
from tasks.ports import Shape

_ESCAPED = json.JSONEncoder(separators=(",", ":"))
TEXT_MAX = 3900
"""`chat.update` refuses over 4000."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shows:
    """What a message shows that is about one task, so that it can be kept right."""

    task: Task
    shape: Shape = Shape.CARD
    lead: str = ""
    """What stands above it."""
    says_all: bool = False
    """Whether whoever acted learns all there is to know from the card itself."""


@dataclass(frozen=True, slots=True)
class Message:
    """Parts, top to bottom."""

    parts: tuple[Part, ...]
    ready: str = ""
    """The body as JSON, where it is always the same and was made beforehand."""
    shows: Shows | None = None
    """The task, where it is about a single one."""

    @property
    def text(self) -> str:
        """The whole message as text, cut at a line where it is too long."""
        return _cut(rendered(self.parts)[1])

    def body(self, *, replace: bool | None = None) -> Json:
        """Return the JSON of an acknowledgement, a `response_url` or chat.postEphemeral."""
        blocks, text = rendered(self.parts)
        found: Json = {
            "response_type": "ephemeral",
            "text": _cut(text),
            "blocks": blocks,
            "mrkdwn": False,
            "parse": "none",
            "link_names": False,
            "unfurl_links": False,
            "unfurl_media": False,
        }
        return found if replace is None else found | {"replace_original": replace}


def _cut(text: str) -> str:
    if len(text) <= TEXT_MAX:
        return text
    kept = text[:TEXT_MAX]
    # Neither half an entity nor half a mention may be left.
    kept = kept[: kept.rfind("\n")] if "\n" in kept else kept[: kept.rfind(" ")]
    return kept + "\n…"


def always(given: Message) -> Message:
    """Return a message that never changes, with its body made once and for all."""
    return replace(given, ready=as_json(given.body()))


def as_json(body: Json) -> str:
    """Return the answer to write, without spaces."""
    try:
        return orjson.dumps(body).decode()
    except orjson.JSONEncodeError:  # half of a surrogate pair: no UTF-8 has it, an escape does
        return _ESCAPED.encode(body)


def message(*parts: Part | None) -> Message:
    """Build a message; what is None is left out."""
    return Message(tuple(part for part in parts if part is not None))
