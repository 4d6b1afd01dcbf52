"""The bot beside its yardsticks, and whether lists cost more as the data grows."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks import report, tables
from benchmarks.checks import Check, Kind, exit_code
from benchmarks.fleet import Ground, ground, the_bot, yardstick
from benchmarks.growth import Cost, costs, grown, searches
from benchmarks.home import LIMIT_MS, home_costs
from benchmarks.machine import Machine, Neighbours, said
from benchmarks.pairs import Compared, Pair, Plan, Side, run
from benchmarks.process import Running
from benchmarks.wire import Client
from benchmarks.workloads import Make, Shot, Slack, sender

HELP_AIM, TASK_AIM = 0.80, 0.75
P99_AIM_MS = 50.0
SMALL, LARGE, MILLION = 10_000, 100_000, 1_000_000
HOMES = 100
"""How often a home tab is built for its time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was typed."""

    tasks: int
    plan: Plan
    million: bool
    json: Path
    aims_count: bool = True


async def main(options: Options) -> int:
    """Measure, print, write; return the exit code."""
    machine = Machine.here()
    print(f"Seeding {options.tasks:,} tasks in 50 workspaces …", flush=True)
    async with ground(tasks=options.tasks) as on:
        compared, neighbours = await _ratios(on, options)
        print(tables.compared(compared), said(neighbours), sep="\n", flush=True)
        found = await _growth(on, options)
    print(tables.growth(found))
    checks = [*_speed_checks(compared), *_growth_checks(found)]
    print("", report.checks(checks), sep="\n")
    report.write_json(
        report.document(
            "slack",
            settings={"tasks": options.tasks, **asdict(options.plan)},
            machine=machine,
            neighbours=neighbours,
            checks=checks,
            operations=compared,
            growth=found,
        ),
        options.json,
    )
    print(f"Written: {options.json}")
    return exit_code(checks, aims_count=options.aims_count)


async def _ratios(on: Ground, options: Options) -> tuple[list[Compared], float | None]:
    async with AsyncExitStack() as stack:
        bot = await stack.enter_async_context(the_bot(on))
        empty = await stack.enter_async_context(yardstick("empty", on, raw=False))
        raw = await stack.enter_async_context(yardstick("raw", on, raw=True))
        servers = (bot, empty, raw)
        clients = {server.name: Client(server.port) for server in servers}
        for client in clients.values():
            stack.callback(client.close)
        slack = Slack(
            signer=on.signer,
            numbers=itertools.count(),
            tasks_per_team=on.tasks_per_team,
            now=time.time,
        )

        def pair(name: str, make: Make, server: Running, what: str, aim: float) -> Pair:
            ours = Side(server=bot, send=sender(clients["bot"], make))
            theirs = Side(server=server, send=sender(clients[server.name], _acknowledged(make)))
            return Pair(name=name, yardstick=what, aim=aim, ours=ours, theirs=theirs)

        pairs = (
            pair("help", slack.help, empty, "empty listener", HELP_AIM),
            pair("add", slack.add, raw, "listener with the raw calls", TASK_AIM),
            pair("list", slack.list, raw, "listener with the raw calls", TASK_AIM),
        )
        neighbours = Neighbours((on.mongod_pid, *(server.pid for server in servers)))
        compared = await run(pairs, options.plan, lambda words: print(words, flush=True))
        return compared, neighbours.share()


def _acknowledged(make: Make) -> Make:
    """Return the same requests, right where a yardstick acknowledges."""
    return lambda number: Shot(make(number).request, b"done")


async def _growth(on: Ground, options: Options) -> list[Cost]:
    found = []
    for tasks in (SMALL, MILLION if options.million else LARGE):
        print(f"Lists among {tasks:,} tasks …", flush=True)
        async with grown(on.mongodb_uri, tasks=tasks) as name:
            found += await costs(on.mongodb_uri, name, tasks=tasks)
            found += await home_costs(on.mongodb_uri, name, tasks=tasks, times=HOMES)
    return found


def _speed_checks(compared: Sequence[Compared]) -> list[Check]:
    checks = []
    for one in compared:
        checks += [
            Check(
                name=f"{one.name}, throughput by that of the {one.yardstick}",
                kind=Kind.AIM,
                measured=one.ratio,
                limit=one.aim,
                at_most=False,
            ),
            Check(
                name=f"{one.name}, p99 at the steady rate",
                kind=Kind.AIM,
                measured=one.ours.p99,
                limit=P99_AIM_MS,
                unit=" ms",
            ),
            Check(
                name=f"{one.name}, servers with wrong answers",
                kind=Kind.ACCEPTANCE,
                measured=len(one.errors),
                limit=0,
            ),
        ]
    return checks


def _growth_checks(found: Sequence[Cost]) -> list[Check]:
    is_search = tuple(searches())
    excess = [one.documents - one.returned for one in found if not one.name.startswith(is_search)]
    return [
        Check(
            name="lists, most documents read and not returned",
            kind=Kind.ACCEPTANCE,
            measured=max(excess),
            limit=0,
        ),
        Check(
            name="the home tab of somebody with 5,000 tasks, slowest median",
            kind=Kind.AIM,
            measured=max(one.p50 for one in found if one.name.startswith("home")),
            limit=LIMIT_MS,
            unit=" ms",
        ),
    ]
