"""From a task to the cells of its row, each with its canonical value and what is sent; pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from notion_sync.canonical import NEW, Agreed, Canonical, instant
from notion_sync.columns import PRIORITY_NAMES, STATUS_GROUPS, STATUS_NAMES, Role
from notion_sync.layout import Layout, same_name
from notion_sync.rich_text import pieces, storable
from notion_sync.schema import Column, Option
from notion_sync.wire import PIECES, TEXT_UNITS, JsonObject
from tasks.model import Due, PersonId, Priority, Status, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """A task's assignees, told apart."""

    ids: tuple[str, ...] = ()
    """Notion's ids of those it knows."""
    names: tuple[str, ...] = ()
    """Names of all, in the task's order."""
    unmatched: tuple[str, ...] = ()
    """Names of those it does not know."""
    matched: tuple[tuple[str, str, PersonId], ...] = ()
    """Notion's id, name and the person of each of those it knows."""
    strangers: tuple[str, ...] = ()
    """Notion's ids of those who are in the row already, and nobody in the team."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What one column should hold."""

    column: str
    value: Canonical
    payload: JsonObject


def cells(task: Task, layout: Layout, assigned: Assigned, agreed: Agreed) -> dict[Role, Cell]:
    """Return what the task's row should hold, without the columns that are missing."""
    row: dict[Role, Cell] = {}
    for role, column in layout.columns.items():
        cell = _MAKERS[role](_Context(task, column, layout, assigned, agreed))
        if cell is not None:
            row[role] = cell
    return row


def differs(agreed: Agreed, wanted: Mapping[Role, Cell]) -> dict[Role, Cell]:
    """Return the cells that must be written to make the row equal; empty where it is already."""
    return {role: cell for role, cell in wanted.items() if not is_same(agreed, role, cell)}


def properties(wanted: Mapping[Role, Cell]) -> JsonObject:
    """Return the `properties` of a request, by column id."""
    return {cell.column: cell.payload for cell in wanted.values()}


def agreed_after(before: Agreed, written: Mapping[Role, Cell], answered: Agreed) -> Agreed:
    """Return the new base: what was written, as Notion answered it; the rest as it was.

    Another cell of the answer may show a person's edit, which is not agreed on yet.
    """
    roles = [role.value for role in written]
    seen = {role: answered.values[role] for role in roles if role in answered.values}
    columns = {role: answered.columns[role] for role in seen}
    return replace(
        before,
        values={**before.values, **seen},
        columns={**before.columns, **columns},
    )


@dataclass(frozen=True, slots=True)
class _Context:
    task: Task
    column: Column
    layout: Layout
    assigned: Assigned
    agreed: Agreed


def is_same(agreed: Agreed, role: Role, cell: Cell) -> bool:
    """Tell whether a cell holds what it should already."""
    if agreed.columns.get(role.value) != cell.column:
        return False
    known = agreed.values.get(role.value)
    if role is Role.DUE and isinstance(known, dict) and isinstance(cell.value, dict):
        return known.get("start") == cell.value.get("start")  # an end set in Notion stays
    return known == cell.value


def _text(column: Column, text: str) -> Cell:
    payload: JsonObject = {column.type: pieces(text)}
    return Cell(column=column.id, value=storable(text), payload=payload)


def _choice(column: Column, option: Option | None, name: str | None) -> Cell:
    """Write an option by id; by name where Notion is to create it; nothing where both are None."""
    if option is not None:
        chosen: JsonObject | None = {"id": option.id}
        value: str | None = option.id
    else:
        chosen = {"name": name} if name else None
        value = f"{NEW}{name}" if name else None
    return Cell(column=column.id, value=value, payload={column.type: chosen})


def _title(given: _Context) -> Cell:
    return _text(given.column, given.task.title)


def _notes(given: _Context) -> Cell:
    return _text(given.column, given.task.notes)


def _key(given: _Context) -> Cell:
    return _text(given.column, given.task.id)


def _link(given: _Context) -> Cell:
    url = given.task.source
    if given.column.type == "rich_text":
        return _text(given.column, url or "")
    fitting = url if url and len(url) <= TEXT_UNITS else None
    return Cell(column=given.column.id, value=fitting, payload={"url": fitting})


def _status(given: _Context) -> Cell | None:
    """Choose by group or name; an option of the same meaning that stands there already stays."""
    column, status = given.column, given.task.status
    known = given.agreed.values.get(Role.STATUS.value)
    standing = column.option(known) if isinstance(known, str) else None
    if standing is not None and meaning(column, standing, given.layout) is status:
        return _choice(column, standing, None)
    option = given.layout.options.get(status)
    if option is None and column.type == "status":
        return None  # writing an unknown status option is refused: the layout tells the installer
    return _choice(column, option, STATUS_NAMES[status][0])


