"""Marks in memory."""

from __future__ import annotations

from datetime import timedelta

from tasks.ports import Marks


class MemoryMarks(Marks):
    """Never forgets."""

    def __init__(self) -> None:
        self._set: set[tuple[str, str]] = set()

    async def set(self, team: str, name: str, *, lasts: timedelta) -> bool:  # noqa: ARG002  # kept for ever
        is_new = (team, name) not in self._set
        self._set.add((team, name))
        return is_new
