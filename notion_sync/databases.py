"""Where a team's rows go: its data source and layout, read once and kept for some minutes."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from notion_sync.canonical import Agreed, read
from notion_sync.client import Caller, NotionClient
from notion_sync.columns import Role
from notion_sync.errors import NotShared, Refused, Unusable
from notion_sync.layout import DATA_SOURCE, Layout, lay_out
from notion_sync.schema import Schema, parse, with_options_of
from notion_sync.wire import JsonObject
from tasks.ports import Choices, Columns, Connection, Now, RowBook

KEEP = timedelta(minutes=10)
PAUSED = "paused"
"""The key under which the fields are kept whose columns are missing, with commas between them."""
IN_TRASH = "The Notion database is in the trash: restore it there."
KEEP_INCOMPLETE = timedelta(minutes=1)
"""How long a layout with a missing column is trusted: somebody may be mending it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    layout: Layout
    saved: Mapping[str, str]
    until: datetime


class Databases:
    """The layouts of all connections."""

    def __init__(
        self,
        *,
        client: NotionClient,
        columns: Columns,
        book: RowBook,
        now: Now,
        choices: Choices | None = None,
    ) -> None:
        """Take what tells the other instances that columns have changed; None: there are none."""
        self._choices = choices
        self._client = client
        self._columns = columns
        self._book = book
        self._now = now
        self._known: dict[Connection, _Known] = {}
        self._reading: defaultdict[Connection, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def layout(self, caller: Caller, *, fresh: bool = False) -> Layout:
        """Return the layout, from memory unless `fresh`; ids of a first contact are kept.

        NotShared: it is gone or not shared. Unusable: there is not exactly one data source.
        """
        connection = caller.connection
        known = self._known.get(connection)
        if known is not None and not fresh and self._now() < known.until:
            return known.layout
        async with self._reading[connection]:
            meanwhile = self._known.get(connection)
            if meanwhile is None or meanwhile is known:
                meanwhile = await self._read(caller)
            return meanwhile.layout

    async def _read(self, caller: Caller) -> _Known:
        connection = caller.connection
        self._forget(connection)
        key = connection.columns_key
        saved = dict(await self._columns.load(connection.team, key) or {})
        schema = await self._schema(caller, saved.get(DATA_SOURCE))
        if schema.in_trash:
            raise Unusable(IN_TRASH)
        layout = lay_out(schema, saved)
        # A column that is missing keeps its id: restored in Notion, it is the same again.
        remembered = saved | layout.remembered
        paused = ",".join(sorted(role for role in layout.missing if role is not Role.KEY))
        if saved and paused != saved.get(PAUSED, ""):
            # Before the note of it: killed in between, the next reading does it again. First the
            # others are made to read: one that trusts its layout would take tasks for equal again.
            if self._choices is not None:
                await self._choices.touch(connection.team)
            await self._book.recheck(connection.team)
            remembered[PAUSED] = paused
        if remembered != saved:
            await self._columns.save(connection.team, key, remembered)
        keep = KEEP_INCOMPLETE if layout.missing else KEEP
        known = _Known(layout=layout, saved=remembered, until=self._now() + keep)
        self._known[connection] = known
        return known

    def is_behind(self, connection: Connection) -> bool:
        """Tell whether what is known is of an earlier choice, or from before a touch."""
        return connection not in self._known and any(
            one.team == connection.team for one in self._known
        )

    def missing(self, team: str) -> tuple[str, ...] | None:
        """Return the sentences on columns that are gone, as last read; None: never read."""
        read_ = [known for one, known in self._known.items() if one.team == team]
        newest = max(read_, key=lambda known: known.until, default=None)
        return None if newest is None else tuple(newest.layout.missing.values())

    def _forget(self, connection: Connection) -> None:
        """Drop what was known, and what is known of what the team was connected to before."""
        self._known.pop(connection, None)
        for other in [one for one in self._known if one.team == connection.team]:
            if other.rev < connection.rev:
                del self._known[other]
        for other in [one for one in self._reading if one.team == connection.team]:
            if other.rev < connection.rev and not self._reading[other].locked():
                del self._reading[other]

    async def layout_for(
        self, caller: Caller, page: JsonObject, *, base: Agreed | None = None
    ) -> Layout:
        """Return the layout with the options that a page shows and the base names.

        It is read anew where one of them is unknown: another process may have created it.
        """
        self.learn(caller.connection, page)
        layout = await self.layout(caller)
        sides = [read(page, layout), *(() if base is None else (base,))]
        if all(_knows(layout, side) for side in sides):
            return layout
        return await self.layout(caller, fresh=True)

    async def assure_in_place(self, caller: Caller) -> None:
        """Look anew whether the database is there. NotShared or Unusable: it is not."""
        layout = await self.layout(caller, fresh=True)
        if layout.schema.database is not None:
            database = await self._client.database(caller, layout.schema.database)
            if database.get("in_trash"):
                raise Unusable(IN_TRASH)

    def learn(self, connection: Connection, page: JsonObject) -> None:
        """Take over the options that a write has just created."""
        known = self._known.get(connection)
        if known is not None:
            schema = with_options_of(page, known.layout.schema)
            self._known[connection] = replace(known, layout=lay_out(schema, known.saved))

    async def _schema(self, caller: Caller, data_source: str | None) -> Schema:
        if data_source is not None:
            return parse(await self._client.data_source(caller, data_source))
        return await find_schema(self._client, caller, caller.connection.database)


async def find_schema(client: NotionClient, caller: Caller, given: str) -> Schema:
    """Return the data source behind the id of a database or of a data source.

    NotShared: neither is there. Unusable: the database has none, or several.
    """
    try:
        database = await client.database(caller, given)
    except (NotShared, Refused):
        return parse(await _data_source(client, caller, given))
    sources = database.get("data_sources") or []
    if not sources:
        raise Unusable("The Notion database has no data source: give one that holds a table.")
    if len(sources) > 1:
        listed = ", ".join(f"“{source['name']}” ({source['id']})" for source in sources)
        raise Unusable(
            f"The Notion database has {len(sources)} data sources: choose one of them with "
            f"/task connect, or set NOTION_DATABASE to its id: {listed}."
        )
    return parse(await client.data_source(caller, sources[0]["id"]))


async def _data_source(client: NotionClient, caller: Caller, given: str) -> JsonObject:
    try:
        return await client.data_source(caller, given)
    except Refused as error:  # the id of something else
        raise NotShared(error.answer) from error


def _knows(layout: Layout, side: Agreed) -> bool:
    """Tell whether all options are known that a row has, or had."""
    for role, column in layout.columns.items():
        if column.type in {"select", "status", "multi_select"}:
            cell = side.values.get(role.value)
            chosen = cell if isinstance(cell, list) else [cell] if isinstance(cell, str) else []
            if any(column.option(one) is None for one in chosen):
                return False
    return True
