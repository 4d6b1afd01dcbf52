"""Markdown within a line, as comments may be written: bold, italic, code, struck, links."""

import re

from playground.notion.json_types import JsonObject

_PIECE = re.compile(
    r"\*\*(?P<bold>[^*]+)\*\*|~~(?P<strikethrough>[^~]+)~~|`(?P<code>[^`]+)`"
    r"|\*(?P<italic>[^*]+)\*|\[(?P<label>[^\]]+)\]\((?P<url>[^)\s]+)\)"
)


def rich_text_of(markdown: str) -> list[JsonObject]:
    """Return the pieces of rich text that a line of Markdown means, as a request would give them.

    >>> [piece["text"]["content"] for piece in rich_text_of("a **b**")]
    ['a ', 'b']
    """
    pieces: list[JsonObject] = []
    end = 0
    for match in _PIECE.finditer(markdown):
        pieces += _plain(markdown[end : match.start()])
        pieces.append(_styled(match))
        end = match.end()
    return pieces + _plain(markdown[end:])


def _plain(text: str) -> list[JsonObject]:
    return [{"text": {"content": text}}] if text else []


def _styled(match: re.Match[str]) -> JsonObject:
    if match["label"] is not None:
        return {"text": {"content": match["label"], "link": {"url": match["url"]}}}
    style = next(name for name in ("bold", "strikethrough", "code", "italic") if match[name])
    return {"text": {"content": match[style]}, "annotations": {style: True}}
