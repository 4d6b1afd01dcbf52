"""What a person granted an integration: a bot in the workspace, and the tokens minted for it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from playground.notion.access import Connection, Connections
from playground.notion.ids import Ids
from playground.notion.integrations import Integration
from playground.notion.state import User
from playground.notion.workspace import Workspace

_CODE_LIVES = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A code of an agreed authorization, good for one exchange."""

    integration: Integration
    workspace: Workspace
    person: User
    redirect_uri: str
    issued_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A pair of tokens of a connection."""

    integration: Integration
    connection: Connection
    access_token: str
    refresh_token: str
    issued_at: datetime


class Grants:
    """All codes and pairs of tokens; a refresh replaces both tokens of its pair."""

    def __init__(self, *, ids: Ids, connections: Connections, now: Callable[[], datetime]) -> None:
        self._ids = ids
        self._connections = connections
        self._now = now
        self._codes: dict[str, Code] = {}
        self._grants: list[Grant] = []

    def new_code(
        self, integration: Integration, workspace: Workspace, person: User, redirect_uri: str
    ) -> str:
        """Return the code of an authorization that was agreed to."""
        code = f"03{self._ids.token()}"
        self._codes[code] = Code(
            integration=integration,
            workspace=workspace,
            person=person,
            redirect_uri=redirect_uri,
            issued_at=self._now(),
        )
        return code

    def exchange(
        self, integration: Integration, code: str, redirect_uri: str | None
    ) -> Grant | None:
        """Return new tokens for a code, None if it is used, old, another's or for elsewhere."""
        known = self._codes.get(code)
        if known is None or known.integration is not integration:
            return None
        del self._codes[code]
        if self._now() - known.issued_at > _CODE_LIVES or known.redirect_uri != redirect_uri:
            return None
        return self._mint(integration, self._connection(known))

    def refresh(self, integration: Integration, refresh_token: str) -> Grant | None:
        """Return a new pair for a refresh token, which with its access token is spent."""
        known = self._named(refresh_token)
        if known is None or known.refresh_token != refresh_token:
            return None
        if known.integration is not integration or known.connection.revoked:
            return None
        self._end(known)
        return self._mint(integration, known.connection)

    def living(self, integration: Integration, token: str) -> Grant | None:
        """Return the pair a token of the integration belongs to, while it can be used."""
        known = self._named(token)
        if known is None or known.integration is not integration or known.connection.revoked:
            return None
        return known

    def revoke(self, integration: Integration, token: str) -> None:
        """End the pair of a token; an unknown one is no error."""
        known = self.living(integration, token)
        if known is not None:
            self._end(known)

    def _named(self, token: str) -> Grant | None:
        return next((g for g in self._grants if token in (g.access_token, g.refresh_token)), None)

    def _end(self, grant: Grant) -> None:
        self._grants.remove(grant)
        self._connections.drop(grant.access_token)

    def _mint(self, integration: Integration, connection: Connection) -> Grant:
        connection.token = f"ntn_{self._ids.token()}"
        self._connections.add(connection)
        grant = Grant(
            integration=integration,
            connection=connection,
            access_token=connection.token,
            refresh_token=f"nrt_{self._ids.token()}",
            issued_at=self._now(),
        )
        self._grants.append(grant)
        return grant

    def _connection(self, code: Code) -> Connection:
        """Return the person's connection; each new consent after a removal makes a new bot."""
        for grant in self._grants:
            known = grant.connection
            same = known.owner is code.person and known.workspace is code.workspace
            if same and grant.integration is code.integration and not known.revoked:
                return known
        bot = User(id=self._ids.uuid(), name=code.integration.name, kind="bot")
        code.workspace.users[bot.id] = bot
        return Connection(
            token="",
            bot_id=bot.id,
            name=code.integration.name,
            workspace=code.workspace,
            integration_id=code.integration.id,
            owner=code.person,
            capabilities=set(code.integration.capabilities),
        )
