"""The tables of the comparison with the yardsticks; pure."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import quantiles
from typing import TypeAlias

from benchmarks.growth import Cost
from benchmarks.pairs import Compared
from benchmarks.report import table

Rows: TypeAlias = list[tuple[str, ...]]


def compared(found: Sequence[Compared]) -> str:
    """Return throughput, processor time and latencies, and what was answered wrongly."""
    saturated: Rows = [
        ("at saturation", "bot/s", "yardstick/s", "ratio", "half within", "aim", "CPU ratio")
    ]
    cpu: Rows = [("CPU µs a request", "bot", "yardstick")]
    steady: Rows = [("at the steady rate, ms", "P50", "P95", "P99", "max")]
    for one in found:
        saturated.append(
            (
                f"{one.name} : {one.yardstick}",
                f"{one.ours_rate:,.0f}",
                f"{one.theirs_rate:,.0f}",
                f"{one.ratio:.2f}",
                _middle_half(one.ratios),
                f"{one.aim:.2f}",
                _or_dash(one.cpu_ratio, ".2f"),
            )
        )
        cpu.append((one.name, _or_dash(one.ours_cpu, ".0f"), _or_dash(one.theirs_cpu, ".0f")))
        for whose, marked in (("bot", one.ours), ("yardstick", one.theirs)):
            marks = (marked.p50, marked.p95, marked.p99, marked.maximum)
            steady.append((f"{one.name}, {whose}", *(f"{mark:.1f}" for mark in marks)))
    errors = [error for one in found for error in one.errors]
    tables = "\n\n".join(table(rows) for rows in (saturated, cpu, steady))
    return "\n".join(("", tables, "", *(f"Wrong answers: {error}" for error in errors)))


def _middle_half(ratios: Sequence[float]) -> str:
    """Return between what the middle half of the rounds is."""
    if len(ratios) == 1:
        return f"{ratios[0]:.2f}"
    low, _, high = quantiles(ratios, n=4, method="inclusive")
    return f"{low:.2f}-{high:.2f}"


def _or_dash(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def growth(found: Sequence[Cost]) -> str:
    """Return what each list costs at each size."""
    rows: Rows = [("one page of a list", "tasks", "returned", "documents", "keys", "P50 ms")]
    for one in found:
        figures = (one.returned, one.documents, one.keys)
        rows.append((one.name, f"{one.tasks:,}", *map(str, figures), f"{one.p50:.2f}"))
    return f"\n{table(rows)}"
