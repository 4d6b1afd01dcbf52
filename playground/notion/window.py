"""The limit of calls per fixed window."""

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
