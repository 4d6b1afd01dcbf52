"""The hands of tests and the demo in a workspace: what its people would do in Notion itself."""

from playground.notion.access import Connection, Connections
from playground.notion.comment_hands import CommentHands, Remark
from playground.notion.page_hands import Row
from playground.notion.people_hands import PeopleHands
from playground.notion.state import Parent, User
from playground.notion.table_hands import NewDatabase, TableHands
from playground.notion.workspace import Workspace

__all__ = ["NewDatabase", "Remark", "Row", "Workbench"]


class Workbench(PeopleHands, TableHands, CommentHands):
    """A workspace seen from inside; nothing here is limited, refused by capability or counted."""

    def __init__(self, workspace: Workspace, *, connections: Connections) -> None:
        owner = User(
            id=workspace.ids.uuid(), name="Owner", kind="person", email="owner@example.com"
        )
        super().__init__(workspace, owner=owner)
        self._connections = connections
        self._add(owner)
        self.root_page_id = self._create_page(Parent(kind="workspace"), "Home").id

    def connect(self, name: str = "Taskbridge", *, token: str | None = None) -> Connection:
        """Add an internal connection that sees the whole workspace."""
        ids = self.workspace.ids
        bot = User(id=ids.uuid(), name=name, kind="bot")
        self.workspace.users[bot.id] = bot
        connection = Connection(
            token=token or f"ntn_{ids.uuid().replace('-', '')}",
            bot_id=bot.id,
            name=name,
            workspace=self.workspace,
            integration_id=ids.uuid(),
        )
        self._connections.add(connection)
        return connection

    def set_index_lag(self, *, seconds: float = 0, queries: int = 0) -> None:
        """Let pages created from now on stay out of queries for a while."""
        self.workspace.lag.seconds = seconds
        self.workspace.lag.queries = queries

    def hide_from_search(self, object_id: str, *, hidden: bool = True) -> None:
        """Make a gap in search, which is not complete: the object is there but not found."""
        if hidden:
            self.workspace.not_found_by_search.add(object_id)
        else:
            self.workspace.not_found_by_search.discard(object_id)
