"""Scripted and seeded trouble on the Web API and on response_urls."""

import random
from dataclasses import dataclass
from typing import Literal

RESPONSE_URL = "response_url"  # stands for a method name

Kind = Literal[
    "delay", "delay_after", "drop_before", "drop_after", "status", "error", "truncate", "ratelimit"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong with one call.

    `delay` waits `seconds` and goes on, `delay_after` has the effect first; `drop_before` and
    `drop_after` cut the connection before or after the effect; `status` answers so without
    effect; `error` is `ok: false` with `code`; `truncate` has the effect and half an answer;
    `ratelimit` is a 429.
    """

    kind: Kind
    seconds: float = 0.0
    status: int = 503
    code: str = "internal_error"
    retry_after: int = 1


@dataclass(slots=True, kw_only=True)
class _Random:
    method: str
    fault: Fault
    chance: float
    dice: random.Random


class Faults:
    """Hands out the next fault of a method."""

    def __init__(self) -> None:
        self._scripts: dict[str, list[Fault]] = {}
        self._random: list[_Random] = []

    def script(self, method: str, *faults: Fault) -> None:
        """Let the next calls of a method fail so, one after the other."""
        self._scripts.setdefault(method, []).extend(faults)

    def randomly(self, method: str, fault: Fault, *, chance: float, seed: int) -> None:
        """Let a share of a method's calls fail so; `*` means every method."""
        dice = random.Random(seed)  # noqa: S311 - repeatable on purpose, nothing secret
        self._random.append(_Random(method=method, fault=fault, chance=chance, dice=dice))

    def clear(self) -> None:
        """Let everything work again."""
        self._scripts.clear()
        self._random.clear()

    def next(self, method: str) -> Fault | None:
        """Return what goes wrong with this call, if anything."""
        script = self._scripts.get(method)
        if script:
            return script.pop(0)
        hit = (r for r in self._random if r.method in (method, "*") and r.dice.random() < r.chance)
        return next((r.fault for r in hit), None)
