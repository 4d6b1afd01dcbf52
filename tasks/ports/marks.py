"""What was done once and is not to be done again, for a while."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol


class Marks(Protocol):
    """Names of things that happen at most once, whichever instance does them."""

    async def set(self, team: str, name: str, *, lasts: timedelta) -> bool:
        """Set a mark; tell whether it was not there before. At least until then it is kept."""
