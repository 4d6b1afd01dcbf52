"""What all hands in a workspace share: whose they are, and acting as one of its people."""

from playground.notion.calls import Call
from playground.notion.json_types import JsonObject
from playground.notion.state import User
from playground.notion.workspace import Anything, Workspace


class Hands:
    """Acts in a workspace as its owner, or as whom `by` names; nothing is limited or refused."""

    def __init__(self, workspace: Workspace, *, owner: User) -> None:
        self.workspace = workspace
        self.owner = owner

    def _call(self, *, by: User | None = None, body: JsonObject | None = None) -> Call:
        author = self.owner if by is None else by
        return Call(workspace=self.workspace, author=author.id, body=body or {})

    def _found(self, object_id: str) -> Anything:
        found = self.workspace.find(object_id)
        if found is None:
            raise KeyError(object_id)
        return found
