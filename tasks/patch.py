"""What an action asks to change, as a value: pure here, one database write in the storage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from tasks.model import OURS_ALONE, Field, FieldChange, Value

if TYPE_CHECKING:
    from tasks.model import Change, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """Fields to set, and entries to add to or take from the list fields; the rest stays."""

    values: Mapping[Field, Value] = field(default_factory=dict)
    added: Mapping[Field, tuple[str, ...]] = field(default_factory=dict)
    """Only to `LISTS`; appended in order where missing."""
    removed: Mapping[Field, tuple[str, ...]] = field(default_factory=dict)
    """Only from `LISTS`; taken after what is added. A field in `values` is in neither."""

    @classmethod
    def of(cls, values: Mapping[Field, Value]) -> Self:
        """Set these fields."""
        return cls(values=dict(values))

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields it may touch, in the order of `Field`."""
        touched = self.values.keys() | self.added.keys() | self.removed.keys()
        return tuple(name for name in Field if name in touched)

    @property
    def is_ours_alone(self) -> bool:
        """Whether the other side has nothing to do with it."""
        return OURS_ALONE.issuperset(self.fields)

    def steps(self, task: Task) -> tuple[FieldChange, ...]:
        """Return what would really differ in `task`; empty when nothing."""
        steps = (
            FieldChange(field=name, before=task.value(name), after=self._after(task, name))
            for name in self.fields
        )
        return tuple(step for step in steps if step.before != step.after)

    def _after(self, task: Task, name: Field) -> Value:
        if name in self.values:
            return self.values[name]
        now = task.value(name)
        entries = now if isinstance(now, tuple) else ()
        new = dict.fromkeys(self.added.get(name, ()))
        grown = (*entries, *(entry for entry in new if entry not in entries))
        gone = self.removed.get(name, ())
        return tuple(entry for entry in grown if entry not in gone)


FIRST_REV = 1
"""The rev of a task's creation."""


def undo(task: Task, change: Change) -> Patch:
    """Return what takes `change` back where its outcome still stands; a later hand is respected."""
    if change.rev == FIRST_REV:
        return Patch.of({Field.DELETED: True})
    return Patch.of(
        {step.field: step.before for step in change.fields if task.value(step.field) == step.after}
    )
