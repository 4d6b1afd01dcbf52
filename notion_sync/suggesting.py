"""Which column of a stranger's table will hold which field: by name and type; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from notion_sync.columns import COLUMNS, Role, Wanted
from notion_sync.layout import Layout, same_name
from notion_sync.schema import Column, Schema
from tasks.model import Priority, Status
from tasks.ports import ADDED, SKIPPED, FieldColumns, Fitting

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
            f"{value.value.replace('_', ' ')} is “{option.name}”"
            for value, option in layout.options.items()
            if isinstance(value, kind)
        ]
        if column is not None and pairs:
            yield f"{column.name}: {', '.join(pairs)}."
    yield from layout.issues
