"""Columns: finding them by name or id, and showing them."""

from collections.abc import Iterable

from playground.notion.errors import validation_error
from playground.notion.ids import decoded, encoded, property_order
from playground.notion.json_types import JsonObject
from playground.notion.state import Column, DataSource
from playground.notion.workspace import Workspace

READ_ONLY = frozenset(
    {
        "unique_id",
        "created_time",
        "created_by",
        "last_edited_time",
        "last_edited_by",
        "formula",
        "rollup",
        "button",
    }
)
# Rows of a page's own title: pages outside of data sources have no other property.
TITLE_ONLY = {"title": Column(id="title", name="title", type="title")}


def columns_of_parent(workspace: Workspace, parent_id: str) -> dict[str, Column]:
    """Return the schema of the data source, of anything else the lone title."""
    table = workspace.data_sources.get(parent_id)
    return TITLE_ONLY if table is None else table.columns


def find_column(columns: dict[str, Column], key: str) -> Column | None:
    """Return a column by name, or by its id, encoded or not."""
    for column in columns.values():
        if column.name == key:
            return column
    return columns.get(key) or columns.get(decoded(key))


def known_column(columns: dict[str, Column], key: str) -> Column:
    """Return a column by name or id, or refuse the request."""
    column = find_column(columns, key)
    if column is None:
        raise validation_error(f"{key} is not a property that exists.")
    return column


def ordered(columns: Iterable[Column]) -> list[Column]:
    """Sort columns as every answer does."""
    return sorted(columns, key=lambda column: property_order(column.id))


def render_schema(workspace: Workspace, table: DataSource) -> JsonObject:
    """Render the `properties` of a data source."""
    return {
        column.name: {
            "id": encoded(column.id),
            "name": column.name,
            "description": column.description,
            "type": column.type,
            column.type: _render_config(workspace, table, column),
        }
        for column in ordered(table.columns.values())
    }


def _render_config(workspace: Workspace, table: DataSource, column: Column) -> JsonObject:
    if column.type == "relation":
        return _render_relation(workspace, column)
    if column.type == "rollup":
        return _render_rollup(workspace, table, column)
    return column.config


def _render_relation(workspace: Workspace, column: Column) -> JsonObject:
    target = workspace.data_sources.get(column.config["data_source_id"])
    shown: JsonObject = {
        "database_id": column.config.get("database_id") if target is None else target.database_id,
        "data_source_id": column.config["data_source_id"],
    }
    synced_id = column.config.get("synced_property_id")
    if synced_id is None:
        return shown | {"type": "single_property", "single_property": {}}
    synced = None if target is None else target.columns.get(synced_id)
    return shown | {
        "type": "dual_property",
        "dual_property": {
            "synced_property_name": (
                column.config.get("synced_property_name") if synced is None else synced.name
            ),
            "synced_property_id": encoded(synced_id),
        },
    }


def _render_rollup(workspace: Workspace, table: DataSource, column: Column) -> JsonObject:
    relation = table.columns.get(column.config["relation_property_id"])
    target = (
        None if relation is None else workspace.data_sources.get(relation.config["data_source_id"])
    )
    source = None if target is None else target.columns.get(column.config["rollup_property_id"])
    # Rollup configurations are the one place where ids are shown unencoded.
    return {
        "rollup_property_name": column.config.get("rollup_property_name")
        if source is None
        else source.name,
        "relation_property_name": column.config.get("relation_property_name")
        if relation is None
        else relation.name,
        "rollup_property_id": column.config["rollup_property_id"],
        "relation_property_id": column.config["relation_property_id"],
        "function": column.config["function"],
    }
