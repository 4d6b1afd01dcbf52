"""A comment as a message in a thread: who, where it can be read, what; all of it literal. Pure."""

from __future__ import annotations

from typing import Any, TypeAlias

from tasks.ports import Named, Said

Json: TypeAlias = dict[str, Any]

SHOWN_MAX = 3000
TEXT_MAX = 3900
"""`chat.update` refuses over 4000."""
EVENT = "taskbridge_comment"
REST = "… (the rest is in Notion)"
NOTHING = "(nothing that can be shown here)"
SOMEBODY = "Somebody"


def posted(said: Said, copy: str) -> Json:
    """Return the body of a message that says it; `copy` names it for ever."""
    metadata = {"event_type": EVENT, "event_payload": {"copy": copy}}
    return changed(said) | {"metadata": metadata}


def changed(said: Said) -> Json:
    """Return what such a message says."""
    author, text = _sound(said.by.name) or SOMEBODY, _text(said)
    where: Json = {"type": "text", "text": "Notion"}
    if said.link:
        where = {"type": "link", "url": said.link, "text": "Notion"}
    elements = [
        {"type": "text", "text": author, "style": {"bold": True}},
        {"type": "text", "text": " in "},
        where,
        {"type": "text", "text": f"\n{text}"},
    ]
    section = {"type": "rich_text_section", "elements": elements}
    return {
        "text": _escaped(f"{author} in Notion: {text}"),
        "blocks": [{"type": "rich_text", "elements": [section]}],
        "mrkdwn": False,
        "parse": "none",
        "link_names": False,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def copy_named(message: Json) -> str | None:
    """Return which copy a message is; None: it is none."""
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT:
        return None
    name = (metadata.get("event_payload") or {}).get("copy")
    return str(name) if name else None


def _text(said: Said) -> str:
    text = _sound("".join(one if isinstance(one, str) else _name(one) for one in said.words))
    if not text.strip():
        return NOTHING
    return text if len(text) <= SHOWN_MAX else text[: SHOWN_MAX - len(REST)] + REST


def _name(one: Named) -> str:
    return f"@{one.name or SOMEBODY}"


def _sound(text: str) -> str:
    """Return a text without lone surrogates and NUL, which no answer can hold."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore").replace("\0", "")


def _escaped(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if len(escaped) <= TEXT_MAX:
        return escaped
    return _escaped(text[: len(text) * 3 // 4] + "…")
