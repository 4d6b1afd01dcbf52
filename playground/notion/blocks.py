"""Bodies of pages: blocks read, appended, changed, trashed."""

from dataclasses import dataclass

from playground.notion.block_types import TYPES, read_content
from playground.notion.calls import Call, Version
from playground.notion.changes import tell_holder
from playground.notion.checks import (
    a_boolean,
    a_list,
    an_id,
    an_object,
    mismatch,
    one_of,
    only_keys,
)
from playground.notion.errors import archived_block, validation_error
from playground.notion.ids import path_id
from playground.notion.json_types import JsonObject
from playground.notion.paging import envelope, page_of
from playground.notion.rendering import origin, render_block
from playground.notion.rich_text import literal, plain_text
from playground.notion.state import Block, Database, Page, Parent
from playground.notion.trashing import set_in_trash
from playground.notion.workspace import Workspace

_MOST_CHILDREN = 100
_CONTAINER_DEPTH = 4  # columns and tables hold their parts, which hold text


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBlock:
    """A block read from a request, with those inside it."""

    type: str
    content: JsonObject
    children: tuple["NewBlock", ...]


def read_children(call: Call, value: object, path: str, depth: int = 1) -> tuple[NewBlock, ...]:
    """Read `children`: at most a hundred on each level."""
    items = a_list(value, path, most=_MOST_CHILDREN)
    return tuple(_read(call, item, f"{path}[{n}]", depth) for n, item in enumerate(items))


def _read(call: Call, value: object, path: str, depth: int) -> NewBlock:
    given = an_object(value, path)
    kind = given.get("type") or next((key for key in given if key in TYPES), None)
    if not isinstance(kind, str) or kind not in TYPES:
        raise mismatch(f"{path}.type", "a type of block", kind)
    inner = an_object(given.get(kind), f"{path}.{kind}")
    nested = inner.get("children") or given.get("children") or []
    if nested and depth > _CONTAINER_DEPTH:
        raise validation_error(f"{path}.{kind}.children should be not present: nested too deeply.")
    return NewBlock(
        type=kind,
        content=read_content(call, kind, inner, f"{path}.{kind}"),
        children=read_children(call, nested, f"{path}.{kind}.children", depth + 1),
    )


def append_blocks(call: Call, parent: Parent, blocks: tuple[NewBlock, ...]) -> list[Block]:
    """Create blocks at the end of a parent's children."""
    return [_create(call, parent, block) for block in blocks]


def _create(call: Call, parent: Parent, new: NewBlock) -> Block:
    workspace = call.workspace
    block = Block(
        id=workspace.ids.uuid(),
        parent=parent,
        trace=workspace.new_trace(call.author),
        type=new.type,
        content=new.content,
    )
    workspace.blocks[block.id] = block
    workspace.add_child(parent, block.id)
    append_blocks(call, Parent(kind="block_id", id=block.id), new.children)
    return block


def add_paragraph(call: Call, page: Page, text: str) -> Block:
    """Add a paragraph at the end of a page, as a person who types it."""
    content: JsonObject = {"rich_text": literal(text), "icon": None, "color": "default"}
    new = NewBlock(type="paragraph", content=content, children=())
    (block,) = append_blocks(call, Parent(kind="page_id", id=page.id), (new,))
    call.workspace.touch(page.trace, call.author)
    tell_holder(call.workspace, block, by=call.author)
    return block


def plain_texts(workspace: Workspace, page_id: str) -> list[str]:
    """Return what the living blocks of a page say, those without text left out."""
    found = (workspace.blocks.get(each) for each in workspace.children.get(page_id, []))
    living = (block for block in found if block is not None and not block.in_trash)
    return [
        plain_text(block.content["rich_text"]) for block in living if "rich_text" in block.content
    ]


def _named(call: Call) -> Block | Page | Database:
    return call.block(path_id(call.path["block_id"], "block_id"))


def retrieve(call: Call) -> JsonObject:
    """Answer GET /blocks/{block_id}; ids of pages and databases are block ids too."""
    return render_block(call.workspace, _named(call))


