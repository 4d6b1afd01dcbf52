"""Lists in pages: page size, cursors and the envelope all lists share."""

from playground.notion import ids
from playground.notion.calls import Call
from playground.notion.errors import validation_error
from playground.notion.json_types import JsonObject

MOST_PER_PAGE = 100


def envelope(
    results: list[JsonObject], *, kind: str, next_cursor: str | None, detail: JsonObject
) -> JsonObject:
    """Render a list answer, its keys in Notion's order."""
    return {
        "object": "list",
        "results": results,
        "next_cursor": next_cursor,
        "has_more": next_cursor is not None,
        "type": kind,
        kind: detail,
    }


def page_size(value: object, where: str = "query") -> int:
    """Read a page size, 1 to 100, by default 100."""
    if value is None:
        return MOST_PER_PAGE
    try:
        size = int(value) if isinstance(value, str | int) else 0
    except ValueError:
        size = 0
    if not 1 <= size <= MOST_PER_PAGE:
        bound = "≥ `1`" if size < 1 else f"≤ `{MOST_PER_PAGE}`"
        raise validation_error(
            f"{where} failed validation: {where}.page_size should be {bound}, "
            f"instead was `{value}`."
        )
    return size


def invalid_cursor(cursor: str) -> Exception:
    """Return the refusal of a cursor that belongs to no list, or to another one."""
    return validation_error(f"The start_cursor provided is invalid: {cursor}")


def page_of(
    call: Call, items: list[tuple[str, JsonObject]], *, kind: str, detail: JsonObject | None = None
) -> JsonObject:
    """Answer a GET list of (id, object) by the query's page_size and start_cursor."""
    size = page_size(call.parameter("page_size"))
    start = 0
    cursor = call.parameter("start_cursor")
    if cursor is not None:
        wanted = ids.parsed(cursor) or cursor
        keys = [key for key, _ in items]
        if wanted not in keys:
            raise invalid_cursor(cursor)
        start = keys.index(wanted)
    rest = items[start + size :]
    return envelope(
        [item for _, item in items[start : start + size]],
        kind=kind,
        next_cursor=rest[0][0] if rest else None,
        detail={} if detail is None else detail,
    )
