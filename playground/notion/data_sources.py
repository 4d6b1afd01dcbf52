"""Data sources: the tables with their schemas."""

from playground.notion.calls import Call
from playground.notion.changes import tell
from playground.notion.checks import a_boolean, an_id, an_object, only_keys
from playground.notion.databases import add_data_source
from playground.notion.errors import archived_block
from playground.notion.files import read_icon
from playground.notion.ids import path_id
from playground.notion.json_types import JsonObject
from playground.notion.paging import invalid_cursor, page_size
from playground.notion.rendering import render_data_source
from playground.notion.rich_text import read_rich_text
from playground.notion.schema import update_schema
from playground.notion.state import Database, DataSource
from playground.notion.trashing import set_in_trash

_CREATE_KEYS = frozenset({"parent", "properties", "title", "icon"})
_UPDATE_KEYS = frozenset(
    {"title", "icon", "properties", "in_trash", "archived", "parent", "description"}
)


def create(call: Call) -> JsonObject:
    """Answer POST /data_sources: another table in a database."""
    only_keys(call.body, "body", _CREATE_KEYS)
    icon = read_icon(call.body.get("icon"), "body.icon")
    table = add_data_source(
        call,
        _database(call),
        title=read_rich_text(call, call.body.get("title") or [], "body.title"),
        properties=an_object(call.body.get("properties"), "body.properties"),
        path="body.properties",
    )
    table.icon = icon
    tell(call.workspace, table, "created", by=call.author)
    return render_data_source(call.workspace, table)


def _database(call: Call) -> Database:
    parent = an_object(call.body.get("parent"), "body.parent")
    database_id = an_id(parent.get("database_id"), "body.parent.database_id")
    return call.database(database_id)


def retrieve(call: Call) -> JsonObject:
    """Answer GET /data_sources/{data_source_id}."""
    return render_data_source(call.workspace, _table(call))


def update(call: Call) -> JsonObject:
    """Answer PATCH /data_sources/{data_source_id}."""
    only_keys(call.body, "body", _UPDATE_KEYS)
    table, body = _table(call), call.body
    flag = body.get("in_trash", body.get("archived"))
    in_trash = table.in_trash if flag is None else a_boolean(flag, "body.in_trash")
    if table.in_trash and in_trash:
        raise archived_block()
    title = read_rich_text(call, body["title"], "body.title") if "title" in body else table.title
    icon = read_icon(body["icon"], "body.icon") if "icon" in body else table.icon
    database = _database(call) if "parent" in body else None
    if "properties" in body:
        update_schema(call, table, body["properties"], "body.properties")
    if database is not None:
        move_data_source(call, table, database)
    set_in_trash(call.workspace, table, in_trash=in_trash, by=call.author)
    table.title, table.icon = title, icon
    call.workspace.touch(table.trace, call.author)
    return render_data_source(call.workspace, table)


def move_data_source(call: Call, table: DataSource, database: Database) -> None:
    """Give a table to another database."""
    table.database_id = database.id
    table.order = call.workspace.next_order()
    call.workspace.touch(table.trace, call.author)
    tell(call.workspace, table, "moved", by=call.author)


def templates(call: Call) -> JsonObject:
    """Answer GET /data_sources/{data_source_id}/templates."""
    table = _table(call)
    size = page_size(call.parameter("page_size"))
    cursor = call.parameter("start_cursor")
    ids = [template_id for template_id, _, _ in table.templates]
    if cursor is not None and cursor not in ids:
        raise invalid_cursor(cursor)
    start = 0 if cursor is None else ids.index(cursor)
    shown = table.templates[start : start + size]
    rest = table.templates[start + size :]
    return {
        "templates": [
            {"id": template_id, "name": name, "is_default": is_default}
            for template_id, name, is_default in shown
        ],
        "has_more": bool(rest),
        "next_cursor": rest[0][0] if rest else None,
    }


def _table(call: Call) -> DataSource:
    return call.data_source(path_id(call.path["data_source_id"], "data_source_id"))
