"""Cursors: opaque to the caller, an offset to us."""

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from playground.slack.errors import Refused
from playground.slack.web_api.calls import Call

Item = TypeVar("Item")


def page(call: Call, items: Sequence[Item], *, default: int, most: int) -> tuple[list[Item], str]:
    """Return one page and the cursor of the next, empty at the end."""
    start, limit = _start(call), call.limit(default=default, most=most)
    end = start + limit
    cursor = base64.b64encode(f"next:{end}".encode()).decode() if end < len(items) else ""
    return list(items[start:end]), cursor


def _start(call: Call) -> int:
    cursor = str(call.args.get("cursor") or "")
    if not cursor:
        return 0
    try:
        word, _, offset = base64.b64decode(cursor, validate=True).decode().partition(":")
        start = int(offset)
    except (binascii.Error, ValueError):
        raise Refused("invalid_cursor") from None
    if word != "next" or start < 0:
        raise Refused("invalid_cursor")
    return start
