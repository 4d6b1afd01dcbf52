"""Identifiers in Slack's shapes, reproducible from run to run."""

import hashlib
from collections import Counter

from playground.slack.wire import Now

_MICROSECONDS = 1_000_000
_TS_STEP = 100  # Slack's own timestamps differ in the fourth digit


class Ids:
    """Counts per prefix; a `ts` never comes twice, whatever the clock does."""

    def __init__(self, *, now: Now, seed: str = "slack") -> None:
        self._now = now
        self._seed = seed
        self._counts: Counter[str] = Counter()
        self._last_ts = 0

    def next(self, prefix: str) -> str:
        """Return `V0000000001`, then `V0000000002`, and so on."""
        self._counts[prefix] += 1
        return f"{prefix}{self._counts[prefix]:010d}"

    def secret(self, length: int = 24) -> str:
        """Return text that nobody outside can guess from the ids."""
        self._counts["secret"] += 1
        plain = f"{self._seed}:{self._counts['secret']}"
        return hashlib.sha256(plain.encode()).hexdigest()[:length]

    def ts(self) -> str:
        """Return a message timestamp, later than every one before."""
        now = int(self._now() * _MICROSECONDS)
        self._last_ts = max(now, self._last_ts + _TS_STEP)
        return f"{self._last_ts // _MICROSECONDS}.{self._last_ts % _MICROSECONDS:06d}"

    def view_hash(self) -> str:
        """Return the mark of one version of a view."""
        return f"{int(self._now())}.{self.secret(8)}"
