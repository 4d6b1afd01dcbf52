"""What was hoped for, beside what was measured."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from benchmarks.stats import Summary


class Kind(StrEnum):
    """How much depends on a check."""

    ACCEPTANCE = "acceptance"
    """Not met: the bot is not good enough."""
    AIM = "aim"
    """Not met: it is worth a look; a busy machine is enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One figure and its limit."""

    name: str
    kind: Kind
    measured: float
    limit: float
    unit: str = ""
    at_most: bool = True

    @property
    def met(self) -> bool:
        """Whether it is as it should be; a figure that is not there is not."""
        return self.measured <= self.limit if self.at_most else self.measured >= self.limit

    def __str__(self) -> str:
        word = "ok    " if self.met else "MISSED"
        sign = "≤" if self.at_most else "≥"
        figure = f"{self.measured:.4g}{self.unit} ({sign} {self.limit:g}{self.unit})"
        return f"{word} {self.kind.value:<10} {self.name}: {figure}"


def no_errors(found: Summary) -> Check:
    """Return that every answer is a right one."""
    return Check(
        name=f"{found.name}, success",
        kind=Kind.ACCEPTANCE,
        measured=found.success * 100,
        limit=100.0,
        unit=" %",
        at_most=False,
    )


def latency(found: Summary, mark: str, limit: float, kind: Kind) -> Check:
    """Return that a quantile (`p95`, `maximum` …) is within `limit` milliseconds."""
    return Check(
        name=f"{found.name}, {mark}",
        kind=kind,
        measured=float(getattr(found, mark)),
        limit=limit,
        unit=" ms",
    )


def exit_code(checks: Iterable[Check], *, aims_count: bool) -> int:
    """Return 0 where all that counts is met, else 1."""
    missed = [check for check in checks if not check.met]
    return int(any(aims_count or check.kind is Kind.ACCEPTANCE for check in missed))
