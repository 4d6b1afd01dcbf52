"""A request that was let in, carried out: version, route, capability, body, the call itself."""

from dataclasses import dataclass
from typing import Protocol

from aiohttp import web

from playground.notion.access import Connection
from playground.notion.calls import Call, Version
from playground.notion.checks import mismatch
from playground.notion.errors import missing_version, restricted_resource, validation_error
from playground.notion.json_types import JsonObject
from playground.notion.limits import read_body
from playground.notion.oauth import OAuth
from playground.notion.routes import find_route
from playground.notion.versions import as_of


class Arrival(Protocol):
    """A request that may go on."""

    @property
    def token(self) -> str:
        """What it was sent with."""

    @property
    def pause_keys(self) -> dict[str, str]:
        """Whom a 429 tells to wait, by its reason."""

    def carry_out(self) -> JsonObject:
        """Return the answer without its request id, or refuse; the effect happens here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiArrival:
    """A call with a connection's token."""

    request: web.Request
    raw: bytes
    connection: Connection
    token: str

    @property
    def pause_keys(self) -> dict[str, str]:
        """Whom a 429 tells to wait: the connection, or all of its workspace."""
        return {
            "connection": self.connection.bot_id,
            "workspace": self.connection.workspace.id,
        }

    def carry_out(self) -> JsonObject:
        """Return the answer without its request id, or refuse; the effect happens here."""
        self.connection.workspace.later.catch_up()
        version = _version(self.request)
        route, parameters = find_route(self.request.method, self.request.rel_url.raw_path)
        allowed = self.connection.capabilities
        if route.capability is not None and route.capability not in allowed:
            raise restricted_resource()
        query = self.request.rel_url.query
        body = read_body(self.raw) if self.request.method in ("POST", "PATCH") else {}
        if version is Version.V2026_03_11 and "archived" in body:
            raise mismatch("body.archived", "not present", body["archived"])
        answer = route.answer(
            Call(
                workspace=self.connection.workspace,
                author=self.connection.bot_id,
                connection=self.connection,
                version=version,
                path=parameters,
                query={name: query.getall(name) for name in query},
                body=body,
            )
        )
        return as_of(version, answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthArrival:
    """A call of an OAuth client, which no limit counts."""

    request: web.Request
    raw: bytes
    oauth: OAuth
    token: str

    @property
    def pause_keys(self) -> dict[str, str]:
        """Nobody: its 429s say nothing of other calls."""
        return {}

    def carry_out(self) -> JsonObject:
        """Return the answer without its request id, or refuse; the effect happens here."""
        authorization = self.request.headers.get("Authorization")
        return self.oauth.carry_out(self.request.method, self.request.path, authorization, self.raw)


def _version(request: web.Request) -> Version:
    given = request.headers.get("Notion-Version")
    if given is None:
        raise missing_version()
    try:
        return Version(given)
    except ValueError:
        raise validation_error(
            f"Notion-Version header failed validation: unknown version `{given}`."
        ) from None
