"""`python -m benchmarks [slack|load|overload|notion|soak]`: reads what was typed, or both first."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Coroutine, Sequence
from pathlib import Path

from benchmarks import acceptance, notion, overload, slack, soak
from benchmarks.compare import NotComparable, read
from benchmarks.loop import new_loop
from benchmarks.pairs import Plan
from benchmarks.process import DidNotStart
from benchmarks.report import FOLDER
from bot.embedded import MongodDidNotStart, NoMongod

USUAL = ("slack", "load")
TASKS, LONG_SECONDS = 100_000, 60.0
SHORT_TASKS, SHORT_SECONDS = 10_000, 10.0
CONNECTIONS = 32


def main(argv: Sequence[str]) -> int:
    """Run what was asked for; return 0, 1 (not met, or could not run) or 2 (wrong use)."""
    parser = _parser()
    typed = parser.parse_args(argv)
    whole = [typed] if typed.benchmark else [parser.parse_args([name]) for name in USUAL]
    try:
        return max([_run(one) for one in whole])
    except NotComparable as wrong:
        print(wrong, file=sys.stderr)
        return 2
    except (DidNotStart, MongodDidNotStart, NoMongod) as reason:
        print(reason, file=sys.stderr)
        return 1


def _run(typed: argparse.Namespace) -> int:
    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(_chosen(typed))


def _chosen(typed: argparse.Namespace) -> Coroutine[None, None, int]:
    match typed.benchmark:
        case "slack":
            return slack.main(_slack(typed))
        case "load":
            return acceptance.main(_load(typed))
        case "overload":
            return overload.main(_overload(typed))
        case "notion":
            return notion.main(_notion(typed))
        case _:
            return soak.main(_soak(typed))


def _slack(typed: argparse.Namespace) -> slack.Options:
    plan = Plan(
        rounds=typed.rounds,
        seconds=typed.seconds,
        steady_seconds=typed.steady_seconds,
        rate=typed.rate,
        connections=CONNECTIONS,
    )
    return slack.Options(tasks=typed.tasks, plan=plan, million=typed.million, json=typed.json)


def _load(typed: argparse.Namespace) -> acceptance.Options:
    if typed.compare is not None:
        read(typed.compare)  # a wrong file is better known before than after minutes
    tasks, seconds = (SHORT_TASKS, SHORT_SECONDS) if typed.short else (TASKS, LONG_SECONDS)
    return acceptance.Options(
        tasks=typed.tasks or tasks,
        rate=typed.rate,
        seconds=typed.seconds or seconds,
        json=typed.json,
        chart=typed.svg,
        earlier=typed.compare,
        aims_count=not typed.short,
    )


def _notion(typed: argparse.Namespace) -> notion.Options:
    return notion.Options(
        tasks=typed.tasks,
        requests_per_minute=typed.requests_per_minute,
        samples=typed.samples,
        quiet_minutes=typed.quiet_minutes,
        latency_ms=typed.latency_ms,
        json=typed.json,
        parts=tuple(typed.only or notion.PARTS),
    )


def _overload(typed: argparse.Namespace) -> overload.Options:
    return overload.Options(
        tasks=typed.tasks,
        factor=typed.factor,
        rate=typed.rate,
        seconds=typed.seconds,
        neighbours=typed.neighbours,
        json=typed.json,
    )


def _soak(typed: argparse.Namespace) -> soak.Options:
    return soak.Options(
        minutes=typed.minutes,
        rate=typed.rate,
        tasks=typed.tasks,
        json=typed.json,
        chart=typed.svg,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="How fast is the bot? Without a word: slack, then load.",
    )
    several = parser.add_subparsers(
        dest="benchmark", metavar="slack | load | overload | notion | soak"
    )
    ratios = several.add_parser("slack", help="commands, beside their yardsticks")
    ratios.add_argument("--tasks", type=int, default=TASKS)
    ratios.add_argument("--rounds", type=int, default=24)
    ratios.add_argument("--seconds", type=float, default=0.8, help="of a turn at saturation")
    ratios.add_argument("--steady-seconds", type=float, default=1.0, help="of a turn at --rate")
    ratios.add_argument("--rate", type=float, default=100.0)
    ratios.add_argument("--million", action="store_true", help="lists among 1,000,000 tasks too")
    ratios.add_argument("--json", type=Path, default=FOLDER / "slack.json")
    load = several.add_parser("load", help="steady and sudden load on the whole bot")
    load.add_argument("--tasks", type=int)
    load.add_argument("--seconds", type=float, help="of the longest loads (60)")
    load.add_argument("--rate", type=float, default=100.0)
    load.add_argument(
        "--short", action="store_true", help="a minute in all; only wrong answers count"
    )
    load.add_argument("--compare", type=Path, metavar="JSON", help="an earlier run's file")
    load.add_argument("--json", type=Path, default=FOLDER / "load.json")
    load.add_argument("--svg", type=Path, default=FOLDER / "load.svg")
    much = several.add_parser("overload", help="three times what the bot can do: is it truthful?")
    much.add_argument("--tasks", type=int, default=SHORT_TASKS)
    much.add_argument("--factor", type=float, default=3.0, help="of what it does at saturation")
    much.add_argument("--rate", type=float, help="requests a second, instead of --factor")
    much.add_argument("--seconds", type=float, default=20.0)
    much.add_argument("--neighbours", type=int, default=0, help="busy loops that go before the bot")
    much.add_argument("--json", type=Path, default=FOLDER / "overload.json")
    both = several.add_parser("notion", help="lags to and from Notion, a burst, a backlog, silence")
    both.add_argument("--tasks", type=int, default=1500, help="in the backlog")
    both.add_argument("--requests-per-minute", type=int, default=600, help="what Notion allows")
    both.add_argument("--samples", type=int, default=20, help="of each lag")
    both.add_argument("--quiet-minutes", type=float, default=3.0)
    both.add_argument("--latency-ms", type=float, default=150.0, help="of Notion's answers")
    both.add_argument("--only", choices=notion.PARTS, action="append", help="one part of it")
    both.add_argument("--json", type=Path, default=FOLDER / "notion.json")
    long = several.add_parser("soak", help="memory over a long time")
    long.add_argument("--minutes", type=float, default=30.0)
    long.add_argument("--rate", type=float, default=50.0)
    long.add_argument("--tasks", type=int, default=TASKS)
    long.add_argument("--json", type=Path, default=FOLDER / "soak.json")
    long.add_argument("--svg", type=Path, default=FOLDER / "soak.svg")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
