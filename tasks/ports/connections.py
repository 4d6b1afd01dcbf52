"""Which team mirrors where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol

from tasks.model import PersonId

SKIPPED = "-"
"""Stands for the column of a field that is not to be mirrored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """The database on the other side that a team's tasks are mirrored to."""

    team: str
    token: str = field(repr=False)
    database: str
    """Dashed id of the database or of its data source, as the operator or an admin gave it."""
    mapping: str = ""
    """Names the mapping that an admin has chosen; empty: found by the columns' names."""
    takes_all: bool = False
    """Whether rows that were there before become tasks, not only new and edited ones."""
    rev: int = 0
    """Another one after every choice, and whenever columns may have changed: read them anew."""

    @property
    def key(self) -> str:
        """Name its budget of calls: all that share the token share it. Never the token itself."""
        return sha256(self.token.encode()).hexdigest()[:16]

    @property
    def columns_key(self) -> str:
        """Under what its columns are kept: another key for every mapping that was chosen."""
        return f"{self.database}#{self.mapping}" if self.mapping else self.database


class Connections(Protocol):
    """Which team mirrors where."""

    async def of(self, team: str) -> Connection | None:
        """Return the team's connection; None: its sync is off."""

    async def all(self) -> tuple[Connection, ...]:
        """Return every connection that there is at the moment."""


class Accounts(Protocol):
    """With what a team may ask the other side, whether or not it mirrors anywhere."""

    async def account(self, team: str) -> Connection | None:
        """Return a connection without a database; None: the team has no token."""


class Columns(Protocol):
    """Which column stands for which field, by column id, so that renaming one changes nothing."""

    async def load(self, team: str, database: str) -> Mapping[str, str] | None:
        """Return column ids by the field they stand for; None before the first contact."""

    async def save(self, team: str, database: str, columns: Mapping[str, str]) -> None:
        """Keep them, in place of earlier ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What an admin has chosen over what the settings say."""

    team: str
    rev: int = 0
    """Raised by every choice and every touch."""
    database: str | None = None
    """None: the one of the settings stands."""
    mapping: str = ""
    takes_all: bool = False
    by: PersonId | None = None


class Choices(Protocol):
    """Where teams have chosen to mirror to; every instance sees a choice at once."""

    async def load(self, team: str) -> Choice | None:
        """Return the team's choice; None: nobody has chosen, and nothing was touched."""

    async def choose(self, choice: Choice) -> Choice:
        """Return once a majority holds it, with its rev; the same mapping again changes nothing."""

    async def touch(self, team: str) -> None:
        """Raise the rev: whatever is remembered of the columns is to be read anew."""
