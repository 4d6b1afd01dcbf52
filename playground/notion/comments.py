"""Comments in discussions on pages and blocks."""

from playground.notion.calls import Call
from playground.notion.changes import tell
from playground.notion.checks import a_string, an_id, an_object, mismatch, one_of, only_keys
from playground.notion.ids import path_id
from playground.notion.inline_markdown import rich_text_of
from playground.notion.json_types import JsonObject
from playground.notion.paging import page_of
from playground.notion.rendering import render_comment
from playground.notion.rich_text import read_rich_text
from playground.notion.state import Comment, Parent

_KEYS = frozenset(
    {"parent", "discussion_id", "rich_text", "markdown", "display_name", "attachments"}
)
_SPEAKERS = ("integration", "user", "custom")


def create(call: Call) -> JsonObject:
    """Answer POST /comments: opens a discussion, or goes on with one."""
    only_keys(call.body, "body", _KEYS)
    if ("parent" in call.body) == ("discussion_id" in call.body):
        raise mismatch("body.parent", "present, or else body.discussion_id", None)
    if call.body.get("attachments"):
        raise mismatch("body.attachments", "empty: no file was uploaded", call.body["attachments"])
    parent, discussion_id = _place(call)
    comment = Comment(
        id=call.workspace.ids.uuid(),
        parent=parent,
        discussion_id=discussion_id,
        trace=call.workspace.new_trace(call.author),
        rich_text=_text(call),
        speaker=_speaker(call),
    )
    call.workspace.comments[comment.id] = comment
    tell(call.workspace, comment, "created", by=call.author)
    return render_comment(call.workspace, comment)


def _text(call: Call) -> list[JsonObject]:
    """Read what a comment says: rich text, or Markdown in its place."""
    if ("rich_text" in call.body) == ("markdown" in call.body):
        raise mismatch("body.rich_text", "present, or else body.markdown", None)
    if "rich_text" in call.body:
        return read_rich_text(call, call.body["rich_text"], "body.rich_text")
    markdown = a_string(call.body["markdown"], "body.markdown")
    return read_rich_text(call, rich_text_of(markdown), "body.markdown")


def _speaker(call: Call) -> tuple[str, str] | None:
    """Read under which name a bot speaks, None for its own."""
    if call.body.get("display_name") is None:
        return None
    given = an_object(call.body["display_name"], "body.display_name")
    kind = one_of(given.get("type"), "body.display_name.type", _SPEAKERS)
    if kind == "custom":
        custom = an_object(given.get("custom"), "body.display_name.custom")
        return kind, a_string(custom.get("name"), "body.display_name.custom.name")
    owner = None if call.connection is None else call.connection.owner
    if kind == "user" and owner is not None:
        return kind, owner.name or owner.id
    return None


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
    """Comments on a page share one discussion, until that is resolved."""
    for comment in call.workspace.comments.values():
        if comment.parent.id == page_id and _is_open(call, comment):
            return comment.discussion_id
    return call.workspace.ids.uuid()


def _is_open(call: Call, comment: Comment) -> bool:
    return comment.discussion_id not in call.workspace.resolved


def _going_on(call: Call, discussion_id: str) -> tuple[Parent, str]:
    for comment in call.workspace.comments.values():
        if comment.discussion_id == discussion_id and call.sees(call.block(comment.parent.id)):
            return comment.parent, discussion_id
    raise call.missing("discussion", discussion_id)


def list_open(call: Call) -> JsonObject:
    """Answer GET /comments?block_id=…: the open comments of a page or block, oldest first."""
    block = call.block(path_id(call.parameter("block_id") or "", "block_id"))
    shown = [
        (comment.id, render_comment(call.workspace, comment))
        for comment in call.workspace.comments.values()
        if comment.parent.id == block.id and _is_open(call, comment)
    ]
    return page_of(call, shown, kind="comment")


def retrieve(call: Call) -> JsonObject:
    """Answer GET /comments/{comment_id}."""
    return render_comment(call.workspace, _named(call))


def update(call: Call) -> JsonObject:
    """Answer PATCH /comments/{comment_id}; a connection can change its own ones only."""
    only_keys(call.body, "body", frozenset({"rich_text", "markdown"}))
    comment = _own(call)
    change_text(call, comment, _text(call))
    return render_comment(call.workspace, comment)


def change_text(call: Call, comment: Comment, rich_text: list[JsonObject]) -> None:
    """Let a comment say something else."""
    comment.rich_text = rich_text
    call.workspace.touch(comment.trace, call.author)
    tell(call.workspace, comment, "updated", by=call.author)


def delete(call: Call) -> JsonObject:
    """Answer DELETE /comments/{comment_id}; a connection can delete its own ones only."""
    comment = _own(call)
    remove(call, comment)
    return render_comment(call.workspace, comment)


def remove(call: Call, comment: Comment) -> None:
    """Delete a comment; with the one that began a discussion the whole discussion goes."""
    comments = call.workspace.comments
    thread = [each for each in comments.values() if each.discussion_id == comment.discussion_id]
    gone = thread if thread[0] is comment else [comment]
    for each in gone:
        tell(call.workspace, each, "deleted", by=call.author)
        del comments[each.id]


def _named(call: Call) -> Comment:
    comment_id = path_id(call.path["comment_id"], "comment_id")
    comment = call.workspace.comments.get(comment_id)
    anchor = None if comment is None else call.workspace.find(comment.parent.id)
    if comment is None or anchor is None or not call.sees(anchor):
        raise call.missing("comment", comment_id)
    return comment


def _own(call: Call) -> Comment:
    comment = _named(call)
    if comment.trace.created_by != call.author:
        raise call.missing("comment", comment.id)
    return comment
