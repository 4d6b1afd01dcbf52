"""The task and what happened to it: frozen values, pure transitions, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import TYPE_CHECKING, Self, TypeAlias
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from tasks.patch import Patch

PersonId: TypeAlias = str
"""A person as the chat platform names them, unique within a team."""


class Status(StrEnum):
    """How far a task is; Notion's three groups of a status property."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    DONE = "done"


class Priority(StrEnum):
    """How pressing a task is; none is a value of its own (`None`)."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    URGENT = "urgent"


class Field(StrEnum):
    """The fields that people change; each value is an attribute of `Task`."""

    TITLE = "title"
    NOTES = "notes"
    STATUS = "status"
    ASSIGNEES = "assignees"
    DUE = "due"
    PRIORITY = "priority"
    TAGS = "tags"
    REPEAT = "repeat"
    DELETED = "deleted"
    CHECKLIST = "checklist"
    TICKED = "ticked"
    ACCEPTED = "accepted"
    SNOOZED = "snoozed"


LISTS = frozenset({Field.ASSIGNEES, Field.TAGS, Field.CHECKLIST, Field.TICKED, Field.ACCEPTED})
"""Fields that hold entries, each of them once."""
OURS_ALONE = frozenset({Field.CHECKLIST, Field.TICKED, Field.ACCEPTED, Field.SNOOZED})
"""Fields that the other side knows nothing of."""


EDITABLE = (
    Field.TITLE,
    Field.NOTES,
    Field.STATUS,
    Field.ASSIGNEES,
    Field.DUE,
    Field.PRIORITY,
    Field.TAGS,
    Field.CHECKLIST,
)
"""What the edit form holds, in its order."""


class Source(StrEnum):
    """Through which door a change came."""

    SLACK = "slack"
    NOTION = "notion"
    REST = "rest"
    SYSTEM = "system"


DAY_STANDS_AT = time(10, 30, 30, tzinfo=UTC)
"""Where a day without a time stands among instants."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A day, or an instant together with the zone it was said in."""

    day: date
    """The day in `zone`, or the day itself where there is no time."""
    at: datetime | None = None
    """The instant in UTC, to the minute."""
    zone: str | None = None
    """IANA name, present exactly when `at` is."""

    @classmethod
    def on(cls, day: date) -> Self:
        """Build a due day without a time."""
        return cls(day=day)

    @classmethod
    def local(cls, moment: datetime, zone: str) -> Self:
        """Build a due instant from an aware datetime, read in the IANA `zone`."""
        at = moment.astimezone(UTC).replace(second=0, microsecond=0)
        return cls(day=at.astimezone(ZoneInfo(zone)).date(), at=at, zone=zone)

    @property
    def marker(self) -> datetime:
        """Return the UTC instant it is sorted and searched by.

        A day has no instant: it stands at half a minute past 10:30 UTC. That lies within that very
        day in every zone from UTC-10 to UTC+13, so that the bounds of a viewer's day find it, and
        no instant stands there, since those have no seconds.
        """
        return self.at or datetime.combine(self.day, DAY_STANDS_AT)

    def is_over(self, now: datetime) -> bool:
        """Tell whether it is overdue for somebody whose clock, zone included, shows `now`."""
        return self.at < now if self.at is not None else self.day < now.date()


Value: TypeAlias = str | Status | Priority | Due | tuple[str, ...] | bool | None
"""What a field of a task can hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts, and through which door; `person` is None where nobody is known."""

    person: PersonId | None
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field, before and after."""

    field: Field
    before: Value
    after: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One step in the life of a task; the first, with no fields, is its creation."""

    rev: int
    by: Actor
    at: datetime
    fields: tuple[FieldChange, ...] = ()
    undoes: int | None = None
    """The rev of the change that this one takes back."""
    key: str = ""
    """Names the user's action, so that its repetition is recognised."""
    fingerprint: str = ""
    """What was asked under that key, as a digest; empty where the key is nobody's choice."""
    request_id: str | None = None
    """Names the request that asked for it, as its answer and the logs do."""
    reason: str | None = None
    """What the person said to it, in their own words."""


