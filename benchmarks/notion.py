"""How far Slack and Notion are apart: lags both ways, writes of a burst, a backlog, and silence."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from pymongo import AsyncMongoClient

from benchmarks import report
from benchmarks.checks import Check, Kind, exit_code
from benchmarks.fleet import DATABASE
from benchmarks.machine import Machine
from benchmarks.notion_ground import PERSON, NotionGround, notion_ground, seed, the_bot
from benchmarks.process import Running
from benchmarks.requests import request
from benchmarks.stats import quantile
from benchmarks.wire import Client
from playground.notion.journal import Entry
from playground.notion.patterns import matches

CREATE, READ, WRITE = "POST /v1/pages", "GET /v1/pages/*", "PATCH /v1/pages/*"
QUIET_CALLS = {
    "POST /v1/data_sources/*/query": "poll",
    "GET /v1/data_sources/*": "poll",
    "GET /v1/users/me": "health",
}
PARTS = ("lags", "backlog")
LOOK_SECONDS = 0.005
GIVE_UP_SECONDS = 90.0
BETWEEN = 1.5
"""Seconds between two actions of an idle system: no debounce or spacing of one meets the next."""
AGGREGATED = 1.0
"""Seconds over which the emulator gathers changes of a page into one event, if it does."""
BURST_EDITS, BURST_SECONDS = 50, 10.0
HEALTH_EVERY = 10.0
POLL_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was typed."""

    tasks: int
    """In the backlog."""
    requests_per_minute: int
    samples: int
    quiet_minutes: float
    latency_ms: float
    json: Path
    parts: tuple[str, ...]


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


class _People:
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


async def main(options: Options) -> int:
    """Measure, print, write; return the exit code."""
    machine = Machine.here()
    checks: list[Check] = []
    found: dict[str, object] = {}
    settings = asdict(options) | {"json": str(options.json)}
    latency = options.latency_ms / 1000
    if "lags" in options.parts:
        async with notion_ground(
            requests_per_minute=options.requests_per_minute, latency_seconds=latency
        ) as on:
            print(f"Notion answers after {options.latency_ms:g} ms.", flush=True)
            async with the_bot(on) as bot:
                checks += await _lags(on, bot, options, found)
    if "backlog" in options.parts:
        async with notion_ground(
            requests_per_minute=options.requests_per_minute, latency_seconds=latency
        ) as on:
            backlog = await _backlog(on, options)
            print(backlog, flush=True)
            found["backlog"] = asdict(backlog)
            checks += _judged(backlog, options)
    print("", report.checks(checks), sep="\n")
    kept = report.document(
        "notion", settings=settings, machine=machine, neighbours=None, checks=checks, found=found
    )
    report.write_json(kept, options.json)
    print(f"Written: {options.json}")
    return exit_code(checks, aims_count=True)


async def _lags(
    on: NotionGround, bot: Running, options: Options, found: dict[str, object]
) -> list[Check]:
    people = _People(on, bot)
    async with AsyncMongoClient[dict[str, object]](on.environ["MONGODB_URI"]) as client:
        tasks = client[DATABASE].tasks
        await asyncio.sleep(POLL_SECONDS / 20)  # the first poll, and what a start asks
        lags: list[Lag] = []

        async def add(lag: Awaitable[Lag], limit: float | None) -> None:
            lags.append(await lag)
            print(lags[-1], flush=True)
            if limit is not None:
                checks.append(_at_most(f"{lags[-1].name}, p95", lags[-1].p95, limit))

        async def here(page: str, title: str) -> bool:
            return await tasks.find_one({"notion.page_id": page, "title": title}) is not None

        checks: list[Check] = []
        await add(_created(on, people, options.samples), 1.0)
        await add(_edited(on, people, options.samples), 1.0)
        for seconds in (0.0, AGGREGATED):
            weather = replace(on.emulator.webhooks.weather, aggregate_seconds=seconds)
            on.emulator.webhooks.weather = weather
            name = f"Notion → Slack, webhook, gathered {seconds:g} s"
            await add(_told(on, here, name, options.samples), 3.0)
        writes = await _burst(on, people)
        print(f"{BURST_EDITS} edits in {BURST_SECONDS:g} s: {writes} writes", flush=True)
        checks.append(
            Check(name="writes of a burst", kind=Kind.ACCEPTANCE, measured=writes, limit=3)
        )
        on.emulator.webhooks.weather = replace(on.emulator.webhooks.weather, drop=1.0)
        await add(_polled(on, here, options.samples), 70.0)
        others = await _quiet(on, bot, options.quiet_minutes)
        print(f"{options.quiet_minutes:g} quiet minutes: {dict(others)}", flush=True)
        strays = sum(count for what, count in others.items() if what not in {"poll", "health"})
        checks.append(
            Check(name="calls of a quiet bot", kind=Kind.ACCEPTANCE, measured=strays, limit=0)
        )
    people.close()
    found |= {"lags": [asdict(lag) for lag in lags], "writes": writes, "quiet": dict(others)}
    return checks


async def _created(on: NotionGround, people: _People, samples: int) -> Lag:
    """Time from a typed command to the row."""
    seconds = []
    for number in range(samples):
        before, began = len(_done(on, CREATE)), time.perf_counter()
        await people.types(f"add Measured {number}")
        await _until(lambda: len(_done(on, CREATE)) > before)  # noqa: B023  # awaited right here
        seconds.append(time.perf_counter() - began)
        await asyncio.sleep(BETWEEN)
    return Lag(name="Slack → Notion, new task", seconds=tuple(seconds))


