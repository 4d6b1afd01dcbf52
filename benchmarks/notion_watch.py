"""Types into Slack and watches for Notion: what all measurements of the sync share."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.checks import Check, Kind
from benchmarks.notion_ground import PERSON, NotionGround
from benchmarks.process import Running
from benchmarks.stats import quantile
from benchmarks.wire import Client
from playground.notion.journal import Entry

CREATE, WRITE = "POST /v1/pages", "PATCH /v1/pages/*"
LOOK_SECONDS = 0.005
GIVE_UP_SECONDS = 90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """How long something took to be on the other side, again and again; seconds."""

    name: str
    seconds: tuple[float, ...]

    @property
    def p50(self) -> float:
        """The middle one."""
        return quantile(self.seconds, 0.5)

    @property
    def p95(self) -> float:
        """What nineteen of twenty are below."""
        return quantile(self.seconds, 0.95)

    def __str__(self) -> str:
        return (
            f"{self.name:<38} p50 {self.p50:6.2f} s   p95 {self.p95:6.2f} s   "
            f"max {max(self.seconds):6.2f} s   of {len(self.seconds)}"
        )


class People:
    """Somebody in Slack."""

    def __init__(self, on: NotionGround, bot: Running) -> None:
        self._signer = on.signer
        self._client = Client(bot.port)
        self._numbers = itertools.count(int(time.time() * 1000) % 10_000_000)

    async def types(self, text: str) -> bytes:
        """Type a command; return the answer. RuntimeError where it is an apology."""
        sent = self._signer.command(text, by=PERSON, number=next(self._numbers), now=time.time())
        answer = await self._client.send(sent)
        if answer.status != 200:  # noqa: PLR2004  # OK
            raise RuntimeError(f"/task {text}: {answer.status} {answer.body[:200]!r}")
        return answer.body

    def close(self) -> None:
        """Hang up."""
        self._client.close()


def at_most(name: str, measured: float, limit: float) -> Check:
    """Return the aim that something takes no more seconds than that."""
    return Check(name=name, kind=Kind.AIM, measured=measured, limit=limit, unit=" s")


def done(on: NotionGround, pattern: str) -> Sequence[Entry]:
    """Return the calls that Notion has done, the oldest first."""
    return on.emulator.journal.calls(pattern, status=200)


async def until(check: Callable[[], bool]) -> None:
    """Wait until something is so. TimeoutError."""
    async with asyncio.timeout(GIVE_UP_SECONDS):
        while not check():  # noqa: ASYNC110  # the journal tells nobody
            await asyncio.sleep(LOOK_SECONDS)
