"""What the sync tells whoever counts; wiring hands in one that feeds the metrics."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol


class Observer(Protocol):
    """Told of what happens; must neither wait nor raise."""

    def called(self, operation: str, *, status: int | None, seconds: float) -> None:
        """Hear of a call to Notion that ended; without a status no answer came."""

    def limited(self, scope: str, *, until: datetime) -> None:
        """Hear that Notion told us to wait; `scope` is whose limit it was."""

    def attempted(self, kind: str) -> None:
        """Hear how one attempt at a row ended: ok, no_effect, ambiguous, refused or paused."""

    def job(self, result: str) -> None:
        """Hear how a claim ended: done, postponed, released, set_aside, lease_lost or failed."""

    def lag(self, waited: timedelta) -> None:
        """Hear how long after it was made a change reached Notion."""

    def duplicates(self, count: int) -> None:
        """Hear how many second pages of one task went to the trash."""

    def arrived(self, waited: timedelta) -> None:
        """Hear how long after it was made a person's edit in Notion reached the task."""

    def conflicted(self, count: int) -> None:
        """Hear in how many fields both sides had changed the same; the task's value stands."""

    def went_round(self, work: str) -> None:
        """Hear that a poll or a sweep got to its end."""


class Unobserved(Observer):
    """Stands in where nobody counts."""

    def called(self, operation: str, *, status: int | None, seconds: float) -> None:
        """Do nothing."""

    def limited(self, scope: str, *, until: datetime) -> None:
        """Do nothing."""

    def attempted(self, kind: str) -> None:
        """Do nothing."""

    def job(self, result: str) -> None:
        """Do nothing."""

    def lag(self, waited: timedelta) -> None:
        """Do nothing."""

    def duplicates(self, count: int) -> None:
        """Do nothing."""

    def arrived(self, waited: timedelta) -> None:
        """Do nothing."""

    def conflicted(self, count: int) -> None:
        """Do nothing."""

    def went_round(self, work: str) -> None:
        """Do nothing."""
