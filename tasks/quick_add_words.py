"""The text of a one-line task cut into words, each with the white space before it; pure."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property
from typing import NamedTuple, TypeAlias

from tasks.model import PersonId


@dataclass(frozen=True, slots=True)
class Mention:
    """A person who was picked by name; `name` is how they read where they stay in the title."""

    person: PersonId
    name: str = ""


@dataclass(frozen=True, slots=True)
class Literal:
    """Text that is title whatever it looks like: a link, the name of a channel."""

    text: str


Piece: TypeAlias = str | Mention | Literal


class Kind(Enum):
    """What a word is made of."""

    PLAIN = auto()
    """Typed text only; the one kind that can be a token."""
    MENTION = auto()
    """A mention, maybe with a comma after it."""
    QUOTED = auto()
    """Text in double quotes, marks included."""
    QUOTED_DUE = auto()
    """`due:"…"`."""
    MIXED = auto()
    """Anything glued together: title."""


class Word(NamedTuple):
    """A stretch of the line without white space outside of quotes.

    A tuple, which is made in half the time: a line has many.
    """

    gap: str
    """The white space before it."""
    text: str
    """As it stands in the title."""
    kind: Kind
    mention: Mention | None = None
    inner: str = ""
    """What is within the quotes."""


_CLOSING = {'"': '"', "“": "”", "„": "“”", "”": "”"}
_QUOTES = '"“”„'
_AFTER_QUOTE = ".,;:!?)]"
_BEFORE_QUOTE = "(["
_DUE = "due:"
_OPENING = 4
"""Atoms that may stand before an opening mark within a word."""

_Atom: TypeAlias = str | Mention | Literal
"""White space, one quotation mark, or other text as typed; or a piece that is not typed."""
_ATOMS = re.compile(rf"\s+|[{_QUOTES}]|[^\s{_QUOTES}]+")


class _Closers:
    """Where quoted text can end, found once: a line of nothing but quotes must not take long."""

    def __init__(self, atoms: list[_Atom]) -> None:
        self._atoms = atoms

    @cached_property
    def _at(self) -> dict[str, list[int]]:
        """Return the places of each mark; most lines have none, and are never asked for them."""
        found: dict[str, list[int]] = {mark: [] for mark in _QUOTES}
        for at, atom in enumerate(self._atoms):
            if isinstance(atom, str) and atom in _QUOTES and _ends_word(self._atoms, at):
                found[atom].append(at)
        return found

    def after(self, at: int, marks: str) -> int | None:
        """Return the first one beyond `at` that is one of the marks."""
        found = (self._first(self._at[mark], at) for mark in marks)
        return min((place for place in found if place is not None), default=None)

    @staticmethod
    def _first(places: list[int], at: int) -> int | None:
        index = bisect_right(places, at)
        return places[index] if index < len(places) else None


def cut(pieces: Sequence[Piece]) -> tuple[Word, ...]:
    """Return the words of a line."""
    atoms: list[_Atom] = []
    for piece in pieces:
        match piece:
            case str():
                atoms += _ATOMS.findall(piece)
            case Literal(text):  # the white space around it parts words like any other
                inner = text.strip()
                before, _, after = text.partition(inner) if inner else (text, "", "")
                atoms += filter(None, (before, Literal(inner) if inner else None, after))
            case Mention():
                atoms.append(piece)
    return tuple(_words(atoms, _Closers(atoms)))


def _words(atoms: list[_Atom], closers: _Closers) -> Iterator[Word]:
    is_space = [isinstance(atom, str) and atom.isspace() for atom in atoms]
    is_space.append(True)  # the end parts words, too
    at = 0
    while True:
        start = at
        while at < len(atoms) and is_space[at]:
            at += 1
        if at == len(atoms):
            return
        gap, atom = _text(atoms[start:at]), atoms[at]
        if is_space[at + 1] and isinstance(atom, str) and atom not in _QUOTES:
            # Most are a word by themselves, and need no closer look.
            yield Word(gap, atom, Kind.PLAIN)
            at += 1
            continue
        start, quoted = at, None
        while not is_space[at]:
            end = _end_of_quote(atoms, start, at, closers)
            if end is not None:
                quoted = quoted or (at - start, end - start)
            at = (at if end is None else end) + 1
        yield _word(gap, atoms[start:at], quoted)


def _end_of_quote(atoms: list[_Atom], start: int, at: int, closers: _Closers) -> int | None:
    """Return where the quoted text that opens at `at` ends; None where none does."""
    mark = atoms[at]
    if not isinstance(mark, str) or mark not in _QUOTES or at - start > _OPENING:
        return None
    before = _text(atoms[start:at])
    if before.strip(_BEFORE_QUOTE) and before.lower() != _DUE:
        return None
    regular = closers.after(at, _CLOSING[mark])
    return regular or closers.after(at, _QUOTES)  # whatever the keyboard made of it


def _word(gap: str, atoms: list[_Atom], quoted: tuple[int, int] | None) -> Word:
    text, first = _text(atoms), atoms[0]
    if isinstance(first, Mention) and (len(atoms) == 1 or atoms[1:] == [","]):
        return Word(gap=gap, text=text, kind=Kind.MENTION, mention=first)
    if quoted is None:
        typed = all(isinstance(atom, str) for atom in atoms)
        return Word(gap=gap, text=text, kind=Kind.PLAIN if typed else Kind.MIXED)
    opens, closes = quoted
    kind = Kind.MIXED
    if closes == len(atoms) - 1:
        before = _text(atoms[:opens]).lower()
        kind = {"": Kind.QUOTED, _DUE: Kind.QUOTED_DUE}.get(before, Kind.MIXED)
    return Word(gap=gap, text=text, kind=kind, inner=_text(atoms[opens + 1 : closes]))


def _ends_word(atoms: list[_Atom], at: int) -> bool:
    if at + 1 == len(atoms):
        return True
    after = atoms[at + 1]
    return isinstance(after, str) and (after.isspace() or after[0] in _AFTER_QUOTE)


def _text(atoms: list[_Atom]) -> str:
    if len(atoms) == 1 and isinstance(only := atoms[0], str):
        return only
    return "".join(map(_shown, atoms))


def _shown(atom: _Atom) -> str:
    match atom:
        case Mention(person, name):
            return f"@{name or person}"
        case Literal(text):
            return text
        case _:
            return atom
