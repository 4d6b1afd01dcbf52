"""One authorised call: who asks, of which workspace, with what; and what it may see."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from playground.notion.access import Connection
from playground.notion.errors import Refusal, object_not_found
from playground.notion.json_types import JsonObject
from playground.notion.state import Block, Database, DataSource, Page
from playground.notion.workspace import Anything, Workspace


class Version(StrEnum):
    """The values of `Notion-Version` that are understood."""

    V2025_09_03 = "2025-09-03"
    V2026_03_11 = "2026-03-11"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request after authorisation; without `connection` a person acts, who sees everything."""

    workspace: Workspace
    author: str
    connection: Connection | None = None
    version: Version = Version.V2026_03_11
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, list[str]] = field(default_factory=dict)
    body: JsonObject = field(default_factory=dict)

    def parameter(self, name: str) -> str | None:
        """Return the last value of a query parameter."""
        values = self.query.get(name)
        return values[-1] if values else None

    def page(self, page_id: str) -> Page:
        """Return a page it may see, or refuse with 404."""
        found = self.workspace.pages.get(page_id)
        if found is None or self._hidden(found):
            raise self.missing("page", page_id)
        return found

    def database(self, database_id: str) -> Database:
        """Return a database it may see, or refuse with 404."""
        found = self.workspace.databases.get(database_id)
        if found is None or self._hidden(found):
            raise self.missing("database", database_id)
        return found

    def data_source(self, data_source_id: str) -> DataSource:
        """Return a data source it may see, or refuse with 404 (Notion then says "database")."""
        found = self.workspace.data_sources.get(data_source_id)
        if found is None or self._hidden(found):
            raise self.missing("database", data_source_id)
        return found

    def block(self, block_id: str) -> Block | Page | Database:
        """Return a block, or the page or database that stands as one, or refuse with 404."""
        found = self.workspace.find(block_id)
        if found is None or isinstance(found, DataSource) or self._hidden(found):
            raise self.missing("block", block_id)
        return found

    def sees(self, thing: Anything) -> bool:
        """Tell whether the caller may see the object."""
        return not self._hidden(thing)

    def _hidden(self, thing: Anything) -> bool:
        return self.connection is not None and not self.workspace.is_shared(thing)

    def missing(self, kind: str, object_id: str) -> Refusal:
        """Return the 404 for an object of that kind."""
        connection = self.connection
        return object_not_found(
            kind,
            object_id,
            connection="" if connection is None else connection.name,
            bot_id="" if connection is None else connection.bot_id,
        )
