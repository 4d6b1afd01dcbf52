"""What queries found, kept for their next pages as long as nothing has changed."""

from datetime import date

from playground.notion.state import Page

_MOST_KEPT = 8


class Found:
    """The rows of the latest queries; of use only in the revision and on the day they were found.

    Reading ten thousand rows takes a hundred pages: without this each would be a whole query.
    """

    def __init__(self) -> None:
        self._kept: dict[str, tuple[tuple[int, date], list[Page]]] = {}

    def get(self, fingerprint: str, *, revision: int, day: date) -> list[Page] | None:
        """Return what a query found, None if that may have changed since."""
        when, rows = self._kept.get(fingerprint, (None, []))
        return rows if when == (revision, day) else None

    def keep(self, fingerprint: str, rows: list[Page], *, revision: int, day: date) -> None:
        """Keep what a query found, in place of the oldest."""
        self._kept.pop(fingerprint, None)
        self._kept[fingerprint] = ((revision, day), rows)
        if len(self._kept) > _MOST_KEPT:
            del self._kept[next(iter(self._kept))]
