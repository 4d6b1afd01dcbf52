"""Many tasks without rows are pushed, while people go on working."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from benchmarks.checks import Check, Kind
from benchmarks.notion_ground import NotionGround, seed, the_bot
from benchmarks.notion_watch import CREATE, GIVE_UP_SECONDS, Lag, People, at_most, done, until
from playground.notion.journal import Entry

ADD_EVERY = 10.0
"""Seconds between two tasks that somebody makes meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What came of the tasks that had no row."""

    tasks: int
    calls: int
    seconds: float
    share: float
    """Of the budget, while there was work enough for it."""
    most_in_a_minute: int
    refused: int
    people: Lag
    """Tasks that somebody made meanwhile."""
    every_five_seconds: tuple[int, ...]
    """Calls, one figure for each five seconds: a stall shows."""

    def __str__(self) -> str:
        return (
            f"{self.tasks:,} tasks in {self.seconds / 60:.1f} min: {self.calls:,} calls, "
            f"{self.share:.1%} of the budget, {self.most_in_a_minute} at most in any 60 s, "
            f"{self.refused} refused with 429\n{self.people}"
        )


async def backlog(on: NotionGround, *, tasks: int, requests_per_minute: int) -> Backlog:
    """Connect Notion to a bot that has tasks already, and let people go on working."""
    print(f"Seeding {tasks:,} tasks …", flush=True)
    await seed(on, count=tasks)
    at_95 = tasks / (0.95 * requests_per_minute)
    print(f"Pushing them: {at_95:.1f} min at 95 % of the budget …", flush=True)
    seconds: list[float] = []
    async with the_bot(on) as bot:
        people = People(on, bot)
        limit = time.perf_counter() + 2 * at_95 * 60 + GIVE_UP_SECONDS
        while (made := len(done(on, CREATE))) < tasks + len(seconds):
            if time.perf_counter() > limit:
                raise TimeoutError(f"{made} of {tasks} tasks pushed")
            await asyncio.sleep(ADD_EVERY)
            if made < tasks:
                seconds.append(await _amid(on, people, f"Amid {len(seconds)}"))
        people.close()
    entries = on.emulator.journal.entries
    made_at = sorted(entry.at for entry in on.emulator.journal.calls(CREATE))
    # In the end the work runs out, and not the budget.
    first, last = made_at[0], made_at[int(0.97 * len(made_at)) - 1]
    calls = [entry for entry in entries if first <= entry.at <= last]
    return Backlog(
        tasks=tasks,
        calls=len(calls),
        seconds=last - first,
        share=len(calls) / (requests_per_minute / 60 * (last - first)),
        most_in_a_minute=on.emulator.journal.most_calls_in_any(60),
        refused=sum(entry.status == 429 for entry in entries),  # noqa: PLR2004  # too many
        every_five_seconds=tuple(
            sum(first + begin <= entry.at < first + begin + 5 for entry in calls)
            for begin in range(0, int(last - first) + 1, 5)
        ),
        people=Lag(name="a new task meanwhile", seconds=tuple(seconds) or (0.0,)),
    )


async def _amid(on: NotionGround, people: People, title: str) -> float:
    began = time.perf_counter()
    await people.types(f"add {title}")
    await until(lambda: any(_titled(entry, title) for entry in done(on, CREATE)[-200:]))
    return time.perf_counter() - began


def _titled(entry: Entry, title: str) -> bool:
    return f"'{title}'" in str(entry.body)


def judged(found: Backlog, *, requests_per_minute: int) -> list[Check]:
    """Hold it against what it should be."""
    return [
        Check(
            name="share of the budget used",
            kind=Kind.ACCEPTANCE,
            measured=found.share * 100,
            limit=95.0,
            unit=" %",
            at_most=False,
        ),
        Check(
            name="most calls in any 60 s",
            kind=Kind.ACCEPTANCE,
            measured=found.most_in_a_minute,
            limit=requests_per_minute,
        ),
        Check(name="429s", kind=Kind.ACCEPTANCE, measured=found.refused, limit=0),
        at_most("a new task amid the backlog, p95", found.people.p95, 3.0),
    ]
