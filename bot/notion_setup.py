"""`python -m bot notion setup`: makes the database with its columns, or maps one that is there."""

from __future__ import annotations

import sys

from bot.config import Settings
from bot.notion_alone import notion_client
from notion_sync.client import Caller
from notion_sync.errors import SyncError, Unusable
from notion_sync.setup import set_up
from tasks.ports import Connection


async def notion_setup(
    settings: Settings, *, page: str | None, database: str | None, add_missing: bool = False
) -> int:
    """Print the mapping and the line for `.env`; return 0 when rows can be made, else 1."""
    place = page or database or ""
    token = settings.notion_token.get_secret_value() if settings.notion_token else ""
    caller = Caller(connection=Connection(team="", token=token, database=place))
    try:
        async with notion_client(settings) as client:
            done = await set_up(client, caller, place, add_missing=add_missing)
    except (Unusable, SyncError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.writelines(f"{line}\n" for line in done.lines())
    if not done.ready:
        sys.stdout.write("Rows cannot be made yet: add what is missing, or use --add-missing.\n")
    return 0 if done.ready else 1
