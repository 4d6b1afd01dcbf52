"""The result of a formula on a row, as answers show it."""

from typing import TYPE_CHECKING, Any

from playground.notion.columns import find_column
from playground.notion.errors import Refusal
from playground.notion.formula_syntax import references_in
from playground.notion.formula_types import type_of
from playground.notion.formula_values import Formula
from playground.notion.formulas import parsed
from playground.notion.json_types import JsonObject
from playground.notion.rich_text import plain_text
from playground.notion.state import Column, Page
from playground.notion.times import Moment, parse_moment
from playground.notion.workspace import Workspace

if TYPE_CHECKING:  # the renderer asks for results, which ask it for the row's values
    from playground.notion.property_rendering import Renderer


def compute(
    workspace: Workspace,
    page: Page,
    column: Column,
    columns: dict[str, Column],
    renderer: "Renderer",
) -> JsonObject:
    """Return `{"type": …, …}`; of a column whose schema is not known, what was stored."""
    stored: JsonObject | None = page.values.get(column.id)
    expression = column.config.get("expression")
    if expression is None:
        return stored or {"type": "string", "string": None}
    try:
        tree = parsed(expression)
    except Refusal:
        return stored or {"type": "string", "string": None}

    def value_of(key: str) -> Any:  # noqa: ANN401 - depends on the property
        found = find_column(columns, key)
        return None if found is None else _plain(found, page, columns, renderer)

    result = Formula(values=value_of, now=workspace.now()).value(tree)
    kinds = {}
    for key in references_in(tree):
        found = find_column(columns, key)
        kinds[key] = "rich_text" if found is None else found.type
    return _shown(result, type_of(tree, kinds))


def _plain(column: Column, page: Page, columns: dict[str, Column], renderer: "Renderer") -> Any:  # noqa: ANN401, PLR0911 - one line per type
    value = renderer.plain_value(page, column, columns)
    match column.type:
        case "title" | "rich_text":
            return plain_text(value)
        case "select" | "status":
            return None if value is None else value["name"]
        case "multi_select":
            return [one["name"] for one in value]
        case "date":
            return None if value is None else parse_moment(value["start"])
        case "created_time" | "last_edited_time":
            return parse_moment(value)
        case "formula" | "rollup":
            return _inner(value)
        case "unique_id":
            return value["number"]
        case _:
            return value


def _inner(result: JsonObject) -> Any:  # noqa: ANN401 - depends on the result
    value = result.get(result["type"])
    if result["type"] == "date":
        return None if value is None else parse_moment(value["start"])
    return value


def _shown(result: Any, kind: str) -> JsonObject:  # noqa: ANN401 - any value of a formula
    if isinstance(result, bool):
        return {"type": "boolean", "boolean": result}
    if isinstance(result, Moment):
        return {"type": "date", "date": _date(result)}
    if isinstance(result, int | float):
        whole = isinstance(result, float) and result.is_integer()
        return {"type": "number", "number": int(result) if whole else result}
    if isinstance(result, list):
        result = ", ".join(map(str, result))
    if isinstance(result, str):
        return {"type": "string", "string": result or None}
    return {"type": kind, kind: None}


def _date(moment: Moment) -> JsonObject:
    instant = moment.instant
    text = moment.day.isoformat() if instant is None else instant.isoformat(timespec="milliseconds")
    return {"start": text, "end": None, "time_zone": None}
