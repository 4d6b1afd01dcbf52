"""A data source's columns as plain values; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from notion_sync.rich_text import plain
from notion_sync.wire import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A choice of a select, multi-select or status column."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A property of the schema."""

    id: str
    name: str
    type: str
    options: tuple[Option, ...] = ()
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Option ids by the name of their group; status columns only."""

    def option(self, option_id: str | None) -> Option | None:
        """Return an option by its id."""
        return next((option for option in self.options if option.id == option_id), None)

    def group_of(self, option_id: str) -> str | None:
        """Return the group of a status option."""
        return next((name for name, ids in self.groups.items() if option_id in ids), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """A data source."""

    id: str
    title: str
    columns: tuple[Column, ...]
    in_trash: bool = False
    database: str | None = None
    """The id of the database that holds it."""

    def column(self, column_id: str | None) -> Column | None:
        """Return a column by its id."""
        return next((column for column in self.columns if column.id == column_id), None)


def parse(data_source: JsonObject) -> Schema:
    """Read a data source as Notion answers it."""
    return Schema(
        id=data_source["id"],
        title=plain(data_source.get("title") or []),
        columns=tuple(map(_column, data_source["properties"].values())),
        in_trash=bool(data_source.get("in_trash")),
        database=(data_source.get("parent") or {}).get("database_id"),
    )


def with_options_of(page: JsonObject, schema: Schema) -> Schema:
    """Return the schema with the options that a page's selects show and it does not have yet."""
    shown = {given["id"]: _chosen(given) for given in page.get("properties", {}).values()}
    return replace(
        schema,
        columns=tuple(_extended(column, shown.get(column.id, ())) for column in schema.columns),
    )


def _extended(column: Column, shown: tuple[Option, ...]) -> Column:
    new = tuple(option for option in shown if column.option(option.id) is None)
    return replace(column, options=(*column.options, *new)) if new else column


def _chosen(given: JsonObject) -> tuple[Option, ...]:
    value = given.get(given["type"])
    if given["type"] == "select" and value:
        value = [value]
    elif given["type"] != "multi_select":
        return ()
    return tuple(Option(id=option["id"], name=option["name"]) for option in value or ())


def _column(given: JsonObject) -> Column:
    config = given.get(given["type"]) or {}
    return Column(
        id=given["id"],
        name=given["name"],
        type=given["type"],
        options=tuple(Option(id=o["id"], name=o["name"]) for o in config.get("options") or ()),
        groups={g["name"]: tuple(g.get("option_ids") or ()) for g in config.get("groups") or ()},
    )
