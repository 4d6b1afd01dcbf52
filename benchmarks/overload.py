"""More than the bot can do: everybody has to be answered truthfully within three seconds."""

from __future__ import annotations

import contextlib
import itertools
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pymongo import AsyncMongoClient

from benchmarks import report
from benchmarks.checks import Check, Kind, exit_code
from benchmarks.fleet import DATABASE, Ground, api_tokens, ground, the_bot
from benchmarks.load import Reply, Sample, closed_loop, open_loop
from benchmarks.machine import Machine
from benchmarks.requests import SlackSigner
from benchmarks.stats import quantile
from benchmarks.wire import Client
from benchmarks.workloads import Make, Rest, Shot, Slack, mixture, reply, sender

SLACK_SECONDS = 3.0
"""So long Slack waits; then people are told that it did not work."""
CONNECTIONS = 32
PREFIX = "Book the venue for the offsite "
BEHIND = 5
"""How much nicer the bot and its database are than neighbours that take the processor."""

DONE, BUSY, UNSURE, NOT_SAVED, NONE = "done", "turned away", "not known", "not saved", "none"
_WORDS = {
    b"busy just now": BUSY,
    b"too many wait": BUSY,
    b'"code": "busy"': BUSY,
    b"not known yet": UNSURE,
    b"outcome_unknown": UNSURE,
    b"takes longer than usual": UNSURE,
    b"not saved": NOT_SAVED,
    b"nothing can be shown": NOT_SAVED,
    b'"code": "unavailable"': NOT_SAVED,
    b'"code": "not_saved"': NOT_SAVED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was typed."""

    tasks: int
    factor: float
    """Of what the bot does at saturation."""
    rate: float | None
    """Requests a second, instead of that."""
    seconds: float
    neighbours: int
    """Busy loops beside it, each of which goes before it."""
    json: Path


@dataclass(slots=True, kw_only=True)
class Told:
    """What each request was told."""

    sample: Sample
    saturation: float
    """Right answers a second of 32 who ask again and again."""
    rate: float
    answers: Counter[str] = field(default_factory=Counter)
    in_time: int = 0
    titles: dict[str, str] = field(default_factory=dict)
    """Of each task that was to be added, what was told."""
    lies: int = 0
    """Tasks that were told to be saved and are not, or the other way round, or twice."""

    @property
    def sent(self) -> int:
        """How many requests there were."""
        return self.sample.requests

    def share(self, count: int) -> float:
        """Return a part of all requests, in per cent."""
        return 100.0 * count / self.sent if self.sent else 0.0


async def main(options: Options) -> int:
    """Load the bot, print, write; return the exit code."""
    machine = Machine.here()
    print(f"Seeding {options.tasks:,} tasks in 50 workspaces …", flush=True)
    async with ground(tasks=options.tasks) as on:
        told = await _measure(on, options)
        told.lies = await _lies(on, told.titles)
    checks = judged(told)
    print("", _table(told), "", report.checks(checks), sep="\n")
    found = {
        "saturation": told.saturation,
        "rate": told.rate,
        "requests": told.sent,
        "answers": dict(told.answers),
        "in_time": told.in_time,
        "done_per_second": told.answers[DONE] / options.seconds,
        "lies": told.lies,
    }
    kept = report.document(
        "overload",
        settings={"seconds": options.seconds, "neighbours": options.neighbours},
        machine=machine,
        neighbours=None,
        checks=checks,
        overload=found,
    )
    report.write_json(kept, options.json)
    print(f"Written: {options.json}")
    return exit_code(checks, aims_count=False)


async def _measure(on: Ground, options: Options) -> Told:
    async with AsyncExitStack() as stack:
        tokens = await api_tokens(on)
        bot = await stack.enter_async_context(the_bot(on))
        client = Client(bot.port, timeout=SLACK_SECONDS)
        stack.callback(client.close)
        make = _mixture(on.signer, tokens, on.tasks_per_team)
        saturated = await closed_loop(
            "saturation", sender(client, make), connections=CONNECTIONS, seconds=3.0
        )
        rate = options.rate or options.factor * saturated.rate
        stack.enter_context(_in_front(options.neighbours, (bot.pid, on.mongod_pid)))
        print(f"{saturated.rate:.0f}/s at saturation; {rate:.0f}/s for {options.seconds:g} s …")
        told = Told(sample=Sample(name=""), saturation=saturated.rate, rate=rate)

        async def send(number: int) -> Reply:
            shot = make(number)
            began = time.perf_counter()
            said, answer = NONE, Reply(NONE, shot.asked)
            with contextlib.suppress(TimeoutError, OSError):
                got = await client.send(shot.request)
                answer = reply(shot, got)
                said = DONE if answer.outcome == str(shot.status) else _said(got.body)
            told.answers[said] += 1
            told.in_time += said != NONE and time.perf_counter() - began <= SLACK_SECONDS
            if title := _title(shot):
                told.titles[title] = said
            return answer

        told.sample = await open_loop("overload", send, rate=rate, seconds=options.seconds)
        return told


def _mixture(signer: SlackSigner, tokens: tuple[str, ...], tasks_per_team: int) -> Make:
    numbers = itertools.count()
    slack = Slack(signer=signer, numbers=numbers, tasks_per_team=tasks_per_team, now=time.time)
    rest = Rest(tokens=tokens, run=signer.run, numbers=numbers, tasks_per_team=tasks_per_team)
    return mixture({slack.list: 3, slack.add: 3, slack.show: 1, rest.list: 1})


def _said(body: bytes) -> str:
    text = body.lower()
    return next((said for words, said in _WORDS.items() if words in text), "wrong")


def _title(shot: Shot) -> str:
    """Return the words that a task was to be added with; nothing of other requests."""
    _, _, after = shot.request.partition(PREFIX.replace(" ", "+").encode())
    return PREFIX + after.split(b"+", 1)[0].decode() if after else ""


@contextlib.contextmanager
def _in_front(count: int, pids: tuple[int, ...]) -> Iterator[None]:
    """Let that many busy loops go before these processes."""
    if not count:
        yield
        return
    for pid in pids:
        os.setpriority(os.PRIO_PROCESS, pid, os.nice(0) + BEHIND)
    loops = [subprocess.Popen((sys.executable, "-c", "while True: pass")) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


async def _lies(on: Ground, told: dict[str, str]) -> int:
    """Return how many tasks are not as was said, by what is in the database."""
    async with AsyncMongoClient[dict[str, Any]](on.mongodb_uri) as client:
        tasks = client[DATABASE]["tasks"].find({}, {"title": 1})
        kept = Counter([task["title"] async for task in tasks if task["title"].startswith(PREFIX)])
    return sum(
        not _may_be(said, times)
        for said, times in ((said, kept[title]) for title, said in told.items())
    )


def _may_be(said: str, times: int) -> bool:
    """Tell whether what was said is true of a task that is there so many times."""
    match said:
        case "done":
            return times == 1
        case "turned away" | "not saved":
            return times == 0
        case _:
            return times <= 1


def judged(told: Told) -> list[Check]:
    """Return what has to hold however much comes in."""
    return [
        Check(
            name=f"answered within {SLACK_SECONDS:g} s",
            kind=Kind.ACCEPTANCE,
            measured=told.share(told.in_time),
            limit=99.9,
            unit=" %",
            at_most=False,
        ),
        Check(
            name="answers that are none of ours",
            kind=Kind.ACCEPTANCE,
            measured=told.answers["wrong"],
            limit=0,
        ),
        Check(
            name="tasks that are not as was said",
            kind=Kind.ACCEPTANCE,
            measured=told.lies,
            limit=0,
        ),
        Check(
            name="done, by what is done at saturation",
            kind=Kind.AIM,
            measured=told.answers[DONE] / told.sample.seconds / told.saturation,
            limit=0.5,
            at_most=False,
        ),
    ]


def _table(told: Told) -> str:
    latencies = [1000 * seconds for seconds in told.sample.latencies]
    rows: list[tuple[str, ...]] = [("", "requests", "share")]
    rows += [
        (said, f"{told.answers[said]:,}", f"{told.share(told.answers[said]):.1f} %")
        for said in (DONE, BUSY, UNSURE, NOT_SAVED, NONE, "wrong")
    ]
    rows.append(("within 3 s", f"{told.in_time:,}", f"{told.share(told.in_time):.2f} %"))
    marks = ", ".join(
        f"{name} {quantile(latencies, q):.0f}"
        for name, q in (("P50", 0.5), ("P95", 0.95), ("P99", 0.99), ("max", 1.0))
    )
    done = told.answers[DONE] / told.sample.seconds
    late = 1000 * told.sample.late_start
    return "\n".join(
        (
            report.table(rows),
            f"done {done:.0f}/s, at saturation {told.saturation:.0f}/s",
            f"all answers, ms: {marks}; generator late by up to {late:.0f} ms",
        )
    )
