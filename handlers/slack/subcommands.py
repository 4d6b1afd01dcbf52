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
NOT_YET = {
    "subscribe": (
        "Channels cannot subscribe to tasks yet: type `/task list here` for this channel's, "
        "or press Share on a card to keep it up to date in a channel."
    ),
    "digest": "There are no digests yet: type `/task list today`, `overdue` or `week` instead.",
    "export": (
        "There is no export yet: type `/task list all` to see every open task; "
        "whoever runs the bot can read them all over REST."
    ),
}
"""Words kept for what is still to be built, and what to type until then."""
_READING = frozenset(
    {"", "list", "show", "history", "search", "help", "settings", "connect", *NOT_YET}
)
_LOOKING_AT_SYNC = frozenset({"", "status", "conflicts", "conflict", "aside"})
_FORM_OPENERS = frozenset({"add"})
"""Without a word behind them they open a form; it is what saves."""


def saves_nothing(text: str) -> bool:
    """Tell whether a line only shows something or opens a form; False where that is not sure."""
    first, rest = split_first(text)
    word = first.casefold()
    name = ALIASES.get(word, word)
    if name in _READING or name == "edit":
        return True
    if name == "sync" and rest.strip().casefold() in _LOOKING_AT_SYNC:
        return True
    if name in _FORM_OPENERS and not rest.strip():
        return True
    return not rest and number_of(word) is not None
