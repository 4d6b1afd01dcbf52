"""Sorts: the first criterion decides, the order without sorts breaks ties, empty rows come last."""

from typing import Any

from playground.notion.checks import a_list, an_object, one_of
from playground.notion.columns import find_column
from playground.notion.errors import validation_error
from playground.notion.options import options_of
from playground.notion.reading import Reader
from playground.notion.state import Column, Page
from playground.notion.times import Moment, floored

_DIRECTIONS = ("ascending", "descending")
_MOST_SORTS = 100


def sort_rows(reader: Reader, rows: list[Page], value: object) -> list[Page]:
    """Sort rows by a request's `sorts`; later criteria first, as sorting is stable."""
    if value is None:
        return rows
    for index, item in reversed(list(enumerate(a_list(value, "body.sorts", most=_MOST_SORTS)))):
        path = f"body.sorts[{index}]"
        given = an_object(item, path)
        descending = (
            one_of(given.get("direction", "ascending"), f"{path}.direction", _DIRECTIONS)
            == "descending"
        )
        keys = _keys(reader, rows, given, path)
        filled = [row for row in rows if keys[row.id] is not None]
        empty = [row for row in rows if keys[row.id] is None]
        filled.sort(key=lambda row, keys=keys: keys[row.id], reverse=descending)  # type: ignore[misc]  # a default binds the loop's value
        rows = filled + empty
    return rows


def _keys(reader: Reader, rows: list[Page], given: dict[str, Any], path: str) -> dict[str, Any]:
    if "timestamp" in given:
        name = one_of(given["timestamp"], f"{path}.timestamp", ("created_time", "last_edited_time"))
        return {row.id: _time(row, name) for row in rows}
    key = given.get("property")
    column = find_column(reader.columns, key) if isinstance(key, str) else None
    if column is None:
        raise validation_error(f"Could not find sort property with name or id: {key}")
    return {row.id: _key(column, reader.read(row, column)) for row in rows}


def _time(row: Page, name: str) -> Any:  # noqa: ANN401 - a datetime
    return floored(row.trace.created_at if name == "created_time" else row.trace.edited_at)


def _key(column: Column, value: Any) -> Any:  # noqa: ANN401 - depends on the type
    match column.type:
        case "checkbox":
            return bool(value)
        case "select" | "status" | "multi_select":
            return _ranks(column, value) or None
        case "formula" | "rollup":
            return _computed(value)
        case _ if isinstance(value, str):
            return value.casefold() or None
        case _ if isinstance(value, Moment):
            return value.start
        case _:
            return value if value != [] else None


def _ranks(column: Column, words: list[str]) -> list[int]:
    """Options sort by their place in the schema."""
    places = {option["id"]: place for place, option in enumerate(options_of(column))}
    return [places[word] for word in words if word in places]


def _computed(result: dict[str, Any]) -> Any:  # noqa: ANN401 - depends on the formula
    value = result.get(result["type"])
    if isinstance(value, dict):
        return value.get("start")
    return value if value not in ([], "") and not isinstance(value, list) else None
