"""Modals and home tabs."""

from collections.abc import Mapping
from typing import Any

from playground.slack.validate.blocks import blocks
from playground.slack.validate.rules import Fields, Report, boolean, by_type, string, typed
from playground.slack.validate.texts import plain

VIEW_BYTES = 250_000

_COMMON: Fields = {
    "callback_id": string(at_most=255),
    "external_id": string(at_most=255),
    "private_metadata": string(at_most=3000),
}


def _submit_for_inputs(report: Report, pointer: str, view: Mapping[str, Any]) -> None:
    given = view.get("blocks")
    kinds = [b.get("type") for b in given if isinstance(b, dict)] if isinstance(given, list) else []
    if "input" in kinds and "submit" not in view:
        report.say(pointer, "missing required field: submit")


_MODAL = typed(
    {
        **_COMMON,
        "title": plain(24),
        "submit": plain(24),
        "close": plain(24),
        "blocks": blocks("modal", at_least=1, at_most=100),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
    required=("title", "blocks"),
    also=_submit_for_inputs,
)
_HOME = typed({**_COMMON, "blocks": blocks("home", at_least=1, at_most=100)}, required=("blocks",))


def problems_of_view(view: object, *, kind: str | None = None) -> list[str]:
    """Return what Slack has against a view; `kind` is `modal` or `home` where only one will do."""
    report = Report()
    rules = {"modal": _MODAL, "home": _HOME}
    by_type({kind: rules[kind]} if kind else rules)(report, "/view", view)
    return report.problems
