"""What to send instead of a value that a schema has refused, in a sentence; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.http.schemas import EXPECTED

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_OURS = "value_error"
"""A validator of our own: its words are the sentence."""
_OBJECT = "Send an object with the fields that /api/docs names."
_SENTENCES = {
    "missing": "It is missing: send it.",
    "extra_forbidden": "There is none of that name: check the spelling, or leave it out.",
    "string_type": "Send a text.",
    "string_too_short": "Write at least one character that can be seen.",
    "string_too_long": "Shorten it to at most {max_length} characters.",
    "bool_type": "Send true or false.",
    "list_type": "Send a list.",
    "too_long": "Send at most {max_length} entries.",
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "enum": "Send one of {expected}.",
    "literal_error": "Send one of {expected}.",
    "greater_than_equal": "Send {ge} or more.",
    "less_than_equal": "Send {le} or less.",
    "timezone_aware": "Add the offset from UTC, as in 2026-11-27T17:00:00Z.",
}
_DAY = "Send a day of the calendar, such as 2026-11-27."
_INSTANT = "Send an instant with its offset from UTC, such as 2026-11-27T17:00:00Z."


def sentence(error: ErrorDetails) -> str:
    """Return what to send instead; in pydantic's words where none of ours fit."""
    kind, context = error["type"], error.get("ctx", {})
    if kind.startswith("datetime_"):
        return _INSTANT
    if kind.startswith("date_"):
        return _DAY
    if kind == "string_pattern_mismatch":
        return EXPECTED[context["pattern"]]
    if kind in _SENTENCES:
        choices = str(context.get("expected", "")).replace("'", '"')  # as JSON has them
        return _SENTENCES[kind].format_map({**context, "expected": choices})
    text = error["msg"].removeprefix("Value error, ") if kind == _OURS else error["msg"]
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
