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
    """What this process knows; each instance finds out by itself, with one call.

    A connection is parked as a whole, or for new rows only while those that are there go on.
    """

    def __init__(self, *, now: Now, probe_every: timedelta = PROBE_EVERY) -> None:
        self._now = now
        self._probe_every = probe_every
        self._parked: dict[tuple[str, bool], _Parked] = {}
        self._issues: dict[str, tuple[str, ...]] = {}
        self._questions: dict[str, str] = {}
        self._comments: dict[str, str] = {}

    def park(
        self, connection: Connection, sentence: str, *, probe: bool, only_new: bool = False
    ) -> timedelta:
        """Leave a connection alone; return for how long at least."""
        look_again = self._now() + self._probe_every if probe else None
        self._parked[connection.team, only_new] = _Parked(
            connection=connection, sentence=sentence, look_again=look_again
        )
        return self._probe_every

    def hold(self, connection: Connection, *, new: bool) -> timedelta | None:
        """Return how long to leave it alone still, for a new row or one that is there; None: go.

        Who is let through to a parked one is its probe, and the others wait for the next.
        """
        for parked in self._which(connection, new=new):
            wait = self._wait(parked)
            if wait is not None:
                return wait
        return None

    def _wait(self, parked: _Parked) -> timedelta | None:
        if parked.look_again is None:
            return self._probe_every
        now = self._now()
        if now < parked.look_again:
            return parked.look_again - now
        parked.look_again = now + self._probe_every
        return None

    def is_parked(self, connection: Connection, *, new: bool) -> bool:
        """Tell whether it was in trouble when last looked at."""
        return bool(self._which(connection, new=new))

    def resume(self, connection: Connection, *, created: bool = False) -> None:
        """Note that it works; with `created` that new rows can be made."""
        self._parked.pop((connection.team, False), None)
        if created:
            self._parked.pop((connection.team, True), None)

    def note(self, team: str, issues: tuple[str, ...]) -> None:
        """Keep what is wrong with its columns, in place of what was."""
        self._issues[team] = issues

    def ask(self, team: str, question: str | None) -> None:
        """Keep what an admin has to decide, or that there is nothing."""
        if question is None:
            self._questions.pop(team, None)
        else:
            self._questions[team] = question

    def is_asked(self, team: str) -> bool:
        """Tell whether an admin is asked something."""
        return team in self._questions

    def note_comments(self, team: str, sentence: str | None) -> None:
        """Keep why comments do not follow, or that they do."""
        if sentence is None:
            self._comments.pop(team, None)
        else:
            self._comments[team] = sentence

    def of(self, team: str) -> str | None:
        """Return what the installer should know, as a sentence; None: all is well."""
        if parked := self._parked.get((team, False)):
            return parked.sentence
        new = self._parked.get((team, True))
        asked = self._questions.get(team)
        comments = self._comments.get(team)
        said = [
            *((new.sentence,) if new else ()),
            *self._issues.get(team, ()),
            *((asked,) if asked else ()),
            *((comments,) if comments else ()),
        ]
        return " ".join(dict.fromkeys(said)) or None

    def _which(self, connection: Connection, *, new: bool) -> list[_Parked]:
        found: list[_Parked] = []
        for only_new in (False, True) if new else (False,):
            parked = self._parked.get((connection.team, only_new))
            if parked is not None and parked.connection != connection:
                del self._parked[connection.team, only_new]  # connected anew: a new start
            elif parked is not None:
                found.append(parked)
        return found