class SyncState(StrEnum):
    """Where a task stands with its row on the other side, in the words of the card."""

    OFF = "off"
    WAITING = "waiting"
    SYNCED = "synced"
    CONFLICT = "conflict"
    STALLED = "stalled"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A field that both sides changed: the task's value stands, the other can still be taken."""

    field: Field
    value: Value
    """What the other side had."""
    rev: int
    """The change that holds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sync:
    """What the followers know of a task's row; a plain value for the card."""

    state: SyncState = SyncState.WAITING
    rev: int = 0
    """The task's rev that the row shows; 0 before there is a row."""
    at: datetime | None = None
    """When the row was last made equal."""
    url: str | None = None
    reason: str | None = None
    """Why it is stalled or gone, as a sentence for people."""
    remark: str | None = None
    """What of the row the task cannot show, as a sentence for people."""
    conflicts: tuple[Conflict, ...] = ()
    """Open until the field changes, or somebody says that the task's value stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A task as one workspace sees it."""

    id: str
    """The bot's own key, and the idempotency key of its row in Notion."""
    team: str
    number: int
    """What people type, `T-12`: unique within the team, never used again."""
    title: str
    notes: str = ""
    status: Status = Status.OPEN
    assignees: tuple[PersonId, ...] = ()
    due: Due | None = None
    priority: Priority | None = None
    tags: tuple[str, ...] = ()
    repeat: str | None = None
    """The words after `every`; kept and shown."""
    deleted: bool = False
    checklist: tuple[str, ...] = ()
    """The steps it takes, in their order; a step is its text, and is there once."""
    ticked: tuple[str, ...] = ()
    """Which of them are done; a step that is no more may still be among them."""
    accepted: tuple[PersonId, ...] = ()
    """Who of the assignees has said that they will do it."""
    snoozed: Due | None = None
    """An instant; until then it is listed as if it were due there, if it is due before."""
    creator: PersonId | None = None
    channel: str | None = None
    audience: str | None = None
    """The private conversation whose members see it, or the one person whose it is; None: all."""
    source: str | None = None
    """Permalink of the message it was made from."""
    author: PersonId | None = None
    """Who wrote that message."""
    created_at: datetime
    updated_at: datetime
    completed_at: datetime | None = None
    completed_by: PersonId | None = None
    rev: int = 1
    changes: tuple[Change, ...] = ()
    """The newest changes, oldest first; earlier ones are in the history."""
    sync: Sync = Sync()

    @property
    def is_open(self) -> bool:
        """Whether there is still something to do."""
        return self.status is not Status.DONE and not self.deleted

    @property
    def owners(self) -> tuple[PersonId, ...]:
        """Whose list it is on: the assignees', or the creator's while it has none."""
        return self.assignees or ((self.creator,) if self.creator else ())

    @property
    def handed_by(self) -> PersonId | None:
        """Who made it for others alone to do; None: nobody is known to have."""
        return None if not self.assignees or self.creator in self.assignees else self.creator

    @property
    def rank(self) -> datetime | None:
        """Return the UTC instant it is listed by; None: behind all that have a due date."""
        if self.due is None:
            return None
        put_off = self.snoozed.marker if self.snoozed is not None else self.due.marker
        return max(self.due.marker, put_off)

    def is_snoozed(self, now: datetime) -> bool:
        """Tell whether it is put off still."""
        return is_ahead(self.snoozed, now)

    @property
    def progress(self) -> tuple[int, int]:
        """Return how many steps of the checklist are done, and how many there are."""
        return progress(self.checklist, self.ticked)

    def value(self, name: Field) -> Value:
        """Return the value of one changeable field."""
        value: Value = getattr(self, name.value)
        return value

    def changed(
        self,
        patch: Patch,
        *,
        by: Actor,
        at: datetime,
        key: str = "",
        undoes: int | None = None,
        fingerprint: str = "",
        request_id: str | None = None,
        reason: str | None = None,
        lost: Mapping[Field, Value] | None = None,
    ) -> Task:
        """Return the task after `patch`, or this very task where nothing would differ.

        Values that were `lost` are part of the change, and taken back by a second one.
        """
        steps = patch.steps(self)
        refused = tuple(
            FieldChange(field=name, before=self.value(name), after=value)
            for name, value in (lost or {}).items()
            if self.value(name) != value
        )
        if not steps and not refused:
            return self
        change = Change(
            rev=self.rev + 1,
            by=by,
            at=at,
            fields=(*steps, *refused),
            undoes=undoes,
            key=key,
            fingerprint=fingerprint,
            request_id=request_id,
            reason=reason,
        )
        values = {step.field.value: step.after for step in steps}
        if Field.STATUS.value in values:
            is_done = values[Field.STATUS.value] is Status.DONE
            values |= {
                "completed_at": at if is_done else None,  # type: ignore[dict-item]  # not a Field
                "completed_by": by.person if is_done else None,
            }
        changes = (change, _taken_back(change, refused)) if refused else (change,)
        return replace(
            self,
            **values,  # type: ignore[arg-type]  # Field names the attributes of Task
            rev=changes[-1].rev,
            updated_at=at,
            changes=(*self.changes, *changes),
        )

    def at_rev(self, rev: int) -> Task | None:
        """Return the fields as they stood at `rev`; None where changes that far are gone."""
        later = [change for change in self.changes if change.rev > rev]
        if rev > self.rev or len(later) != self.rev - rev:
            return None
        values: dict[str, Value] = {}
        for change in reversed(later):
            values |= {step.field.value: step.before for step in change.fields}
        return replace(self, **values, rev=rev)  # type: ignore[arg-type]  # as above


def progress(checklist: tuple[str, ...], ticked: tuple[str, ...]) -> tuple[int, int]:
    """Return how many steps are done, and how many there are."""
    return len(set(checklist) & set(ticked)), len(checklist)


def is_ahead(until: Due | None, now: datetime) -> bool:
    """Tell whether an instant is there and still to come."""
    return until is not None and until.marker > now


def _taken_back(change: Change, refused: tuple[FieldChange, ...]) -> Change:
    return Change(
        rev=change.rev + 1,
        by=Actor(person=None, source=Source.SYSTEM),
        at=change.at,
        fields=tuple(replace(s, before=s.after, after=s.before) for s in refused),
        undoes=change.rev,
    )


assert {name.value for name in Field} <= {f.name for f in fields(Task)}  # noqa: S101  # at import, costs nothing
