"""Tells which fields wait because their columns have gone."""

from __future__ import annotations

from datetime import timedelta

from notion_sync.client import Caller
from notion_sync.databases import Databases
from notion_sync.errors import SyncError
from tasks.ports import CannotConnect, Connections, Drift, Lane

PATIENCE = timedelta(seconds=20)


class SeenDrift(Drift):
    """Reads it off the layouts."""

    def __init__(self, *, databases: Databases, connections: Connections) -> None:
        self._databases = databases
        self._connections = connections

    def seen(self, team: str) -> tuple[str, ...] | None:
        """Return what this process knows; see the port."""
        return self._databases.missing(team)

    async def look(self, team: str) -> tuple[str, ...]:
        """Read the schema anew; see the port."""
        connection = await self._connections.of(team)
        if connection is None:
            return ()
        caller = Caller(connection=connection, lane=Lane.POLL, patience=PATIENCE)
        try:
            layout = await self._databases.layout(caller, fresh=True)
        except SyncError as error:
            raise CannotConnect(str(error)) from error
        return tuple(layout.missing.values())
