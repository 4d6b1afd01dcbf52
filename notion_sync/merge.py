"""Three-way merge of a task and its row, per field, against what both last agreed on; pure.

Each side is compared with what it was itself, never with the other: Notion keeps less than it is
given (no seconds, no zone), and a task shows less than a row can hold (a range, a guest). Who wrote
does not matter, so our own echo changes nothing; neither does time, of which Notion has minutes.

- Only the row changed: the task takes it. Only the task changed: left to be written.
- Both changed the same field: lists are merged entry by entry; else the task's value stands, since
  somebody was told that it is saved, and the row's is lost: kept in the history, and open.
- Put away on one side, edited on the other: put away by the task, it takes the row's edits along;
  put away in Notion while the task has edits that are not there yet, the task stays.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256

from notion_sync.canonical import Agreed, Canonical
from notion_sync.columns import Role
from notion_sync.mapping import Cell, differs, is_same
from notion_sync.reading import LISTS, ROLE_OF, Found, Reader
from tasks.model import Due, Field, Task, Value
from tasks.patch import Patch

UNKNOWN = ""
"""Stands for a field of which it is not known what was agreed on: it is to be written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What becomes of both sides."""

    patch: Patch
    """What the task takes over."""
    lost: Mapping[Field, Value] = field(default_factory=dict)
    """What of the row gives way."""
    agreed: Agreed
    said: tuple[str, ...] = ()
    """What of the row the task cannot show."""
    is_kept: bool = False
    """Whether the row lies in the trash, but the task has edits and stays."""

    @property
    def changes_task(self) -> bool:
        """Whether there is something to write to the task."""
        return bool(self.patch.fields or self.lost)


def merge(
    task: Task, base: Agreed, page: Agreed, wanted: Mapping[Role, Cell], reader: Reader
) -> Merged:
    """Merge the row as it is now (`page`); `wanted` is what it should hold by the task alone."""
    sides = _Sides(task, base, page, wanted, reader)
    fields = [
        _field(sides, name)
        for name, role in ROLE_OF.items()
        if role in reader.layout.columns and role.value in page.values
    ]
    values = {one.name: one.taken for one in fields if one.taken != task.value(one.name)}
    has_edits = any(one.is_ours for one in fields)
    is_kept = _is_trashed_since(base, page) and has_edits and not task.deleted
    if not is_kept and (is_deleted := _deleted(task, base, page)) != task.deleted:
        values[Field.DELETED] = is_deleted
    agreed = Agreed(
        # Columns of our own are taken as they are: what a person wrote there is written over.
        values={**base.values, **page.values},
        columns={**base.columns, **page.columns},
        in_trash=base.in_trash if is_kept else page.in_trash,
        mine={**base.mine, **{one.name.value: one.mine for one in fields}},
        reads=base.reads,
        sent=base.sent,
        unsure=base.unsure and is_kept,
    )
    return Merged(
        patch=Patch.of(values),
        lost={one.name: one.found.value for one in fields if one.is_lost},
        agreed=agreed,
        said=tuple(one.found.said for one in fields if one.found.said),
        is_kept=is_kept,
    )


def brought_back(merged: Merged, task: Task) -> Merged:
    """Return the same, but that a row in the trash is to come out of it, and its task with it."""
    values: dict[Field, Value] = {
        name: to for name, to in merged.patch.values.items() if name is not Field.DELETED
    }
    if task.deleted:
        values[Field.DELETED] = False
    agreed = replace(merged.agreed, in_trash=True, unsure=False)
    return replace(merged, patch=Patch.of(values), agreed=agreed, is_kept=False)


def digest(value: Value) -> str:
    """Return a short stand-in for a value of a task, by which it is recognised."""
    if isinstance(value, Due):
        shown: object = [value.day.isoformat(), value.at and value.at.isoformat(), value.zone]
    else:
        shown = value
    return sha256(json.dumps(shown).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def digests(task: Task) -> dict[str, str]:
    """Return those of all fields that both sides may change."""
    return {name.value: digest(task.value(name)) for name in ROLE_OF}


def to_write(task: Task, agreed: Agreed, wanted: Mapping[Role, Cell]) -> dict[Role, Cell]:
    """Return the cells that must be written: of fields the task changed, and of columns of ours."""
    return dict(_to_write(task, agreed, wanted))


def _to_write(
    task: Task, agreed: Agreed, wanted: Mapping[Role, Cell]
) -> Iterator[tuple[Role, Cell]]:
    fields = {role: name for name, role in ROLE_OF.items()} | {Role.OTHERS: Field.ASSIGNEES}
    for role, cell in differs(agreed, wanted).items():
        name = fields.get(role)
        is_moved = agreed.columns.get(role.value) != cell.column
        if name is None or is_moved or role is Role.OTHERS or _is_ours(task, agreed, name, wanted):
            yield role, cell


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    name: Field
    found: Found
    taken: Value
    mine: str
    is_ours: bool
    is_lost: bool = False


@dataclass(frozen=True, slots=True)
class _Sides:
    task: Task
    base: Agreed
    page: Agreed
    wanted: Mapping[Role, Cell]
    reader: Reader


def _field(sides: _Sides, name: Field) -> _Field:
    """Return what becomes of one field."""
    role, now = ROLE_OF[name].value, sides.task.value(name)
    cell, before = sides.page.values[role], _before(sides.base, sides.page, role)
    ours = _is_ours(sides.task, sides.base, name, sides.wanted)
    is_new = not _remembers(sides.base, role, sides.page.columns.get(role))
    then = UNKNOWN if is_new else sides.base.mine.get(name.value, UNKNOWN)
    kept = _Field(
        name=name,
        found=sides.reader.found(name, cell),
        taken=now,
        mine=then if ours else digest(now),
        is_ours=ours,
    )
    if cell == before:
        return _reread(sides, kept)
    if _shows(sides, kept):
        return replace(kept, mine=digest(now), is_ours=False)
    if cell in sides.base.sent.get(role, ()):
        return replace(kept, mine=UNKNOWN, is_ours=True)  # our own write, overtaken by a change
    return _taken(sides, kept, before) if kept.found.usable else kept


def _reread(sides: _Sides, kept: _Field) -> _Field:
    """Return what becomes of a field that nobody changed: its option may mean something else now.

    Somebody who chooses that tells how the rows are to be read, not how they are to be written.
    """
    then, found = sides.base.reads.get(ROLE_OF[kept.name].value), kept.found
    if then is None or kept.is_ours or not found.usable or found.value == kept.taken:
        return kept
    if then != kept.taken or then == found.value:
        return kept
    return replace(kept, taken=found.value, mine=digest(found.value))


def _taken(sides: _Sides, kept: _Field, before: Canonical) -> _Field:
    """Return what becomes of a field that the row changed, to a value the task can hold."""
    if kept.name in LISTS:
        then = sides.reader.found(kept.name, before).value
        entries = _entries(kept.taken, then, kept.found.value)
        return replace(kept, taken=entries, mine=UNKNOWN if kept.is_ours else digest(entries))
    if kept.is_ours:
        return replace(kept, is_lost=True, mine=UNKNOWN)
    return replace(kept, taken=kept.found.value, mine=digest(kept.found.value))


def _is_ours(task: Task, base: Agreed, name: Field, wanted: Mapping[Role, Cell]) -> bool:
    """Tell whether the task changed a field since; without a memory of it, by what is written."""
    role = ROLE_OF[name]
    cell = wanted.get(role)
    if cell is not None and not _remembers(base, role.value, cell.column):
        return bool(task.value(name)) and cell.value not in (None, "", [])
    if name.value in base.mine:
        return base.mine[name.value] != digest(task.value(name))
    return cell is not None and not is_same(base, role, cell)


def _remembers(base: Agreed, role: str, column: str | None) -> bool:
    """Tell whether the base holds what this very column held; one that is new is not in it."""
    return role in base.values and base.columns.get(role) == column


def _before(base: Agreed, page: Agreed, role: str) -> Canonical:
    if _remembers(base, role, page.columns.get(role)):
        return base.values[role]
    now = page.values[role]  # a column that is new to us was empty as far as we know
    if isinstance(now, str):
        return ""
    return [] if isinstance(now, list) else None


def _shows(sides: _Sides, kept: _Field) -> bool:
    """Tell whether the row shows what the task holds already."""
    role, found = ROLE_OF[kept.name], kept.found
    cell = sides.wanted.get(role)
    if cell is not None and is_same(sides.page, role, cell):
        return True
    return found.usable and found.value == kept.taken


def _entries(now: Value, then: Value, there: Value) -> Value:
    """Apply to a list what was added to and taken from another."""
    own, old, new = (one if isinstance(one, tuple) else () for one in (now, then, there))
    kept = [one for one in own if one in new or one not in old]
    return tuple(dict.fromkeys((*kept, *(one for one in new if one not in old))))


def _is_trashed_since(base: Agreed, page: Agreed) -> bool:
    return page.in_trash and not base.in_trash and not base.unsure


def _deleted(task: Task, base: Agreed, page: Agreed) -> bool:
    if base.unsure or page.in_trash == base.in_trash:
        return task.deleted
    return page.in_trash
