"""What went over the wire in both directions, and what was wrong with it."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeVar

from playground.slack.wire import Json

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer; tokens are left out."""

    at: float
    direction: Literal["to_bot", "to_slack"]
    kind: str  # `command`, `block_actions`, … or the Web API method
    request: Json
    status: int | None  # None: no answer came
    answer: object
    seconds: float
    headers: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """Something the bot did that a real Slack would not have taken."""

    kind: str
    detail: str
    body: object


class Journal:
    """Every exchange in order, and a way to wait for the next."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []
        self.violations: list[Violation] = []
        self._changed = asyncio.Event()

    def record(self, exchange: Exchange) -> None:
        """Keep an exchange and wake who waits."""
        self.exchanges.append(exchange)
        self.changed()

    def blame(self, kind: str, detail: str, body: object = None) -> None:
        """Keep a violation."""
        self.violations.append(Violation(kind=kind, detail=detail, body=body))

    def changed(self) -> None:
        """Wake everyone who waits for something to become true."""
        self._changed.set()
        self._changed = asyncio.Event()

    def calls(self, kind: str) -> list[Exchange]:
        """Return the exchanges of one kind, oldest first."""
        return [exchange for exchange in self.exchanges if exchange.kind == kind]

    async def until(self, check: Callable[[], Found], *, seconds: float) -> Found:
        """Return the first true value of the check; TimeoutError after so many seconds."""
        async with asyncio.timeout(seconds):
            while not (found := check()):
                await self._changed.wait()
        return found

    def __iter__(self) -> Iterator[Exchange]:
        return iter(self.exchanges)

    def __len__(self) -> int:
        return len(self.exchanges)
