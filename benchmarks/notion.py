"""How far Slack and Notion are apart: lags both ways, writes of a burst, a backlog, and silence."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks import report
from benchmarks.checks import Check, exit_code
from benchmarks.machine import Machine
from benchmarks.notion_backlog import backlog, judged
from benchmarks.notion_ground import notion_ground, the_bot
from benchmarks.notion_lags import lags

PARTS = ("lags", "backlog")


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
                measured, judgements = await lags(
                    on, bot, samples=options.samples, quiet_minutes=options.quiet_minutes
                )
            found |= measured
            checks += judgements
    if "backlog" in options.parts:
        async with notion_ground(
            requests_per_minute=options.requests_per_minute, latency_seconds=latency
        ) as on:
            pushed = await backlog(
                on, tasks=options.tasks, requests_per_minute=options.requests_per_minute
            )
            print(pushed, flush=True)
            found["backlog"] = asdict(pushed)
            checks += judged(pushed, requests_per_minute=options.requests_per_minute)
    print("", report.checks(checks), sep="\n")
    kept = report.document(
        "notion", settings=settings, machine=machine, neighbours=None, checks=checks, found=found
    )
    report.write_json(kept, options.json)
    print(f"Written: {options.json}")
    return exit_code(checks, aims_count=True)
