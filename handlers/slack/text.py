"""What people type, out of Slack's escapes: tokens first, then entities, exactly once; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tasks.quick_add import Literal, Mention, Piece

_TOKEN = re.compile(r"<([^<>]+)>")
_PERSON = re.compile(r"@([UW][A-Z0-9]*)(?:\|(.*))?", re.DOTALL)
_CHANNEL = re.compile(r"#?([CGD][A-Z0-9]+)(?:\|(.*))?", re.DOTALL)
_NUMBER = re.compile(r"(?:t\s*[-‐‑‒–—−]?\s*|#)?([0-9]{1,9})", re.IGNORECASE)  # noqa: RUF001  # any dash
_FIRST = re.compile(r"\s*(\S+)\s*(.*)", re.DOTALL)


def unescape(text: str) -> str:
    """Undo Slack's three entities, once."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def pieces(typed: str) -> tuple[Piece, ...]:
    """Return the text of a command: what was typed, who was mentioned, what can only be title."""
    found: list[Piece] = []
    end = 0
    for match in _TOKEN.finditer(typed):
        _append(found, unescape(typed[end : match.start()]))
        _append(found, _token(match[1]))
        end = match.end()
    _append(found, unescape(typed[end:]))
    return tuple(found)


def split_first(typed: str) -> tuple[str, str]:
    """Return the first word and the rest, both as typed; any Unicode space parts them."""
    match = _FIRST.fullmatch(typed)
    return (match[1], match[2].rstrip()) if match else ("", "")


def tokens(typed: str) -> tuple[str | Mention, ...]:
    """Return the words of a command, mentions among them."""
    found: list[str | Mention] = []
    for piece in pieces(typed):
        if isinstance(piece, Mention):
            found.append(piece)
        else:
            found += (piece.text if isinstance(piece, Literal) else piece).split()
    return tuple(found)


def shown(given: Sequence[Piece]) -> str:
    """Return pieces as the person saw them while typing."""
    return "".join(_shown(piece) for piece in given)


def number_of(word: str) -> int | None:
    """Return the number in `T-12`, `t12`, `#12` or `12`; None where it is none."""
    match = _NUMBER.fullmatch(word.strip().rstrip(",.;:"))
    return int(match[1]) if match else None


def _append(found: list[Piece], piece: Piece) -> None:
    if isinstance(piece, str) and found and isinstance(found[-1], str):
        found[-1] += piece  # a word goes on: `#` and the name of a channel, say
    elif piece != "":
        found.append(piece)


def _token(inner: str) -> Piece:
    if person := _PERSON.fullmatch(inner):
        return Mention(person[1], unescape(person[2] or ""))
    if channel := _CHANNEL.fullmatch(inner):
        name = unescape(channel[2] or "")
        return f"#{name}" if name else Literal(f"#{channel[1]}")
    target, _, label = inner.partition("|")
    target, label = unescape(target), unescape(label)
    if target.startswith("!"):
        return Literal(_special(target[1:], label))
    return Literal(_address(target, label))


def _special(target: str, label: str) -> str:
    if label:
        return label if label[0] in "@#" else f"@{label}" if "^" not in target else label
    return f"@{target.split('^', maxsplit=1)[0]}"


def _address(target: str, label: str) -> str:
    plain = target.removeprefix("mailto:").removeprefix("tel:")
    bare = plain.removeprefix("http://").removeprefix("https://").rstrip("/")
    if not label or label.rstrip("/") in (plain.rstrip("/"), bare):
        return label or plain
    return f"{label} ({plain})"


def _shown(piece: Piece) -> str:
    match piece:
        case Mention(person=person, name=name):
            return f"@{name or person}"
        case Literal(text=text):
            return text
        case str():
            return piece
