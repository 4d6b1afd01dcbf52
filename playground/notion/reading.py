"""Values as filters and sorts see them: plain text, numbers, moments, lists of words."""

from datetime import datetime
from typing import Any

from playground.notion.options import option_by_id
from playground.notion.property_rendering import Renderer
from playground.notion.rich_text import plain_text
from playground.notion.state import Column, Page
from playground.notion.times import Moment, floored, parse_moment

TEXT_TYPES = frozenset({"title", "rich_text", "url", "email", "phone_number"})


def moment_of(rendered: Any) -> Moment | None:  # noqa: ANN401 - a date object or null
    """Return where a rendered date begins."""
    return None if rendered is None else parse_moment(rendered["start"])


class Reader:
    """Reads the values of one table's rows."""

    def __init__(self, renderer: Renderer, columns: dict[str, Column]) -> None:
        self._renderer = renderer
        self.columns = columns

    def read(self, page: Page, column: Column) -> Any:  # noqa: ANN401, C901, PLR0911 - one line per type
        """Return the value a condition of the column's family compares."""
        stored = page.values.get(column.id)
        match column.type:
            case "title" | "rich_text":
                return plain_text(stored or [])
            case "created_time":
                return _instant(floored(page.trace.created_at))
            case "last_edited_time":
                return _instant(floored(page.trace.edited_at))
            case "created_by":
                return [page.trace.created_by]
            case "last_edited_by":
                return [page.trace.edited_by]
            case "relation":
                return self._renderer.related(page, column)
            case "date":
                return moment_of(stored)
            case "select" | "status":
                return [] if stored is None else _words(column, [stored])
            case "multi_select":
                return _words(column, stored or [])
            case "formula" | "rollup":
                return self._renderer.plain_value(page, column, self.columns)
            case _:
                return stored


def _instant(instant: datetime) -> Moment:
    return Moment(day=instant.date(), instant=instant)


def _words(column: Column, option_ids: list[str]) -> list[str]:
    """Return what an option may be called by: id, name and, for a status, its group."""
    words: list[str] = []
    for option_id in option_ids:
        option = option_by_id(column, option_id)
        if option is not None:
            words += [option_id, option["name"]]
        for group in column.config.get("groups", []):
            if option_id in group["option_ids"]:
                words.append(group["name"])
    return words


def read_rendered(kind: str, value: Any) -> Any:  # noqa: ANN401, PLR0911 - one line per type
    """Return what a condition compares of a value inside a rollup."""
    match kind:
        case "title" | "rich_text":
            return plain_text(value or [])
        case "date":
            return moment_of(value)
        case "created_time" | "last_edited_time":
            return parse_moment(value)
        case "select" | "status":
            return [] if value is None else [value["id"], value["name"]]
        case "multi_select":
            return [word for option in value for word in (option["id"], option["name"])]
        case "people" | "relation":
            return [one["id"] for one in value]
        case "created_by" | "last_edited_by":
            return [value["id"]]
        case _:
            return value
