"""The journal: every call that arrived, for tests to judge the caller by."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from playground.notion.json_types import JsonObject
from playground.notion.patterns import matches


@dataclass(slots=True, kw_only=True)
class Entry:
    """One call; `at` in seconds of the window clock, `status` None while or if unanswered."""

    at: float
    time: datetime
    method: str
    path: str
    token: str
    inside_pause: bool
    crossed_pause: bool = False
    body: JsonObject | None = None
    status: int | None = None
    code: str | None = None
    fault: str | None = None


@dataclass(slots=True)
class Journal:
    """All calls in order of arrival."""

    entries: list[Entry] = field(default_factory=list)

    def add(self, entry: Entry) -> Entry:
        """Note a call that has just arrived."""
        self.entries.append(entry)
        return entry

    def calls(self, pattern: str, *, status: int | None = None) -> list[Entry]:
        """Return the calls like `POST /v1/pages` (`*` is any one segment), of a status if given."""
        return [
            entry
            for entry in self.entries
            if matches(pattern, entry.method, entry.path)
            and (status is None or entry.status == status)
        ]

    @property
    def calls_inside_pause(self) -> list[Entry]:
        """The calls sent although an answer had told the caller to wait."""
        return [entry for entry in self.entries if entry.inside_pause]

    @property
    def calls_crossing_pause(self) -> list[Entry]:
        """The calls that may have been on their way already when a pause was answered."""
        return [entry for entry in self.entries if entry.crossed_pause]

    def most_calls_in_any(self, seconds: float = 60, *, token: str | None = None) -> int:
        """Return the largest number of calls within any span of that length."""
        times = sorted(e.at for e in self.entries if token is None or e.token == token)
        return max(_spans(times, seconds), default=0)

    def clear(self) -> None:
        """Forget all calls, to look at the next ones only."""
        self.entries.clear()


def _spans(times: list[float], seconds: float) -> Iterator[int]:
    first = 0
    for last, time in enumerate(times):
        while times[first] <= time - seconds:
            first += 1
        yield last - first + 1
