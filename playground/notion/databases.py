"""Databases: the containers of data sources."""

from collections.abc import Callable, Mapping
from typing import Any

from playground.notion.calls import Call
from playground.notion.changes import tell, tell_holder
from playground.notion.checks import a_boolean, an_object, only_keys
from playground.notion.errors import Refusal, archived_block
from playground.notion.files import read_cover, read_icon
from playground.notion.ids import path_id
from playground.notion.json_types import JsonObject
from playground.notion.parents import read_database_parent
from playground.notion.rendering import render_database
from playground.notion.rich_text import read_rich_text
from playground.notion.schema import create_schema
from playground.notion.state import Database, DataSource, Parent
from playground.notion.trashing import set_in_trash

_CREATE_KEYS = frozenset(
    {"parent", "title", "description", "is_inline", "icon", "cover", "initial_data_source"}
)
_UPDATE_KEYS = frozenset(
    {
        "parent",
        "title",
        "description",
        "is_inline",
        "icon",
        "cover",
        "in_trash",
        "archived",
        "is_locked",
    }
)


def create(call: Call) -> JsonObject:
    """Answer POST /databases: a database and its first data source."""
    only_keys(call.body, "body", _CREATE_KEYS)
    workspace = call.workspace
    initial = an_object(call.body.get("initial_data_source") or {}, "body.initial_data_source")
    database = Database(
        id=workspace.ids.uuid(),
        parent=read_database_parent(call, call.body.get("parent")),
        trace=workspace.new_trace(call.author),
        title=read_rich_text(call, call.body.get("title") or [], "body.title"),
        description=read_rich_text(call, call.body.get("description") or [], "body.description"),
        is_inline=a_boolean(call.body.get("is_inline") or False, "body.is_inline"),
        icon=read_icon(call.body.get("icon"), "body.icon"),
        cover=read_cover(call.body.get("cover"), "body.cover"),
    )
    workspace.databases[database.id] = database
    try:
        add_data_source(
            call,
            database,
            title=database.title,
            properties=initial.get("properties"),
            path="body.initial_data_source.properties",
        )
    except Refusal:
        del workspace.databases[database.id]
        raise
    workspace.add_child(database.parent, database.id)
    tell(workspace, database, "created", by=call.author)
    tell_holder(workspace, database, by=call.author)
    return render_database(workspace, database)


def add_data_source(
    call: Call, database: Database, *, title: list[JsonObject], properties: object, path: str
) -> DataSource:
    """Add a table to a database; nothing of it stays if the schema is refused."""
    workspace = call.workspace
    table = DataSource(
        id=workspace.ids.uuid(),
        database_id=database.id,
        trace=workspace.new_trace(call.author),
        order=workspace.next_order(),
        title=title,
        columns={},
    )
    workspace.data_sources[table.id] = table
    try:
        create_schema(call, table, properties, path)
    except Refusal:
        del workspace.data_sources[table.id]
        raise
    return table


def retrieve(call: Call) -> JsonObject:
    """Answer GET /databases/{database_id}."""
    database = call.database(path_id(call.path["database_id"], "database_id"))
    return render_database(call.workspace, database)


def update(call: Call) -> JsonObject:
    """Answer PATCH /databases/{database_id}."""
    only_keys(call.body, "body", _UPDATE_KEYS)
    database = call.database(path_id(call.path["database_id"], "database_id"))
    body = dict(call.body)
    if "archived" in body:
        body.setdefault("in_trash", body["archived"])
    read = {
        name: reader(call, body[name], f"body.{name}")
        for name, reader in _READERS.items()
        if name in body
    }
    if database.in_trash and read.get("in_trash", True):
        raise archived_block()
    set_in_trash(
        call.workspace,
        database,
        in_trash=read.pop("in_trash", database.in_trash),
        by=call.author,
    )
    parent = read.pop("parent", None)
    if parent is not None:
        move_database(call, database, parent)
    for name, value in read.items():
        setattr(database, name, value)
    call.workspace.touch(database.trace, call.author)
    return render_database(call.workspace, database)


def move_database(call: Call, database: Database, parent: Parent) -> None:
    """Hang a database onto another page."""
    workspace = call.workspace
    workspace.drop_child(database.parent, database.id)
    database.parent = parent
    workspace.add_child(parent, database.id)
    workspace.touch(database.trace, call.author)
    tell(workspace, database, "moved", by=call.author)


_READERS: Mapping[str, Callable[[Call, object, str], Any]] = {
    "parent": read_database_parent,
    "title": read_rich_text,
    "description": read_rich_text,
    "is_inline": lambda _, value, path: a_boolean(value, path),
    "is_locked": lambda _, value, path: a_boolean(value, path),
    "in_trash": lambda _, value, path: a_boolean(value, path),
    "icon": lambda _, value, path: read_icon(value, path),
    "cover": lambda _, value, path: read_cover(value, path),
}
