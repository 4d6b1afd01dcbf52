"""How long it takes from Slack to Notion and back; a burst, and silence."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, replace
from datetime import date, timedelta

from pymongo import AsyncMongoClient

from benchmarks.checks import Check, Kind
from benchmarks.fleet import DATABASE
from benchmarks.notion_ground import NotionGround
from benchmarks.notion_watch import (
    CREATE,
    GIVE_UP_SECONDS,
    LOOK_SECONDS,
    WRITE,
    Lag,
    People,
    at_most,
    done,
    until,
)
from benchmarks.process import Running
from benchmarks.requests import request
from benchmarks.wire import Client
from playground.notion.journal import Entry
from playground.notion.patterns import matches

QUIET_CALLS = {
    "POST /v1/data_sources/*/query": "poll",
    "GET /v1/data_sources/*": "poll",
    "GET /v1/users/me": "health",
}
BETWEEN = 1.5
"""Seconds between two actions of an idle system: no debounce or spacing of one meets the next."""
AGGREGATED = 1.0
"""Seconds over which the emulator gathers changes of a page into one event, if it does."""
BURST_EDITS, BURST_SECONDS = 50, 10.0
HEALTH_EVERY = 10.0
POLL_SECONDS = 60.0

Here = Callable[[str, str], Awaitable[bool]]
"""Tells whether a page's task has a title."""


async def lags(
    on: NotionGround, bot: Running, *, samples: int, quiet_minutes: float
) -> tuple[dict[str, object], list[Check]]:
    """Measure and print; return what was found, and how it is judged."""
    people = People(on, bot)
    async with AsyncMongoClient[dict[str, object]](on.environ["MONGODB_URI"]) as client:
        tasks = client[DATABASE].tasks
        await asyncio.sleep(POLL_SECONDS / 20)  # the first poll, and what a start asks
        found: list[Lag] = []

        async def add(lag: Awaitable[Lag], limit: float | None) -> None:
            found.append(await lag)
            print(found[-1], flush=True)
            if limit is not None:
                checks.append(at_most(f"{found[-1].name}, p95", found[-1].p95, limit))

        async def here(page: str, title: str) -> bool:
            return await tasks.find_one({"notion.page_id": page, "title": title}) is not None

        checks: list[Check] = []
        new = [f"add Measured {number}" for number in range(samples)]
        await add(_pushed(on, people, "Slack → Notion, new task", new, CREATE), 1.0)
        changed = [f"priority 1 {('high', 'low')[number % 2]}" for number in range(samples)]
        await add(_pushed(on, people, "Slack → Notion, changed task", changed, WRITE), 1.0)
        for seconds in (0.0, AGGREGATED):
            weather = replace(on.emulator.webhooks.weather, aggregate_seconds=seconds)
            on.emulator.webhooks.weather = weather
            name = f"Notion → Slack, webhook, gathered {seconds:g} s"
            await add(_told(on, here, name, samples), 3.0)
        writes = await _burst(on, people)
        print(f"{BURST_EDITS} edits in {BURST_SECONDS:g} s: {writes} writes", flush=True)
        checks.append(
            Check(name="writes of a burst", kind=Kind.ACCEPTANCE, measured=writes, limit=3)
        )
        on.emulator.webhooks.weather = replace(on.emulator.webhooks.weather, drop=1.0)
        await add(_polled(on, here, samples), 70.0)
        others = await _quiet(on, bot, quiet_minutes)
        print(f"{quiet_minutes:g} quiet minutes: {dict(others)}", flush=True)
        strays = sum(count for what, count in others.items() if what not in {"poll", "health"})
        checks.append(
            Check(name="calls of a quiet bot", kind=Kind.ACCEPTANCE, measured=strays, limit=0)
        )
    people.close()
    kept = {"lags": [asdict(lag) for lag in found], "writes": writes, "quiet": dict(others)}
    return kept, checks


async def _pushed(
    on: NotionGround, people: People, name: str, commands: Sequence[str], pattern: str
) -> Lag:
    """Time from a typed command to the call that brings it to Notion, for each of them."""
    seconds = []
    for command in commands:
        before, began = len(done(on, pattern)), time.perf_counter()
        await people.types(command)
        await until(lambda: len(done(on, pattern)) > before)  # noqa: B023  # awaited right here
        seconds.append(time.perf_counter() - began)
        await asyncio.sleep(BETWEEN)
    return Lag(name=name, seconds=tuple(seconds))


async def _told(on: NotionGround, here: Here, name: str, samples: int) -> Lag:
    """Time from an edit in Notion to the changed task, by webhook."""
    pages = [row.id for row in on.bench.live_pages(on.table.data_source_id)]
    seconds = []
    for number in range(samples):
        page, title = pages[number % len(pages)], f"{name} {number}"
        began = time.perf_counter()
        on.bench.edit(page, {"Name": title})
        await _until_here(here, page, title)
        seconds.append(time.perf_counter() - began)
        await asyncio.sleep(BETWEEN)
    return Lag(name=name, seconds=tuple(seconds))


async def _polled(on: NotionGround, here: Here, samples: int) -> Lag:
    """Time from edits all over a minute to the changed tasks, no webhook coming through."""
    pages = [row.id for row in on.bench.live_pages(on.table.data_source_id)][:samples]

    async def one(number: int, page: str) -> float:
        await asyncio.sleep(number * POLL_SECONDS / len(pages))
        title, began = f"Polled {number}", time.perf_counter()
        on.bench.edit(page, {"Name": title})
        await _until_here(here, page, title)
        return time.perf_counter() - began

    seconds = await asyncio.gather(*(one(number, page) for number, page in enumerate(pages)))
    return Lag(name="Notion → Slack, poll alone", seconds=tuple(seconds))


async def _burst(on: NotionGround, people: People) -> int:
    """Return how many writes fifty edits of one task in ten seconds make."""
    await asyncio.sleep(BETWEEN)
    before = len(done(on, WRITE))
    began = time.perf_counter()
    day = ""
    for number in range(BURST_EDITS):
        at = began + number * BURST_SECONDS / BURST_EDITS
        await asyncio.sleep(max(0.0, at - time.perf_counter()))
        day = (date(2030, 1, 1) + timedelta(days=number)).isoformat()
        await people.types(f"due 1 {day}")
    await until(lambda: day in str(done(on, WRITE)[-1].body))
    await asyncio.sleep(2 * BETWEEN)
    return len(done(on, WRITE)) - before


async def _quiet(on: NotionGround, bot: Running, minutes: float) -> Counter[str]:
    """Return what a bot asks that nobody uses but a monitor."""
    await asyncio.sleep(2 * BETWEEN)
    client, begun = Client(bot.port), len(on.emulator.journal.entries)
    ask = request("GET", "/health", {}, b"")
    for _ in range(round(minutes * 60 / HEALTH_EVERY)):
        await client.send(ask)
        await asyncio.sleep(HEALTH_EVERY)
    client.close()
    return Counter(kind_of(entry) for entry in on.emulator.journal.entries[begun:])


def kind_of(entry: Entry) -> str:
    """Return what a call is made for, or the call itself where a quiet bot has no reason."""
    for pattern, name in QUIET_CALLS.items():
        if matches(pattern, entry.method, entry.path):
            return name
    return f"{entry.method} {entry.path}"


async def _until_here(here: Here, page: str, title: str) -> None:
    async with asyncio.timeout(GIVE_UP_SECONDS):
        while not await here(page, title):  # noqa: ASYNC110  # another process tells nobody
            await asyncio.sleep(LOOK_SECONDS)
