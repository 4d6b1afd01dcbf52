"""Which connections need their installer, why, and when each is looked at again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tasks.ports import Connection, Now

PROBE_EVERY = timedelta(minutes=5)


@dataclass(slots=True, kw_only=True)
class _Parked:
    connection: Connection
    sentence: str
    look_again: datetime | None
    """None: not before somebody connects anew."""


class Troubles:
    """What this process knows; each instance finds out by itself, with one call."""

    def __init__(self, *, now: Now, probe_every: timedelta = PROBE_EVERY) -> None:
        self._now = now
        self._probe_every = probe_every
        self._parked: dict[str, _Parked] = {}
        self._issues: dict[str, tuple[str, ...]] = {}

    def park(self, connection: Connection, sentence: str, *, probe: bool) -> timedelta:
        """Leave a connection alone; return for how long at least."""
        look_again = self._now() + self._probe_every
        self._parked[connection.team] = _Parked(
            connection=connection, sentence=sentence, look_again=look_again if probe else None
        )
        return self._probe_every

    def hold(self, connection: Connection) -> timedelta | None:
        """Return how long to leave it alone still; None: go.

        Who is let through to a parked one is its probe, and the others wait for the next.
        """
        parked = self._parked.get(connection.team)
        if parked is None:
            return None
        if parked.connection != connection:  # connected anew: a new start
            del self._parked[connection.team]
            return None
        now = self._now()
        if parked.look_again is None:
            return self._probe_every
        if now < parked.look_again:
            return parked.look_again - now
        parked.look_again = now + self._probe_every
        return None

    def is_parked(self, connection: Connection) -> bool:
        """Tell whether it was in trouble when last looked at."""
        return connection.team in self._parked

    def resume(self, connection: Connection) -> None:
        """Note that it works."""
        self._parked.pop(connection.team, None)

    def note(self, team: str, issues: tuple[str, ...]) -> None:
        """Keep what is wrong with its columns, in place of what was."""
        self._issues[team] = issues

    def of(self, team: str) -> str | None:
        """Return what the installer should know, as a sentence; None: all is well."""
        if parked := self._parked.get(team):
            return parked.sentence
        return " ".join(self._issues.get(team, ())) or None
