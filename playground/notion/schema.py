"""Changing a schema: adding, configuring, retyping, renaming and deleting columns."""

import copy
from collections.abc import Iterator

from playground.notion.calls import Call
from playground.notion.changes import Action, ColumnChange, tell
from playground.notion.checks import a_string, an_object, mismatch
from playground.notion.column_config import TYPES, read_config
from playground.notion.columns import find_column, known_column
from playground.notion.errors import Refusal, validation_error
from playground.notion.ids import encoded
from playground.notion.json_types import JsonObject
from playground.notion.options import option_by_id
from playground.notion.state import Column, DataSource

_MOST_NAME = 2000


def create_schema(call: Call, table: DataSource, value: object, path: str) -> None:
    """Give a new data source its columns; exactly one is the title."""
    given = {} if value is None else an_object(value, path)
    titles = [name for name, config in given.items() if _type_named(config) == "title"]
    if len(titles) > 1:
        raise validation_error("Only one title property is allowed.")
    if not titles:
        if value is not None and given:
            raise validation_error("Title is not provided")
        table.columns["title"] = Column(id="title", name="Name", type="title")
    late: list[str] = []
    for name, config in given.items():
        kind = _type_named(config)
        if kind in ("rollup", "formula"):
            late.append(name)
        else:
            _add(call, table, name, an_object(config, f"{path}.{name}"), f"{path}.{name}")
    # Formulas and rollups speak of other columns, wherever those stand in the request.
    for name in late:
        _add(call, table, name, an_object(given[name], f"{path}.{name}"), f"{path}.{name}")


def update_schema(call: Call, table: DataSource, value: object, path: str) -> None:
    """Apply a PATCH as a whole or not at all: null deletes, a configuration adds or changes."""
    given = an_object(value, path)
    gone = [known_column(table.columns, key) for key, config in given.items() if config is None]
    before = copy.deepcopy({t.id: t.columns for t in call.workspace.data_sources.values()})
    try:
        for key, config in given.items():
            if config is not None:
                _put(call, table, key, an_object(config, f"{path}.{key}"), f"{path}.{key}")
        for column in gone:
            _delete(call, table, column)
    except Refusal:
        for table_id, columns in before.items():
            call.workspace.data_sources[table_id].columns = columns
        raise
    for table_id, columns in before.items():
        changed = call.workspace.data_sources[table_id]
        told = list(_differences(columns, changed.columns))
        if told:
            tell(call.workspace, changed, "schema_updated", by=call.author, columns=told)


def _differences(before: dict[str, Column], after: dict[str, Column]) -> Iterator[ColumnChange]:
    for column in after.values():
        if before.get(column.id) != column:
            action: Action = "updated" if column.id in before else "created"
            yield ColumnChange(id=encoded(column.id), name=column.name, action=action)
    for column in before.values():
        if column.id not in after:
            yield ColumnChange(id=encoded(column.id), name=column.name, action="deleted")


def _put(call: Call, table: DataSource, key: str, given: JsonObject, path: str) -> None:
    column = find_column(table.columns, key)
    if column is None:
        _add(call, table, key, given, path)
    else:
        _change(call, table, column, given, path)


def _type_named(config: object) -> str | None:
    if not isinstance(config, dict):
        return None
    if "type" in config:
        return str(config["type"])
    return next((key for key in config if key in TYPES), None)


def _add(call: Call, table: DataSource, name: str, given: JsonObject, path: str) -> Column:
    kind = _type_named(given)
    if kind is None or kind not in TYPES:
        raise mismatch(f"{path}.type", "a type of property", kind)
    if kind == "title" and "title" in table.columns:
        raise validation_error("Cannot create new title property.")
    shown = given.get("name") or name
    _check_name(table, shown, path)
    column = Column(
        id="title" if kind == "title" else _free_id(call, table),
        name=shown,
        type=kind,
        description=_description(given, path),
    )
    column.config = read_config(call, table, column, given, path)
    table.columns[column.id] = column
    if kind == "relation":
        _pair(call, table, column)
    if kind == "unique_id":
        _number_rows(call, table, column)
    return column


