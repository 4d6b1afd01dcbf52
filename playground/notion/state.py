"""What a workspace holds: plain mutable records, ids pointing between them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from playground.notion.json_types import JsonObject

ParentKind = Literal["workspace", "page_id", "block_id", "database_id", "data_source_id"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """Where an object hangs; the workspace has no id."""

    kind: ParentKind
    id: str = ""


@dataclass(slots=True, kw_only=True)
class User:
    """A person, or the bot of a connection."""

    id: str
    name: str | None
    kind: Literal["person", "bot"]
    email: str | None = None
    email_verified: bool | None = None
    avatar_url: str | None = None
    is_guest: bool = False


@dataclass(slots=True, kw_only=True)
class Trace:
    """When an object was made and last edited, and by whom (user ids)."""

    created_at: datetime
    created_by: str
    edited_at: datetime
    edited_by: str


@dataclass(slots=True, kw_only=True)
class Column:
    """A property of a schema; `config` is what the type needs, ids inside decoded."""

    id: str
    name: str
    type: str
    description: str | None = None
    config: JsonObject = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Page:
    """A page or row; `values` by property id, as `values.py` stores them."""

    id: str
    parent: Parent
    trace: Trace
    order: int
    values: dict[str, Any] = field(default_factory=dict)
    cover: JsonObject | None = None
    icon: JsonObject | None = None
    in_trash: bool = False
    is_archived: bool = False
    is_locked: bool = False
    is_template: bool = False


@dataclass(slots=True, kw_only=True)
class Database:
    """The container of data sources."""

    id: str
    parent: Parent
    trace: Trace
    title: list[JsonObject]
    description: list[JsonObject] = field(default_factory=list)
    is_inline: bool = False
    in_trash: bool = False
    is_locked: bool = False
    icon: JsonObject | None = None
    cover: JsonObject | None = None


@dataclass(slots=True, kw_only=True)
class DataSource:
    """A table: its schema by property id. Templates are (id, name, is default)."""

    id: str
    database_id: str
    trace: Trace
    order: int
    title: list[JsonObject]
    columns: dict[str, Column]
    icon: JsonObject | None = None
    cover: JsonObject | None = None
    in_trash: bool = False
    next_unique_number: int = 1
    templates: list[tuple[str, str, bool]] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Block:
    """A block of a body; pages and databases are no blocks here but stand in the same lists."""

    id: str
    parent: Parent
    trace: Trace
    type: str
    content: JsonObject
    in_trash: bool = False


@dataclass(slots=True, kw_only=True)
class Comment:
    """A remark within a discussion on a page or block; `speaker` is a display name and its kind."""

    id: str
    parent: Parent
    discussion_id: str
    trace: Trace
    rich_text: list[JsonObject]
    speaker: tuple[str, str] | None = None
