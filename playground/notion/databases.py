"""Databases: the containers of data sources."""

from playground.notion.calls import Call
from playground.notion.checks import a_boolean, an_object, only_keys
from playground.notion.errors import Refusal, archived_block
from playground.notion.files import read_cover, read_icon
from playground.notion.ids import path_id
from playground.notion.json_types import JsonObject
from playground.notion.parents import read_database_parent
from playground.notion.rendering import render_database
from playground.notion.rich_text import read_rich_text
from playground.notion.schema import create_schema
from playground.notion.state import Database, DataSource

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
    body = call.body
    flag = body.get("in_trash", body.get("archived"))
    in_trash = database.in_trash if flag is None else a_boolean(flag, "body.in_trash")
    if database.in_trash and in_trash:
        raise archived_block()
    if "parent" in body:
        _move(call, database)
    _update_texts(call, database)
    for name in ("is_inline", "is_locked"):
        if name in body:
            setattr(database, name, a_boolean(body[name], f"body.{name}"))
    if "icon" in body:
        database.icon = read_icon(body["icon"], "body.icon")
    if "cover" in body:
        database.cover = read_cover(body["cover"], "body.cover")
    database.in_trash = in_trash
    call.workspace.touch(database.trace, call.author)
    return render_database(call.workspace, database)


def _update_texts(call: Call, database: Database) -> None:
    if "title" in call.body:
        database.title = read_rich_text(call, call.body["title"], "body.title")
    if "description" in call.body:
        database.description = read_rich_text(call, call.body["description"], "body.description")


def _move(call: Call, database: Database) -> None:
    parent = read_database_parent(call, call.body["parent"])
    call.workspace.drop_child(database.parent, database.id)
    database.parent = parent
    call.workspace.add_child(parent, database.id)
