"""What Slack fills in when it takes blocks, and how it echoes them."""

import copy
import re
from collections.abc import Sequence
from typing import Any

from playground.slack.ids import Ids
from playground.slack.wire import Json

_BARE_AMPERSAND = re.compile(r"&(?!amp;|lt;|gt;)")
_NO_ACTION_ID = {"image", "mrkdwn", "plain_text"}


def stored(blocks: Sequence[Json], ids: Ids) -> list[Json]:
    """Return the blocks as Slack keeps them: every id present, defaults spelt out."""
    kept = copy.deepcopy(list(blocks))
    for block in kept:
        block.setdefault("block_id", ids.secret(5))
        if block.get("type") == "input":
            block.setdefault("optional", False)
            block.setdefault("dispatch_action", False)
        for part in _elements(block):
            part.setdefault("action_id", ids.secret(5))
        _defaults(block)
    return kept


def _elements(block: Json) -> list[Json]:
    if block.get("type") not in {"section", "actions", "input", "context_actions"}:
        return []
    parts = [block.get("accessory"), block.get("element"), *(block.get("elements") or [])]
    return [p for p in parts if isinstance(p, dict) and p.get("type") not in _NO_ACTION_ID]


def _defaults(node: object) -> None:
    if isinstance(node, list):
        for item in node:
            _defaults(item)
    elif isinstance(node, dict):
        if node.get("type") == "plain_text":
            node.setdefault("emoji", True)
        elif node.get("type") == "mrkdwn":
            node.setdefault("verbatim", False)
        for value in node.values():
            _defaults(value)


def echoed(node: Any) -> Any:  # noqa: ANN401 - any JSON value in, the same kind out
    """Return a copy whose display texts carry entities, as in Slack's payloads."""
    if isinstance(node, list):
        return [echoed(item) for item in node]
    if not isinstance(node, dict):
        return node
    copied = {key: echoed(value) for key, value in node.items()}
    if isinstance(copied.get("text"), str) and copied.get("type") in {"plain_text", "text"}:
        copied["text"] = _escaped(copied["text"])
    elif isinstance(copied.get("text"), str) and copied.get("type") == "mrkdwn":
        copied["text"] = _BARE_AMPERSAND.sub("&amp;", copied["text"])
    return copied


def _escaped(text: str) -> str:
    return _BARE_AMPERSAND.sub("&amp;", text).replace("<", "&lt;").replace(">", "&gt;")
