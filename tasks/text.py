"""What text a task can hold, and what is done with more; pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from tasks.errors import Refused
from tasks.model import Field, Value

TITLE_MAX = 250
"""Characters (code points) of a title; the whole of a longer one goes to the notes."""
NOTES_MAX = 20_000
TAG_MAX = 60
TAGS_MAX = 20
ASSIGNEES_MAX = 20
STEP_MAX = 75
"""What Slack shows of an option."""
STEPS_MAX = 50
REASON_MAX = 500

_BULLETS = re.compile(r"(?:(?:[-*•‣☐☑✓✔]|\[[ xX]?\])\s+)+")
_JOINERS = "\u200d\ufe0f"
_SKIN_TONES = "".join(map(chr, range(0x1F3FB, 0x1F400)))
_FLAG_LETTERS = "".join(map(chr, range(0x1F1E6, 0x1F200)))
"""Two of them are one flag."""


def clean(text: str) -> str:
    """Drop what no store or screen can hold: NUL and other controls, lone surrogates."""
    if text.isprintable():
        return text.strip()
    kept = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    return "".join(c for c in kept if c in "\n\t" or unicodedata.category(c) != "Cc").strip()


def one_line(text: str) -> str:
    """Clean, with one space for line breaks and tabs; any other space stays as typed."""
    if text.isprintable():
        return text.strip()
    lines = text.replace("\t", "\n").splitlines()
    return " ".join(filter(None, map(clean, lines)))


def name(text: str) -> str:
    """Clean, and make any run of white space one space: two that look the same are the same."""
    return " ".join(clean(text).split())


def same_words(text: str) -> str:
    """Return the form in which texts are compared that people take for the same."""
    return name(unicodedata.normalize("NFKC", text)).casefold()


def shorten(text: str, limit: int) -> str:
    """Cut to `limit` characters with an ellipsis, at a word where one is near, inside no glyph."""
    if len(text) <= limit:
        return text
    end = limit - 1
    while end > 1 and _is_inside_glyph(text, end):
        end -= 1
    space = text.rfind(" ", max(0, end - 30), end + 1)
    return text[: space if space > 0 else end].rstrip() + "…"


def _is_inside_glyph(text: str, at: int) -> bool:
    """Tell whether a cut before `at` would tear what is seen as one character."""
    flags = len(text[:at]) - len(text[:at].rstrip(_FLAG_LETTERS))
    return bool(
        unicodedata.combining(text[at])
        or text[at] in _JOINERS
        or text[at] in _SKIN_TONES
        or text[at - 1] == _JOINERS[0]
        or (flags % 2 and text[at] in _FLAG_LETTERS)
    )


def kept_notes(text: str) -> str:
    """Return the notes as they are kept; Refused when too long."""
    notes = clean(text)
    if len(notes) > NOTES_MAX:
        raise Refused(Field.NOTES, f"The notes are longer than {NOTES_MAX:,} characters: cut them.")
    return notes


def title_and_notes(title: str, notes: str) -> tuple[str, str, tuple[str, ...]]:
    """Return the title and notes to keep, and sentences on what was moved; Refused if no title.

    Nothing is lost: a title too long is shortened and stands in full above the notes.
    """
    whole, notes = one_line(title), kept_notes(notes)
    if not whole:
        raise Refused(Field.TITLE, "A task needs a title.")
    if len(whole) <= TITLE_MAX:
        return whole, notes, ()
    full = clean(title)
    if len(full) + len(notes) + 2 > NOTES_MAX:
        raise Refused(Field.TITLE, f"The text is longer than {NOTES_MAX:,} characters: cut it.")
    said = ("The title was too long: it is shortened, and the full text is in the notes.",)
    return shorten(whole, TITLE_MAX), f"{full}\n\n{notes}".strip(), said


def tag(text: str) -> str:
    """Return the tag as it is kept: one line, no `#` in front, no comma (Notion refuses it)."""
    kept = name(name(text.replace(",", " ")).lstrip("#")).casefold()
    if not kept or len(kept) > TAG_MAX:
        raise Refused(Field.TAGS, f"A tag has 1 to {TAG_MAX} characters.")
    return kept


def tags(names: Iterable[str]) -> tuple[str, ...]:
    """Return the tags as kept, each once; Refused when there are too many."""
    kept = tuple(dict.fromkeys(map(tag, names)))
    if len(kept) > TAGS_MAX:
        raise Refused(Field.TAGS, f"A task has at most {TAGS_MAX} tags.")
    return kept


def people(persons: Iterable[str]) -> tuple[str, ...]:
    """Return the assignees, each once; Refused when there are too many."""
    kept = tuple(dict.fromkeys(persons))
    if len(kept) > ASSIGNEES_MAX:
        raise Refused(Field.ASSIGNEES, f"A task has at most {ASSIGNEES_MAX} assignees.")
    return kept


def step(text: str) -> str:
    """Return a step of a checklist as it is kept: one line, no bullet or box before it."""
    line = name(text)
    bullets = _BULLETS.match(line)
    kept = line[bullets.end() :] if bullets else line
    if not 0 < len(kept) <= STEP_MAX:
        raise Refused(Field.CHECKLIST, f"A step has 1 to {STEP_MAX} characters.")
    return kept


def steps(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the steps of a checklist as kept, each once; Refused when there are too many."""
    kept = tuple(dict.fromkeys(step(text) for text in texts))
    if len(kept) > STEPS_MAX:
        raise Refused(Field.CHECKLIST, f"A checklist has at most {STEPS_MAX} steps.")
    return kept


def reason(text: str) -> str | None:
    """Return what somebody said to a change as it is kept; None for nothing."""
    return shorten(clean(text), REASON_MAX) or None


def form(values: Mapping[Field, Value]) -> tuple[dict[Field, Value], tuple[str, ...]]:
    """Return the values of an edit form as a task keeps them, and what was moved."""
    kept = dict(values)
    said: tuple[str, ...] = ()
    if isinstance(text := kept.get(Field.NOTES), str):
        kept[Field.NOTES] = kept_notes(text)
    if isinstance(title := kept.get(Field.TITLE), str):
        notes = kept.get(Field.NOTES, "")
        with_notes = notes if isinstance(notes, str) else ""
        kept[Field.TITLE], moved, said = title_and_notes(title, with_notes)
        if Field.NOTES in kept:
            kept[Field.NOTES] = moved
        elif said:
            raise Refused(Field.TITLE, f"A title has at most {TITLE_MAX} characters: shorten it.")
    if isinstance(names := kept.get(Field.TAGS), tuple):
        kept[Field.TAGS] = tags(names)
    if isinstance(checklist := kept.get(Field.CHECKLIST), tuple):
        kept[Field.CHECKLIST] = steps(checklist)
    if isinstance(ticked := kept.get(Field.TICKED), tuple):
        kept[Field.TICKED] = steps(ticked)
    if isinstance(persons := kept.get(Field.ASSIGNEES), tuple):
        kept[Field.ASSIGNEES] = people(persons)
    return kept, said
