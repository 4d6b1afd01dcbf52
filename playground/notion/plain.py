"""Plain values for people: `"Done"` for a status, names of people, ISO dates."""

from collections.abc import Mapping
from typing import Any

from playground.notion.columns import known_column
from playground.notion.ids import encoded
from playground.notion.json_types import JsonObject
from playground.notion.rendering import render_page
from playground.notion.rich_text import plain_text
from playground.notion.state import Column, DataSource, Page
from playground.notion.workspace import Workspace


def plain_row(
    workspace: Workspace, page: Page, table: DataSource
) -> tuple[str, dict[str, Any], str]:
    """Return a row's title, its other values by column name, and its address."""
    rendered = render_page(workspace, page)
    kinds = {encoded(column.id): column.type for column in table.columns.values()}
    title = ""
    values: dict[str, Any] = {}
    for name, value in rendered["properties"].items():
        kind = kinds[value["id"]]
        if kind == "title":
            title = plain_text(value[kind])
        else:
            values[name] = _plain(kind, value[kind])
    return title, values, rendered["url"]


def _plain(kind: str, value: Any) -> Any:  # noqa: ANN401, PLR0911 - one line per type
    match kind:
        case "rich_text":
            return plain_text(value)
        case "select" | "status":
            return None if value is None else value["name"]
        case "multi_select" | "files":
            return [one["name"] for one in value]
        case "people":
            return [one.get("name", one["id"]) for one in value]
        case "relation":
            return [one["id"] for one in value]
        case "date":
            return None if value is None else value["start"]
        case _:
            return value


def written(
    workspace: Workspace, columns: dict[str, Column], values: Mapping[str, Any]
) -> JsonObject:
    """Return plain values by column name as the API takes them; objects pass as they are."""
    given: JsonObject = {}
    for key, value in values.items():
        kind = known_column(columns, key).type
        given[key] = value if isinstance(value, dict) else {kind: _written(workspace, kind, value)}
    return given


def _written(workspace: Workspace, kind: str, value: Any) -> Any:  # noqa: ANN401, PLR0911 - one line per type
    match kind:
        case "title" | "rich_text":
            return [{"text": {"content": value}}] if value else []
        case "select" | "status":
            return None if value is None else {"name": value}
        case "multi_select":
            return [{"name": name} for name in value]
        case "people":
            return [{"id": _person(workspace, name)} for name in value]
        case "relation":
            return [{"id": page_id} for page_id in value]
        case "date":
            return None if value is None else {"start": value}
        case _:
            return value


def _person(workspace: Workspace, name_or_id: str) -> str:
    for user in workspace.users.values():
        if name_or_id in (user.id, user.name):
            return user.id
    raise KeyError(name_or_id)
