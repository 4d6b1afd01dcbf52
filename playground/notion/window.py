"""The limit of calls per fixed window, and the pauses that answers have announced."""

import math
from collections.abc import Callable

WINDOW_SECONDS = 60


class WindowLimit:
    """At most `budget` calls per fixed window and key; windows begin at the clock's minutes."""

    def __init__(self, budget: int, *, monotonic: Callable[[], float]) -> None:
        self.budget = budget
        self._monotonic = monotonic
        self._spent: dict[str, tuple[int, int]] = {}

    def spend(self, key: str) -> int | None:
        """Count a call; return None if it is within the budget, else the whole seconds to wait."""
        now = self._monotonic()
        window = math.floor(now / WINDOW_SECONDS)
        last, spent = self._spent.get(key, (window, 0))
        spent = spent + 1 if last == window else 1
        self._spent[key] = (window, spent)
        if spent <= self.budget:
            return None
        return max(1, math.ceil((window + 1) * WINDOW_SECONDS - now))


class Pauses:
    """Until when callers were told to wait, by token or workspace (seconds of the clock)."""

    def __init__(self, *, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._until: dict[str, float] = {}

    def announce(self, key: str, seconds: float) -> None:
        """Note that a Retry-After goes out now."""
        until = self._monotonic() + seconds
        self._until[key] = max(until, self._until.get(key, until))

    def active(self, *keys: str) -> bool:
        """Tell whether any of the keys was told to wait still."""
        now = self._monotonic()
        return any(now < self._until.get(key, now) for key in keys)
