"""Which options of a column stand for which value of a task, as somebody has chosen it; pure.

It is kept beside the ids of the columns: under `status:open` the option that is written, under
`status:open:also` those that are read as the same, with spaces between them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from notion_sync.columns import Role
from tasks.model import Priority, Status

Choosable: TypeAlias = Status | Priority
ROLES: Mapping[Role, type[Choosable]] = {Role.STATUS: Status, Role.PRIORITY: Priority}
"""The columns whose options stand for something."""
_ALSO = ":also"


def option_key(value: Choosable) -> str:
    """Return the key under which the option is kept that is written for a value."""
    return f"{type(value).__name__.lower()}:{value}"


def values() -> Iterator[tuple[Role, Choosable]]:
    """Yield every value that an option can stand for, with its column."""
    for role, kind in ROLES.items():
        for value in kind:
            yield role, value


def also_kept(saved: Mapping[str, str], value: Choosable) -> tuple[str, ...]:
    """Return the ids of the options that are read as a value beside the one that is written."""
    return tuple(saved.get(option_key(value) + _ALSO, "").split())


def claimed(saved: Mapping[str, str]) -> dict[str, Choosable]:
    """Return what the options stand for that something is kept of, by their ids."""
    also = {one: value for _, value in values() for one in also_kept(saved, value)}
    written = {saved.get(option_key(value), ""): value for _, value in values()}
    return {option_id: value for option_id, value in (also | written).items() if option_id}


def chosen(meanings: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return what is kept of a choice: option ids by `option_key`, the one to be written first."""
    kept: dict[str, str] = {}
    for _, value in values():
        ids = meanings.get(option_key(value)) or ()
        if ids:
            kept[option_key(value)] = ids[0]
        if len(ids) > 1:
            kept[option_key(value) + _ALSO] = " ".join(ids[1:])
    return kept


def carried_over(
    saved: Mapping[str, str], columns: Mapping[str, str], meanings: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """Return what is to be kept of options under a new mapping.

    A choice is for all values of its column; without one, what was kept of the same column stays.
    """
    kept = chosen(meanings)
    for role, kind in ROLES.items():
        keys = [option_key(value) for value in kind]
        is_same = saved.get(role) is not None and saved.get(role) == columns.get(role)
        if is_same and not any(meanings.get(key) for key in keys):
            both = [*keys, *(key + _ALSO for key in keys)]
            kept |= {key: saved[key] for key in both if key in saved}
    return kept
