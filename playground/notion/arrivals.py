"""A request that was let in, carried out: version, route, capability, body, the call itself."""

from dataclasses import dataclass

from aiohttp import web

from playground.notion.access import Connection
from playground.notion.calls import Call, Version
from playground.notion.errors import missing_version, restricted_resource, validation_error
from playground.notion.json_types import JsonObject
from playground.notion.limits import read_body
from playground.notion.routes import find_route
from playground.notion.versions import as_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A request with its body read and its sender known."""

    request: web.Request
    raw: bytes
    connection: Connection

    def carry_out(self) -> JsonObject:
        """Return the answer without its request id, or refuse; the effect happens here."""
        self.connection.workspace.later.catch_up()
        version = _version(self.request)
        route, parameters = find_route(self.request.method, self.request.rel_url.raw_path)
        allowed = self.connection.capabilities
        if route.capability is not None and route.capability not in allowed:
            raise restricted_resource()
        query = self.request.rel_url.query
        answer = route.answer(
            Call(
                workspace=self.connection.workspace,
                author=self.connection.bot_id,
                connection=self.connection,
                version=version,
                path=parameters,
                query={name: query.getall(name) for name in query},
                body=read_body(self.raw) if self.request.method in ("POST", "PATCH") else {},
            )
        )
        return as_of(version, answer)


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
