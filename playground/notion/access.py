"""Connections: the token of a bot in a workspace, what it may do and whether it still lives."""

from dataclasses import dataclass, field
from enum import Enum, auto

from playground.notion.state import User
from playground.notion.workspace import Workspace


class Capability(Enum):
    """What a person grants a connection, one by one, in Notion's settings."""

    READ_CONTENT = auto()
    UPDATE_CONTENT = auto()
    INSERT_CONTENT = auto()
    READ_COMMENTS = auto()
    INSERT_COMMENTS = auto()
    READ_USERS = auto()
    READ_EMAILS = auto()


@dataclass(slots=True, kw_only=True)
class Connection:
    """A bot's access to a workspace by a token."""

    token: str
    bot_id: str
    name: str
    workspace: Workspace
    integration_id: str
    # Who granted it by OAuth; nobody in particular if it is internal.
    owner: User | None = None
    capabilities: set[Capability] = field(default_factory=lambda: set(Capability))
    revoked: bool = False

    def revoke(self) -> None:
        """Let every further call with the token be answered by 401."""
        self.revoked = True


class Connections:
    """All connections of an emulator by token."""

    def __init__(self) -> None:
        self._by_token: dict[str, Connection] = {}

    def add(self, connection: Connection) -> None:
        """Accept a token."""
        self._by_token[connection.token] = connection

    def drop(self, token: str) -> None:
        """Accept a token no longer."""
        self._by_token.pop(token, None)

    def living(self, workspace: Workspace) -> list[Connection]:
        """Return the connections that still have access to a workspace, each once."""
        found = {id(each): each for each in self._by_token.values() if not each.revoked}
        return [each for each in found.values() if each.workspace is workspace]

    def of_header(self, authorization: str | None) -> Connection | None:
        """Return the living connection of an `Authorization: Bearer …` header."""
        scheme, _, token = (authorization or "").partition(" ")
        connection = self._by_token.get(token.strip())
        if scheme.lower() != "bearer" or connection is None or connection.revoked:
            return None
        return connection

    def named(self, token: str) -> Connection | None:
        """Return the connection of a token, revoked or not."""
        return self._by_token.get(token)
