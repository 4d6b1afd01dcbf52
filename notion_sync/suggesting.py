"""Which column of a stranger's table will hold which field: by name and type; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from notion_sync.columns import COLUMNS, Role, Wanted
from notion_sync.layout import Layout, same_name
from notion_sync.mapping import meaning, rank
from notion_sync.meanings import option_key, values
from notion_sync.schema import Column, Option, Schema
from tasks.model import Priority, Status
from tasks.ports import ADDED, SKIPPED, FieldColumns, Fitting, Meaning

NAMES: Mapping[Role, tuple[str, ...]] = {
    Role.STATUS: ("state", "stage", "progress", "phase"),
    Role.ASSIGNEES: (
        "assignee",
        "assigned to",
        "assign",
        "owner",
        "owners",
        "responsible",
        "person",
        "people",
        "who",
    ),
    Role.DUE: ("due date", "deadline", "due by", "date", "when", "until"),
    Role.PRIORITY: ("prio", "importance", "urgency"),
    Role.TAGS: ("tag", "labels", "label", "categories", "category", "topics", "topic"),
    Role.NOTES: ("note", "description", "details", "summary", "comments"),
    Role.LINK: ("slack link", "link", "url", "source"),
}
"""What people call it otherwise, the likeliest first."""
_SOLE = {Role.STATUS: "status", Role.ASSIGNEES: "people", Role.DUE: "date"}
"""The only column of this type is likely meant, whatever it is called."""
FITTING_MAX = 95
OPTIONS_MAX = 100
"""A menu of Slack holds a hundred."""


def suggested(schema: Schema, saved: Mapping[str, str] | None = None) -> tuple[FieldColumns, ...]:
    """Return for each field where it can go and where it likely should.

    `saved` is the mapping there is. A field whose column is gone from it is to be added anew.
    """
    saved = saved or {}
    chosen: dict[Role, str] = {}
    for passed in (_kept, _named, _sole):
        for wanted in COLUMNS:
            if wanted.role in chosen or saved.get(wanted.role) == SKIPPED:
                continue
            taken = set(chosen.values())
            free = [column for column in _fitting(schema, wanted) if column.id not in taken]
            column = passed(wanted, free, saved)
            if column is not None:
                chosen[wanted.role] = column.id
    return tuple(_field(schema, wanted, chosen, saved) for wanted in COLUMNS)


def meanings(layout: Layout) -> tuple[str, ...]:
    """Return which options stand for what, a sentence per column, and what has none."""
    return tuple(_meanings(layout))


def names_to_add(schema: Schema, wanted: Mapping[str, str]) -> dict[Role, str]:
    """Return under which names columns are to be added that are not there yet."""
    taken = {column.name for column in schema.columns}
    # A configuration under a name that is taken would retype that column and lose its values.
    return {
        each.role: each.second_name if each.name in taken else each.name
        for each in COLUMNS
        if wanted.get(each.role) == ADDED
    }


def with_added(schema: Schema, wanted: Mapping[str, str]) -> dict[str, str]:
    """Return the mapping with the ids of columns that were added already, by their names."""
    found = dict(wanted)
    for each in COLUMNS:
        if found.get(each.role) != ADDED:
            continue
        for column in _fitting(schema, each):
            is_ours = column.name in (each.name, each.second_name)
            if is_ours and column.id not in found.values():
                found[each.role] = column.id
                break
    return found


def _field(
    schema: Schema, wanted: Wanted, chosen: Mapping[Role, str], saved: Mapping[str, str]
) -> FieldColumns:
    before = saved.get(wanted.role)
    fallback = ADDED if wanted.needed or before not in (None, SKIPPED) else SKIPPED
    return FieldColumns(
        field=wanted.role.value,
        name=wanted.name,
        fitting=tuple(
            Fitting(id=column.id, name=column.name, type=column.type)
            for column in _fitting(schema, wanted)[:FITTING_MAX]
        ),
        suggested=chosen.get(wanted.role, fallback),
        is_needed=wanted.needed,
    )


def _fitting(schema: Schema, wanted: Wanted) -> list[Column]:
    """Return the columns that could hold it, those of the best type first."""
    found = [column for column in schema.columns if column.type in wanted.types]
    return sorted(found, key=lambda column: wanted.types.index(column.type))


def _kept(wanted: Wanted, free: list[Column], saved: Mapping[str, str]) -> Column | None:
    return next((column for column in free if column.id == saved.get(wanted.role)), None)


def _named(wanted: Wanted, free: list[Column], _saved: Mapping[str, str]) -> Column | None:
    if wanted.role is Role.TITLE:
        return next(iter(free), None)  # there is exactly one
    for name in (wanted.name, wanted.second_name, *NAMES.get(wanted.role, ())):
        for column in free:
            if same_name(column.name, name):
                return column
    return None


def _sole(wanted: Wanted, free: list[Column], _saved: Mapping[str, str]) -> Column | None:
    found = [column for column in free if column.type == _SOLE.get(wanted.role)]
    return found[0] if len(found) == 1 else None


def _meanings(layout: Layout) -> Iterator[str]:
    for role, kind in ((Role.STATUS, Status), (Role.PRIORITY, Priority)):
        column = layout.columns.get(role)
        pairs = [
            f"{value.value.replace('_', ' ')} is “{option.name}”{_also(layout, column, value)}"
            for value, option in layout.options.items()
            if isinstance(value, kind)
        ]
        if pairs and column is not None:
            yield f"{column.name}: {', '.join(pairs)}."
    yield from layout.issues


def _also(layout: Layout, column: Column | None, value: Status | Priority) -> str:
    """Return which further options somebody has chosen for the same."""
    ids = [one for one, meant in layout.also.items() if meant is value]
    found = [option for one in ids if column is not None and (option := column.option(one))]
    return f" (also {', '.join(f'“{option.name}”' for option in found)})" if found else ""


def stands_for(layout: Layout) -> tuple[Meaning, ...]:
    """Return each value of a task with the options that stand for it now, the written one first."""
    found: list[Meaning] = []
    for role, value in values():
        column, written = layout.columns.get(role), layout.options.get(value)
        if column is None or not column.options:
            continue
        read = [one for one in column.options if _read_as(role, column, one, layout) is value]
        first = [] if written is None else [written.id]
        found.append(
            Meaning(
                key=option_key(value),
                field=role.value,
                column=column.name,
                value=value.value,
                options=tuple((one.id, one.name) for one in column.options[:OPTIONS_MAX]),
                chosen=(*first, *(one.id for one in read if one.id not in first)),
            )
        )
    return tuple(found)


def _read_as(
    role: Role, column: Column, option: Option, layout: Layout
) -> Status | Priority | None:
    is_status = role is Role.STATUS
    return meaning(column, option, layout) if is_status else rank(option.id, layout)
