"""What /health asks: one probe each for the database, Notion and Slack."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Protocol

from observability.checks import Finding, Probe, Status
from tasks.errors import StoreError

SLOW_SECONDS = 0.5
"""Half of what one operation may take before people get no certain answer."""


class Trouble(Protocol):
    """Knows what the installer should see to."""

    def __call__(self, team: str, /) -> str | None:
        """Return it as a sentence, None when all is well."""


def storage_probe(
    ping: Callable[[], Awaitable[None]],
    is_prepared: Callable[[], bool],
    *,
    clock: Callable[[], float] = time.monotonic,
) -> Probe:
    """Ask whether a primary takes writes, and whether new tasks can be told from repeated ones."""

    async def probe() -> Finding:
        since = clock()
        try:
            await ping()
        except StoreError:
            return Finding(status=Status.FAIL, detail="No MongoDB that takes writes answers.")
        if not is_prepared():
            return Finding(status=Status.FAIL, detail="The unique indexes are not there yet.")
        return _answered(clock() - since)

    return probe


def _answered(seconds: float) -> Finding:
    facts = {"seconds": round(seconds, 3)}
    if seconds < SLOW_SECONDS:
        return Finding(status=Status.OK, detail="The database takes writes.", facts=facts)
    slow = f"The database takes writes, but slowly: {seconds:.1f} s for an empty question."
    return Finding(status=Status.DEGRADED, detail=slow, facts=facts)


def socket_probe(is_connected: Callable[[], Awaitable[bool]]) -> Probe:
    """Ask whether Socket Mode has its connection."""

    async def probe() -> Finding:
        if await is_connected():
            return Finding(status=Status.OK, detail="Socket Mode is connected.")
        return Finding(status=Status.DEGRADED, detail="Socket Mode is not connected.")

    return probe
