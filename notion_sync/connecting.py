"""What `/task connect` asks of Notion: tables by search, what they could hold, some of the rows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from notion_sync import poll
from notion_sync.client import Caller, NotionClient
from notion_sync.columns import COLUMNS, Role
from notion_sync.databases import IN_TRASH, find_schema
from notion_sync.errors import (
    Forbidden,
    NotionError,
    NotShared,
    RateLimited,
    Refused,
    Throttled,
    Unauthorised,
    Unusable,
)
from notion_sync.intake import Intake
from notion_sync.layout import DATA_SOURCE, Layout, lay_out
from notion_sync.meanings import carried_over
from notion_sync.rich_text import plain
from notion_sync.schema import Schema, parse
from notion_sync.suggesting import meanings, names_to_add, stands_for, suggested, with_added
from notion_sync.wire import JsonObject
from tasks.model import PersonId
from tasks.ports import (
    Accounts,
    CannotConnect,
    Choice,
    Choices,
    Columns,
    Connecting,
    Connections,
    Meaning,
    Now,
    Preview,
    Previewed,
    Sketch,
    Table,
    Turns,
    Wanted,
)

ROWS = 10
KEEP = timedelta(seconds=30)
"""How long the list of tables is good for somebody who types on."""
PATIENCE = timedelta(seconds=1)
NOT_SET_UP = (
    "Notion is not set up here: whoever runs me has to set NOTION_TOKEN, and start me again."
)
REFUSED_US = (
    "Notion does not accept my token any more: whoever runs me has to copy it anew into "
    "NOTION_TOKEN, and start me again."
)
NOT_SHARED = (
    "Notion does not show me that database: open it there, share it with my connection under "
    "••• → Connections, and try again."
)
NOT_ALLOWED = (
    "Notion does not let me do that there: allow my connection to read, insert and update "
    "content, and try again."
)
REFUSED = "Notion refuses that: look at the database there, and begin anew with /task connect."
NO_ANSWER = "Notion does not answer right now: try again in a moment."
NOT_CHOSEN = "No database is connected yet: choose one with /task connect."


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectStores:
    """What it asks of the database."""

    accounts: Accounts
    connections: Connections
    choices: Choices
    columns: Columns
    turns: Turns


class Connecter(Connecting):
    """Asks on the account of a person who waits."""

    def __init__(
        self, stores: ConnectStores, *, client: NotionClient, intake: Intake, now: Now
    ) -> None:
        self._stores = stores
        self._client = client
        self._intake = intake
        self._now = now
        self._listed: dict[str, tuple[datetime, tuple[Table, ...]]] = {}
        self._listing: dict[str, asyncio.Lock] = {}

    async def find(self, team: str, words: str) -> tuple[Table, ...]:
        """Return tables by name; see the port."""
        caller = await self._caller(team)
        wanted = words.casefold().split()
        async with _said():
            found = _among(await self._tables(caller), wanted)
            if found or not wanted:
                return found
            return tuple(map(_table, await self._client.search(caller, words)))

    async def look(self, team: str, table: str | None) -> Sketch:
        """Return what a table could hold; see the port."""
        caller = await self._caller(team)
        saved = await self._saved(team)
        async with _said():
            if table is not None:
                schema = await self._schema(caller, table)
            else:
                schema = await self._connected(caller, saved)
        kept = saved if saved.get(DATA_SOURCE) == schema.id else {}
        fields = suggested(schema, kept)
        chosen = {each.field: each.suggested for each in fields}
        return Sketch(
            table=Table(id=schema.id, title=schema.title or "(untitled)"),
            fields=fields,
            meanings=_notes(schema, {**kept, **chosen}),
        )

    async def meanings(self, team: str, wanted: Wanted) -> tuple[Meaning, ...]:
        """Return what the options stand for; see the port."""
        caller = await self._caller(team)
        saved = await self._saved(team)
        async with _said():
            schema = await self._schema(caller, wanted.table)
        return stands_for(lay_out(schema, _mapping(saved, wanted, wanted.columns)))

    async def preview(self, team: str, wanted: Wanted) -> Preview:
        """Add what is to be added, and read some rows; see the port."""
        caller = await self._caller(team)
        saved = await self._saved(team)
        async with _said():
            schema = await self._schema(caller, wanted.table)
            columns = with_added(schema, wanted.columns)
            names = names_to_add(schema, columns)
            if names:
                schema = await self._added(caller, schema, names)
                by_name = {column.name: column.id for column in schema.columns}
                columns |= {role.value: by_name[name] for role, name in names.items()}
            mapping = _mapping(saved, wanted, columns)
            layout = lay_out(schema, mapping)
            pages, has_more = await self._client.some_rows(caller, schema.id, most=ROWS)
            rows = [await self._previewed(team, caller, layout, page) for page in pages]
        return Preview(
            table=Table(id=schema.id, title=schema.title or "(untitled)"),
            columns=columns,
            rows=tuple(rows),
            has_more=has_more,
            added=tuple(names.values()),
            notes=meanings(layout),
        )

    async def start(
        self, team: str, wanted: Wanted, *, name: str, takes_all: bool, by: PersonId
    ) -> None:
        """Mirror there from now on; see the port."""
        choice = Choice(team=team, database=wanted.table, mapping=name, takes_all=takes_all, by=by)
        # A document of its own, before the choice names it: no follower can write it over.
        key = f"{wanted.table}#{name}"
        if await self._stores.columns.load(team, key) is None:
            kept = _mapping(await self._saved(team), wanted, wanted.columns)
            await self._stores.columns.save(team, key, kept)
        await self._stores.choices.choose(choice)
        await self._stores.turns.call(team, poll.WORK)

    async def _caller(self, team: str) -> Caller:
        account = await self._stores.accounts.account(team)
        if account is None:
            raise CannotConnect(NOT_SET_UP)
        return Caller(connection=account, patience=PATIENCE)

    async def _saved(self, team: str) -> Mapping[str, str]:
        """Return the mapping that the team has now; empty where it has none."""
        connection = await self._stores.connections.of(team)
        if connection is None:
            return {}
        return await self._stores.columns.load(team, connection.columns_key) or {}

    async def _connected(self, caller: Caller, saved: Mapping[str, str]) -> Schema:
        if DATA_SOURCE in saved:
            return await self._schema(caller, saved[DATA_SOURCE])
        connection = await self._stores.connections.of(caller.connection.team)
        if connection is None:
            raise CannotConnect(NOT_CHOSEN)
        return await find_schema(self._client, caller, connection.database)

    async def _schema(self, caller: Caller, table: str) -> Schema:
        schema = parse(await self._client.data_source(caller, table))
        if schema.in_trash:
            raise Unusable(IN_TRASH)
        return schema

    async def _added(self, caller: Caller, schema: Schema, names: Mapping[Role, str]) -> Schema:
        made = {wanted.role: wanted.created_as for wanted in COLUMNS}
        new = {name: made[role] for role, name in names.items()}
        await self._client.update_data_source(caller, schema.id, new)
        return await self._schema(caller, schema.id)

    async def _previewed(
        self, team: str, caller: Caller, layout: Layout, page: JsonObject
    ) -> Previewed:
        drawn = await self._intake.drawn(team, caller, layout, page)
        return Previewed(task=drawn.task, unmapped=drawn.unmapped)

    async def _tables(self, caller: Caller) -> tuple[Table, ...]:
        key = caller.connection.key
        async with self._listing.setdefault(key, asyncio.Lock()):
            until, tables = self._listed.get(key, (self._now(), ()))
            if until <= self._now():
                tables = tuple(map(_table, await self._client.search(caller, "")))
                self._listed[key] = (self._now() + KEEP, tables)
            return tables


@asynccontextmanager
async def _said() -> AsyncIterator[None]:
    """Turn what Notion did not do into what a person can do about it."""
    try:
        yield
    except Unauthorised as error:
        raise CannotConnect(REFUSED_US) from error
    except NotShared as error:
        raise CannotConnect(NOT_SHARED) from error
    except Forbidden as error:
        raise CannotConnect(NOT_ALLOWED) from error
    except Refused as error:
        raise CannotConnect(REFUSED) from error
    except (Throttled, RateLimited) as error:
        seconds = max(1, round(error.wait.total_seconds()))
        sentence = f"Notion has me wait for {seconds} s: try again then."
        raise CannotConnect(sentence) from error
    except NotionError as error:
        raise CannotConnect(NO_ANSWER) from error
    except Unusable as error:
        raise CannotConnect(str(error)) from error


def _table(found: JsonObject) -> Table:
    return Table(
        id=str(found["id"]),
        title=plain(found.get("title") or []) or "(untitled)",
        edited=str(found.get("last_edited_time") or "")[:10],
    )


def _among(tables: tuple[Table, ...], wanted: list[str]) -> tuple[Table, ...]:
    return tuple(
        table for table in tables if all(word in table.title.casefold() for word in wanted)
    )


def _mapping(
    saved: Mapping[str, str], wanted: Wanted, columns: Mapping[str, str]
) -> dict[str, str]:
    """Return what is to be kept of a choice, with what was kept of the same columns' options."""
    before = saved if saved.get(DATA_SOURCE) == wanted.table else {}
    options = carried_over(before, columns, wanted.meanings)
    return {DATA_SOURCE: wanted.table, **columns, **options}


def _notes(schema: Schema, columns: Mapping[str, str]) -> tuple[str, ...]:
    """Return what options will stand for; what is missing is asked for in the form itself."""
    layout = lay_out(schema, columns)
    return meanings(replace(layout, missing={}))
