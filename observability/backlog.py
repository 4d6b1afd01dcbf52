"""How far the followers are behind: a health check, and the gauges that follow it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

from observability.checks import Finding, Probe, Status
from observability.metrics import Metrics
from tasks.ports import Backlog

LATE = timedelta(minutes=15)
SHORT = timedelta(minutes=1)
"""What waits for less is on its way."""


def backlog_probe(
    follower: str,
    ask: Callable[[], Awaitable[Backlog]],
    *,
    now: Callable[[], datetime],
    metrics: Metrics,
) -> Probe:
    """Return a probe that asks a queue how it stands and sets the gauges of `follower`."""

    async def probe() -> Finding:
        backlog = await ask()
        metrics.pending(
            follower,
            behind=backlog.behind,
            oldest=backlog.oldest,
            set_aside=backlog.set_aside,
        )
        return judge(backlog, now())

    return probe


def judge(backlog: Backlog, now: datetime) -> Finding:
    """Late by 15 minutes, or with tasks set aside, a follower is degraded; it never fails."""
    age = now - backlog.oldest if backlog.oldest else timedelta()
    troubles = []
    if age > LATE:
        troubles.append(f"the oldest has waited {age.total_seconds():.0f} s")
    if backlog.set_aside:
        troubles.append(f"{backlog.set_aside} set aside until a person acts")
    waiting = f"{backlog.behind} waiting" if backlog.behind else "Nothing waits"
    if SHORT < age <= LATE:
        waiting += f", the oldest for {age.total_seconds():.0f} s"
    return Finding(
        status=Status.DEGRADED if troubles else Status.OK,
        detail="; ".join((waiting, *troubles)) + ".",
        facts={
            "waiting": backlog.behind,
            "oldest_age_seconds": round(age.total_seconds(), 1) if backlog.oldest else None,
            "set_aside": backlog.set_aside,
            "conflicts": backlog.conflicts,
        },
    )


def with_inbox(found: Finding, inbox: Backlog, now: datetime) -> Finding:
    """Add to what waits for the other side what of it is still to be looked at."""
    age = now - inbox.oldest if inbox.oldest else timedelta()
    facts = {**found.facts, "to_look_at": inbox.behind}
    if age <= LATE:
        return replace(found, facts=facts)
    sentence = f"Rows that may have changed wait for {age.total_seconds():.0f} s to be looked at."
    return Finding(status=Status.DEGRADED, detail=f"{found.detail} {sentence}", facts=facts)
