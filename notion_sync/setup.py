"""`notion setup`: makes the database with its columns, or maps one that is there."""

from __future__ import annotations

from dataclasses import dataclass, replace

from notion_sync.client import Caller, NotionClient
from notion_sync.columns import COLUMNS, Wanted
from notion_sync.databases import find_schema
from notion_sync.errors import NotShared, Refused, Unusable
from notion_sync.layout import Layout, lay_out
from notion_sync.schema import Schema
from notion_sync.wire import JsonObject, dashed_id
from tasks.ports import Columns

DEFAULT_TITLE = "Tasks"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUp:
    """A database that is ready, or what it lacks."""

    database: str
    """The id for NOTION_DATABASE."""
    layout: Layout
    created: bool
    added: tuple[str, ...] = ()
    """Names of columns that were added."""

    @property
    def lacking(self) -> tuple[Wanted, ...]:
        """The columns that are not there; what belongs into them is not transferred."""
        return tuple(wanted for wanted in COLUMNS if wanted.role not in self.layout.columns)

    @property
    def ready(self) -> bool:
        """Whether rows can be made."""
        return not any(wanted.needed for wanted in self.lacking)

    def lines(self) -> tuple[str, ...]:
        """Return the mapping to print, a line per column, and what to do next."""
        found = self.layout.columns
        mapped = [
            f"{wanted.name:<16} → “{found[wanted.role].name}” ({found[wanted.role].type})"
            + (", added" if found[wanted.role].name in self.added else "")
            if wanted.role in found
            else f"{wanted.name:<16} → none: add a column of type {' or '.join(wanted.types)}"
            for wanted in COLUMNS
        ]
        made = "Created" if self.created else "Mapped"
        title = f"{made} the database “{self.layout.schema.title}”."
        return (title, *mapped, *self.layout.issues, f"NOTION_DATABASE={self.database}")


async def set_up(
    client: NotionClient,
    caller: Caller,
    place: str,
    *,
    columns: Columns | None = None,
    add_missing: bool = False,
    title: str = DEFAULT_TITLE,
) -> SetUp:
    """Map the database or data source at `place`, or make one under the page there.

    `place` is an id or a URL as people copy it. Columns are added to a database that somebody
    else made only with `add_missing`; none is ever renamed, retyped or deleted. The mapping is
    kept for the caller's team where `columns` is given. Unusable: a sentence says why.
    """
    given = dashed_id(place)
    if given is None:
        raise Unusable(f"“{place}” holds no Notion id: copy the link of a page or a database.")
    try:
        schema = await find_schema(client, caller, given)
    except NotShared:
        done = await _created(client, caller, given, title)
    else:
        done = await _mapped(client, caller, given, schema, add_missing=add_missing)
    if columns is not None:
        team = caller.connection.team
        await columns.save(team, done.database, done.layout.remembered)
    return done


async def _created(client: NotionClient, caller: Caller, page_id: str, title: str) -> SetUp:
    try:
        await client.page(caller, page_id)
    except (NotShared, Refused) as error:
        raise Unusable(
            f"Notion shows the connection nothing with the id {page_id}: "
            "share the page or the database with it under ••• → Connections."
        ) from error
    body: JsonObject = {
        "parent": {"type": "page_id", "page_id": page_id},
        "title": [{"type": "text", "text": {"content": title}}],
        "initial_data_source": {
            "properties": {wanted.name: wanted.created_as for wanted in COLUMNS}
        },
    }
    database = await client.create_database(caller, body)
    schema = await find_schema(client, caller, database["id"])
    return SetUp(database=database["id"], layout=lay_out(schema, None), created=True)


async def _mapped(
    client: NotionClient, caller: Caller, given: str, schema: Schema, *, add_missing: bool
) -> SetUp:
    done = SetUp(database=given, layout=lay_out(schema, None), created=False)
    if not add_missing or not done.lacking:
        return done
    taken = {column.name for column in schema.columns}
    # A configuration under a name that is taken would retype that column and lose its values.
    new = {
        wanted.second_name if wanted.name in taken else wanted.name: wanted.created_as
        for wanted in done.lacking
    }
    await client.update_data_source(caller, schema.id, new)
    layout = lay_out(await find_schema(client, caller, schema.id), None)
    return replace(done, layout=layout, added=tuple(new))