def _description(given: JsonObject, path: str) -> str | None:
    text = given.get("description")
    return None if text is None else a_string(text, f"{path}.description")


def _free_id(call: Call, table: DataSource) -> str:
    while True:
        property_id = call.workspace.ids.property_id()
        if property_id not in table.columns:
            return property_id


def _check_name(table: DataSource, name: object, path: str) -> None:
    if not a_string(name, f"{path}.name", most=_MOST_NAME):
        raise mismatch(f"{path}.name", "a non-empty string", name)
    if any(column.name == name for column in table.columns.values()):
        raise validation_error(f'A property named "{name}" already exists.')


def _change(call: Call, table: DataSource, column: Column, given: JsonObject, path: str) -> None:
    name = given.get("name")
    if name is not None and name != column.name:
        _check_name(table, name, path)
        column.name = name
    if "description" in given:
        column.description = _description(given, path)
    kind = _type_named(given)
    if kind is None:
        return
    if kind not in TYPES:
        raise mismatch(f"{path}.type", "a type of property", kind)
    if kind == column.type:
        column.config = read_config(call, table, column, given, path)
        _forget_gone_options(call, table, column)
    else:
        _retype(call, table, column, given, path)


def _retype(call: Call, table: DataSource, column: Column, given: JsonObject, path: str) -> None:
    kind = _type_named(given) or column.type
    if "title" in (kind, column.type):
        raise validation_error("Cannot change the type of the title property.")
    _unpair(call, column)
    column.type, column.config = kind, {}
    column.config = read_config(call, table, column, given, path)
    # Notion converts what it can; here the values of the old type go, as most do.
    for row in call.workspace.rows_of(table.id):
        row.values.pop(column.id, None)
    if kind == "relation":
        _pair(call, table, column)
    if kind == "unique_id":
        _number_rows(call, table, column)


def _delete(call: Call, table: DataSource, column: Column) -> None:
    if column.type == "title":
        raise validation_error("Cannot delete title property.")
    _unpair(call, column)
    del table.columns[column.id]
    for row in call.workspace.rows_of(table.id):
        row.values.pop(column.id, None)


def _pair(call: Call, table: DataSource, column: Column) -> None:
    """Create the other side of a two-way relation."""
    if not column.config.pop("dual", False):
        return
    name = column.config.pop("wanted_name", None)
    target = call.workspace.data_sources[column.config["data_source_id"]]
    title = "".join(text["plain_text"] for text in table.title)
    other = Column(
        id=_free_id(call, target),
        name=name or f"Related to {title} ({column.name})",
        type="relation",
        config={"data_source_id": table.id, "synced_property_id": column.id},
    )
    target.columns[other.id] = other
    column.config["synced_property_id"] = other.id


def _unpair(call: Call, column: Column) -> None:
    """Take the other side of a two-way relation away with it."""
    other_id = column.config.get("synced_property_id") if column.type == "relation" else None
    if other_id is None:
        return
    target = call.workspace.data_sources.get(column.config["data_source_id"])
    if target is not None:
        target.columns.pop(other_id, None)
        for row in call.workspace.rows_of(target.id):
            row.values.pop(other_id, None)


def _forget_gone_options(call: Call, table: DataSource, column: Column) -> None:
    if column.type not in ("select", "multi_select", "status"):
        return
    for row in call.workspace.rows_of(table.id):
        value = row.values.get(column.id)
        if isinstance(value, list):
            row.values[column.id] = [one for one in value if option_by_id(column, one)]
        elif isinstance(value, str) and option_by_id(column, value) is None:
            row.values.pop(column.id)


def _number_rows(call: Call, table: DataSource, column: Column) -> None:
    for row in call.workspace.rows_of(table.id):
        row.values[column.id] = table.next_unique_number
        table.next_unique_number += 1
