"""What a person can ask of the tasks, one frozen request each; `key` names the user's action.

The key makes a request repeatable: the same key has its effect once and is answered alike. Where a
client chooses its keys itself, `fingerprint` (a digest of what it asks, empty: none) tells a
repetition from another action under the same key, which is KeyReused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from tasks.model import (
    Actor,
    Change,
    Due,
    Field,
    PersonId,
    Priority,
    Status,
    Task,
    Value,
    is_ahead,
    progress,
)
from tasks.permissions import ANYBODY, NOWHERE, Asker, Presence


@dataclass(frozen=True, slots=True, kw_only=True)
class AddTask:
    """Make a task."""

    team: str
    by: Actor
    key: str
    title: str
    notes: str = ""
    status: Status = Status.OPEN
    assignees: tuple[PersonId, ...] = ()
    due: Due | None = None
    priority: Priority | None = None
    tags: tuple[str, ...] = ()
    repeat: str | None = None
    checklist: tuple[str, ...] = ()
    ticked: tuple[str, ...] = ()
    channel: str | None = None
    audience: str | None = None
    """Who sees it, as in `Task`."""
    source: str | None = None
    author: PersonId | None = None
    """Who wrote the message it is made from."""
    said: str = ""
    """Their words as they came: the same ones within two minutes are AlreadyAdded. Empty: added."""
    fingerprint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _OnTask:
    team: str
    number: int
    by: Actor
    key: str
    fingerprint: str = ""
    only_at: int | None = None
    """Where set, a task at another rev is left alone: StaleRevision."""
    presence: Presence = NOWHERE
    """What the surface tells of whoever acts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditTask(_OnTask):
    """Set the fields of an edit form that was opened at `expected_rev`.

    Without one (or with `only_at`) there was no form: the fields are set, whatever they are now.
    """

    expected_rev: int | None
    values: Mapping[Field, Value]
    """Every field of the form, touched or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteTask(_OnTask):
    """Tick it off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenTask(_OnTask):
    """Make it open again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignTask(_OnTask):
    """Give it to exactly these people; to nobody with none."""

    assignees: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleTask(_OnTask):
    """Set or clear the due date."""

    due: Due | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrioritiseTask(_OnTask):
    """Set or clear the priority."""

    priority: Priority | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TagTask(_OnTask):
    """Add tags and take others off."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteTask(_OnTask):
    """Put it away; it can be restored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreTask(_OnTask):
    """Bring a deleted task back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOther(_OnTask):
    """Take the other side's values where both had changed the same fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SnoozeTask(_OnTask):
    """Put it off until an instant, or with none no longer."""

    until: Due | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfOneself(_OnTask):
    person: PersonId
    """Whoever acts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimTask(_OfOneself):
    """Take a task that is nobody's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptTask(_OfOneself):
    """Say that one will do it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineTask(_OfOneself):
    """Say that one will not do it."""

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TickSteps(_OnTask):
    """Note steps of the checklist as done, and others as not done."""

    done: tuple[str, ...] = ()
    undone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBackValues(_OnTask):
    """Give fields the values that they had before the change at `rev`."""

    rev: int
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoChange:
    """Take back one change of a task, or the person's own latest one where none is named."""

    team: str
    by: Actor
    key: str
    number: int | None = None
    rev: int | None = None
    under: str | None = None
    """The key of the change, where that is known in place of its rev."""
    presence: Presence = NOWHERE


