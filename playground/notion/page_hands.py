"""What people do with pages and rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playground.notion import blocks, databases, pages
from playground.notion.hands import Hands
from playground.notion.plain import plain_row, written
from playground.notion.rich_text import literal
from playground.notion.state import Database, DataSource, Page, Parent, User
from playground.notion.trashing import set_in_trash


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row, simplified: option names, texts, ISO dates, names of people, ids of related rows."""

    id: str
    title: str
    properties: Mapping[str, Any]
    in_trash: bool
    url: str
    is_archived: bool = False


class PageHands(Hands):
    """The pages of Notion, as people see and use them."""

    root_page_id: str

    def add_page(self, title: str, *, parent_id: str | None = None) -> str:
        """Create a page under another one, by default the root, and return its id."""
        parent = Parent(kind="page_id", id=parent_id or self.root_page_id)
        return self._create_page(parent, title).id

    def add_row(
        self, data_source_id: str, properties: Mapping[str, Any], *, by: User | None = None
    ) -> str:
        """Create a row by hand, with plain values, and return its id."""
        table = self.workspace.data_sources[data_source_id]
        call = self._call(by=by)
        given = written(call.workspace, table.columns, properties)
        parent = Parent(kind="data_source_id", id=table.id)
        return pages.create_page(call, parent, properties=given).id

    def rows(self, data_source_id: str) -> list[Row]:
        """Return all rows, trashed and archived ones too, the first created first."""
        self.workspace.later.catch_up()
        table = self.workspace.data_sources[data_source_id]
        return [self._row(page, table) for page in self.workspace.rows_of(table.id)]

    def live_pages(self, data_source_id: str) -> list[Row]:
        """Return the rows outside of the trash, the first created first."""
        return [row for row in self.rows(data_source_id) if not row.in_trash]

    def text_of(self, page_id: str) -> list[str]:
        """Return the texts of a page's blocks, in their order."""
        self.workspace.later.catch_up()
        return blocks.plain_texts(self.workspace, page_id)

    def edit(self, page_id: str, properties: Mapping[str, Any], *, by: User | None = None) -> None:
        """Edit a row as a person: plain values by column name (`{"Status": "Done"}`)."""
        page = self.workspace.pages[page_id]
        table = self.workspace.data_sources[page.parent.id]
        call = self._call(by=by)
        given = written(call.workspace, table.columns, properties)
        pages.update_page(call, page, {"properties": given})

    def write_text(self, page_id: str, text: str, *, by: User | None = None) -> str:
        """Add a paragraph at the end of a page and return its id."""
        return blocks.add_paragraph(self._call(by=by), self.workspace.pages[page_id], text).id

    def trash(self, object_id: str, *, by: User | None = None) -> None:
        """Put a page, database, data source or block into the trash."""
        self._set_trash(object_id, by, in_trash=True)

    def restore(self, object_id: str, *, by: User | None = None) -> None:
        """Take a page, database, data source or block out of the trash."""
        self._set_trash(object_id, by, in_trash=False)

    def delete_for_good(self, page_id: str) -> None:
        """Delete a page as emptying the trash does: from now on 404."""
        self._set_trash(page_id, None, in_trash=True)
        page = self.workspace.pages.pop(page_id)
        self.workspace.drop_child(page.parent, page_id)
        rows = self.workspace.rows.get(page.parent.id, [])
        if page_id in rows:
            rows.remove(page_id)
        self.workspace.revision += 1

    def archive(self, page_id: str, *, by: User | None = None) -> None:
        """Archive a page: away from views and queries, but not in the trash."""
        self._set(page_id, by, is_archived=True)

    def unarchive(self, page_id: str, *, by: User | None = None) -> None:
        """Bring an archived page back."""
        self._set(page_id, by, is_archived=False)

    def lock(self, page_id: str, *, by: User | None = None) -> None:
        """Lock a page against edits in Notion itself; the API does not mind."""
        self._set(page_id, by, is_locked=True)

    def unlock(self, page_id: str, *, by: User | None = None) -> None:
        """Let a locked page be edited again."""
        self._set(page_id, by, is_locked=False)

    def move(self, object_id: str, parent_id: str, *, by: User | None = None) -> None:
        """Move a page under a page or into a data source, or a database onto a page."""
        is_table = parent_id in self.workspace.data_sources
        parent = Parent(kind="data_source_id" if is_table else "page_id", id=parent_id)
        thing = self._found(object_id)
        if isinstance(thing, Database):
            databases.move_database(self._call(by=by), thing, parent)
        else:
            pages.move_page(self._call(by=by), self.workspace.pages[object_id], parent)

    def unshare(self, object_id: str) -> None:
        """Take an object and all below it away from every connection: 404."""
        self.workspace.unshared.add(object_id)

    def share(self, object_id: str) -> None:
        """Give an unshared object back."""
        self.workspace.unshared.discard(object_id)

    def _create_page(self, parent: Parent, title: str) -> Page:
        properties = {"title": {"title": literal(title)}}
        return pages.create_page(self._call(), parent, properties=properties)

    def _set(self, page_id: str, by: User | None, **flags: bool) -> None:
        pages.update_page(self._call(by=by), self.workspace.pages[page_id], flags)

    def _set_trash(self, object_id: str, by: User | None, *, in_trash: bool) -> None:
        author = self._call(by=by).author
        set_in_trash(self.workspace, self._found(object_id), in_trash=in_trash, by=author)

    def _row(self, page: Page, table: DataSource) -> Row:
        title, properties, url = plain_row(self.workspace, page, table)
        return Row(
            id=page.id,
            title=title,
            properties=properties,
            in_trash=page.in_trash,
            url=url,
            is_archived=page.is_archived,
        )
