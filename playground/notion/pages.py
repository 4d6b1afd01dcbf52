"""Pages and rows: create, read, update, trash, move."""

from playground.notion import relations
from playground.notion.blocks import append_blocks, read_children
from playground.notion.calls import Call
from playground.notion.changes import ColumnChange, tell, tell_holder
from playground.notion.checks import a_boolean, an_id, an_object, mismatch, one_of, only_keys
from playground.notion.columns import columns_of_parent
from playground.notion.errors import archived_block, validation_error
from playground.notion.files import read_cover, read_icon
from playground.notion.ids import encoded, path_id
from playground.notion.json_types import JsonObject
from playground.notion.options import options_of
from playground.notion.parents import read_page_parent
from playground.notion.query import filtered_properties
from playground.notion.rendering import render_page
from playground.notion.state import Column, Page, Parent
from playground.notion.templates import apply_later, read_template
from playground.notion.trashing import set_in_trash
from playground.notion.values import Write

_CREATE_KEYS = frozenset(
    {"parent", "properties", "icon", "cover", "children", "template", "position"}
)
_UPDATE_KEYS = frozenset(
    {"properties", "icon", "cover", "in_trash", "archived", "is_archived", "is_locked"}
)
_FLAGS = ("is_archived", "is_locked")


def create(call: Call) -> JsonObject:
    """Answer POST /pages."""
    only_keys(call.body, "body", _CREATE_KEYS)
    parent = read_page_parent(call, call.body.get("parent"))
    place = _place(call, parent)
    children = read_children(call, call.body.get("children") or [], "body.children")
    template = read_template(call, call.body.get("template"), parent)
    if children and template is not None:
        raise mismatch("body.children", "not present beside a template", call.body["children"])
    page = create_page(
        call,
        parent,
        properties=call.body.get("properties") or {},
        icon=read_icon(call.body.get("icon"), "body.icon"),
        cover=read_cover(call.body.get("cover"), "body.cover"),
    )
    append_blocks(call, Parent(kind="page_id", id=page.id), children)
    if template is not None:
        apply_later(call, page, template)
    if place is not None:
        siblings = call.workspace.children[parent.id]
        siblings.insert(place, siblings.pop())
    return render_page(call.workspace, page)


def _place(call: Call, parent: Parent) -> int | None:
    """Return where among its siblings a new page goes, None for the end."""
    position = call.body.get("position")
    if position is None:
        return None
    if parent.kind != "page_id":
        raise mismatch("body.position", "not present for rows", position)
    given = an_object(position, "body.position")
    kinds = ("after_block", "page_start", "page_end")
    kind = one_of(given.get("type"), "body.position.type", kinds)
    if kind != "after_block":
        return 0 if kind == "page_start" else None
    block = an_object(given.get("after_block"), "body.position.after_block")
    wanted = an_id(block.get("id"), "body.position.after_block.id")
    siblings = call.workspace.children.get(parent.id, [])
    if wanted not in siblings:
        raise validation_error(f"Block with ID {wanted} is not a child of the parent.")
    return siblings.index(wanted) + 1


def create_page(
    call: Call,
    parent: Parent,
    *,
    properties: object,
    icon: JsonObject | None = None,
    cover: JsonObject | None = None,
) -> Page:
    """Create a page or row; nothing of it stays if a property is refused."""
    workspace = call.workspace
    columns = columns_of_parent(workspace, parent.id)
    write = Write(call, columns)
    write.read(properties, "body.properties")
    page = Page(
        id=workspace.ids.uuid(),
        parent=parent,
        trace=workspace.new_trace(call.author),
        order=workspace.next_order(),
        icon=icon,
        cover=cover,
    )
    workspace.pages[page.id] = page
    workspace.add_child(parent, page.id)
    if parent.kind == "data_source_id":
        workspace.rows.setdefault(parent.id, []).append(page.id)
        workspace.lag.note_created(page.id)
        _give_defaults(call, page, columns)
    _keep(call, page, columns, write)
    tell(workspace, page, "created", by=call.author)
    tell_holder(workspace, page, by=call.author)
    return page


def _give_defaults(call: Call, page: Page, columns: dict[str, Column]) -> None:
    table = call.workspace.data_sources[page.parent.id]
    for column in columns.values():
        if column.type == "unique_id":
            page.values[column.id] = table.next_unique_number
            table.next_unique_number += 1
        if column.type == "status" and options_of(column):
            page.values[column.id] = Write.default_status(column)


