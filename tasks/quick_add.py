"""The one-line grammar: `Book the venue @maria due friday 5pm !high #offsite every month`; pure.

A word is taken out of the title only where it cannot be meant as title: `@person`, `!priority`
and `#tag` as whole words anywhere, `due …`, `by …` and `every …` at the end where what follows
really reads as a date or a rhythm, `due:"…"` anywhere. Text in double quotes is title. A second
due date, priority or rhythm stays in the title, where it is seen. Nothing else is altered, but
for the marks around a title that is quoted as a whole, and the `,` or `and` that joins tokens.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from tasks import dates, repeats
from tasks.model import PersonId, Priority
from tasks.quick_add_words import Kind, Literal, Mention, Piece, Word, cut

__all__ = ["Literal", "Mention", "Piece", "QuickAdd", "parse"]

_PERSON = re.compile(r"@([^\W\d_][\w.\-]*\w|[^\W\d_])")
_PRIORITY = re.compile(f"!({'|'.join(Priority)})", re.IGNORECASE | re.ASCII)
"""Of ASCII alone: else a Turkish i without its dot passes for the other, and is none of ours."""
_TAG = re.compile(r"#((?=[\w\-]*[^\W\d_])[\w][\w\-]*)")
"""At least one letter: `#12` is a number or a task."""
_DUE_WORD = re.compile(r"due:(\S+)", re.IGNORECASE)
_FIRST = "@#!dD"
"""What a typed token can begin with."""
_JOINING = ("and", "&")
_KEYWORDS = ("due", "due:", "by", "every")
_ENDING = 24
"""So many plain words at the end are looked at for a date and a rhythm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickAdd:
    """What one line asks for; words that are yet to be read stay words."""

    title: str
    assignees: tuple[PersonId, ...] = ()
    unknown_people: tuple[str, ...] = ()
    """Names typed as `@name` that are nobody's mention."""
    due: str | None = None
    """For `dates.read`, which may find them in doubt."""
    priority: Priority | None = None
    tags: tuple[str, ...] = ()
    """As typed, without `#`, each once."""
    repeat: str | None = None
    """The words after `every`, in one form."""


@dataclass(slots=True)
class _Line:
    """A line while its tokens are taken out."""

    words: tuple[Word, ...]
    taken: set[int] = field(default_factory=set)
    assignees: dict[PersonId, None] = field(default_factory=dict)
    unknown: dict[str, None] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    priority: Priority | None = None
    due: str | None = None
    repeat: str | None = None


def parse(pieces: Sequence[Piece]) -> QuickAdd:
    """Read one line; it is never refused, though the title may be empty."""
    line = _Line(words=cut(pieces))
    _take_tokens(line)
    _take_ending(line)
    return QuickAdd(
        title=_title(line),
        assignees=tuple(line.assignees),
        unknown_people=tuple(line.unknown),
        due=line.due,
        priority=line.priority,
        tags=tuple(line.tags.values()),
        repeat=line.repeat,
    )


def _title(line: _Line) -> str:
    words, taken = line.words, line.taken
    kept = [at for at in range(len(words)) if at not in taken]
    if len(kept) == 1 and words[kept[0]].kind is Kind.QUOTED:
        return words[kept[0]].inner
    # Where something was taken out between two words, one space is left.
    gaps = (words[at].gap[-1:] if at - 1 in taken else words[at].gap for at in kept)
    return "".join(gap + words[at].text for gap, at in zip(gaps, kept, strict=True)).strip()


def _take_tokens(line: _Line) -> None:
    """Take what is a token wherever it stands."""
    listed = _listed(line.words)
    for at, word in enumerate(line.words):
        if listed[at] and _took(line, word):
            line.taken.add(at)
    for at in range(1, len(line.words) - 1):
        if line.words[at].text.lower() in _JOINING and all(
            near in line.taken and _is_person(line.words[near]) for near in (at - 1, at + 1)
        ):
            line.taken.add(at)


def _listed(words: tuple[Word, ...]) -> list[bool]:
    """Tell of each word whether a comma after it only leads to the next token, or to the end.

    Any other comma belongs to a sentence, and so does the word before it.
    """
    listed = [True] * len(words)
    for at in reversed(range(len(words))):
        if words[at].text.endswith(",") and at + 1 < len(words):
            listed[at] = listed[at + 1] and _is_token(words[at + 1])
    return listed


def _is_token(word: Word) -> bool:
    shapes = (_PERSON, _TAG, _PRIORITY)
    return word.kind in (Kind.MENTION, Kind.QUOTED_DUE) or (
        word.kind is Kind.PLAIN and any(shape.fullmatch(_stem(word)) for shape in shapes)
    )


def _is_person(word: Word) -> bool:
    return word.kind is Kind.MENTION or (
        word.kind is Kind.PLAIN and _PERSON.fullmatch(_stem(word)) is not None
    )


def _stem(word: Word) -> str:
    return word.text.removesuffix(",")


def _took(line: _Line, word: Word) -> bool:
    """Note what the word stands for; False where it is none of the tokens."""
    if word.kind is Kind.PLAIN:
        return word.text[0] in _FIRST and _took_typed(line, word)
    if word.mention is not None:
        line.assignees.setdefault(word.mention.person)
        return True
    return word.kind is Kind.QUOTED_DUE and _took_due(line, " ".join(word.inner.split()))


def _took_typed(line: _Line, word: Word) -> bool:
    text, first = _stem(word), word.text[0]
    if first == "@" and (match := _PERSON.fullmatch(text)):
        line.unknown.setdefault(match[1])
    elif first == "#" and (match := _TAG.fullmatch(text)):
        line.tags.setdefault(match[1].casefold(), match[1])
    elif first == "!" and (match := _PRIORITY.fullmatch(text)) and line.priority is None:
        line.priority = Priority(match[1].lower())
    elif (match := _DUE_WORD.fullmatch(word.text)) and dates.looks_like_one(match[1]):
        return _took_due(line, match[1])
    else:
        return False
    return True


def _took_due(line: _Line, words: str) -> bool:
    if line.due is not None or not words:
        return False
    line.due = words
    return True


def _take_ending(line: _Line) -> None:
    """Take `due …`, `by …` and `every …` from the end, whichever way round they stand."""
    left = [at for at in range(len(line.words)) if at not in line.taken]
    end = len(left)
    for place in reversed(range(max(0, end - _ENDING), end)):
        word = line.words[left[place]]
        if word.kind is not Kind.PLAIN:
            return
        clause = left[place + 1 : end]
        keyword = word.text.lower()
        if keyword not in _KEYWORDS or not clause or clause[0] != left[place] + 1:
            continue
        words = " ".join(line.words[at].text for at in clause)
        if not _took_clause(line, keyword.removesuffix(":"), words):
            continue
        end = place - 1 if _is_due_by(line, left, place) else place
        line.taken.update(left[end : place + 1], clause)
        if end < place:  # the loop goes on before `due`
            _take_ending(line)
            return


def _is_due_by(line: _Line, left: list[int], place: int) -> bool:
    """Tell whether this is the second word of `due by …`."""
    two = [line.words[at].text.lower() for at in left[max(0, place - 1) : place + 1]]
    return two in (["due", "by"], ["due:", "by"])


def _took_clause(line: _Line, keyword: str, words: str) -> bool:
    if keyword == "every":
        rhythm = repeats.read(words)
        if rhythm is None or line.repeat is not None:
            return False
        line.repeat = rhythm
        return True
    return dates.looks_like_one(words, even_amounts=keyword == "due") and _took_due(line, words)
