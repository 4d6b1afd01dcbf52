"""The index behind queries and search, which may learn of a new page late."""

from datetime import datetime, timedelta


class IndexLag:
    """New pages stay out of queries for some `seconds`, and for that many `queries`."""

    def __init__(self) -> None:
        self.seconds: float = 0
        self.queries: int = 0
        self._misses_left: dict[str, int] = {}

    @property
    def is_on(self) -> bool:
        """Tell whether any page may be hidden now."""
        return self.seconds > 0 or any(self._misses_left.values())

    def note_created(self, page_id: str) -> None:
        """Let the count of a new page's missed queries begin."""
        if self.queries > 0:
            self._misses_left[page_id] = self.queries

    def hides(self, page_id: str, *, created_at: datetime, now: datetime) -> bool:
        """Tell whether a query asked now misses the page, counting this query."""
        left = self._misses_left.get(page_id, 0)
        if left > 0:
            self._misses_left[page_id] = left - 1
        is_young = self.seconds > 0 and now < created_at + timedelta(seconds=self.seconds)
        return left > 0 or is_young
