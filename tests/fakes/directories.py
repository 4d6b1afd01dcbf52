"""The small stores in memory: installations, connections, columns, people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from tasks.model import PersonId
from tasks.ports import (
    Choice,
    Choices,
    Columns,
    Connection,
    Connections,
    Installation,
    Installations,
    People,
    Profile,
)


class MemoryInstallations(Installations):
    """Installations in a dictionary, in the clear."""

    def __init__(self, installations: Iterable[Installation] = ()) -> None:
        self._kept = {_owner(one.team, one.enterprise): one for one in installations}

    async def find(self, *, team: str | None, enterprise: str | None) -> Installation | None:
        own = self._kept.get((team, None)) if team is not None else None
        whole = self._kept.get((None, enterprise)) if enterprise is not None else None
        return own or whole

    async def save(self, installation: Installation) -> None:
        self._kept[_owner(installation.team, installation.enterprise)] = installation

    async def remove(self, *, team: str | None, enterprise: str | None) -> None:
        self._kept.pop(_owner(team, enterprise), None)


def _owner(team: str | None, enterprise: str | None) -> tuple[str | None, str | None]:
    if team is None and enterprise is None:
        raise ValueError("An installation belongs to a workspace or to an organisation.")
    return (team, None) if team is not None else (None, enterprise)


class MemoryConnections(Connections):
    """The connection of each team."""

    def __init__(self, connections: Iterable[Connection] = ()) -> None:
        self.by_team = {one.team: one for one in connections}

    async def of(self, team: str) -> Connection | None:
        return self.by_team.get(team)

    async def all(self) -> tuple[Connection, ...]:
        return tuple(self.by_team.values())


class MemoryColumns(Columns):
    """Column ids by team and database."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], dict[str, str]] = {}

    async def load(self, team: str, database: str) -> Mapping[str, str] | None:
        return self._kept.get((team, database))

    async def save(self, team: str, database: str, columns: Mapping[str, str]) -> None:
        self._kept[team, database] = dict(columns)


class MemoryChoices(Choices):
    """Choices in a dictionary."""

    def __init__(self) -> None:
        self._kept: dict[str, Choice] = {}

    async def load(self, team: str) -> Choice | None:
        return self._kept.get(team)

    async def choose(self, choice: Choice) -> Choice:
        before = self._kept.get(choice.team, Choice(team=choice.team))
        if before.mapping != choice.mapping:
            self._kept[choice.team] = replace(choice, rev=before.rev + 1)
        return self._kept[choice.team]

    async def touch(self, team: str) -> None:
        before = self._kept.get(team, Choice(team=team))
        self._kept[team] = replace(before, rev=before.rev + 1)


class MemoryPeople(People):
    """The people of each team."""

    def __init__(self, profiles: Mapping[str, Iterable[Profile]] | None = None) -> None:
        self._kept = {
            (team, one.person): one for team, people in (profiles or {}).items() for one in people
        }

    async def profile(self, team: str, person: PersonId) -> Profile | None:
        return self._kept.get((team, person))

    async def by_email(self, team: str, email: str) -> PersonId | None:
        wanted = email.casefold()
        for (owner, person), profile in self._kept.items():
            if owner == team and (profile.email or "").casefold() == wanted:
                return person
        return None
