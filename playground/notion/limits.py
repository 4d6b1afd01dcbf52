"""Limits of a whole request: bytes and blocks."""

import json

from playground.notion.errors import invalid_json, validation_error
from playground.notion.json_types import JsonObject

MOST_BYTES = 500_000
MOST_BLOCKS = 1000


def read_body(raw: bytes) -> JsonObject:
    """Read a request body; none counts as an empty object."""
    if len(raw) > MOST_BYTES:
        raise validation_error(
            f"body failed validation: body should be ≤ `{MOST_BYTES}` bytes, "
            f"instead was `{len(raw)}`."
        )
    if not raw.strip():
        return {}
    try:
        body = json.loads(raw)
    except ValueError:
        raise invalid_json() from None
    if not isinstance(body, dict):
        raise validation_error("body failed validation: body should be an object.")
    blocks = _blocks(body)
    if blocks > MOST_BLOCKS:
        raise validation_error(
            f"body failed validation: body.children should hold ≤ `{MOST_BLOCKS}` blocks, "
            f"instead were `{blocks}`."
        )
    return body


def _blocks(value: object) -> int:
    if isinstance(value, list):
        return sum(_blocks(item) for item in value)
    if not isinstance(value, dict):
        return 0
    children = value.get("children")
    own = len(children) if isinstance(children, list) else 0
    return own + sum(_blocks(inner) for inner in value.values())
