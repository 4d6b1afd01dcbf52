"""The blocks a task card or a form is made of, and where each may stand."""

from collections.abc import Mapping
from typing import Any, Literal

from playground.slack.validate import elements, rare_blocks
from playground.slack.validate.rich_text import RICH_TEXT
from playground.slack.validate.rules import (
    Fields,
    Report,
    Rule,
    array,
    boolean,
    by_type,
    string,
    typed,
)
from playground.slack.validate.texts import plain, text

Surface = Literal["message", "modal", "home"]

_EVERYWHERE: frozenset[Surface] = frozenset(("message", "modal", "home"))
_NOT_IN_MODALS: frozenset[Surface] = frozenset(("message", "home"))
_MESSAGES: frozenset[Surface] = frozenset(("message",))
_MODALS: frozenset[Surface] = frozenset(("modal",))

SURFACES: dict[str, frozenset[Surface]] = {
    **dict.fromkeys(
        ("actions", "context", "divider", "header", "image", "input", "rich_text", "section"),
        _EVERYWHERE,
    ),
    "video": _EVERYWHERE,
    "card": _NOT_IN_MODALS,  # documented for modals, refused there in practice
    "table": _NOT_IN_MODALS,
    "data_table": _NOT_IN_MODALS,
    "carousel": _NOT_IN_MODALS,
    **dict.fromkeys(
        ("markdown", "container", "task_card", "plan", "context_actions", "file"), _MESSAGES
    ),
    "data_visualization": _MESSAGES,
    "alert": _MODALS,
}

_BLOCK: Fields = {"block_id": string(at_most=255)}


def _section_content(report: Report, pointer: str, block: Mapping[str, Any]) -> None:
    if "text" not in block and "fields" not in block:
        report.say(pointer, "missing required field: text or fields")


COMMON: dict[str, Rule] = {
    "section": typed(
        {
            **_BLOCK,
            "text": text(3000),
            "fields": array(text(2000), at_least=1, at_most=10),
            "accessory": by_type(
                {
                    "button": elements.BUTTON,
                    "workflow_button": elements.WORKFLOW_BUTTON,
                    "overflow": elements.OVERFLOW,
                    "image": rare_blocks.IMAGE_ELEMENT,
                    **elements.SELECTS,
                    **elements.PICKERS,
                }
            ),
            "expand": boolean,
        },
        also=_section_content,
    ),
    "actions": typed(
        {**_BLOCK, "elements": array(by_type(elements.IN_ACTIONS), at_least=1, at_most=25)},
        required=("elements",),
    ),
    "context": typed(
        {
            **_BLOCK,
            "elements": array(
                by_type(
                    {
                        "image": rare_blocks.IMAGE_ELEMENT,
                        "plain_text": text(),
                        "mrkdwn": text(),
                    }
                ),
                at_least=1,
                at_most=10,
            ),
        },
        required=("elements",),
    ),
    "divider": typed(_BLOCK),
    "header": typed({**_BLOCK, "text": plain(150)}, required=("text",)),
    "input": typed(
        {
            **_BLOCK,
            "label": plain(2000),
            "element": by_type(elements.IN_INPUT),
            "hint": plain(2000),
            "optional": boolean,
            "dispatch_action": boolean,
        },
        required=("label", "element"),
    ),
    "rich_text": RICH_TEXT,
}
ALL: dict[str, Rule] = {**COMMON, **rare_blocks.RARE, **rare_blocks.nesting(COMMON)}
BLOCK = by_type(ALL)


def interactive(block: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the elements of one block."""
    several = block.get("elements")
    parts = [block.get("accessory"), block.get("element")]
    parts += several if isinstance(several, list) else []
    return [part for part in parts if isinstance(part, dict)]


def _nested(block: Mapping[str, Any]) -> list[Any]:
    inner = block.get("child_blocks") or []
    cards = block.get("elements") if block.get("type") == "carousel" else []
    return [b for b in [*inner, *(cards or [])] if isinstance(b, dict)]


def _unique(report: Report, pointer: str, blocks: list[Any]) -> None:
    seen: set[object] = set()
    for index, block in enumerate(blocks):
        for one in [block, *_nested(block)]:
            block_id = one.get("block_id")
            if block_id is not None and block_id in seen:
                report.say(f"{pointer}/{index}/block_id", f"duplicate block_id: {block_id}")
            seen.add(block_id)
        ids = [str(part["action_id"]) for part in interactive(block) if "action_id" in part]
        if len(ids) != len(set(ids)):
            report.say(f"{pointer}/{index}", "duplicate action_id in one block")


def _focus(report: Report, pointer: str, blocks: list[Any]) -> None:
    parts = [part for block in blocks for part in interactive(block)]
    if sum(part.get("focus_on_load") is True for part in parts) > 1:
        report.say(pointer, "only one element can have focus_on_load")


def blocks(surface: Surface, *, at_most: int, at_least: int = 0) -> Rule:
    """Accept the blocks of one surface."""
    counted = array(BLOCK, at_least=at_least, at_most=at_most)

    def check(report: Report, pointer: str, value: object) -> None:
        before = len(report.problems)
        counted(report, pointer, value)
        if not isinstance(value, list) or len(report.problems) > before:
            return
        for index, block in enumerate(value):
            if surface not in SURFACES.get(str(block.get("type")), _EVERYWHERE):
                report.say(f"{pointer}/{index}/type", f"unsupported type: {block['type']}")
        _unique(report, pointer, value)
        _focus(report, pointer, value)

    return check