async def _edited(on: NotionGround, people: _People, samples: int) -> Lag:
    """Time from a typed command to the changed row."""
    seconds = []
    for number in range(samples):
        before, began = len(_done(on, WRITE)), time.perf_counter()
        await people.types(f"priority 1 {('high', 'low')[number % 2]}")
        await _until(lambda: len(_done(on, WRITE)) > before)  # noqa: B023  # awaited right here
        seconds.append(time.perf_counter() - began)
        await asyncio.sleep(BETWEEN)
    return Lag(name="Slack → Notion, changed task", seconds=tuple(seconds))


Here = Callable[[str, str], Awaitable[bool]]


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


async def _burst(on: NotionGround, people: _People) -> int:
    """Return how many writes fifty edits of one task in ten seconds make."""
    await asyncio.sleep(BETWEEN)
    before = len(_done(on, WRITE))
    began = time.perf_counter()
    day = ""
    for number in range(BURST_EDITS):
        at = began + number * BURST_SECONDS / BURST_EDITS
        await asyncio.sleep(max(0.0, at - time.perf_counter()))
        day = (date(2030, 1, 1) + timedelta(days=number)).isoformat()
        await people.types(f"due 1 {day}")
    await _until(lambda: day in str(_done(on, WRITE)[-1].body))
    await asyncio.sleep(2 * BETWEEN)
    return len(_done(on, WRITE)) - before


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


async def _backlog(on: NotionGround, options: Options) -> Backlog:
    """Connect Notion to a bot that has tasks already, and let people go on working."""
    print(f"Seeding {options.tasks:,} tasks …", flush=True)
    await seed(on, count=options.tasks)
    at_95 = options.tasks / (0.95 * options.requests_per_minute)
    print(f"Pushing them: {at_95:.1f} min at 95 % of the budget …", flush=True)
    seconds: list[float] = []
    async with the_bot(on) as bot:
        people = _People(on, bot)
        limit = time.perf_counter() + 2 * at_95 * 60 + GIVE_UP_SECONDS
        while (made := len(_done(on, CREATE))) < options.tasks + len(seconds):
            if time.perf_counter() > limit:
                raise TimeoutError(f"{made} of {options.tasks} tasks pushed")
            await asyncio.sleep(HEALTH_EVERY)
            if made < options.tasks:
                seconds.append(await _amid(on, people, f"Amid {len(seconds)}"))
        people.close()
    entries = on.emulator.journal.entries
    made_at = sorted(entry.at for entry in on.emulator.journal.calls(CREATE))
    # In the end the work runs out, and not the budget.
    first, last = made_at[0], made_at[int(0.97 * len(made_at)) - 1]
    calls = [entry for entry in entries if first <= entry.at <= last]
    return Backlog(
        tasks=options.tasks,
        calls=len(calls),
        seconds=last - first,
        share=len(calls) / (options.requests_per_minute / 60 * (last - first)),
        most_in_a_minute=on.emulator.journal.most_calls_in_any(60),
        refused=sum(entry.status == 429 for entry in entries),  # noqa: PLR2004  # too many
        every_five_seconds=tuple(
            sum(first + begin <= entry.at < first + begin + 5 for entry in calls)
            for begin in range(0, int(last - first) + 1, 5)
        ),
        people=Lag(name="a new task meanwhile", seconds=tuple(seconds) or (0.0,)),
    )


async def _amid(on: NotionGround, people: _People, title: str) -> float:
    began = time.perf_counter()
    await people.types(f"add {title}")
    await _until(lambda: any(_titled(entry, title) for entry in _done(on, CREATE)[-200:]))
    return time.perf_counter() - began


def _titled(entry: Entry, title: str) -> bool:
    return f"'{title}'" in str(entry.body)


def _judged(backlog: Backlog, options: Options) -> list[Check]:
    return [
        Check(
            name="share of the budget used",
            kind=Kind.ACCEPTANCE,
            measured=backlog.share * 100,
            limit=95.0,
            unit=" %",
            at_most=False,
        ),
        Check(
            name="most calls in any 60 s",
            kind=Kind.ACCEPTANCE,
            measured=backlog.most_in_a_minute,
            limit=options.requests_per_minute,
        ),
        Check(name="429s", kind=Kind.ACCEPTANCE, measured=backlog.refused, limit=0),
        _at_most("a new task amid the backlog, p95", backlog.people.p95, 3.0),
    ]


def _at_most(name: str, measured: float, limit: float) -> Check:
    return Check(name=name, kind=Kind.AIM, measured=measured, limit=limit, unit=" s")


def _done(on: NotionGround, pattern: str) -> Sequence[Entry]:
    return on.emulator.journal.calls(pattern, status=200)


def kind_of(entry: Entry) -> str:
    """Return what a call is made for, or the call itself where a quiet bot has no reason."""
    for pattern, name in QUIET_CALLS.items():
        if matches(pattern, entry.method, entry.path):
            return name
    return f"{entry.method} {entry.path}"


async def _until(check: Callable[[], bool]) -> None:
    async with asyncio.timeout(GIVE_UP_SECONDS):
        while not check():  # noqa: ASYNC110  # the journal tells nobody
            await asyncio.sleep(LOOK_SECONDS)


async def _until_here(here: Here, page: str, title: str) -> None:
    async with asyncio.timeout(GIVE_UP_SECONDS):
        while not await here(page, title):  # noqa: ASYNC110  # another process tells nobody
            await asyncio.sleep(LOOK_SECONDS)
