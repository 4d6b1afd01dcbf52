"""The small forms of the card: until when a task is put off, why it is declined; pure."""

from __future__ import annotations

from datetime import datetime

from handlers.slack.blocks import words
from handlers.slack.blocks.form import Meta, block_id, input_block
from handlers.slack.blocks.parts import Json, label, option
from handlers.slack.ids import Form, Input
from tasks.model import Due
from tasks.snoozing import presets
from tasks.text import REASON_MAX

WAKE = "off"


def snooze(meta: Meta, *, now: datetime, is_snoozed: bool) -> Json:
    """Return the form that asks until when, in the zone of whoever's clock shows `now`."""
    offered = [
        option(f"{one.words} — {_short(one.until, now)}", one.until.marker.isoformat())
        for one in presets(now)
    ]
    if is_snoozed:
        offered.append(option("No longer: wake it up", WAKE))
    radio: Json = {"type": "radio_buttons", "options": offered}
    zone = meta.zone or "UTC"
    return _modal(
        Form.SNOOZE,
        f"Snooze {words.ref(meta.number)}",
        "Snooze",
        [
            _ask(Input.UNTIL, "Until", radio, meta),
            _ask(Input.DUE_DAY, "Or on", {"type": "datepicker"}, meta),
            _ask(Input.DUE_TIME, "At", {"type": "timepicker"}, meta, hint=f"In {zone}; else 9:00."),
        ],
        meta,
    )


def decline(meta: Meta) -> Json:
    """Return the form that asks why."""
    reason: Json = {"type": "plain_text_input", "multiline": True, "max_length": REASON_MAX}
    said = "Whoever gave you the task is told; its history keeps it."
    return _modal(
        Form.DECLINE,
        f"Decline {words.ref(meta.number)}",
        "Decline",
        [_ask(Input.REASON, "Why?", reason, meta, hint=said)],
        meta,
    )


def _short(until: Due, now: datetime) -> str:
    """Return `Tue 24 Nov, 09:00`."""
    local = until.marker.astimezone(now.tzinfo)
    return f"{local:%a} {local.day} {local:%b, %H:%M}"


def _ask(name: Input, text: str, element: Json, meta: Meta, *, hint: str = "") -> Json:
    return input_block(name.value, block_id(name.value, meta), text, element, hint=hint)


def _modal(form: Form, title: str, submit: str, body: list[Json], meta: Meta) -> Json:
    return {
        "type": "modal",
        "callback_id": form.value,
        "title": label(title, 24),
        "submit": label(submit, 24),
        "close": label("Cancel", 24),
        "private_metadata": meta.dumps(),
        "blocks": body,
    }
