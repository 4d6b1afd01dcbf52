"""Choosing where a team mirrors to: found by search, mapped, looked at, then begun."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as filled
from typing import Protocol

from tasks.errors import TaskError
from tasks.model import PersonId, Task

ADDED = "+"
"""Stands for a column that is to be added under its default name."""


class CannotConnect(TaskError):
    """The other side cannot be asked, or shows no such table; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table that could be mirrored to."""

    id: str
    title: str
    edited: str = ""
    """The day on which it was last changed, as `2026-11-23`; empty where that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitting:
    """A column that can hold a field."""

    id: str
    name: str
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldColumns:
    """A field, and where it can go."""

    field: str
    """The key under which its column is kept."""
    name: str
    """What its column is called by default."""
    fitting: tuple[Fitting, ...]
    suggested: str
    """A column's id, `ADDED`, or `SKIPPED`."""
    is_needed: bool = False
    """Whether nothing can be mirrored without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """A table, with a suggestion of what goes where."""

    table: Table
    fields: tuple[FieldColumns, ...]
    meanings: tuple[str, ...] = ()
    """Which options will stand for what, a sentence per column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """A value of a task, and which options of its column stand for it."""

    key: str
    """Names it: `status:open`."""
    field: str
    """The key under which its column is kept."""
    column: str
    value: str
    """`open`."""
    options: tuple[tuple[str, str], ...]
    """Ids and names of all options of the column."""
    chosen: tuple[str, ...]
    """Ids of those that stand for it; the first is the one that is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody has decided: a table, and a column's id, `ADDED` or `SKIPPED` by field."""

    table: str
    columns: Mapping[str, str]
    meanings: Mapping[str, tuple[str, ...]] = filled(default_factory=dict)
    """Option ids by the key of a `Meaning`, the one to be written first; empty: as suggested."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Previewed:
    """A row as the task it would become."""

    task: Task
    unmapped: tuple[str, ...]
    """What of it would stay on the other side alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The first rows of a table, read through a mapping."""

    table: Table
    columns: Mapping[str, str]
    """The mapping, with the ids of the columns that were added."""
    rows: tuple[Previewed, ...]
    has_more: bool
    added: tuple[str, ...] = ()
    """The names of columns that were added."""
    notes: tuple[str, ...] = ()
    """What the mapping leaves open, a sentence each."""


class Connecting(Protocol):
    """What it takes to choose; whether somebody may is decided before.

    Everything but `start` may raise CannotConnect; all may raise StoreError.
    """

    async def find(self, team: str, words: str) -> tuple[Table, ...]:
        """Return tables by name, remembered for seconds; the latest changed first."""

    async def look(self, team: str, table: str | None) -> Sketch:
        """Return what a table could hold; None: the one that the team mirrors to."""

    async def meanings(self, team: str, wanted: Wanted) -> tuple[Meaning, ...]:
        """Return what the options of the columns stand for, as wanted or as suggested."""

    async def preview(self, team: str, wanted: Wanted) -> Preview:
        """Add the columns that are to be added, and read some rows. Doing it again adds none."""

    async def start(
        self, team: str, wanted: Wanted, *, name: str, takes_all: bool, by: PersonId
    ) -> None:
        """Mirror there from now on; the same `name` again changes nothing. StoreError."""
