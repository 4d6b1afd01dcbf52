"""Property values as answers show them, computed ones included."""

from typing import Any

from playground.notion.formula_results import compute
from playground.notion.json_types import JsonObject
from playground.notion.options import option_by_id
from playground.notion.rollups import roll_up
from playground.notion.state import Column, Page
from playground.notion.times import minute_stamp
from playground.notion.users import full_user
from playground.notion.workspace import Workspace

MOST_INLINE_RELATIONS = 25
MOST_INLINE_PEOPLE = 25
_LISTS = frozenset({"title", "rich_text", "multi_select", "people", "relation", "files"})


class Renderer:
    """Shows stored values within a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def value(self, page: Page, column: Column, columns: dict[str, Column]) -> JsonObject:
        """Return `{type: value}`, for a relation `has_more` too."""
        if column.type == "relation":
            related = self.related(page, column)
            return {
                "relation": [{"id": page_id} for page_id in related[:MOST_INLINE_RELATIONS]],
                "has_more": len(related) > MOST_INLINE_RELATIONS,
            }
        if column.type == "people":
            return {"people": self.plain_value(page, column, columns)[:MOST_INLINE_PEOPLE]}
        return {column.type: self.plain_value(page, column, columns)}

    def plain_value(self, page: Page, column: Column, columns: dict[str, Column]) -> Any:  # noqa: ANN401, PLR0911 - any JSON, one line per type
        """Return what stands under the type's name."""
        match column.type:
            case "created_time":
                return minute_stamp(page.trace.created_at)
            case "last_edited_time":
                return minute_stamp(page.trace.edited_at)
            case "created_by":
                return full_user(self._workspace, page.trace.created_by)
            case "last_edited_by":
                return full_user(self._workspace, page.trace.edited_by)
            case "rollup":
                return roll_up(self._workspace, page, column, columns, self)
            case "formula":
                return compute(self._workspace, page, column, columns, self)
            case "relation":
                return [{"id": page_id} for page_id in self.related(page, column)]
            case _:
                return self._stored(page.values.get(column.id), column)

    def related(self, page: Page, column: Column) -> list[str]:
        """Return the ids of related rows that still live."""
        pages = self._workspace.pages
        ids: list[str] = page.values.get(column.id, [])
        return [one for one in ids if one in pages and not pages[one].in_trash]

    def _stored(self, value: Any, column: Column) -> Any:  # noqa: ANN401, PLR0911 - one line per type
        match column.type:
            case "select" | "status":
                return None if value is None else self._option(column, value)
            case "multi_select":
                return [self._option(column, one) for one in value or []]
            case "people":
                return [full_user(self._workspace, one) for one in value or []]
            case "checkbox":
                return bool(value)
            case "unique_id":
                return {"prefix": column.config.get("prefix"), "number": value}
            case "button":
                return {}
            case kind if kind in _LISTS:
                return value or []
            case _:
                return value

    @staticmethod
    def _option(column: Column, option_id: str) -> JsonObject | None:
        option = option_by_id(column, option_id)
        return None if option is None else {key: option[key] for key in ("id", "name", "color")}
