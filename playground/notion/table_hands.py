"""What people do with databases, data sources, columns and templates."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playground.notion import data_sources, databases
from playground.notion.columns import known_column
from playground.notion.json_types import JsonObject
from playground.notion.page_hands import PageHands
from playground.notion.schema import update_schema
from playground.notion.state import User
from playground.notion.templates import create_template


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDatabase:
    """The ids of a database and of its data source."""

    database_id: str
    data_source_id: str


class TableHands(PageHands):
    """Schemas by hand; configurations as the API takes them: `{"date": {}}`."""

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

    def add_data_source(self, database_id: str, title: str, schema: JsonObject) -> str:
        """Add another table to a database and return its id."""
        body = {
            "parent": {"type": "database_id", "database_id": database_id},
            "title": [{"text": {"content": title}}],
            "properties": schema,
        }
        return str(data_sources.create(self._call(body=body))["id"])

    def move_data_source(
        self, data_source_id: str, database_id: str, *, by: User | None = None
    ) -> None:
        """Give a table to another database."""
        table = self.workspace.data_sources[data_source_id]
        database = self.workspace.databases[database_id]
        data_sources.move_data_source(self._call(by=by), table, database)

    def change_schema(
        self, data_source_id: str, changes: JsonObject, *, by: User | None = None
    ) -> None:
        """Change columns as the API would: null deletes, a configuration adds or retypes."""
        call = self._call(by=by)
        table = self.workspace.data_sources[data_source_id]
        update_schema(call, table, changes, "body.properties")
        self.workspace.touch(table.trace, call.author)

    def add_column(self, data_source_id: str, name: str, configuration: JsonObject) -> str:
        """Add a column and return its id, decoded."""
        self.change_schema(data_source_id, {name: configuration})
        return self.column_id(data_source_id, name)

    def retype_column(self, data_source_id: str, name: str, configuration: JsonObject) -> None:
        """Give a column another type; its id stays, its values go."""
        self.change_schema(data_source_id, {name: configuration})

    def rename_column(self, data_source_id: str, old: str, new: str) -> None:
        """Rename a column; its id stays."""
        self.change_schema(data_source_id, {old: {"name": new}})

    def remove_column(self, data_source_id: str, name: str) -> None:
        """Delete a column and its values."""
        self.change_schema(data_source_id, {name: None})

    def rename_option(self, data_source_id: str, column: str, old: str, new: str) -> None:
        """Rename an option of a select, multi-select or status; its id stays."""
        known = known_column(self.workspace.data_sources[data_source_id].columns, column)
        options = [
            {"id": option["id"], "name": new if option["name"] == old else option["name"]}
            for option in known.config["options"]
        ]
        self.change_schema(data_source_id, {column: {known.type: {"options": options}}})

    def column_id(self, data_source_id: str, name: str) -> str:
        """Return the id of a column, decoded."""
        return known_column(self.workspace.data_sources[data_source_id].columns, name).id

    def add_template(
        self,
        data_source_id: str,
        name: str,
        *,
        is_default: bool = False,
        properties: Mapping[str, Any] | None = None,
        texts: tuple[str, ...] = (),
    ) -> str:
        """Add a template with plain values and paragraphs, and return its id."""
        table = self.workspace.data_sources[data_source_id]
        return create_template(
            self._call(), table, name, is_default=is_default, values=properties or {}, texts=texts
        ).id

    def set_template_delay(self, seconds: float, *, fails: bool = False) -> None:
        """Say when the content of a template arrives on a new page, or that it never does."""
        self.workspace.template_seconds = seconds
        self.workspace.templates_fail = fails
