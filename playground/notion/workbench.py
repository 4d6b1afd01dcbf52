"""The hands of tests and the demo in a workspace: what its people would do in Notion itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playground.notion import databases, pages
from playground.notion.access import Connection, Connections
from playground.notion.calls import Call
from playground.notion.columns import known_column
from playground.notion.json_types import JsonObject
from playground.notion.plain import plain_row, written
from playground.notion.rich_text import literal
from playground.notion.schema import update_schema
from playground.notion.state import DataSource, Page, Parent, User
from playground.notion.trashing import set_in_trash
from playground.notion.workspace import Anything, Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row, simplified: option names, texts, ISO dates, names of people, ids of related rows."""

    id: str
    title: str
    properties: Mapping[str, Any]
    in_trash: bool
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDatabase:
    """The ids of a database and of its data source."""

    database_id: str
    data_source_id: str


class Workbench:
    """A workspace seen from inside; nothing here is limited, refused by capability or counted."""

    def __init__(self, workspace: Workspace, *, connections: Connections) -> None:
        self.workspace = workspace
        self._connections = connections
        self.owner = self.add_person("Owner", "owner@example.com")
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

    def add_person(self, name: str, email: str | None = None) -> User:
        """Add a member."""
        person = User(id=self.workspace.ids.uuid(), name=name, kind="person", email=email)
        self.workspace.users[person.id] = person
        return person

    def add_page(self, title: str, *, parent_id: str | None = None) -> str:
        """Create a page under another one, by default the root, and return its id."""
        parent = Parent(kind="page_id", id=parent_id or self.root_page_id)
        return self._create_page(parent, title).id

    def add_database(
        self, title: str, schema: JsonObject, *, parent_id: str | None = None
    ) -> NewDatabase:
        """Create a database; `schema` as the API takes it: `{"Name": {"title": {}}, …}`."""
        body = {
            "parent": {"type": "page_id", "page_id": parent_id or self.root_page_id},
            "title": [{"text": {"content": title}}],
            "initial_data_source": {"properties": schema},
        }
        answer = databases.create(self._call(body=body))
        return NewDatabase(database_id=answer["id"], data_source_id=answer["data_sources"][0]["id"])

    def add_row(
        self, data_source_id: str, properties: Mapping[str, Any], *, by: User | None = None
    ) -> str:
        """Create a row by hand, with plain values, and return its id."""
        table = self.workspace.data_sources[data_source_id]
        call = self._call(by=by)
        given = written(call.workspace, table.columns, properties)
        parent = Parent(kind="data_source_id", id=table.id)
        return pages.create_page(call, parent, properties=given).id

    def add_template(self, data_source_id: str, name: str, *, is_default: bool = False) -> str:
        """Add a template, by name only, and return its id."""
        template_id = self.workspace.ids.uuid()
        templates = self.workspace.data_sources[data_source_id].templates
        templates.append((template_id, name, is_default))
        return template_id

    def rows(self, data_source_id: str) -> list[Row]:
        """Return all rows, trashed ones too, the first created first."""
        table = self.workspace.data_sources[data_source_id]
        return [self._row(page, table) for page in self.workspace.rows_of(table.id)]

    def live_pages(self, data_source_id: str) -> list[Row]:
        """Return the rows outside of the trash, the first created first."""
        return [row for row in self.rows(data_source_id) if not row.in_trash]

    def edit(self, page_id: str, properties: Mapping[str, Any], *, by: User | None = None) -> None:
        """Edit a row as a person: plain values by column name (`{"Status": "Done"}`)."""
        page = self.workspace.pages[page_id]
        table = self.workspace.data_sources[page.parent.id]
        call = self._call(by=by)
        given = written(call.workspace, table.columns, properties)
        pages.update_page(call, page, {"properties": given})

    def trash(self, object_id: str, *, by: User | None = None) -> None:
        """Put a page, database or block into the trash."""
        self._set_trash(object_id, by, in_trash=True)

    def restore(self, object_id: str, *, by: User | None = None) -> None:
        """Take a page, database or block out of the trash."""
        self._set_trash(object_id, by, in_trash=False)

    def delete_for_good(self, page_id: str) -> None:
        """Delete a page as emptying the trash does: from now on 404."""
        self._set_trash(page_id, None, in_trash=True)
        page = self.workspace.pages.pop(page_id)
        self.workspace.drop_child(page.parent, page_id)
        rows = self.workspace.rows.get(page.parent.id, [])
        if page_id in rows:
            rows.remove(page_id)

    def move(self, page_id: str, parent_id: str, *, by: User | None = None) -> None:
        """Move a page under another page or into another data source."""
        is_table = parent_id in self.workspace.data_sources
        parent = Parent(kind="data_source_id" if is_table else "page_id", id=parent_id)
        pages.move_page(self._call(by=by), self.workspace.pages[page_id], parent)

    def unshare(self, object_id: str) -> None:
        """Take an object and all below it away from every connection: 404."""
        self.workspace.unshared.add(object_id)

    def share(self, object_id: str) -> None:
        """Give an unshared object back."""
        self.workspace.unshared.discard(object_id)

    def change_schema(
        self, data_source_id: str, changes: JsonObject, *, by: User | None = None
    ) -> None:
        """Change columns as the API would: null deletes, a configuration adds or retypes."""
        call = self._call(by=by)
        table = self.workspace.data_sources[data_source_id]
        update_schema(call, table, changes, "body.properties")
        self.workspace.touch(table.trace, call.author)

    def rename_column(self, data_source_id: str, old: str, new: str) -> None:
        """Rename a column; its id stays."""
        self.change_schema(data_source_id, {old: {"name": new}})

    def remove_column(self, data_source_id: str, name: str) -> None:
        """Delete a column and its values."""
        self.change_schema(data_source_id, {name: None})

    def column_id(self, data_source_id: str, name: str) -> str:
        """Return the id of a column, decoded."""
        return known_column(self.workspace.data_sources[data_source_id].columns, name).id

    def set_index_lag(self, *, seconds: float = 0, queries: int = 0) -> None:
        """Let pages created from now on stay out of queries for a while."""
        self.workspace.lag.seconds = seconds
        self.workspace.lag.queries = queries

    def _call(self, *, by: User | None = None, body: JsonObject | None = None) -> Call:
        author = self.owner if by is None else by
        return Call(workspace=self.workspace, author=author.id, body=body or {})

    def _create_page(self, parent: Parent, title: str) -> Page:
        properties = {"title": {"title": literal(title)}}
        return pages.create_page(self._call(), parent, properties=properties)

    def _found(self, object_id: str) -> Anything:
        found = self.workspace.find(object_id)
        if found is None:
            raise KeyError(object_id)
        return found

    def _set_trash(self, object_id: str, by: User | None, *, in_trash: bool) -> None:
        author = self._call(by=by).author
        set_in_trash(self.workspace, self._found(object_id), in_trash=in_trash, by=author)

    def _row(self, page: Page, table: DataSource) -> Row:
        title, properties, url = plain_row(self.workspace, page, table)
        return Row(id=page.id, title=title, properties=properties, in_trash=page.in_trash, url=url)
