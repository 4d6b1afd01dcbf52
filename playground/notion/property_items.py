"""Property items: one property of a page, long values in full and in pages."""

from playground.notion.calls import Call
from playground.notion.columns import columns_of_parent, find_column
from playground.notion.errors import validation_error
from playground.notion.ids import encoded, path_id
from playground.notion.json_types import JsonObject
from playground.notion.paging import page_of
from playground.notion.property_rendering import Renderer
from playground.notion.state import Column

_LISTED = frozenset({"title", "rich_text", "relation", "people", "rollup"})


def retrieve(call: Call) -> JsonObject:
    """Answer GET /pages/{page_id}/properties/{property_id}."""
    page = call.page(path_id(call.path["page_id"], "page_id"))
    columns = columns_of_parent(call.workspace, page.parent.id)
    key = call.path["property_id"]
    column = find_column(columns, key)
    if column is None:
        raise validation_error(f"Could not find property with name or id: {key}")
    value = Renderer(call.workspace).plain_value(page, column, columns)
    if column.type not in _LISTED:
        return _item(column.type, column.id, value)
    return _list(call, column, value)


def _item(kind: str, column_id: str, value: object) -> JsonObject:
    return {"object": "property_item", "type": kind, "id": encoded(column_id), kind: value}


def _list(call: Call, column: Column, value: object) -> JsonObject:
    rolled = value if isinstance(value, dict) else {}
    parts = rolled.get("array", []) if column.type == "rollup" else value
    items = []
    for index, part in enumerate(parts if isinstance(parts, list) else []):
        kind = part["type"] if column.type == "rollup" else column.type
        inner = part[kind] if column.type == "rollup" else part
        # A cursor must survive in an address as it is: property ids would not.
        items.append((f"item-{index}", _item(kind, column.id, inner)))
    detail = {
        "id": encoded(column.id),
        "next_url": None,
        "type": column.type,
        column.type: rolled or {},
    }
    answer = page_of(call, items, kind="property_item", detail=detail)
    if answer["next_cursor"] is not None:
        detail["next_url"] = (
            f"https://api.notion.com/v1/pages/{call.path['page_id']}/properties/"
            f"{encoded(column.id)}?start_cursor={answer['next_cursor']}"
        )
    return answer
