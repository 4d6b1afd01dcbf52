"""Where a benchmark ran, and how much of the machine others used meanwhile."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from benchmarks.process import TICKS, cpu_seconds

DISTURBED = 0.15
"""From this share of the machine on, used by others, absolute figures say little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What figures depend on."""

    system: str
    cores: int
    python: str
    load: float
    """Processes that wanted a core, on average, in the minute before the start."""

    @classmethod
    def here(cls) -> Self:
        """Describe this one."""
        return cls(
            system=f"{platform.system()} {platform.machine()}",
            cores=os.cpu_count() or 1,
            python=platform.python_version(),
            load=round(os.getloadavg()[0], 2),
        )


@dataclass(frozen=True, slots=True)
class Usage:
    """Processor time in seconds, since the machine started."""

    busy: float
    whole: float

    @classmethod
    def now(cls) -> Self | None:
        """Read the counters; None where the system has none."""
        try:
            first = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0]
        except OSError:
            return None
        ticks = [int(field) for field in first.split()[1:9]]
        idle = ticks[3] + ticks[4]  # idle, and waiting for a disk
        return cls((sum(ticks) - idle) / TICKS, sum(ticks) / TICKS)


class Neighbours:
    """Measures what others than our own processes take, from when it is made."""

    def __init__(self, own: Iterable[int]) -> None:
        self._own = (os.getpid(), *own)
        self._usage = Usage.now()
        self._spent = self._ours()

    def share(self) -> float | None:
        """Return their share of the whole machine, 0 to 1; None where it cannot be known."""
        now = Usage.now()
        if now is None or self._usage is None or now.whole <= self._usage.whole:
            return None
        ours = self._ours() - self._spent
        others = now.busy - self._usage.busy - ours
        return max(0.0, others / (now.whole - self._usage.whole))

    def _ours(self) -> float:
        return sum(cpu_seconds(pid) or 0.0 for pid in self._own)


def said(share: float | None) -> str:
    """Return what a reader has to know about them."""
    if share is None:
        return "How much of the machine others used is not known on this system."
    words = f"Others used {share:.0%} of the machine meanwhile."
    if share < DISTURBED:
        return words
    return f"{words} That is much: trust the ratios, not the absolute figures."
