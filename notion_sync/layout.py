"""Which column of a schema, and which of its options, stands for what: by id; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from notion_sync.columns import (
    COLUMNS,
    PRIORITY_NAMES,
    STATUS_GROUPS,
    STATUS_NAMES,
    Role,
    Wanted,
)
from notion_sync.meanings import also_kept, claimed, option_key, values
from notion_sync.schema import Column, Option, Schema
from tasks.model import Priority, Status
from tasks.ports import SKIPPED
from tasks.text import one_line, shorten

DATA_SOURCE = "data_source"
"""The key under which the data source's own id is kept beside those of its columns."""

_NAME_SHOWN = 80
"""Characters of a column's name: what to do about it has to stay in sight."""
_NOT_A_NAME = re.compile(r"[^\w\s]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A schema, read for tasks."""

    schema: Schema
    columns: Mapping[Role, Column]
    options: Mapping[Status | Priority, Option]
    also: Mapping[str, Status | Priority]
    """What further options are read as that somebody has chosen for it, by their ids."""
    missing: Mapping[Role, str]
    """Sentences on columns that are gone or of no usable type; the rest goes on."""

    @property
    def issues(self) -> tuple[str, ...]:
        """What the installer should know, a sentence each."""
        return (*self.missing.values(), *self._without_option())

    @property
    def remembered(self) -> dict[str, str]:
        """Return the ids to keep, so that renaming a column or an option changes nothing."""
        kept = {DATA_SOURCE: self.schema.id}
        kept |= {role.value: column.id for role, column in self.columns.items()}
        return kept | {option_key(value): option.id for value, option in self.options.items()}

    def _without_option(self) -> Iterator[str]:
        column = self.columns.get(Role.STATUS)
        if column is not None and column.type == "status":
            for status, names in STATUS_NAMES.items():
                if status not in self.options:
                    yield (
                        f"The column “{column.name}” has no option for “{names[0]}”: add one "
                        f"in its group “{STATUS_GROUPS[status]}”."
                    )


def lay_out(schema: Schema, saved: Mapping[str, str] | None) -> Layout:
    """Find each role's column: by the id kept, else by default name and a type that will do."""
    saved = saved or {}
    taken = {column_id for role in Role if (column_id := saved.get(role.value))}
    columns: dict[Role, Column] = {}
    missing: dict[Role, str] = {}
    for wanted in COLUMNS:
        if saved.get(wanted.role.value) == SKIPPED and not wanted.needed:
            continue  # so it was chosen
        column = _by_id(schema, wanted, saved) or _by_name(schema, wanted, taken)
        if column is not None:
            columns[wanted.role] = column
            taken.add(column.id)
        elif wanted.role.value in saved or wanted.needed:
            missing[wanted.role] = _sentence(schema, wanted, saved)
    options: dict[Status | Priority, Option] = {}
    if status := columns.get(Role.STATUS):
        options |= _status_options(status, saved)
    if priority := columns.get(Role.PRIORITY):
        options |= _priority_options(priority, saved)
    also = {one: value for _, value in values() for one in also_kept(saved, value)}
    return Layout(schema=schema, columns=columns, options=options, also=also, missing=missing)


def same_name(one: str, other: str) -> bool:
    """Compare names as people do: “✹ High” is “high”."""
    return _bare(one) == _bare(other)


def _bare(name: str) -> str:
    return " ".join(_NOT_A_NAME.sub(" ", name).casefold().split())


def _by_id(schema: Schema, wanted: Wanted, saved: Mapping[str, str]) -> Column | None:
    column = schema.column(saved.get(wanted.role.value))
    return column if column is not None and column.type in wanted.types else None


def _by_name(schema: Schema, wanted: Wanted, taken: set[str]) -> Column | None:
    if wanted.role is Role.TITLE:
        return next((column for column in schema.columns if column.type == "title"), None)
    fitting = [
        column
        for column in schema.columns
        if column.id not in taken
        and column.type in wanted.types
        and any(same_name(column.name, name) for name in (wanted.name, wanted.second_name))
    ]
    return fitting[0] if fitting else None


def _sentence(schema: Schema, wanted: Wanted, saved: Mapping[str, str]) -> str:
    retyped = schema.column(saved.get(wanted.role.value)) or next(
        (column for column in schema.columns if same_name(column.name, wanted.name)), None
    )
    if retyped is not None:
        name = shorten(one_line(retyped.name), _NAME_SHOWN)
        return (
            f"The column “{name}” has the type {retyped.type}, which cannot hold "
            f"{wanted.name}: make it {wanted.types[0]}."
        )
    return (
        f"The column “{wanted.name}” is missing in Notion: add one of that name, "
        f"type {wanted.types[0]}."
    )


def _status_options(column: Column, saved: Mapping[str, str]) -> dict[Status | Priority, Option]:
    found: dict[Status | Priority, Option] = {}
    for status, names in STATUS_NAMES.items():
        kept = column.option(saved.get(option_key(status)))
        free = _free(column, status, saved)
        group = column.groups.get(STATUS_GROUPS[status], ())
        in_group = tuple(option for option in free if option.id in group)
        option = kept or _named(in_group, names) or next(iter(in_group), None)
        if option := option or _named(free, names):
            found[status] = option
    return found


def _priority_options(column: Column, saved: Mapping[str, str]) -> dict[Status | Priority, Option]:
    found: dict[Status | Priority, Option] = {}
    for priority, names in PRIORITY_NAMES.items():
        kept = column.option(saved.get(option_key(priority)))
        if option := kept or _named(_free(column, priority, saved), names):
            found[priority] = option
    return found


def _free(column: Column, value: Status | Priority, saved: Mapping[str, str]) -> tuple[Option, ...]:
    """Return the options that nobody has chosen for another value."""
    taken = claimed(saved)
    return tuple(option for option in column.options if taken.get(option.id, value) is value)


def _named(options: tuple[Option, ...], names: tuple[str, ...]) -> Option | None:
    for name in names:
        for option in options:
            if same_name(option.name, name):
                return option
    return None
