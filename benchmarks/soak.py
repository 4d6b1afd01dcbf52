"""A steady mixture for a long time: whether the bot's memory stays where it is."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks import memory_chart, report
from benchmarks.checks import Check, Kind, exit_code, latency, no_errors
from benchmarks.fleet import api_tokens, ground, the_bot
from benchmarks.load import Sample, open_loop
from benchmarks.machine import Machine, Neighbours, said
from benchmarks.memory_chart import MEBIBYTE
from benchmarks.process import open_files, resident_bytes
from benchmarks.stats import Line, Summary, least_squares, summarise
from benchmarks.wire import Client
from benchmarks.workloads import Rest, Slack, mixed, sender

HOUR = 3600.0
ACCEPTANCE_MS = 500.0
SLOPE_LIMIT_MIB = 10.0
"""An hour; at 50/s about sixty bytes a request."""
WARM_UP_SHARE = 0.25
"""Of the time: caches fill, the allocator finds its size; not part of the line."""
LOOKS = 180
"""How often memory is read."""
FILES_LIMIT = 20
"""So many more open files at the end than after the warm-up are a leak."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was typed."""

    minutes: float
    rate: float
    tasks: int
    json: Path
    chart: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the process held at one moment."""

    at: float
    """Seconds from the start."""
    resident: int
    """Bytes."""
    files: int | None


async def main(options: Options) -> int:
    """Load, watch, print, write; return the exit code."""
    machine = Machine.here()
    print(f"Seeding {options.tasks:,} tasks, then {options.rate:g}/s for {options.minutes:g} min …")
    load, looks, neighbours = await _measure(options)
    settled = [look for look in looks if look.at >= options.minutes * 60 * WARM_UP_SHARE]
    fitted = least_squares([(look.at, float(look.resident)) for look in settled])
    checks = judged(load, fitted, settled)
    words = slope_said(fitted, settled)
    print("", report.summaries([load]), said(neighbours), words, sep="\n")
    print("", report.checks(checks), sep="\n")
    kept = report.document(
        "soak",
        settings={"minutes": options.minutes, "rate": options.rate, "tasks": options.tasks},
        machine=machine,
        neighbours=neighbours,
        checks=checks,
        load=asdict(load),
        slope_mib_per_hour=fitted.slope * HOUR / MEBIBYTE,
        slope_error_mib_per_hour=fitted.slope_error * HOUR / MEBIBYTE,
        looks=looks,
    )
    report.write_json(kept, options.json)
    points = [(look.at, float(look.resident)) for look in looks]
    title = f"Memory of the bot, {options.rate:g} requests/s"
    drawn = memory_chart.draw(title, words, points, fitted, since=settled[0].at)
    report.write_text(drawn, options.chart)
    print(f"Written: {options.json}, {options.chart}")
    return exit_code(checks, aims_count=True)


async def _measure(options: Options) -> tuple[Summary, list[Look], float | None]:
    async with AsyncExitStack() as stack:
        on = await stack.enter_async_context(ground(tasks=options.tasks))
        tokens = await api_tokens(on)
        bot = await stack.enter_async_context(the_bot(on))
        client = Client(bot.port)
        stack.callback(client.close)
        count = itertools.count()
        slack = Slack(
            signer=on.signer, numbers=count, tasks_per_team=on.tasks_per_team, now=time.time
        )
        rest = Rest(
            tokens=tokens, run=on.signer.run, numbers=count, tasks_per_team=on.tasks_per_team
        )
        neighbours = Neighbours((on.mongod_pid, bot.pid))
        seconds = options.minutes * 60
        looking = asyncio.create_task(_look_again(bot.pid, seconds))
        sample: Sample = await open_loop(
            "mixed", sender(client, mixed(slack, rest)), rate=options.rate, seconds=seconds
        )
        return summarise(sample), await looking, neighbours.share()


async def _look_again(pid: int, seconds: float) -> list[Look]:
    """Read memory in equal steps until the end; say it every tenth time."""
    began, looks = time.monotonic(), []
    for number in range(LOOKS + 1):
        await asyncio.sleep(began + seconds * number / LOOKS - time.monotonic())
        at = time.monotonic() - began
        look = Look(
            at=at, resident=await asyncio.to_thread(resident_bytes, pid), files=open_files(pid)
        )
        looks.append(look)
        if number % (LOOKS // 18) == 0:
            print(f"{at / 60:5.1f} min  {look.resident / MEBIBYTE:6.1f} MiB", flush=True)
    return looks


def judged(load: Summary, fitted: Line, settled: Sequence[Look]) -> list[Check]:
    """Return what is asked of a long run."""
    checks = [
        no_errors(load),
        latency(load, "p95", ACCEPTANCE_MS, Kind.ACCEPTANCE),
        Check(
            name="slope of the memory",
            kind=Kind.ACCEPTANCE,
            measured=fitted.slope * HOUR / MEBIBYTE,
            limit=SLOPE_LIMIT_MIB,
            unit=" MiB/h",
        ),
    ]
    first, last = settled[0].files, settled[-1].files
    if first is not None and last is not None:
        more = Check(
            name="open files, more at the end",
            kind=Kind.ACCEPTANCE,
            measured=last - first,
            limit=FILES_LIMIT,
        )
        checks.append(more)
    return checks


def slope_said(fitted: Line, settled: Sequence[Look]) -> str:
    """Return the slope in words, with what it is worth."""
    slope, error = (value * HOUR / MEBIBYTE for value in (fitted.slope, fitted.slope_error))
    ends = " to ".join(f"{look.resident / MEBIBYTE:.1f}" for look in (settled[0], settled[-1]))
    minutes = (settled[-1].at - settled[0].at) / 60
    return (
        f"Resident memory after the warm-up: {ends} MiB in {minutes:.0f} min,"
        f" {slope:+.1f} ± {error:.1f} MiB per hour (least squares)"
    )
