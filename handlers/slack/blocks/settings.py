"""The settings of a channel as a form; pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from handlers.slack.blocks.form import Meta, block_id
from handlers.slack.blocks.parts import OPTION_MAX, Json, Lines, Small, blocks, label
from handlers.slack.blocks.words import code
from handlers.slack.ids import Form, Input
from tasks.ports import Feature

OPTIONS: Mapping[Feature, tuple[str, str]] = {
    Feature.COMMENTS: (
        "Thread replies under a task and comments in Notion follow each other",
        "With authors, edits and deletions, from when it is switched on.",
    ),
    Feature.REACTIONS: (
        "A reaction with :memo: or :ballot_box_with_check: offers a task",
        "Once for a message, and only whoever reacted first sees it.",
    ),
}
"""What can be switched on: what it does, and what else is to be known."""
WHO = "Anyone in this channel but guests can change this, for everybody here."
INVITE = (
    "I hear and write only where I am a member: type /invite @taskbridge in this channel first."
)
NO_NOTION = "Notion is not connected to this workspace: nothing follows until it is."


def form(on: Collection[Feature], meta: Meta, *, is_connected: bool) -> Json:
    """Return the form, with what is on ticked."""
    options = [_option(feature) for feature in OPTIONS]
    ticked = [_option(feature) for feature in OPTIONS if feature in on]
    boxes: Json = {"type": "checkboxes", "action_id": Input.FEATURES.value, "options": options}
    said = [WHO, INVITE] if is_connected else [WHO, INVITE, NO_NOTION]
    return {
        "type": "modal",
        "callback_id": Form.SETTINGS.value,
        "title": label("Channel settings", 24),
        "submit": label("Save", 24),
        "close": label("Cancel", 24),
        "private_metadata": meta.dumps(),
        "blocks": [
            {
                "type": "input",
                "block_id": block_id(Input.FEATURES.value, meta),
                "label": label("In this channel"),
                "element": boxes | ({"initial_options": ticked} if ticked else {}),
                "optional": True,
            },
            *blocks([Small(text) for text in said]),
        ],
    }


def notice(sentence: str) -> tuple[Lines]:
    """Return the body of a form that only says something."""
    return (Lines((code(sentence),)),)


def ticked(values: Mapping[str, Mapping[str, Any]]) -> frozenset[Feature]:
    """Return what is ticked in a submitted form."""
    found: set[Feature] = set()
    for name, element in values.items():
        if name.startswith(Input.FEATURES.value):
            chosen = element.get("selected_options") or ()
            found |= {feature for feature in OPTIONS if any(c["value"] == feature for c in chosen)}
    return frozenset(found)


def saved(on: Collection[Feature]) -> str:
    """Return what was switched on, as a sentence."""
    shown = [OPTIONS[feature][0] for feature in OPTIONS if feature in on]
    if not shown:
        return "Saved: everything is switched off in this channel."
    return f"Saved. In this channel: {'; '.join(shown)}."


def _option(feature: Feature) -> Json:
    text, more = OPTIONS[feature]
    return {
        "text": label(text, OPTION_MAX),
        "description": label(more, OPTION_MAX),
        "value": feature.value,
    }
