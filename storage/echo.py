"""What catches the same words said twice: a mark in the task's document under a unique index; pure.

Time is cut into spans of two minutes. A task is marked with a digest of the words, to which the
numbers of its span and of the next one are added: so two of the same words that are less than a
span apart share a mark, and the database refuses the second one by itself, in the insertion that
was to be made anyway, whichever process makes it. Sharing a mark is only a suspicion, since up to
two spans may lie between; `is_echo` tells by the clock.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from pymongo.errors import DuplicateKeyError

from storage.codec import Document
from tasks.model import Task

WITHIN = timedelta(minutes=2)
MARKS = "echo.marks"
MARKED: Document = {MARKS: {"$gt": 0}}
"""The words of the partial index."""
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_BITS = 62


def marks(task: Task, said: str, at: datetime) -> Document:
    """Return what a new task is marked with, `at` by the database's clock; nothing: not compared.

    `said` is already in one form. What nobody said is nobody's repetition.
    """
    if not said or task.creator is None:
        return {}
    first = _digest(f"{task.creator}|{said}") + (at - _BEGINNING) // WITHIN
    return {"echo": {"marks": [first, first + 1], "at": at}}


def is_refusal(error: DuplicateKeyError) -> bool:
    """Tell whether an insertion was refused for its marks."""
    return MARKS in ((error.details or {}).get("keyPattern") or {})


def sharing(document: Document) -> Document:
    """Return the filter of those that share a mark with a new document."""
    return {MARKS: {"$in": document["echo"]["marks"]}}


def is_echo(document: Document, of: Document) -> bool:
    """Tell whether a new document is the same again, of one that still has to be done."""
    is_recent = document["echo"]["at"] - of["echo"]["at"] < WITHIN
    return is_recent and of.get("state") == "open"


def _digest(text: str) -> int:
    """Return 62 bits: with a span added still what an index holds most cheaply."""
    found = sha256(text.encode("utf-8", "surrogatepass")).digest()[:8]
    return int.from_bytes(found) >> (64 - _BITS)
