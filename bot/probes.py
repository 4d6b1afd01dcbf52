"""What /health asks: one probe each for the database, Notion and Slack."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from observability.checks import Finding, Probe, Status


class Trouble(Protocol):
    """Knows what the installer should see to."""

    def __call__(self, team: str, /) -> str | None:
        """Return it as a sentence, None when all is well."""


def storage_probe(ping: Callable[[], Awaitable[None]], is_prepared: Callable[[], bool]) -> Probe:
    """Ask whether a primary takes writes, and whether new tasks can be told from repeated ones."""

    async def probe() -> Finding:
        await ping()
        if not is_prepared():
            return Finding(status=Status.FAIL, detail="The unique indexes are not there yet.")
        return Finding(status=Status.OK, detail="The database takes writes.")

    return probe


def socket_probe(is_connected: Callable[[], Awaitable[bool]]) -> Probe:
    """Ask whether Socket Mode has its connection."""

    async def probe() -> Finding:
        if await is_connected():
            return Finding(status=Status.OK, detail="Socket Mode is connected.")
        return Finding(status=Status.DEGRADED, detail="Socket Mode is not connected.")

    return probe
