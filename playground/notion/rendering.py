"""Objects as answers show them: keys in Notion's order, times cut, property values rendered."""

import re

from playground.notion.columns import columns_of_parent, ordered, render_schema
from playground.notion.ids import compact, encoded
from playground.notion.json_types import JsonObject
from playground.notion.property_rendering import Renderer
from playground.notion.rich_text import literal, plain_text
from playground.notion.state import Block, Comment, Database, DataSource, Page, Parent
from playground.notion.times import exact_stamp, minute_stamp
from playground.notion.users import partial_user
from playground.notion.workspace import Workspace

_NOT_IN_A_SLUG = re.compile(r"[^A-Za-z0-9_]+")
# Recorded: so an untitled database calls itself and its data source, which has an empty title.
_UNTITLED = "New database"
_SITE = "https://www.notion.so/"


def page_url(page: Page) -> str:
    """Return a page's address: the slug of its title and its id without dashes."""
    # Recorded: mentions in a title do not count.
    words = plain_text(text for text in page.values.get("title", []) if text["type"] == "text")
    slug = _NOT_IN_A_SLUG.sub("-", words).strip("-")
    return _SITE + (f"{slug}-" if slug else "") + compact(page.id)


def render_parent(workspace: Workspace, parent: Parent) -> JsonObject:
    """Render where an object hangs."""
    if parent.kind == "workspace":
        return {"type": "workspace", "workspace": True}
    shown: JsonObject = {"type": parent.kind, parent.kind: parent.id}
    if parent.kind == "data_source_id":
        shown["database_id"] = workspace.data_sources[parent.id].database_id
    return shown


def render_page(
    workspace: Workspace, page: Page, *, only: frozenset[str] | None = None
) -> JsonObject:
    """Render a page, with `only` these property ids where given."""
    columns = columns_of_parent(workspace, page.parent.id)
    renderer = Renderer(workspace)
    return {
        "object": "page",
        "id": page.id,
        "created_time": minute_stamp(page.trace.created_at),
        "last_edited_time": minute_stamp(page.trace.edited_at),
        "created_by": partial_user(page.trace.created_by),
        "last_edited_by": partial_user(page.trace.edited_by),
        "cover": page.cover,
        "icon": page.icon,
        "parent": render_parent(workspace, page.parent),
        "in_trash": page.in_trash,
        "is_archived": page.is_archived,
        "is_locked": page.is_locked,
        "properties": {
            column.name: {
                "id": encoded(column.id),
                "type": column.type,
                **renderer.value(page, column, columns),
            }
            for column in ordered(columns.values())
            if only is None or column.id in only
        },
        "url": page_url(page),
        "public_url": None,
    }


def render_data_source(workspace: Workspace, table: DataSource) -> JsonObject:
    """Render a data source with its schema; its address holds its database's id."""
    database = workspace.databases[table.database_id]
    return {
        "object": "data_source",
        "id": table.id,
        "cover": table.cover,
        "icon": table.icon,
        "created_time": minute_stamp(table.trace.created_at),
        "created_by": partial_user(table.trace.created_by),
        "last_edited_by": partial_user(table.trace.edited_by),
        "last_edited_time": minute_stamp(table.trace.edited_at),
        "title": table.title,
        "description": database.description,
        "is_inline": database.is_inline,
        "properties": render_schema(workspace, table),
        "parent": {"type": "database_id", "database_id": database.id},
        "database_parent": render_parent(workspace, database.parent),
        "url": _SITE + compact(database.id),
        "public_url": None,
        "in_trash": table.in_trash or database.in_trash,
    }


def database_title(workspace: Workspace, database: Database) -> list[JsonObject]:
    """Return what a database is called: recorded, an untitled one bears its first table's name."""
    tables = workspace.data_sources_of(database.id)
    return database.title or (tables[0].title if tables else []) or literal(_UNTITLED)


def render_database(workspace: Workspace, database: Database) -> JsonObject:
    """Render a database; its times alone keep milliseconds."""
    return {
        "object": "database",
        "id": database.id,
        "title": database_title(workspace, database),
        "description": database.description,
        "parent": render_parent(workspace, database.parent),
        "is_inline": database.is_inline,
        "in_trash": database.in_trash,
        "is_locked": database.is_locked,
        "created_time": exact_stamp(database.trace.created_at),
        "last_edited_time": exact_stamp(database.trace.edited_at),
        "data_sources": [
            {"id": table.id, "name": plain_text(table.title) or _UNTITLED}
            for table in workspace.data_sources_of(database.id)
        ],
        "icon": database.icon,
        "cover": database.cover,
        "url": _SITE + compact(database.id),
        "public_url": None,
    }


def render_block(workspace: Workspace, block: Block | Page | Database) -> JsonObject:
    """Render a block; pages and databases stand in bodies as `child_page`, `child_database`."""
    kind, content = _content(workspace, block)
    living = [workspace.find(child_id) for child_id in workspace.children.get(origin(block), [])]
    return {
        "object": "block",
        "id": block.id,
        "parent": render_parent(workspace, block.parent),
        "created_time": minute_stamp(block.trace.created_at),
        "last_edited_time": minute_stamp(block.trace.edited_at),
        "created_by": partial_user(block.trace.created_by),
        "last_edited_by": partial_user(block.trace.edited_by),
        "has_children": any(child is not None and not child.in_trash for child in living),
        "in_trash": block.in_trash,
        "type": kind,
        kind: content,
    }


def origin(block: Block | Page | Database) -> str:
    """Return the id under which a block's children hang: a synced copy shows its original's."""
    source = block.content.get("synced_from") if isinstance(block, Block) else None
    return block.id if source is None else str(source["block_id"])


def _content(workspace: Workspace, block: Block | Page | Database) -> tuple[str, JsonObject]:
    if isinstance(block, Page):
        return "child_page", {"title": plain_text(block.values.get("title", []))}
    if isinstance(block, Database):
        return "child_database", {"title": plain_text(database_title(workspace, block))}
    return block.type, block.content


def render_comment(workspace: Workspace, comment: Comment) -> JsonObject:
    """Render a comment."""
    author = workspace.users.get(comment.trace.created_by)
    is_bot = author is not None and author.kind == "bot"
    own = ("integration" if is_bot else "user", None if author is None else author.name)
    kind, name = comment.speaker or own
    return {
        "object": "comment",
        "id": comment.id,
        "parent": render_parent(workspace, comment.parent),
        "discussion_id": comment.discussion_id,
        "created_time": minute_stamp(comment.trace.created_at),
        "last_edited_time": minute_stamp(comment.trace.edited_at),
        "created_by": partial_user(comment.trace.created_by),
        "rich_text": comment.rich_text,
        "display_name": {
            "type": kind,
            "resolved_name": name,
        },
    }
