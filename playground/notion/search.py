"""Search by title: pages and data sources, the last edited first.

Recorded: an object is found when its title shares a word with the query, singular and plural
alike; data sources are found even when their database lies in the trash, rows and pages are not.
"""

import re

from playground.notion.calls import Call
from playground.notion.checks import a_string, an_object, one_of, only_keys
from playground.notion.columns import columns_of_parent
from playground.notion.ids import parsed
from playground.notion.json_types import JsonObject
from playground.notion.paging import envelope, invalid_cursor, page_size
from playground.notion.rendering import render_data_source, render_page
from playground.notion.rich_text import plain_text
from playground.notion.state import DataSource, Page

_WORD = re.compile(r"\w+")
# Words that decide nothing, as full-text indexes leave them out (singular, as compared).
_STOP_WORDS = "a all an and are at be by doe for have in is it no not of on or the thi to with"
_UNSPECIFIC = frozenset(_STOP_WORDS.split())
_KEYS = frozenset({"query", "filter", "sort", "start_cursor", "page_size"})


def search(call: Call) -> JsonObject:
    """Answer POST /search."""
    only_keys(call.body, "body", _KEYS)
    size = page_size(call.body.get("page_size"), "body")
    found = [thing for thing in _candidates(call) if _matches(call, thing)]
    sort = an_object(call.body.get("sort") or {}, "body.sort")
    one_of(sort.get("timestamp", "last_edited_time"), "body.sort.timestamp", ("last_edited_time",))
    ascending = (
        one_of(
            sort.get("direction", "descending"),
            "body.sort.direction",
            ("ascending", "descending"),
        )
        == "ascending"
    )
    found.sort(key=lambda thing: (thing.trace.edited_at, thing.order), reverse=not ascending)
    start = _start(call, found)
    rest = found[start + size :]
    return envelope(
        [_render(call, thing) for thing in found[start : start + size]],
        kind="page_or_data_source",
        next_cursor=rest[0].id if rest else None,
        detail={},
    )


def _candidates(call: Call) -> list[Page | DataSource]:
    workspace, now = call.workspace, call.workspace.now()
    wanted = call.body.get("filter")
    value = None
    if wanted is not None:
        given = an_object(wanted, "body.filter")
        one_of(given.get("property"), "body.filter.property", ("object",))
        value = one_of(given.get("value"), "body.filter.value", ("page", "data_source"))
    pages = [] if value == "data_source" else list(workspace.pages.values())
    tables = [] if value == "page" else list(workspace.data_sources.values())
    seen: list[Page | DataSource] = [
        page
        for page in pages
        if not (page.is_archived or page.is_template)
        and not workspace.lag.hides(page.id, created_at=page.trace.created_at, now=now)
    ]
    seen += tables
    hidden = workspace.not_found_by_search
    return [
        thing
        for thing in seen
        if thing.id not in hidden and call.sees(thing) and not _is_gone(call, thing)
    ]


def _is_gone(call: Call, thing: Page | DataSource) -> bool:
    if isinstance(thing, DataSource):
        return thing.in_trash
    return call.workspace.is_trashed(thing)


def _matches(call: Call, thing: Page | DataSource) -> bool:
    query = a_string(call.body.get("query") or "", "body.query")
    return not query.strip() or not _words(query).isdisjoint(_words(_title(call, thing)))


def _words(text: str) -> set[str]:
    found = (word.removesuffix("s") for word in _WORD.findall(text.casefold()))
    return {word for word in found if word not in _UNSPECIFIC}


def _title(call: Call, thing: Page | DataSource) -> str:
    if isinstance(thing, DataSource):
        return plain_text(thing.title)
    columns = columns_of_parent(call.workspace, thing.parent.id)
    title = next((column.id for column in columns.values() if column.type == "title"), "title")
    return plain_text(thing.values.get(title, []))


def _start(call: Call, found: list[Page | DataSource]) -> int:
    cursor = call.body.get("start_cursor")
    if cursor is None:
        return 0
    wanted = parsed(str(cursor))
    for place, thing in enumerate(found):
        if thing.id == wanted:
            return place
    raise invalid_cursor(str(cursor))


def _render(call: Call, thing: Page | DataSource) -> JsonObject:
    if isinstance(thing, Page):
        return render_page(call.workspace, thing)
    return render_data_source(call.workspace, thing)
