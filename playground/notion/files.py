"""Files, icons and covers: external ones as given, hosted ones as they are held."""

import re

from playground.notion.checks import a_string, an_object, mismatch
from playground.notion.json_types import JsonObject

_MOST_URL = 2000
_MOST_NAME = 100
_NOTION_ICON = re.compile(r"https://www\.notion\.so/icons/(?P<name>[\w-]+)_(?P<color>\w+)\.svg")


def read_file(value: object, path: str) -> JsonObject:
    """Read one element of a files property, keys in Notion's order."""
    given = an_object(value, path)
    kind = given.get("type") or next((k for k in ("external", "file") if k in given), None)
    if kind not in ("external", "file"):
        raise mismatch(f"{path}.external", "defined", None)
    inner = an_object(given.get(kind), f"{path}.{kind}")
    a_string(inner.get("url"), f"{path}.{kind}.url", most=_MOST_URL)
    name = a_string(given.get("name"), f"{path}.name", most=_MOST_NAME)
    return {"name": name, "type": kind, kind: dict(inner)}


def read_icon(value: object, path: str) -> JsonObject | None:
    """Read an icon; one of Notion's own, given by address, becomes its name and colour."""
    if value is None:
        return None
    given = an_object(value, path)
    kind = given.get("type") or next(iter(given), None)
    if kind == "emoji":
        return {"type": "emoji", "emoji": a_string(given.get("emoji"), f"{path}.emoji")}
    if kind == "external":
        external = an_object(given.get("external"), f"{path}.external")
        url = a_string(external.get("url"), f"{path}.external.url", most=_MOST_URL)
        own = _NOTION_ICON.fullmatch(url)
        if own is not None:
            return {"type": "icon", "icon": {"name": own["name"], "color": own["color"]}}
        return {"type": "external", "external": {"url": url}}
    if kind in ("custom_emoji", "icon", "file"):
        return {"type": kind, kind: dict(an_object(given.get(kind), f"{path}.{kind}"))}
    raise mismatch(f"{path}.type", "a known kind of icon", kind)


def read_cover(value: object, path: str) -> JsonObject | None:
    """Read a cover: an external picture, or a hosted one given back."""
    if value is None:
        return None
    given = an_object(value, path)
    kind = given.get("type") or next(iter(given), None)
    if kind not in ("external", "file"):
        raise mismatch(f"{path}.type", "a known kind of cover", kind)
    inner = an_object(given.get(kind), f"{path}.{kind}")
    a_string(inner.get("url"), f"{path}.{kind}.url", most=_MOST_URL)
    return {"type": kind, kind: dict(inner)}
