"""The bot beside its yardsticks: the same load on both, by turns, in one run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

from benchmarks.load import Sample, Send, closed_loop, open_loop
from benchmarks.process import Running, cpu_seconds
from benchmarks.stats import Summary, pooled, summarise

MICROSECONDS = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much of everything."""

    rounds: int
    seconds: float
    """For each turn at saturation."""
    steady_seconds: float
    """For each turn at the steady rate."""
    rate: float
    """Requests per second of the steady load."""
    connections: int
    """At saturation."""


@dataclass(slots=True, kw_only=True)
class Side:
    """One server under one load, and what came of it in all rounds."""

    server: Running
    send: Send
    saturated: list[Sample] = field(default_factory=list)
    steady: list[Sample] = field(default_factory=list)
    cpu: list[float | None] = field(default_factory=list)
    """Microseconds of the server's own processor time for a request, a round each."""

    async def saturate(self, name: str, plan: Plan, *, seconds: float | None = None) -> None:
        """Keep it as busy as it can be."""
        before = cpu_seconds(self.server.pid)
        sample = await closed_loop(
            name, self.send, connections=plan.connections, seconds=seconds or plan.seconds
        )
        after = cpu_seconds(self.server.pid)
        self.saturated.append(sample)
        if before is None or after is None or not sample.requests:
            self.cpu.append(None)
        else:
            self.cpu.append((after - before) / sample.requests * MICROSECONDS)

    async def walk(self, name: str, plan: Plan) -> None:
        """Ask at the steady rate."""
        self.steady.append(
            await open_loop(name, self.send, rate=plan.rate, seconds=plan.steady_seconds)
        )

    def forget(self) -> None:
        """Drop what came of warming up."""
        self.saturated.clear()
        self.cpu.clear()


@dataclass(slots=True, kw_only=True)
class Pair:
    """One operation of the bot, and what it is measured against."""

    name: str
    yardstick: str
    aim: float
    """Least share of the yardstick's throughput."""
    ours: Side
    theirs: Side


async def run(pairs: Sequence[Pair], plan: Plan, say: Callable[[str], None]) -> list[Compared]:
    """Warm up, then let all have their turns, round after round."""
    for pair in pairs:
        for side in (pair.theirs, pair.ours):
            await side.saturate(pair.name, plan, seconds=min(1.0, plan.seconds))
            side.forget()
    for turn in range(plan.rounds):
        say(f"round {turn + 1} of {plan.rounds}")
        for pair in pairs:
            # Who comes first changes: both then see a database that has grown as much.
            sides = (pair.theirs, pair.ours) if turn % 2 == 0 else (pair.ours, pair.theirs)
            for side in sides:
                await side.saturate(pair.name, plan)
        for pair in pairs:
            for side in (pair.theirs, pair.ours):
                await side.walk(pair.name, plan)
    return [compared(pair) for pair in pairs]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One operation in figures; `ours` is the bot's, `theirs` the yardstick's."""

    name: str
    yardstick: str
    aim: float
    ratio: float
    """Median of the rounds: the bot's throughput by the yardstick's."""
    ratios: tuple[float, ...]
    cpu_ratio: float | None
    """The same of processor time: the yardstick's by the bot's."""
    ours_rate: float
    theirs_rate: float
    ours_cpu: float | None
    """Microseconds for a request."""
    theirs_cpu: float | None
    ours: Summary
    """At the steady rate, all rounds together."""
    theirs: Summary
    errors: tuple[str, ...]
    """Wrong answers, at saturation and at the steady rate."""


def compared(pair: Pair) -> Compared:
    """Return the figures of a pair."""
    ours, theirs = pair.ours, pair.theirs
    rates = zip(ours.saturated, theirs.saturated, strict=True)
    ratios = tuple(mine.rate / other.rate if other.rate else 0.0 for mine, other in rates)
    cpu = [
        (mine, other) for mine, other in zip(ours.cpu, theirs.cpu, strict=True) if mine and other
    ]
    return Compared(
        name=pair.name,
        yardstick=pair.yardstick,
        aim=pair.aim,
        ratio=median(ratios),
        ratios=ratios,
        cpu_ratio=_median([other / mine for mine, other in cpu]),
        ours_rate=median(sample.rate for sample in ours.saturated),
        theirs_rate=median(sample.rate for sample in theirs.saturated),
        ours_cpu=_median([mine for mine, _ in cpu]),
        theirs_cpu=_median([other for _, other in cpu]),
        ours=summarise(pooled(ours.steady), timeline=False),
        theirs=summarise(pooled(theirs.steady), timeline=False),
        errors=tuple(_errors(side) for side in (ours, theirs) if _errors(side)),
    )


def _median(values: Sequence[float]) -> float | None:
    return median(values) if values else None


def _errors(side: Side) -> str:
    whole = summarise(pooled([*side.saturated, *side.steady]), timeline=False)
    found = ", ".join(f"{count} of {what}" for what, count in whole.errors.items())
    return f"{side.server.name}: {found}" if found else ""
