"""What people say on pages."""

from collections.abc import Mapping
from dataclasses import dataclass

from playground.notion import comments
from playground.notion.hands import Hands
from playground.notion.rich_text import literal, plain_text
from playground.notion.state import Comment, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A comment, simplified; `author` is a user's name, or id where the user is gone."""

    id: str
    discussion_id: str
    text: str
    author: str


class CommentHands(Hands):
    """Comments by hand."""

    def comment(
        self,
        object_id: str,
        text: str,
        *,
        by: User | None = None,
        discussion_id: str | None = None,
    ) -> str:
        """Comment on a page or block, in a discussion if one is named, and return the id."""
        given: Mapping[str, object] = (
            {"parent": {self._kind(object_id): object_id}}
            if discussion_id is None
            else {"discussion_id": discussion_id}
        )
        body = {**given, "rich_text": literal(text)}
        return str(comments.create(self._call(by=by, body=body))["id"])

    def edit_comment(self, comment_id: str, text: str) -> None:
        """Change what a comment says, as its author."""
        comment = self.workspace.comments[comment_id]
        call = self._call(by=self.workspace.users[comment.trace.created_by])
        comments.change_text(call, comment, literal(text))

    def delete_comment(self, comment_id: str) -> None:
        """Delete a comment, with its whole discussion if it began it."""
        comments.remove(self._call(), self.workspace.comments[comment_id])

    def resolve(self, discussion_id: str) -> None:
        """Close a discussion: its comments are in no list any more."""
        self.workspace.resolved.add(discussion_id)

    def remarks(self, object_id: str) -> list[Remark]:
        """Return all comments on a page or block, resolved ones too, the oldest first."""
        found = self.workspace.comments.values()
        return [self._remark(each) for each in found if each.parent.id == object_id]

    def _remark(self, comment: Comment) -> Remark:
        author = self.workspace.users.get(comment.trace.created_by)
        name = None if author is None else author.name
        return Remark(
            id=comment.id,
            discussion_id=comment.discussion_id,
            text=plain_text(comment.rich_text),
            author=name or comment.trace.created_by,
        )

    def _kind(self, object_id: str) -> str:
        return "page_id" if object_id in self.workspace.pages else "block_id"
