"""A clock that a test moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class FakeClock:
    """Tells a time that stands still until it is moved; sleeping moves it."""

    def __init__(self, at: datetime = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self.at += by

    async def sleep(self, seconds: float) -> None:
        """Let time pass at once, in place of `asyncio.sleep`."""
        self.advance(timedelta(seconds=seconds))