def meaning(column: Column, option: Option, layout: Layout) -> Status | None:
    """Return which status an option of the status column stands for."""
    chosen = _chosen(option.id, layout)
    if isinstance(chosen, Status):
        return chosen
    group = column.group_of(option.id)
    for status in Status:
        if group == STATUS_GROUPS[status] or any(
            same_name(option.name, name) for name in STATUS_NAMES[status]
        ):
            return status
    return None


def rank(option_id: str, layout: Layout) -> Priority | None:
    """Return which priority an option of the priority column stands for."""
    chosen = _chosen(option_id, layout)
    return chosen if isinstance(chosen, Priority) else None


def _chosen(option_id: str, layout: Layout) -> Status | Priority | None:
    """Return what an option is written for, or was chosen to be read as."""
    written = (value for value, option in layout.options.items() if option.id == option_id)
    return next(written, layout.also.get(option_id))


def reads(agreed: Agreed, layout: Layout) -> dict[str, str]:
    """Return what the options of a row are read as, by role; it changes with the mapping alone."""
    found: dict[str, str] = {}
    for role in (Role.STATUS, Role.PRIORITY):
        column, cell = layout.columns.get(role), agreed.values.get(role.value)
        option = column.option(cell) if column is not None and isinstance(cell, str) else None
        if column is None or option is None:
            continue
        is_status = role is Role.STATUS
        value = meaning(column, option, layout) if is_status else rank(option.id, layout)
        if value is not None:
            found[role.value] = value.value
    return found


def _priority(given: _Context) -> Cell:
    column, priority = given.column, given.task.priority
    if priority is None:
        return _choice(given.column, None, None)
    known = given.agreed.values.get(Role.PRIORITY.value)
    standing = column.option(known) if isinstance(known, str) else None
    if standing is not None and rank(standing.id, given.layout) is priority:
        return _choice(column, standing, None)
    return _choice(given.column, given.layout.options.get(priority), PRIORITY_NAMES[priority][0])


def _tags(given: _Context) -> Cell:
    by_name = {option.name.casefold(): option for option in given.column.options}
    chosen: dict[str, JsonObject] = {}
    for tag in given.task.tags:
        name = storable(tag.replace(",", " ")).strip()  # commas are not allowed in option names
        if option := by_name.get(name.casefold()):
            chosen[option.id] = {"id": option.id}
        elif name:
            chosen[f"{NEW}{name}"] = {"name": name}
    few = dict(list(chosen.items())[:PIECES])
    return Cell(
        column=given.column.id, value=sorted(few), payload={"multi_select": list(few.values())}
    )


def _assignees(given: _Context) -> Cell:
    if given.column.type == "rich_text":
        return _text(given.column, ", ".join(given.assigned.names))
    ids = list(dict.fromkeys((*given.assigned.ids, *given.assigned.strangers)))[:PIECES]
    return Cell(
        column=given.column.id, value=sorted(ids), payload={"people": [{"id": i} for i in ids]}
    )


def _others(given: _Context) -> Cell:
    main = given.layout.columns.get(Role.ASSIGNEES)
    everyone_elsewhere = main is not None and main.type == "rich_text"
    names = () if everyone_elsewhere else given.assigned.unmatched
    return _text(given.column, ", ".join(names))


def _due(given: _Context) -> Cell:
    due = given.task.due
    if due is None:
        return Cell(column=given.column.id, value=None, payload={"date": None})
    start, value = _start(due)
    return Cell(
        column=given.column.id,
        value={"start": value, "end": None},
        payload={"date": {"start": start}},
    )


def _start(due: Due) -> tuple[str, str]:
    """Return a due date as it is sent, with the zone's offset, and as it is compared."""
    if due.at is None:
        return due.day.isoformat(), due.day.isoformat()
    local = due.at.astimezone(ZoneInfo(due.zone or "UTC")).replace(second=0, microsecond=0)
    return local.isoformat(timespec="milliseconds"), instant(due.at)


_MAKERS: Mapping[Role, Callable[[_Context], Cell | None]] = {
    Role.TITLE: _title,
    Role.STATUS: _status,
    Role.ASSIGNEES: _assignees,
    Role.OTHERS: _others,
    Role.DUE: _due,
    Role.PRIORITY: _priority,
    Role.TAGS: _tags,
    Role.NOTES: _notes,
    Role.LINK: _link,
    Role.KEY: _key,
}
