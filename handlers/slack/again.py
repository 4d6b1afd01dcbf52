"""What a button carries so that nothing has to be typed twice: the text and its first key; pure."""

from __future__ import annotations

import json
from dataclasses import dataclass

from handlers.slack.blocks.parts import VALUE_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """What the person agreed to when they were asked back."""

    due: str | None = None
    """The reading of the date that they picked, in words that cannot be misread."""
    past: bool = False
    """Take a date that is over."""
    strangers: bool = False
    """Go on without the people whom nobody knows."""
    verbatim: bool = False
    """Take the whole text as title."""
    anyway: bool = False
    """Add it though the same words made a task a moment ago."""


NO_LEAVE = Leave()
"""Of whoever was not asked back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainTyped:
    """A command to repeat."""

    text: str
    key: str
    leave: Leave = NO_LEAVE


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainPressed:
    """A button to press once more."""

    action: str
    value: str
    key: str


def pack(again: AgainTyped | AgainPressed) -> str | None:
    """Return a button's value, or None where it is too long for one."""
    if isinstance(again, AgainPressed):
        found: dict[str, object] = {"a": again.action, "v": again.value, "k": again.key}
    else:
        leave = again.leave
        found = {
            "t": again.text,
            "k": again.key,
            "d": leave.due,
            "p": leave.past,
            "s": leave.strangers,
            "w": leave.verbatim,
            "y": leave.anyway,
        }
    value = json.dumps(
        {name: one for name, one in found.items() if one or name in "tvk"},
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return value if len(value) <= VALUE_MAX else None


def unpack(value: str) -> AgainTyped | AgainPressed | None:
    """Return what a button's value says; None where it is not ours."""
    try:
        found = json.loads(value)
        if not isinstance(found, dict):
            return None
        if "a" in found:
            return AgainPressed(action=found["a"], value=found["v"], key=found["k"])
        leave = Leave(
            due=found.get("d"),
            past=bool(found.get("p")),
            strangers=bool(found.get("s")),
            verbatim=bool(found.get("w")),
            anyway=bool(found.get("y")),
        )
        return AgainTyped(text=found["t"], key=found["k"], leave=leave)
    except (ValueError, KeyError, TypeError):
        return None
