"""Queries: rows of a data source, filtered, sorted, in pages, never more than ten thousand."""

import json

from playground.notion.calls import Call, Version
from playground.notion.checks import a_boolean, only_keys
from playground.notion.columns import find_column
from playground.notion.errors import validation_error
from playground.notion.filters import Filters
from playground.notion.ids import path_id
from playground.notion.json_types import JsonObject
from playground.notion.paging import envelope, invalid_cursor, page_size
from playground.notion.property_rendering import Renderer
from playground.notion.reading import Reader
from playground.notion.rendering import render_page
from playground.notion.sorts import sort_rows
from playground.notion.state import Column, DataSource, Page

MOST_ROWS = 10_000
_KEYS = frozenset(
    {"filter", "sorts", "start_cursor", "page_size", "result_type", "is_archived", "archived"}
)


def query(call: Call) -> JsonObject:
    """Answer POST /data_sources/{data_source_id}/query."""
    table = call.data_source(path_id(call.path["data_source_id"], "data_source_id"))
    only_keys(call.body, "body", _KEYS)
    size = page_size(call.body.get("page_size"), "body")
    fingerprint = _fingerprint(call, table)
    rows = _found(call, table, fingerprint)
    capped = len(rows) > MOST_ROWS
    rows = rows[:MOST_ROWS]
    start = _start(call, rows, fingerprint)
    rest = rows[start + size :]
    only = filtered_properties(call, table.columns)
    answer = envelope(
        [render_page(call.workspace, row, only=only) for row in rows[start : start + size]],
        kind="page_or_data_source",
        next_cursor=_new_cursor(call, fingerprint, rest[0], start + size) if rest else None,
        detail={},
    )
    if capped:
        answer["request_status"] = {
            "type": "incomplete",
            "incomplete_reason": "query_result_limit_reached",
        }
    return answer


def _found(call: Call, table: DataSource, fingerprint: str) -> list[Page]:
    """Return the rows a query finds, from memory where nothing can have changed."""
    workspace = call.workspace
    revision, day = workspace.revision, workspace.now().date()
    known = workspace.found.get(fingerprint, revision=revision, day=day)
    if known is not None:
        return known
    # Formulas may tell the time, and what a lagging index hides it shows by and by.
    is_lagging = workspace.lag.is_on
    rows = _matching(call, table)
    if not is_lagging and all(c.type != "formula" for c in table.columns.values()):
        workspace.found.keep(fingerprint, rows, revision=revision, day=day)
    return rows


def _matching(call: Call, table: DataSource) -> list[Page]:
    workspace, now = call.workspace, call.workspace.now()
    reader = Reader(Renderer(workspace), table.columns)
    archived = a_boolean(call.body.get("is_archived", False), "body.is_archived")
    rows = [
        row
        for row in workspace.rows_of(table.id)
        if not row.in_trash and row.is_archived is archived
    ]
    if workspace.lag.is_on:
        rows = [
            row
            for row in rows
            if not workspace.lag.hides(row.id, created_at=row.trace.created_at, now=now)
        ]
    # Without sorts Notion promises no order; recorded, every time: the newest first.
    rows.sort(key=lambda row: row.order, reverse=True)
    if call.body.get("filter") is not None:
        test = Filters(reader, now).compile(call.body["filter"])
        rows = [row for row in rows if test(row)]
    return sort_rows(reader, rows, call.body.get("sorts"))


def _fingerprint(call: Call, table: DataSource) -> str:
    asked = {key: call.body.get(key) for key in ("filter", "sorts", "is_archived")}
    return table.id + json.dumps(asked, sort_keys=True)


def _new_cursor(call: Call, fingerprint: str, first: Page, place: int) -> str:
    cursor = call.workspace.ids.uuid()
    if call.version is Version.V2026_03_11:
        cursor = f"s:{cursor}:{first.id}"
    call.workspace.cursors[cursor] = (fingerprint, first.id, place)
    return cursor


def _start(call: Call, rows: list[Page], fingerprint: str) -> int:
    cursor = call.body.get("start_cursor")
    if cursor is None:
        return 0
    known, first_id, place = call.workspace.cursors.get(str(cursor), ("", "", 0))
    if known != fingerprint:
        raise invalid_cursor(str(cursor))
    where = next((n for n, row in enumerate(rows) if row.id == first_id), None)
    return place if where is None else where


def filtered_properties(call: Call, columns: dict[str, Column]) -> frozenset[str] | None:
    """Return the property ids that `filter_properties` names, None if all are wanted."""
    keys = [*call.query.get("filter_properties", []), *call.query.get("filter_properties[]", [])]
    if not keys:
        return None
    chosen = set()
    for key in keys:
        column = find_column(columns, key)
        if column is None:
            raise validation_error(f"Could not find property with name or id: {key}")
        chosen.add(column.id)
    return frozenset(chosen)
