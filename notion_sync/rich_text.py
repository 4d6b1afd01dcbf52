"""Text in the pieces that Notion takes; pure."""

from __future__ import annotations

from notion_sync.wire import PIECES, TEXT_UNITS, JsonObject

_BEYOND_ONE_UNIT = 0xFFFF


def pieces(text: str) -> list[JsonObject]:
    """Return rich text of at most 100 pieces of 2000 UTF-16 units, cut inside no character."""
    return [{"type": "text", "text": {"content": part}} for part in split(text)]


def storable(text: str) -> str:
    """Return what of a text Notion can hold: no lone surrogates, no NUL, no more than fits."""
    return "".join(split(text))


def split(text: str) -> list[str]:
    """Cut a text; what is beyond the hundredth piece ends in an ellipsis."""
    sound = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    parts = _cut(sound.replace("\0", ""))
    if len(parts) > PIECES:
        last = parts[PIECES - 1]
        parts = [*parts[: PIECES - 1], last[:-1] + "…"]
    return parts


def _cut(text: str) -> list[str]:
    parts: list[str] = []
    start = units = 0
    for place, character in enumerate(text):
        width = 2 if ord(character) > _BEYOND_ONE_UNIT else 1
        if units + width > TEXT_UNITS:
            parts.append(text[start:place])
            start, units = place, 0
        units += width
    return [*parts, text[start:]] if text else []


def plain(rich_text: list[JsonObject]) -> str:
    """Return the text that people see."""
    return "".join(str(piece.get("plain_text", "")) for piece in rich_text)
