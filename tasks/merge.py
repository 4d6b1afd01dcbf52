"""Three-way merge of an edit against what happened meanwhile; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.model import Field, Value
from tasks.text import STEPS_MAX

if TYPE_CHECKING:
    from tasks.model import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """A field that both sides changed, to different values."""

    field: Field
    base: Value
    theirs: Value
    """What is saved now."""
    ours: Value
    """What the editor asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Which of the editor's values can be taken, and which would overwrite somebody's."""

    values: Mapping[Field, Value]
    clashes: tuple[Clash, ...]


def three_way(*, base: Task | None, theirs: Task, ours: Mapping[Field, Value]) -> Merge:
    """Merge the editor's values, made on `base`, into `theirs`.

    Without a base (it is too long ago) every value that differs is a clash: nothing is
    overwritten unseen.
    """
    taken: dict[Field, Value] = {}
    clashes: list[Clash] = []
    for name, wanted in ours.items():
        now = theirs.value(name)
        then = base.value(name) if base is not None else None
        if wanted == now or (base is not None and wanted == then):
            continue  # the same already, or not touched by the editor
        if base is not None and now == then:
            taken[name] = wanted
        elif name is Field.CHECKLIST and (both := _both(then, now, wanted)) is not None:
            taken[name] = both
        else:
            clashes.append(Clash(field=name, base=then, theirs=now, ours=wanted))
    return Merge(values=taken, clashes=tuple(clashes))


def _both(then: Value, now: Value, wanted: Value) -> tuple[str, ...] | None:
    """Return a list with what either side added, and without what either took out.

    None where it cannot be told what they did, or the list would be too long.
    """
    if not (isinstance(then, tuple) and isinstance(now, tuple) and isinstance(wanted, tuple)):
        return None
    kept = [one for one in now if one in wanted or one not in then]
    merged = (*kept, *(one for one in wanted if one not in then and one not in kept))
    return merged if len(merged) <= STEPS_MAX else None
