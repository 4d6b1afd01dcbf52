"""Constants of Notion's wire protocol."""

from __future__ import annotations

import re
from typing import Any, TypeAlias
from uuid import UUID

JsonObject: TypeAlias = dict[str, Any]
"""A decoded JSON object; unknown fields are kept and ignored."""

NOTION_VERSION = "2026-03-11"
"""Sent with every request, never left to the SDK's default."""

TEXT_UNITS = 2000
"""UTF-16 units that one piece of rich text, or a URL, may hold."""
PIECES = 100
"""Elements that one rich text, or one list of options or people, may hold."""
PAGE_SIZE = 100

BLOCKED = "public_api_request_blocked"
"""The one reason of a 429 that no retry may follow."""
ARCHIVED = "archived"
"""The word in the 400 that answers an edit of a page in the trash."""

_ID = re.compile(r"[0-9a-f]{32}(?![0-9a-f])|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def dashed_id(text: str) -> str | None:
    """Return the id in an id or in the URL that people copy, with dashes; None without one."""
    path = text.strip().split("?")[0].split("#")[0].lower()
    found = _ID.findall(path)
    return str(UUID(found[-1])) if found else None
