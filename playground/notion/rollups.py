"""Rollups: a column of the related rows, as it is or reduced to one value."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from playground.notion.json_types import JsonObject
from playground.notion.state import Column, Page
from playground.notion.times import parse_moment
from playground.notion.workspace import Workspace

if TYPE_CHECKING:  # the renderer calls the rollup, which asks it for the related rows' values
    from playground.notion.property_rendering import Renderer

_Values = list[tuple[str, Any]]


def roll_up(
    workspace: Workspace,
    page: Page,
    column: Column,
    columns: dict[str, Column],
    renderer: "Renderer",
) -> JsonObject:
    """Return the value of a rollup: an array, a number or a date, and its function."""
    function: str = column.config["function"]
    values = _values(workspace, page, column, columns, renderer)
    reduced = _REDUCED.get(function)
    if reduced is not None:
        kind, reduce = reduced
        return {"type": kind, kind: reduce(values), "function": function}
    array = [{"type": kind, kind: value} for kind, value in values]
    if function in ("unique", "show_unique"):
        array = [one for n, one in enumerate(array) if one not in array[:n]]
    return {"type": "array", "array": array, "function": function}


def _values(
    workspace: Workspace,
    page: Page,
    column: Column,
    columns: dict[str, Column],
    renderer: "Renderer",
) -> _Values:
    relation = columns.get(column.config["relation_property_id"])
    if relation is None:
        return []
    table = workspace.data_sources.get(relation.config["data_source_id"])
    source = None if table is None else table.columns.get(column.config["rollup_property_id"])
    if table is None or source is None:
        return []
    return [
        (source.type, renderer.plain_value(workspace.pages[row_id], source, table.columns))
        for row_id in renderer.related(page, relation)
    ]


def _is_empty(value: object) -> bool:
    return value is None or value in ([], "", False)


def _numbers(values: _Values) -> list[float]:
    return [value for kind, value in values if kind == "number" and value is not None]


def _median(numbers: list[float]) -> float:
    middle, odd = divmod(len(numbers), 2)
    ranked = sorted(numbers)
    return ranked[middle] if odd else (ranked[middle - 1] + ranked[middle]) / 2


def _of_numbers(reduce: Callable[[list[float]], float]) -> Callable[[_Values], float | None]:
    def reduced(values: _Values) -> float | None:
        numbers = _numbers(values)
        return reduce(numbers) if numbers else None

    return reduced


def _share(count: Callable[[_Values], int]) -> Callable[[_Values], float | None]:
    return lambda values: count(values) / len(values) if values else None


def _dates(values: _Values) -> list[str]:
    dates = [value for kind, value in values if kind == "date" and value is not None]
    return sorted((date["start"] for date in dates), key=lambda text: parse_moment(text).start)


def _date_at(index: int) -> Callable[[_Values], JsonObject | None]:
    def picked(values: _Values) -> JsonObject | None:
        dates = _dates(values)
        return {"start": dates[index], "end": None, "time_zone": None} if dates else None

    return picked


def _date_range(values: _Values) -> JsonObject | None:
    dates = _dates(values)
    return {"start": dates[0], "end": dates[-1], "time_zone": None} if dates else None


def _empty(values: _Values) -> int:
    return sum(_is_empty(value) for _, value in values)


def _filled(values: _Values) -> int:
    return len(values) - _empty(values)


def _count_values(values: _Values) -> int:
    return sum(
        len(value) if isinstance(value, list) else int(not _is_empty(value)) for _, value in values
    )


_REDUCED: dict[str, tuple[str, Callable[[_Values], Any]]] = {
    "count": ("number", len),
    "count_values": ("number", _count_values),
    "empty": ("number", _empty),
    "unchecked": ("number", _empty),
    "not_empty": ("number", _filled),
    "checked": ("number", _filled),
    "percent_empty": ("number", _share(_empty)),
    "percent_unchecked": ("number", _share(_empty)),
    "percent_not_empty": ("number", _share(_filled)),
    "percent_checked": ("number", _share(_filled)),
    "sum": ("number", lambda values: sum(_numbers(values))),
    "average": ("number", _of_numbers(lambda numbers: sum(numbers) / len(numbers))),
    "median": ("number", _of_numbers(_median)),
    "min": ("number", _of_numbers(min)),
    "max": ("number", _of_numbers(max)),
    "range": ("number", _of_numbers(lambda numbers: max(numbers) - min(numbers))),
    "earliest_date": ("date", _date_at(0)),
    "latest_date": ("date", _date_at(-1)),
    "date_range": ("date", _date_range),
}
