"""Reads the id of a Notion database or data source out of what people copy."""

import re
import uuid
from urllib.parse import urlsplit

_HOSTS = re.compile(r"(.+\.)?notion\.(so|com|site)")
_PLAIN = re.compile(r"(?:.*-)?([0-9a-f]{32})")
_DASHED = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def notion_id(text: str) -> str | None:
    """Return the dashed id in `text`, an id or a copied URL; None: there is none.

    A URL's path ends in the id, after the title's slug; `?v=` names a view and is ignored.
    """
    last = text.strip().lower()
    if "/" in last:
        url = urlsplit(last if "://" in last else f"https://{last}")
        if not _HOSTS.fullmatch(url.hostname or ""):
            return None
        last = url.path.rstrip("/").rsplit("/", 1)[-1]
    if _DASHED.fullmatch(last):
        return last
    plain = _PLAIN.fullmatch(last)
    return str(uuid.UUID(plain[1])) if plain else None