class Order(StrEnum):
    """How a list is sorted; ties go by number."""

    DUE = "due"
    """Soonest first, those without a date last."""
    RECENT = "recent"
    """Latest completed first; only for what is done."""
    NEWEST = "newest"
    """Highest number first; only for what is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFilter:
    """Which tasks; every condition that is set must hold."""

    done: bool = False
    """Done tasks instead of open ones; deleted ones never."""
    owner: PersonId | None = None
    """On whose list: assigned to them, or made by them and nobody's."""
    unassigned: bool = False
    handed_by: PersonId | None = None
    """Made by them and assigned to others alone."""
    channel: str | None = None
    tag: str | None = None
    due_from: datetime | None = None
    """UTC, inclusive, against `Due.marker`."""
    due_before: datetime | None = None
    """UTC, exclusive, against `Due.marker`; leaves out what has no date."""
    days_before: datetime | None = None
    """An earlier bound, by hours, for what is due on a day without a time: today is not overdue at
    noon."""
    words: tuple[str, ...] = ()
    """Each must begin a word of the title or, of the first of them, the notes; in any case."""

    is_newest_first: bool = False
    """Of open tasks, for lists by owner alone: no index serves it for others."""

    @property
    def order(self) -> Order:
        """The order this list is shown in."""
        if self.done:
            return Order.RECENT
        return Order.NEWEST if self.is_newest_first else Order.DUE


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTasks:
    """One page of a list."""

    team: str
    filter: TaskFilter
    cursor: str | None = None
    """`Page.next` of the page before; opaque."""
    limit: int = 10
    by: Actor | None = None
    """Who wants to see it; None: what the whole workspace sees is listed."""
    presence: Presence = NOWHERE
    asker: Asker = ANYBODY
    """The same with what they may, filled in by the service."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some tasks of a list, without their `changes`, and where it goes on."""

    tasks: tuple[Task, ...]
    next: str | None = None
    is_whole: bool = True
    """False where private tasks are left out that nobody could be asked about."""


class TaskLine(NamedTuple):
    """A task as a line of a list shows it: what people look at most is read from nothing else.

    A tuple, which is made in half the time: every list makes ten.
    """

    number: int
    title: str
    status: Status = Status.OPEN
    assignees: tuple[PersonId, ...] = ()
    due: Due | None = None
    priority: Priority | None = None
    tags: tuple[str, ...] = ()
    checklist: tuple[str, ...] = ()
    ticked: tuple[str, ...] = ()
    snoozed: Due | None = None

    @classmethod
    def of(cls, task: Task) -> TaskLine:
        """Return the line of a task."""
        return cls(**{name: getattr(task, name) for name in cls._fields})

    @property
    def is_open(self) -> bool:
        """Whether there is still something to do; no list holds what is deleted."""
        return self.status is not Status.DONE

    @property
    def progress(self) -> tuple[int, int]:
        """Return how many steps of the checklist are done, and how many there are."""
        return progress(self.checklist, self.ticked)

    def is_snoozed(self, now: datetime) -> bool:
        """Tell whether it is put off still."""
        return is_ahead(self.snoozed, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePage:
    """The same as a `Page`, line by line."""

    lines: tuple[TaskLine, ...]
    next: str | None = None
    is_whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPage:
    """A task and its changes, newest first."""

    task: Task
    changes: tuple[Change, ...]
    has_more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A task that a majority of the database holds."""

    task: Task
    changed: bool = True
    """False where the task was as asked for already."""
    repeated: bool = False
    """True where this very action had been applied before."""
    notes: tuple[str, ...] = ()
    """Sentences the person should read, such as what was shortened."""


ChangeTask: TypeAlias = (
    EditTask
    | CompleteTask
    | ReopenTask
    | AssignTask
    | ScheduleTask
    | PrioritiseTask
    | TagTask
    | DeleteTask
    | RestoreTask
    | TakeOther
    | SnoozeTask
    | ClaimTask
    | AcceptTask
    | DeclineTask
    | TickSteps
    | TakeBackValues
)
"""What changes a task that is named."""

_WORD = re.compile(r"\w+")


NOTE_WORDS_MAX = 100
"""So many different words of the notes are searched: each is a key of the index."""
_NOTE_WORD_MAX = 64


def words_of_notes(notes: str) -> tuple[str, ...]:
    """Return the words of the notes that the search sees: the first ones."""
    found = (word[:_NOTE_WORD_MAX] for word in words_of(notes))
    return tuple(dict.fromkeys(found))[:NOTE_WORDS_MAX]


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text as the search sees them: case-folded, each once."""
    return tuple(dict.fromkeys(_WORD.findall(text.casefold())))
