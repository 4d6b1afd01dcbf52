"""Two-way relations: what one side is told, the other side shows."""

from playground.notion.state import Column, Page
from playground.notion.workspace import Workspace


def follow(workspace: Workspace, page: Page, column: Column, before: list[str]) -> None:
    """Mirror a changed relation of `page` onto the rows that left or joined it."""
    synced_id = column.config.get("synced_property_id")
    if synced_id is None:
        return
    after: list[str] = page.values.get(column.id, [])
    for other_id in before:
        if other_id not in after and other_id in workspace.pages:
            _remove(workspace.pages[other_id], synced_id, page.id)
    for other_id in after:
        if other_id not in before:
            _join(workspace.pages[other_id], synced_id, page.id)


def _remove(row: Page, column_id: str, page_id: str) -> None:
    row.values[column_id] = [one for one in row.values.get(column_id, []) if one != page_id]


def _join(row: Page, column_id: str, page_id: str) -> None:
    related: list[str] = row.values.get(column_id, [])
    if page_id not in related:
        row.values[column_id] = [*related, page_id]