def list_children(call: Call) -> JsonObject:
    """Answer GET /blocks/{block_id}/children."""
    block = _named(call)
    shown = [
        (child.id, render_block(call.workspace, child)) for child in _living(call, origin(block))
    ]
    return page_of(call, shown, kind="block")


def _living(call: Call, parent_id: str) -> list[Block | Page | Database]:
    found = [call.workspace.find(each) for each in call.workspace.children.get(parent_id, [])]
    return [
        child
        for child in found
        if isinstance(child, Block | Page | Database) and not child.in_trash and call.sees(child)
    ]


def append(call: Call) -> JsonObject:
    """Answer PATCH /blocks/{block_id}/children: the new blocks and, recorded, all behind them."""
    position_key = "position" if call.version is Version.V2026_03_11 else "after"
    only_keys(call.body, "body", frozenset({"children", "position", "after"}))
    if position_key == "position" and "after" in call.body:
        raise mismatch("body.after", "not present", call.body["after"])
    target = _named(call)
    if call.workspace.is_trashed(target):
        raise archived_block()
    new = read_children(call, call.body.get("children"), "body.children")
    place = _place(call, target.id)
    parent = Parent(kind="page_id" if isinstance(target, Page) else "block_id", id=target.id)
    created = append_blocks(call, parent, new)
    if created:
        _bring(call, target.id, [block.id for block in created], place)
    for block in created:
        tell_holder(call.workspace, block, by=call.author)
    first = created[0].id if created else None
    living = _living(call, target.id)
    start = next((n for n, block in enumerate(living) if block.id == first), len(living))
    results = [render_block(call.workspace, block) for block in living[start:]]
    return envelope(results, kind="block", next_cursor=None, detail={})


def _place(call: Call, target_id: str) -> int:
    """Return the index where new children go."""
    siblings = call.workspace.children.get(target_id, [])
    after = call.body.get("after")
    position = call.body.get("position")
    if position is not None:
        given = an_object(position, "body.position")
        kind = one_of(given.get("type"), "body.position.type", ("after_block", "start", "end"))
        if kind == "start":
            return 0
        if kind == "after_block":
            block = an_object(given.get("after_block"), "body.position.after_block")
            after = block.get("id")
    if after is None:
        return len(siblings)
    wanted = an_id(after, "body.position.after_block.id")
    if wanted not in siblings:
        raise validation_error(f"Block with ID {wanted} is not a child of the parent.")
    return siblings.index(wanted) + 1


def _bring(call: Call, target_id: str, created: list[str], place: int) -> None:
    siblings = call.workspace.children[target_id]
    kept = siblings[: -len(created)]
    call.workspace.children[target_id] = kept[:place] + created + kept[place:]


def update(call: Call) -> JsonObject:
    """Answer PATCH /blocks/{block_id}."""
    block = _named(call)
    flag = call.body.get("in_trash", call.body.get("archived"))
    if flag is not None:
        in_trash = a_boolean(flag, "body.in_trash")
        set_in_trash(call.workspace, block, in_trash=in_trash, by=call.author)
    elif call.workspace.is_trashed(block):
        raise archived_block()
    if isinstance(block, Block):
        for key in call.body:
            if key in TYPES and key != block.type:
                raise mismatch(f"body.{key}", "not present", call.body[key])
        if block.type in call.body:
            block.content = read_content(
                call,
                block.type,
                call.body[block.type],
                f"body.{block.type}",
                before=block.content,
            )
            tell_holder(call.workspace, block, by=call.author)
    call.workspace.touch(block.trace, call.author)
    return render_block(call.workspace, block)


def delete(call: Call) -> JsonObject:
    """Answer DELETE /blocks/{block_id}: to the trash, pages and databases too."""
    block = _named(call)
    if block.in_trash:
        raise archived_block()
    set_in_trash(call.workspace, block, in_trash=True, by=call.author)
    return render_block(call.workspace, block)
