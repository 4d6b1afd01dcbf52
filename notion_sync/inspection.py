"""What `doctor` finds at Notion's end; nothing is changed there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from notion_sync.client import Caller, NotionClient
from notion_sync.columns import COLUMNS
from notion_sync.databases import find_schema
from notion_sync.errors import (
    Forbidden,
    NotionError,
    NotShared,
    Refused,
    SyncError,
    Unauthorised,
    Unusable,
)
from notion_sync.layout import Layout, lay_out
from tasks.ports import SKIPPED, Profile

LISTED = 10
NOBODY = str(UUID(int=0))
"""A page id that names nothing."""


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    level: Level
    about: str
    sentence: str


async def inspect(
    client: NotionClient,
    caller: Caller,
    *,
    saved: Mapping[str, str] | None = None,
    profiles: Iterable[Profile] = (),
) -> tuple[Finding, ...]:
    """Look at token, database, columns, options, capabilities and people, in this order.

    What cannot be looked at because of an earlier finding is left out. `saved` is the mapping.
    """
    findings = [await _token(client, caller)]
    if findings[0].level is Level.FAIL:
        return tuple(findings)
    layout, database = await _database(client, caller, saved or {})
    findings.append(database)
    if layout is not None:
        findings += _columns(layout, saved or {})
        findings.append(await _may_insert(client, caller, layout))
        findings.append(await _may_update(client, caller))
    findings.append(await _people(client, caller, tuple(profiles)))
    return tuple(findings)


async def _token(client: NotionClient, caller: Caller) -> Finding:
    try:
        bot = await client.me(caller)
    except Unauthorised:
        return _fail("token", "Notion does not accept the token: copy it anew into NOTION_TOKEN.")
    except NotionError as error:
        return _fail("token", f"Notion cannot be asked: {error}")
    workspace = (bot.get("bot") or {}).get("workspace_name") or "an unnamed workspace"
    return _ok("token", f"Notion accepts the token: “{bot.get('name')}” in {workspace}.")


async def _database(
    client: NotionClient, caller: Caller, saved: Mapping[str, str]
) -> tuple[Layout | None, Finding]:
    try:
        schema = await find_schema(client, caller, caller.connection.database)
    except NotShared:
        return None, _fail(
            "database",
            "The database is not shared with the connection: open it in Notion, ••• → Connections.",
        )
    except Unusable as error:
        return None, _fail("database", str(error))
    except NotionError as error:
        return None, _fail("database", f"The database cannot be read: {error}")
    if schema.in_trash:
        return None, _fail("database", "The database is in the trash: restore it in Notion.")
    return lay_out(schema, saved), _ok("database", f"The database “{schema.title}” is shared.")


def _columns(layout: Layout, saved: Mapping[str, str]) -> list[Finding]:
    findings: list[Finding] = []
    for wanted in COLUMNS:
        about = f"column {wanted.name}"
        if column := layout.columns.get(wanted.role):
            findings.append(_ok(about, f"“{column.name}” ({column.type}) holds {wanted.name}."))
        elif saved.get(wanted.role) == SKIPPED:
            findings.append(_ok(about, f"{wanted.name} is not mirrored: so it was chosen."))
        else:
            types = " or ".join(wanted.types)
            sentence = layout.missing.get(
                wanted.role, f"No column holds {wanted.name}: add one of type {types}."
            )
            findings.append(_fail(about, sentence) if wanted.needed else _warn(about, sentence))
    options = [issue for issue in layout.issues if issue not in layout.missing.values()]
    return findings + [_warn("status options", issue) for issue in options]


async def _may_insert(client: NotionClient, caller: Caller, layout: Layout) -> Finding:
    """Ask for a row that no schema allows: refused where the connection may, forbidden else."""
    impossible = {"taskbridge doctor": {"no such type": None}}
    try:
        await client.create_page(caller, data_source=layout.schema.id, properties=impossible)
    except Forbidden:
        return _fail("insert content", "The connection may not insert content: allow it in Notion.")
    except Refused:
        return _ok("insert content", "The connection may insert content.")
    except SyncError as error:
        return _warn("insert content", f"It could not be found out: {error}")
    return _warn("insert content", "Notion took an impossible row: look for it and delete it.")


async def _may_update(client: NotionClient, caller: Caller) -> Finding:
    """Change a page that does not exist: not found where the connection may, forbidden else."""
    try:
        await client.update_page(caller, NOBODY, {"in_trash": False})
    except Forbidden:
        return _fail("update content", "The connection may not update content: allow it in Notion.")
    except (NotShared, Refused):
        return _ok("update content", "The connection may update content.")
    except SyncError as error:
        return _warn("update content", f"It could not be found out: {error}")
    return _warn("update content", "Notion answered a change of a page that does not exist.")


async def _people(client: NotionClient, caller: Caller, profiles: tuple[Profile, ...]) -> Finding:
    try:
        members = [user async for user in client.users(caller) if user.get("type") == "person"]
    except Forbidden:
        return _warn(
            "people",
            "The connection may not read users, so assignees become text: allow it in Notion.",
        )
    except NotionError as error:
        return _warn("people", f"The users cannot be read: {error}")
    emails = {
        email.casefold() for user in members if (email := (user.get("person") or {}).get("email"))
    }
    if members and not emails:
        return _warn(
            "people",
            "The connection may not read e-mail addresses, so assignees become text: allow it.",
        )
    strangers = [p.name for p in profiles if (p.email or "").casefold() not in emails]
    if strangers:
        listed = ", ".join(sorted(strangers)[:LISTED])
        more = f" and {len(strangers) - LISTED} more" if len(strangers) > LISTED else ""
        return _warn("people", f"Not in Notion by e-mail, so written as text: {listed}{more}.")
    return _ok("people", f"{len(emails)} people are known by e-mail.")


def _ok(about: str, sentence: str) -> Finding:
    return Finding(level=Level.OK, about=about, sentence=sentence)


def _warn(about: str, sentence: str) -> Finding:
    return Finding(level=Level.WARN, about=about, sentence=sentence)


def _fail(about: str, sentence: str) -> Finding:
    return Finding(level=Level.FAIL, about=about, sentence=sentence)
