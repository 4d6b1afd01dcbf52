"""What /health asks: one probe each for the database, Notion and Slack."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from observability.checks import Finding, Probe, Status
from tasks.errors import StoreError

SLOW_P95_SECONDS = 0.25
"""As the alert on a slow database has it; a few milliseconds are usual."""
SLOW_SECONDS = 0.5
"""Half of what one operation may take before people get no certain answer."""


def storage_probe(
    ping: Callable[[], Awaitable[None]],
    is_prepared: Callable[[], bool],
    *,
    p95: Callable[[], float | None] = lambda: None,
    clock: Callable[[], float] = time.monotonic,
) -> Probe:
    """Ask whether a primary takes writes, and whether new tasks can be told from repeated ones.

    `p95` says how long real operations took of late: an empty question may be quick all the same.
    """

    async def probe() -> Finding:
        since = clock()
        try:
            await ping()
        except StoreError:
            return Finding(status=Status.FAIL, detail="No MongoDB that takes writes answers.")
        if not is_prepared():
            return Finding(status=Status.FAIL, detail="The unique indexes are not there yet.")
        return _answered(clock() - since, p95())

    return probe


def _answered(seconds: float, p95: float | None) -> Finding:
    facts = {"seconds": round(seconds, 3), "p95_seconds": None if p95 is None else round(p95, 3)}
    if p95 is not None and p95 > SLOW_P95_SECONDS:
        slow = f"The database takes writes, but slowly: one operation in twenty takes {p95:.2f} s."
        return Finding(status=Status.DEGRADED, detail=slow, facts=facts)
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
