"""Which team mirrors where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """The database on the other side that a team's tasks are mirrored to."""

    team: str
    token: str = field(repr=False)
    database: str
    """Dashed id of the database or of its data source, as the operator gave it."""

    @property
    def key(self) -> str:
        """Name its budget of calls: all that share the token share it. Never the token itself."""
        return sha256(self.token.encode()).hexdigest()[:16]


class Connections(Protocol):
    """Which team mirrors where."""

    async def of(self, team: str) -> Connection | None:
        """Return the team's connection; None: its sync is off."""

    async def all(self) -> tuple[Connection, ...]:
        """Return every connection that there is at the moment."""


class Columns(Protocol):
    """Which column stands for which field, by column id, so that renaming one changes nothing."""

    async def load(self, team: str, database: str) -> Mapping[str, str] | None:
        """Return column ids by the field they stand for; None before the first contact."""

    async def save(self, team: str, database: str, columns: Mapping[str, str]) -> None:
        """Keep them, in place of earlier ones."""
