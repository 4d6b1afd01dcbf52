"""The calls there are: method, path, what the connection must be allowed, who answers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import unquote

from playground.notion import (
    blocks,
    comments,
    data_sources,
    databases,
    pages,
    property_items,
    query,
    search,
    users,
)
from playground.notion.access import Capability
from playground.notion.calls import Call
from playground.notion.errors import invalid_request_url
from playground.notion.json_types import JsonObject

Answer: TypeAlias = Callable[[Call], JsonObject]


@dataclass(frozen=True, slots=True)
class Route:
    """One call of the API; `{name}` in the template is a path parameter."""

    method: str
    template: str
    capability: Capability | None
    answer: Answer

    def parameters(self, segments: list[str]) -> dict[str, str] | None:
        """Return the path parameters if the path fits."""
        names = self.template.strip("/").split("/")
        if len(names) != len(segments):
            return None
        found: dict[str, str] = {}
        for name, segment in zip(names, segments, strict=True):
            if name.startswith("{"):
                found[name.strip("{}")] = unquote(segment)
            elif name != segment:
                return None
        return found


_READ = Capability.READ_CONTENT
_INSERT = Capability.INSERT_CONTENT
_UPDATE = Capability.UPDATE_CONTENT

ROUTES = (
    Route("GET", "/v1/users/me", None, users.me),
    Route("GET", "/v1/users/{user_id}", Capability.READ_USERS, users.retrieve),
    Route("GET", "/v1/users", Capability.READ_USERS, users.list_all),
    Route("POST", "/v1/pages", _INSERT, pages.create),
    Route("GET", "/v1/pages/{page_id}", _READ, pages.retrieve),
    Route("PATCH", "/v1/pages/{page_id}", _UPDATE, pages.update),
    Route("POST", "/v1/pages/{page_id}/move", _UPDATE, pages.move),
    Route("GET", "/v1/pages/{page_id}/properties/{property_id}", _READ, property_items.retrieve),
    Route("POST", "/v1/databases", _INSERT, databases.create),
    Route("GET", "/v1/databases/{database_id}", _READ, databases.retrieve),
    Route("PATCH", "/v1/databases/{database_id}", _UPDATE, databases.update),
    Route("POST", "/v1/data_sources", _INSERT, data_sources.create),
    Route("GET", "/v1/data_sources/{data_source_id}", _READ, data_sources.retrieve),
    Route("PATCH", "/v1/data_sources/{data_source_id}", _UPDATE, data_sources.update),
    Route("POST", "/v1/data_sources/{data_source_id}/query", _READ, query.query),
    Route("GET", "/v1/data_sources/{data_source_id}/templates", _READ, data_sources.templates),
    Route("GET", "/v1/blocks/{block_id}", _READ, blocks.retrieve),
    Route("PATCH", "/v1/blocks/{block_id}", _UPDATE, blocks.update),
    Route("DELETE", "/v1/blocks/{block_id}", _UPDATE, blocks.delete),
    Route("GET", "/v1/blocks/{block_id}/children", _READ, blocks.list_children),
    Route("PATCH", "/v1/blocks/{block_id}/children", _INSERT, blocks.append),
    Route("POST", "/v1/comments", Capability.INSERT_COMMENTS, comments.create),
    Route("GET", "/v1/comments", Capability.READ_COMMENTS, comments.list_open),
    Route("GET", "/v1/comments/{comment_id}", Capability.READ_COMMENTS, comments.retrieve),
    Route("PATCH", "/v1/comments/{comment_id}", Capability.INSERT_COMMENTS, comments.update),
    Route("DELETE", "/v1/comments/{comment_id}", Capability.INSERT_COMMENTS, comments.delete),
    Route("POST", "/v1/search", _READ, search.search),
)


def find_route(method: str, raw_path: str) -> tuple[Route, dict[str, str]]:
    """Return the route of a call and its path parameters, or refuse the address."""
    segments = raw_path.strip("/").split("/")
    for route in ROUTES:
        if route.method == method:
            parameters = route.parameters(segments)
            if parameters is not None:
                return route, parameters
    raise invalid_request_url()
