"""What comments say, from what was said in a thread and back; pure."""

from __future__ import annotations

import re

from notion_sync.rich_text import pieces, plain
from notion_sync.wire import JsonObject

SOMEBODY = "Somebody"
DELETED = "This reply was deleted in Slack."
_MESSAGE = re.compile(r"/archives/([A-Z0-9]+)/p(\d+)(\d{6})(?!\d)")


def copied(author: str, text: str, link: str) -> list[JsonObject]:
    """Return the comment that shows a reply: who, where it can be read, what."""
    who: JsonObject = {
        "type": "text",
        "text": {"content": f"{author} in Slack"[:200], "link": {"url": link}},
        "annotations": {"bold": True},
    }
    return [who, *pieces(f": {text}")]


def withdrawn(link: str) -> list[JsonObject]:
    """Return what takes the place of a comment that cannot go without those below it."""
    return [{"type": "text", "text": {"content": DELETED, "link": {"url": link}}}]


def source_of(comment: JsonObject) -> tuple[str, str] | None:
    """Return channel and message of the reply that a comment shows; None: it shows none."""
    for piece in comment.get("rich_text") or ():
        link = ((piece.get("text") or {}).get("link") or {}).get("url") or piece.get("href") or ""
        if found := _MESSAGE.search(str(link)):
            return found[1], f"{found[2]}.{found[3]}"
    return None


def text_of(comment: JsonObject) -> str:
    """Return what a person reads, and that there is more to see in Notion."""
    text = plain(comment.get("rich_text") or [])
    attached = len(comment.get("attachments") or ())
    if not attached:
        return text
    files = "1 file" if attached == 1 else f"{attached} files"
    return f"{text}\n({files}: see Notion)".lstrip()


def author_of(comment: JsonObject, names: dict[str, str]) -> str:
    """Return under which name a comment was made."""
    shown = (comment.get("display_name") or {}).get("resolved_name")
    author = str((comment.get("created_by") or {}).get("id"))
    return str(shown or names.get(author) or SOMEBODY)
