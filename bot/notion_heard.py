"""What the sync hears of Notion, for the metrics and for /health."""

from __future__ import annotations

from datetime import datetime, timedelta

import httpx

from bot.clock_and_ids import utc_now
from notion_sync.observer import Observer
from observability.checks import Finding, Status
from observability.metrics import Metrics
from observability.remote import Remote


class NotionHeard(Observer):
    """Feeds the metrics, and tells /health what each real call has shown."""

    def __init__(self, metrics: Metrics, remote: Remote) -> None:
        self._metrics = metrics
        self._remote = remote

    def called(self, operation: str, *, status: int | None, seconds: float) -> None:
        """Count the call and its time, and note how Notion answered."""
        self._metrics.notion_called(operation, status=status, seconds=seconds)
        self._remote.heard(finding_of(status))

    def limited(self, scope: str, *, until: datetime) -> None:
        """Count the refusal where it was a limit of ours, and show the pause."""
        if scope != "service":
            self._metrics.rate_limit_hits.labels(f"notion_{scope}").inc()
        self._metrics.notion_pause_until.set(until.timestamp())
        sentence = f"Notion asks us to wait until {until:%H:%M:%S} UTC (limit of the {scope})."
        self._remote.heard(Finding(status=Status.DEGRADED, detail=sentence))

    def attempted(self, kind: str) -> None:
        """Count by what is known of the effect."""
        self._metrics.follower_attempts.labels("notion", kind).inc()

    def job(self, result: str) -> None:
        """Count by how the claim ended."""
        self._metrics.follower_jobs.labels("notion", result).inc()

    def lag(self, waited: timedelta) -> None:
        """Add to the distribution."""
        self._metrics.sync_lag.labels("to_notion").observe(waited.total_seconds())

    def duplicates(self, count: int) -> None:
        """Count the pages."""
        self._metrics.notion_duplicate_pages.inc(count)

    def arrived(self, waited: timedelta) -> None:
        """Add to the distribution of the other direction."""
        self._metrics.sync_lag.labels("from_notion").observe(waited.total_seconds())

    def conflicted(self, count: int) -> None:
        """Count the fields, in which the task's value stands until somebody takes Notion's."""
        self._metrics.conflicts.labels("slack").inc(count)

    def went_round(self, work: str) -> None:
        """Show when it was."""
        self._metrics.reconcile_last_success.labels(work).set(utc_now().timestamp())


def finding_of(status: int | None) -> Finding:
    """Judge Notion by one answer: a refusal of one row says that Notion works."""
    if status is None:
        return Finding(status=Status.DEGRADED, detail="Notion did not answer.")
    if status == httpx.codes.UNAUTHORIZED:
        return Finding(status=Status.DEGRADED, detail="Notion refuses the token.")
    if status == httpx.codes.TOO_MANY_REQUESTS or status >= httpx.codes.INTERNAL_SERVER_ERROR:
        return Finding(status=Status.DEGRADED, detail=f"Notion answers with status {status}.")
    return Finding(status=Status.OK, detail="Notion answers.")
