"""The state of one workspace, its counters and the way from an object up to the root."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from playground.notion.found import Found
from playground.notion.ids import Ids
from playground.notion.lag import IndexLag
from playground.notion.later import Later
from playground.notion.state import (
    Block,
    Comment,
    Database,
    DataSource,
    Page,
    Parent,
    Trace,
    User,
)

if TYPE_CHECKING:  # changes are told of this very state
    from playground.notion.changes import Change

Anything: TypeAlias = Page | Database | DataSource | Block


class Workspace:
    """Everything a workspace holds; children of pages, blocks and lists keep their order."""

    def __init__(self, *, name: str, ids: Ids, now: Callable[[], datetime]) -> None:
        self.ids = ids
        self.now = now
        self.name = name
        self.id = ids.uuid()
        self.users: dict[str, User] = {}
        self.pages: dict[str, Page] = {}
        self.databases: dict[str, Database] = {}
        self.data_sources: dict[str, DataSource] = {}
        self.blocks: dict[str, Block] = {}
        self.comments: dict[str, Comment] = {}
        self.children: dict[str, list[str]] = {}
        self.rows: dict[str, list[str]] = {}
        self.unshared: set[str] = set()
        self.cursors: dict[str, tuple[str, str, int]] = {}
        self.resolved: set[str] = set()
        self.not_found_by_search: set[str] = set()
        self.template_seconds: float = 2.0
        self.templates_fail = False
        self.lag = IndexLag()
        self.found = Found()
        self.later = Later(now=now)
        self.listeners: list[Callable[[Workspace, Change], None]] = []
        # Raised by whoever changes anything: what was worked out before may be out of date.
        self.revision = 0
        self._order = 0

    def next_order(self) -> int:
        """Return a number that only grows: the order of creation within a minute."""
        self._order += 1
        return self._order

    def new_trace(self, author: str) -> Trace:
        """Return the trace of an object made now."""
        moment = self.now()
        self.revision += 1
        return Trace(created_at=moment, created_by=author, edited_at=moment, edited_by=author)

    def touch(self, trace: Trace, author: str) -> None:
        """Note an edit made now."""
        trace.edited_at = self.now()
        trace.edited_by = author
        self.revision += 1

    def find(self, object_id: str) -> Anything | None:
        """Return the page, database, data source or block of that id."""
        for kind in (self.pages, self.databases, self.data_sources, self.blocks):
            found = kind.get(object_id)
            if found is not None:
                return found
        return None

    def add_child(self, parent: Parent, object_id: str) -> None:
        """Hang an object at the end of its parent's children; rows of a data source are no list."""
        if parent.kind in ("page_id", "block_id"):
            self.children.setdefault(parent.id, []).append(object_id)

    def drop_child(self, parent: Parent, object_id: str) -> None:
        """Take an object out of its parent's children."""
        siblings = self.children.get(parent.id, [])
        if object_id in siblings:
            siblings.remove(object_id)

    def data_sources_of(self, database_id: str) -> list[DataSource]:
        """Return a database's live tables in the order in which they came to it."""
        tables = sorted(self.data_sources.values(), key=lambda table: table.order)
        return [t for t in tables if t.database_id == database_id and not t.in_trash]

    def rows_of(self, data_source_id: str) -> list[Page]:
        """Return all rows, trashed ones too, in order of creation."""
        return [self.pages[page_id] for page_id in self.rows.get(data_source_id, [])]

    def lineage(self, thing: Anything) -> Iterator[Anything]:
        """Yield an object and all above it."""
        current: Anything | None = thing
        while current is not None:
            yield current
            current = self._above(current)

    def _above(self, thing: Anything) -> Anything | None:
        if isinstance(thing, DataSource):
            return self.databases.get(thing.database_id)
        return self.find(thing.parent.id) if thing.parent.id else None

    def is_shared(self, thing: Anything) -> bool:
        """Tell whether connections see it."""
        return not any(each.id in self.unshared for each in self.lineage(thing))

    def is_trashed(self, thing: Anything) -> bool:
        """Tell whether it or anything above it lies in the trash."""
        return any(each.in_trash for each in self.lineage(thing))
