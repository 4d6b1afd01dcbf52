"""What can be typed behind `/task`, as far as it is known before anything is done; pure."""

from __future__ import annotations

from handlers.slack.text import number_of, split_first

ALIASES = {
    "new": "add",
    "ls": "list",
    "view": "show",
    "complete": "done",
    "finish": "done",
    "close": "done",
    "open": "reopen",
    "prio": "priority",
    "tags": "tag",
    "remove": "delete",
    "rm": "delete",
    "?": "help",
}
_READING = frozenset({"", "list", "show", "history", "search", "help", "settings", "connect"})
_FORM_OPENERS = frozenset({"add"})
"""Without a word behind them they open a form; it is what saves."""


def saves_nothing(text: str) -> bool:
    """Tell whether a line only shows something or opens a form; False where that is not sure."""
    first, rest = split_first(text)
    word = first.casefold()
    name = ALIASES.get(word, word)
    if name in _READING or name == "edit":
        return True
    if name in _FORM_OPENERS and not rest.strip():
        return True
    return not rest and number_of(word) is not None
