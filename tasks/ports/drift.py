"""Columns on the other side that have gone, so that their fields wait."""

from __future__ import annotations

from typing import Protocol


class Drift(Protocol):
    """What of a team's mapping does not fit any more, a sentence per field."""

    def seen(self, team: str) -> tuple[str, ...] | None:
        """Return what this process knows, which may be minutes old; None: nothing yet."""

    async def look(self, team: str) -> tuple[str, ...]:
        """Ask the other side anew. CannotConnect: it does not answer; StoreError."""
