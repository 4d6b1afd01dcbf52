"""Load tests of the real bot: programs and people at a steady rate, mixed, all at once."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks import agreement, compare, latency_chart, report
from benchmarks.agreement import Told
from benchmarks.checks import Check, Kind, exit_code, latency, no_errors
from benchmarks.fleet import api_tokens, ground, the_bot
from benchmarks.load import Sample, at_once, open_loop
from benchmarks.machine import Machine, Neighbours, said
from benchmarks.requests import request
from benchmarks.stats import Summary, pooled, summarise
from benchmarks.wire import Client
from benchmarks.workloads import Make, Rest, Slack, mixed, mixture, sender

ACCEPTANCE_MS = 500.0
AIM_MS = 20.0
BURST = 50
WARM_UP_SECONDS = 1.0
GENERATOR_LATE_MS = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was typed."""

    tasks: int
    rate: float
    seconds: float
    """Of the longest loads; the others last half of it."""
    json: Path
    chart: Path
    earlier: Path | None = None
    """An earlier run's JSON."""
    aims_count: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What came of all loads."""

    steady: list[Summary]
    bursts: list[Summary]
    told: list[Told]
    """Loads of one kind, beside what the bot's own `/stats` said right after each."""
    stats: Mapping[str, Any]
    """What the bot itself says of all of it in the end."""
    neighbours: float | None


async def main(options: Options) -> int:
    """Load the bot, print, write; return the exit code."""
    machine = Machine.here()
    print(f"Seeding {options.tasks:,} tasks in 50 workspaces …", flush=True)
    found = await _measure(options)
    every = [*found.steady, *found.bursts]
    checks = judged(found, timing=Kind.ACCEPTANCE if options.aims_count else Kind.AIM)
    print("", report.summaries(every), said(found.neighbours), *_generator(every), sep="\n")
    print("", agreement.table(found.told), "", report.checks(checks), sep="\n")
    kept = report.document(
        "load",
        settings={"tasks": options.tasks, "rate": options.rate, "seconds": options.seconds},
        machine=machine,
        neighbours=found.neighbours,
        checks=checks,
        loads={one.name: asdict(one) for one in every},
        told=found.told,
        stats=found.stats,
    )
    if options.earlier is not None:
        print("", compare.table(compare.read(options.earlier), kept), sep="\n")
    report.write_json(kept, options.json)
    report.write_text(_chart(options, found, machine), options.chart)
    print(f"Written: {options.json}, {options.chart}")
    return exit_code(checks, aims_count=options.aims_count)


async def _measure(options: Options) -> Findings:
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
        everything = mixed(slack, rest)
        neighbours = Neighbours((on.mongod_pid, bot.pid))
        steady, bursts, told = [], [], []
        for one in _steady(slack, rest, everything):
            warm, sample = await _at_rate(client, one, options)
            steady.append(summarise(sample))
            if one.series is not None:
                whole = summarise(pooled([sample, warm]), timeline=False)
                told.append(agreement.told(whole, await _stats(client), *one.series))
        for name, make in _bursts(slack, rest).items():
            sample = await at_once(f"{BURST} {name}", sender(client, make), count=BURST)
            bursts.append(summarise(sample, timeline=False))
        return Findings(
            steady=steady,
            bursts=bursts,
            told=told,
            stats=await _stats(client),
            neighbours=neighbours.share(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Steady:
    """A load at the steady rate."""

    name: str
    make: Make
    share: float
    """Of the time."""
    series: tuple[str, str] | None = None
    """Histogram and label under which `/stats` has these requests and, before it, no others."""


def _steady(slack: Slack, rest: Rest, everything: Make) -> tuple[Steady, ...]:
    commands = mixture({slack.list: 2, slack.add: 2, slack.show: 1, slack.done: 1})
    listing, command, view = (
        ("http", "/api/v1/tasks"),
        ("slack_ack", "command"),
        ("slack_ack", "view"),
    )
    return (
        Steady(name="GET tasks (REST)", make=rest.list, share=1.0, series=listing),
        Steady(name="slash commands", make=commands, share=0.5, series=command),
        Steady(name="submitted forms", make=slack.submit, share=0.5, series=view),
        Steady(name="mixed", make=everything, share=1.0),
    )


async def _at_rate(client: Client, one: Steady, options: Options) -> tuple[Sample, Sample]:
    """Return what came of warming up, and of the load."""
    seconds = options.seconds * one.share
    send = sender(client, one.make)
    warm = await open_loop(one.name, send, rate=options.rate, seconds=WARM_UP_SECONDS)
    print(f"{one.name}: {options.rate:g}/s for {seconds:g} s …", flush=True)
    return warm, await open_loop(one.name, send, rate=options.rate, seconds=seconds)


def _bursts(slack: Slack, rest: Rest) -> Mapping[str, Make]:
    """Return what is created all at once."""
    return {
        "creations (REST)": rest.create,
        "slash commands": slack.add,
        "submitted forms": slack.submit,
        "mixed creations": mixture({rest.create: 2, slack.add: 2, slack.submit: 1}),
    }


async def _stats(client: Client) -> Mapping[str, Any]:
    answer = await client.send(request("GET", "/stats", {}, b""))
    found: Mapping[str, Any] = json.loads(answer.body)
    return found


def judged(found: Findings, *, timing: Kind = Kind.ACCEPTANCE) -> list[Check]:
    """Return what was asked of the first API, and what is aimed at.

    How much depends on times is for the caller to say: of a short run, on a machine that nobody
    knows, only wrong answers are the bot's fault for sure.
    """
    checks = []
    for one in found.steady:
        checks += [
            no_errors(one),
            latency(one, "p95", ACCEPTANCE_MS, timing),
            latency(one, "p95", AIM_MS, Kind.AIM),
        ]
    for both in found.told:
        checks += agreement.checks(both, timing)
    for one in found.bursts:
        checks += [no_errors(one), latency(one, "maximum", ACCEPTANCE_MS, timing)]
    return checks


def _generator(every: list[Summary]) -> list[str]:
    """Return a warning where the generator itself could not keep up."""
    late = max(one.late_start for one in every)
    if late < GENERATOR_LATE_MS:
        return []
    return [f"The generator itself was up to {late:.0f} ms late: the machine has too much to do."]


def _chart(options: Options, found: Findings, machine: Machine) -> str:
    said_below = (
        f"{options.rate:g} requests/s in an open loop, latency in ms from the intended time;"
        f" {machine.system}, {machine.cores} cores, Python {machine.python}"
    )
    return latency_chart.draw(
        "Taskbridge under load",
        said_below,
        [*found.steady, *found.bursts],
        found.steady,
        latency_chart.Limits(aim=AIM_MS, acceptance=ACCEPTANCE_MS),
    )
