"""What happened in a workspace, told to whoever listens: the raw matter of webhook events."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from playground.notion.json_types import JsonObject
from playground.notion.state import Block, Comment, Database, DataSource, Page, Parent
from playground.notion.workspace import Anything, Workspace

EntityKind = Literal["page", "database", "data_source", "comment"]
Action = Literal["created", "updated", "deleted"]
Telling: TypeAlias = Page | Database | DataSource | Comment
_KINDS: dict[type, EntityKind] = {
    Page: "page",
    Database: "database",
    DataSource: "data_source",
    Comment: "comment",
}
_WEBHOOK_KINDS = {"page_id": "page", "block_id": "block", "database_id": "database"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnChange:
    """One column of a changed schema; the id as answers show it."""

    id: str
    name: str | None
    action: Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that happened to an object: what, by whom (user ids), when, and where it hung."""

    verb: str
    kind: EntityKind
    entity_id: str
    authors: tuple[str, ...]
    at: datetime
    parent: JsonObject
    is_shared: bool
    properties: tuple[str, ...] = ()
    columns: tuple[ColumnChange, ...] = ()
    blocks: tuple[tuple[str, str], ...] = ()
    page_id: str | None = None
    of_title_only: bool = False


def tell(
    workspace: Workspace,
    thing: Telling,
    verb: str,
    *,
    by: str,
    properties: Iterable[str] = (),
    columns: Iterable[ColumnChange] = (),
    blocks: Iterable[tuple[str, str]] = (),
    of_title_only: bool = False,
) -> None:
    """Tell all listeners of a change that has just been made."""
    holder = _page_of(workspace, thing) if isinstance(thing, Comment) else None
    seen = holder if isinstance(thing, Comment) else thing
    change = Change(
        verb=verb,
        kind=_KINDS[type(thing)],
        entity_id=thing.id,
        authors=(by,),
        at=workspace.now(),
        parent=_place(workspace, thing),
        is_shared=seen is not None and workspace.is_shared(seen),
        properties=tuple(properties),
        columns=tuple(columns),
        blocks=tuple(blocks),
        page_id=None if holder is None else holder.id,
        of_title_only=of_title_only,
    )
    for listener in workspace.listeners:
        listener(workspace, change)


def tell_holder(workspace: Workspace, thing: Anything, *, by: str) -> None:
    """Tell that the page or table which holds a block, page or row has other contents now."""
    kind = "block" if isinstance(thing, Block) else _KINDS[type(thing)]
    above = (each for each in workspace.lineage(thing) if each.id != thing.id)
    holder = next((each for each in above if isinstance(each, Page | DataSource)), None)
    if holder is not None:
        tell(workspace, holder, "content_updated", by=by, blocks=[(thing.id, kind)])


def _page_of(workspace: Workspace, comment: Comment) -> Anything | None:
    """Return the page a comment stands on, or the one around its block."""
    anchor = workspace.find(comment.parent.id)
    if anchor is None:
        return None
    return next((each for each in workspace.lineage(anchor) if isinstance(each, Page)), anchor)


def _place(workspace: Workspace, thing: Telling) -> JsonObject:
    if isinstance(thing, DataSource):
        return {"id": thing.database_id, "type": "database"}
    return _place_of_parent(workspace, thing.parent)


def _place_of_parent(workspace: Workspace, parent: Parent) -> JsonObject:
    if parent.kind == "workspace":
        return {"id": workspace.id, "type": "space"}
    if parent.kind == "data_source_id":
        table = workspace.data_sources[parent.id]
        return {"id": table.database_id, "type": "database", "data_source_id": table.id}
    return {"id": parent.id, "type": _WEBHOOK_KINDS[parent.kind]}
