"""The content of each type of block: its fields in Notion's order, with their defaults."""

from collections.abc import Callable, Mapping
from posixpath import basename
from typing import TypeAlias
from urllib.parse import urlsplit

from playground.notion.calls import Call
from playground.notion.checks import (
    a_boolean,
    a_list,
    a_number,
    a_string,
    an_id,
    an_object,
    mismatch,
    one_of,
)
from playground.notion.files import read_icon
from playground.notion.json_types import JsonObject
from playground.notion.rich_text import COLORS, MOST_EXPRESSION, read_rich_text

# Reads the field `value` (None: absent) of the content `given`.
Field: TypeAlias = Callable[[Call, object, str], object]
_MOST_URL = 2000


def _rich_text(call: Call, value: object, path: str) -> object:
    return read_rich_text(call, value, path)


def _code(call: Call, value: object, path: str) -> object:
    """Read the text of a code block: pieces of one style become one, as recorded only there."""
    merged: list[JsonObject] = []
    for text in read_rich_text(call, value, path):
        last = merged[-1] if merged else None
        if last is not None and _same_style(last, text):
            content = last["plain_text"] + text["plain_text"]
            inner = {**last["text"], "content": content}
            merged[-1] = {**last, "text": inner, "plain_text": content}
        else:
            merged.append(text)
    return merged


def _same_style(one: JsonObject, other: JsonObject) -> bool:
    return one["type"] == other["type"] == "text" and all(
        one[key] == other[key] for key in ("annotations", "href")
    )


def _caption(call: Call, value: object, path: str) -> object:
    return read_rich_text(call, [] if value is None else value, path)


def _color(_: Call, value: object, path: str) -> object:
    return "default" if value is None else one_of(value, path, COLORS)


def _flag(_: Call, value: object, path: str) -> object:
    return False if value is None else a_boolean(value, path)


def _icon(_: Call, value: object, path: str) -> object:
    return read_icon(value, path)


def _language(_: Call, value: object, path: str) -> object:
    return "plain text" if value is None else a_string(value, path)


def _url(_: Call, value: object, path: str) -> object:
    return a_string(value, path, most=_MOST_URL)


def _expression(_: Call, value: object, path: str) -> object:
    return a_string(value, path, most=MOST_EXPRESSION)


def _width(_: Call, value: object, path: str) -> object:
    return a_number(value, path)


def _cells(call: Call, value: object, path: str) -> object:
    cells = a_list(value, path)
    return [read_rich_text(call, cell, f"{path}[{index}]") for index, cell in enumerate(cells)]


def _synced_from(call: Call, value: object, path: str) -> object:
    if value is None:
        return None
    source = an_object(value, path)
    block = call.block(an_id(source.get("block_id"), f"{path}.block_id"))
    return {"type": "block_id", "block_id": block.id}


_TEXT: Mapping[str, Field] = {"rich_text": _rich_text, "color": _color}
_WITH_ICON: Mapping[str, Field] = {"rich_text": _rich_text, "icon": _icon, "color": _color}
_HEADING: Mapping[str, Field] = {
    "rich_text": _rich_text,
    "is_toggleable": _flag,
    "color": _color,
}
_LINK: Mapping[str, Field] = {"caption": _caption, "url": _url}

FIELDS: Mapping[str, Mapping[str, Field]] = {
    "paragraph": _WITH_ICON,
    "callout": _WITH_ICON,
    "heading_1": _HEADING,
    "heading_2": _HEADING,
    "heading_3": _HEADING,
    "heading_4": _HEADING,
    "bulleted_list_item": _TEXT,
    "numbered_list_item": _TEXT,
    "quote": _TEXT,
    "toggle": _TEXT,
    "to_do": {"rich_text": _rich_text, "checked": _flag, "color": _color},
    "template": {"rich_text": _rich_text},
    "code": {"caption": _caption, "rich_text": _code, "language": _language},
    "bookmark": _LINK,
    "embed": _LINK,
    "equation": {"expression": _expression},
    "divider": {},
    "breadcrumb": {},
    "table_of_contents": {"color": _color},
    "table": {"table_width": _width, "has_column_header": _flag, "has_row_header": _flag},
    "table_row": {"cells": _cells},
    "synced_block": {"synced_from": _synced_from},
    "column_list": {},
    "column": {},
    "tab": {},
}
_MEDIA = frozenset({"image", "video", "pdf", "audio", "file"})
_TOGGLEABLE = frozenset({"heading_1", "heading_2", "heading_3", "heading_4"})
TYPES = frozenset(FIELDS) | _MEDIA | {"link_to_page"}


def read_content(
    call: Call, kind: str, value: object, path: str, *, before: JsonObject | None = None
) -> JsonObject:
    """Read the content of a block; an update leaves what it does not name as it was."""
    given = an_object(value, path)
    if kind in _MEDIA:
        return _media(call, kind, given, path, before)
    if kind == "link_to_page":
        return _link_to_page(call, given, path)
    content: JsonObject = {}
    for name, read in FIELDS[kind].items():
        if before is not None and name not in given and name in before:
            content[name] = before[name]
        else:
            content[name] = read(call, given.get(name), f"{path}.{name}")
    if kind in _TOGGLEABLE and given.get("children"):
        content["is_toggleable"] = True
    return content


def _media(
    call: Call, kind: str, given: JsonObject, path: str, before: JsonObject | None
) -> JsonObject:
    merged = {**(before or {}), **given}
    source = next((name for name in ("external", "file") if name in given), merged.get("type"))
    if source not in ("external", "file"):
        raise mismatch(f"{path}.external", "defined", None)
    inner = an_object(merged.get(source), f"{path}.{source}")
    url = a_string(inner.get("url"), f"{path}.{source}.url", most=_MOST_URL)
    content: JsonObject = {
        "caption": _caption(call, merged.get("caption"), f"{path}.caption"),
        "type": source,
        source: dict(inner),
    }
    if kind == "file":
        content["name"] = merged.get("name") or basename(urlsplit(url).path)
    return content


def _link_to_page(call: Call, given: JsonObject, path: str) -> JsonObject:
    kind = given.get("type") or next(iter(given), "page_id")
    if kind not in ("page_id", "database_id", "comment_id"):
        raise mismatch(f"{path}.type", "a kind of link", kind)
    wanted = an_id(given.get(kind), f"{path}.{kind}")
    if kind == "page_id":
        call.page(wanted)
    return {"type": kind, kind: wanted}