def _keep(call: Call, page: Page, columns: dict[str, Column], write: Write) -> list[str]:
    """Keep what was read; return the ids of the columns whose value is another one now."""
    workspace = call.workspace
    extended = write.keep_new_options()
    if extended:
        table = workspace.data_sources[page.parent.id]
        grown = [
            ColumnChange(id=encoded(each.id), name=each.name, action="updated") for each in extended
        ]
        tell(workspace, table, "schema_updated", by=call.author, columns=grown)
    changed = []
    for column_id, value in write.values.items():
        before = page.values.get(column_id)
        page.values[column_id] = value
        if before != value and (before or value):
            changed.append(column_id)
        if columns[column_id].type == "relation":
            relations.follow(workspace, page, columns[column_id], before or [])
    return changed


def retrieve(call: Call) -> JsonObject:
    """Answer GET /pages/{page_id}; a trashed page can still be read."""
    return _shown(call, call.page(path_id(call.path["page_id"], "page_id")))


def update(call: Call) -> JsonObject:
    """Answer PATCH /pages/{page_id}."""
    only_keys(call.body, "body", _UPDATE_KEYS)
    page = call.page(path_id(call.path["page_id"], "page_id"))
    update_page(call, page, call.body)
    return _shown(call, page)


def update_page(call: Call, page: Page, changes: JsonObject) -> None:
    """Apply the fields of a PATCH to a page; a trashed one must be restored first."""
    workspace = call.workspace
    flag = changes.get("in_trash", changes.get("archived"))
    in_trash = page.in_trash if flag is None else a_boolean(flag, "body.in_trash")
    if page.in_trash and in_trash:
        raise archived_block()
    columns = columns_of_parent(workspace, page.parent.id)
    write = Write(call, columns)
    write.read(changes.get("properties") or {}, "body.properties")
    flags = {name: a_boolean(changes[name], f"body.{name}") for name in _FLAGS if name in changes}
    icon = read_icon(changes["icon"], "body.icon") if "icon" in changes else page.icon
    cover = read_cover(changes["cover"], "body.cover") if "cover" in changes else page.cover
    # From here on nothing is refused any more: a PATCH is kept as a whole or not at all.
    set_in_trash(workspace, page, in_trash=in_trash, by=call.author)
    looks_other = (page.icon, page.cover) != (icon, cover)
    page.icon, page.cover = icon, cover
    was_locked = page.is_locked
    for name, value in flags.items():
        setattr(page, name, value)
    changed = _keep(call, page, columns, write)
    workspace.touch(page.trace, call.author)
    if changed:
        only_title = [columns[each].type for each in changed] == ["title"]
        ids = [encoded(each) for each in changed]
        tell(
            workspace,
            page,
            "properties_updated",
            by=call.author,
            properties=ids,
            of_title_only=only_title,
        )
    if looks_other:
        tell(workspace, page, "content_updated", by=call.author, blocks=[(page.id, "page")])
    if page.is_locked is not was_locked:
        tell(workspace, page, "locked" if page.is_locked else "unlocked", by=call.author)


def move(call: Call) -> JsonObject:
    """Answer POST /pages/{page_id}/move."""
    only_keys(call.body, "body", frozenset({"parent"}))
    page = call.page(path_id(call.path["page_id"], "page_id"))
    parent = read_page_parent(call, call.body.get("parent"))
    if page.in_trash:
        raise archived_block()
    move_page(call, page, parent)
    return _shown(call, page)


def move_page(call: Call, page: Page, parent: Parent) -> None:
    """Move a page; of its values the title survives."""
    workspace = call.workspace
    if any(thing.id == page.id for thing in workspace.lineage(workspace.find(parent.id) or page)):
        raise validation_error("A page cannot be moved into itself.")
    old = columns_of_parent(workspace, page.parent.id)
    new = columns_of_parent(workspace, parent.id)
    tell_holder(workspace, page, by=call.author)
    workspace.drop_child(page.parent, page.id)
    if page.parent.kind == "data_source_id":
        workspace.rows[page.parent.id].remove(page.id)
    page.values = {
        target.id: page.values[column.id]
        for column in old.values()
        for target in new.values()
        if column.id in page.values and (column.type == target.type == "title" or column is target)
    }
    page.parent = parent
    workspace.add_child(parent, page.id)
    if parent.kind == "data_source_id":
        workspace.rows.setdefault(parent.id, []).append(page.id)
    workspace.touch(page.trace, call.author)
    tell(workspace, page, "moved", by=call.author)
    tell_holder(workspace, page, by=call.author)


def _shown(call: Call, page: Page) -> JsonObject:
    columns = columns_of_parent(call.workspace, page.parent.id)
    return render_page(call.workspace, page, only=filtered_properties(call, columns))
