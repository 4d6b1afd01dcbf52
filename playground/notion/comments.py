"""Comments in discussions on pages and blocks."""

from playground.notion.calls import Call
from playground.notion.checks import an_id, an_object, mismatch, only_keys
from playground.notion.ids import path_id
from playground.notion.json_types import JsonObject
from playground.notion.paging import page_of
from playground.notion.rendering import render_comment
from playground.notion.rich_text import read_rich_text
from playground.notion.state import Comment, Parent

_KEYS = frozenset({"parent", "discussion_id", "rich_text"})


def create(call: Call) -> JsonObject:
    """Answer POST /comments: opens a discussion, or goes on with one."""
    only_keys(call.body, "body", _KEYS)
    if ("parent" in call.body) == ("discussion_id" in call.body):
        raise mismatch("body.parent", "present, or else body.discussion_id", None)
    parent, discussion_id = _place(call)
    comment = Comment(
        id=call.workspace.ids.uuid(),
        parent=parent,
        discussion_id=discussion_id,
        trace=call.workspace.new_trace(call.author),
        rich_text=read_rich_text(call, call.body.get("rich_text"), "body.rich_text"),
    )
    call.workspace.comments[comment.id] = comment
    return render_comment(call.workspace, comment)


def _place(call: Call) -> tuple[Parent, str]:
    if "discussion_id" in call.body:
        return _going_on(call, an_id(call.body["discussion_id"], "body.discussion_id"))
    given = an_object(call.body["parent"], "body.parent")
    kind = given.get("type") or next(iter(given), None)
    if kind == "page_id":
        page = call.page(an_id(given.get("page_id"), "body.parent.page_id"))
        return Parent(kind="page_id", id=page.id), _open_discussion(call, page.id)
    if kind == "block_id":
        block = call.block(an_id(given.get("block_id"), "body.parent.block_id"))
        return Parent(kind="block_id", id=block.id), call.workspace.ids.uuid()
    raise mismatch("body.parent.page_id", "defined", None)


def _open_discussion(call: Call, page_id: str) -> str:
    """Comments on a page share one discussion."""
    for comment in call.workspace.comments.values():
        if comment.parent.id == page_id:
            return comment.discussion_id
    return call.workspace.ids.uuid()


def _going_on(call: Call, discussion_id: str) -> tuple[Parent, str]:
    for comment in call.workspace.comments.values():
        if comment.discussion_id == discussion_id and call.sees(call.block(comment.parent.id)):
            return comment.parent, discussion_id
    raise call.missing("discussion", discussion_id)


def list_open(call: Call) -> JsonObject:
    """Answer GET /comments?block_id=: the open comments of a page or block, oldest first."""
    block = call.block(path_id(call.parameter("block_id") or "", "block_id"))
    shown = [
        (comment.id, render_comment(call.workspace, comment))
        for comment in call.workspace.comments.values()
        if comment.parent.id == block.id
    ]
    return page_of(call, shown, kind="comment")


def retrieve(call: Call) -> JsonObject:
    """Answer GET /comments/{comment_id}."""
    return render_comment(call.workspace, _named(call))


def update(call: Call) -> JsonObject:
    """Answer PATCH /comments/{comment_id}."""
    only_keys(call.body, "body", frozenset({"rich_text"}))
    comment = _named(call)
    comment.rich_text = read_rich_text(call, call.body.get("rich_text"), "body.rich_text")
    call.workspace.touch(comment.trace, call.author)
    return render_comment(call.workspace, comment)


def delete(call: Call) -> JsonObject:
    """Answer DELETE /comments/{comment_id}."""
    comment = _named(call)
    del call.workspace.comments[comment.id]
    return render_comment(call.workspace, comment)


def _named(call: Call) -> Comment:
    comment_id = path_id(call.path["comment_id"], "comment_id")
    comment = call.workspace.comments.get(comment_id)
    if comment is None:
        raise call.missing("comment", comment_id)
    return comment
