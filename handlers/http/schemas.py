"""The bodies of the REST API, in and out; the specification is generated from these."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Literal, Self, TypeAlias
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    model_validator,
)

from tasks.model import Due, Priority, Source, Status, SyncState
from tasks.model import Field as TaskField
from tasks.text import (
    ASSIGNEES_MAX,
    NOTES_MAX,
    STEP_MAX,
    STEPS_MAX,
    TAG_MAX,
    TAGS_MAX,
    TITLE_MAX,
)

YEARS = range(1970, 9000)
"""What the database can hold in any zone."""

_VISIBLE = r"[^\s\u0000-\u001f\u007f-\u009f]"
_TAG_SIGN = r"[^\s#,\u0000-\u001f\u007f-\u009f]"
PERSON = r"^[UW][A-Z0-9]{1,30}$"
CHANNEL = r"^[CDG][A-Z0-9]{1,30}$"
CURSOR = r"^[A-Za-z0-9_=-]+$"
EXPECTED = {
    _VISIBLE: "Write at least one character that can be seen.",
    _TAG_SIGN: "Write at least one character that can be seen and is no # or comma.",
    PERSON: "Send the id of a person in Slack, such as U012AB3CD.",
    CHANNEL: "Send the id of a channel in Slack, such as C012AB3CD.",
    CURSOR: "Send next of the page before, as it is.",
}
"""What a pattern asks for, in words."""


def _possible(when: date) -> date:
    if when.year not in YEARS:
        raise ValueError(f"send a year from {YEARS[0]} to {YEARS[-1]}")
    return when


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _known_zone(name: str) -> str:
    if name not in _zones():
        raise ValueError("it is no IANA time zone: send one such as Europe/Berlin")
    return name


Title: TypeAlias = Annotated[
    str, StringConstraints(min_length=1, max_length=TITLE_MAX, pattern=_VISIBLE)
]
Notes: TypeAlias = Annotated[str, StringConstraints(max_length=NOTES_MAX)]
Person: TypeAlias = Annotated[str, StringConstraints(pattern=PERSON)]
Channel: TypeAlias = Annotated[str, StringConstraints(pattern=CHANNEL)]
TagName: TypeAlias = Annotated[
    str, StringConstraints(min_length=1, max_length=TAG_MAX, pattern=_TAG_SIGN)
]
People: TypeAlias = Annotated[list[Person], Field(max_length=ASSIGNEES_MAX)]
Tags: TypeAlias = Annotated[list[TagName], Field(max_length=TAGS_MAX)]
StepText: TypeAlias = Annotated[
    str, StringConstraints(min_length=1, max_length=STEP_MAX, pattern=_VISIBLE)
]
Day: TypeAlias = Annotated[date, AfterValidator(_possible)]
Moment: TypeAlias = Annotated[AwareDatetime, AfterValidator(_possible)]
Zone: TypeAlias = Annotated[str, StringConstraints(max_length=64), AfterValidator(_known_zone)]


class _In(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class _Out(BaseModel):
    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


class DueDay(_In):
    """A day without a time."""

    day: Day
    at: None = None
    zone: None = None

    def due(self) -> Due:
        """Return it as a task keeps it."""
        return Due.on(self.day)


class DueMoment(_In):
    """An instant, to the minute, together with the zone it is meant in."""

    at: Moment
    zone: Zone = Field(description="IANA name.", examples=["Europe/Berlin"])
    day: Day | None = Field(default=None, description="May be given, if it is the zone's day.")

    def due(self) -> Due:
        """Return it as a task keeps it."""
        return Due.local(self.at, self.zone)

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.day is not None and self.day != self.due().day:
            raise ValueError("day and at are different days in that zone: leave day out")
        return self


def _due_kind(value: Any) -> str:  # noqa: ANN401  # whatever a client sent
    at = value.get("at") if isinstance(value, dict) else getattr(value, "at", None)
    return DueMoment.__name__ if at is not None else DueDay.__name__


AnyDue: TypeAlias = Annotated[
    Annotated[DueDay, Tag("DueDay")] | Annotated[DueMoment, Tag("DueMoment")],
    Discriminator(_due_kind),
]


class StepIn(_In):
    """A step of a checklist."""

    text: StepText
    done: bool = False


Checklist: TypeAlias = Annotated[list[StepIn], Field(max_length=STEPS_MAX)]


class NewTask(_In):
    """A task to be made."""

    title: Title
    notes: Notes = ""
    status: Status = Status.OPEN
    assignees: People = Field(default=[], description="Slack user ids.")
    due: AnyDue | None = None
    priority: Priority | None = None
    tags: Tags = []
    checklist: Checklist = Field(default=[], description="Steps, each text once.")
    channel: Channel | None = Field(default=None, description="Slack channel it belongs to.")


def _without_defaults(schema: dict[str, Any]) -> None:
    """Say that there are no defaults (what is left out stays) and that nothing is too little."""
    schema["minProperties"] = 1
    for described in schema["properties"].values():
        described.pop("default", None)


class TaskPatch(_In):
    """The fields to set; what is left out stays, `null` clears."""

    model_config = ConfigDict(json_schema_extra=_without_defaults)

    title: Title = ""
    notes: Notes = ""
    status: Status = Status.OPEN
    assignees: People = []
    due: AnyDue | None = None
    priority: Priority | None = None
    tags: Tags = []
    checklist: Checklist = Field(default=[], description="All steps, those that stay too.")
    snoozed_until: Moment | None = Field(default=None, description="Listed as if due then.")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("name at least one field to change")
        return self


class DueOut(_Out):
    """When it is due: a day, or an instant with the zone it was said in."""

    day: date
    at: datetime | None
    zone: str | None


class StepOut(_Out):
    """A step of a checklist."""

    text: str
    done: bool


class SyncOut(_Out):
    """Where the task stands with its row in Notion."""

    state: SyncState
    rev: int = Field(description="The revision that the row shows; 0 before there is a row.")
    at: datetime | None
    url: str | None
    reason: str | None


class TaskOut(_Out):
    """A task."""

    model_config = ConfigDict(title="Task")

    id: str
    number: int
    ref: str = Field(description="What people type in Slack.", examples=["T-12"])
    title: str
    notes: str
    status: Status
    assignees: list[str]
    due: DueOut | None
    priority: Priority | None
    tags: list[str]
    repeat: str | None
    checklist: list[StepOut]
    accepted: list[str] = Field(description="Which of the assignees said that they will do it.")
    snoozed_until: datetime | None
    deleted: bool
    creator: str | None
    channel: str | None
    source: str | None = Field(description="Permalink of the message it was made from.")
    created_at: datetime
    updated_at: datetime
    completed_at: datetime | None
    completed_by: str | None
    rev: int = Field(description="Raised by every change; the number in the ETag.")
    sync: SyncOut


class TaskPage(_Out):
    """Some tasks of a list."""

    tasks: list[TaskOut]
    next: str | None = Field(description="The cursor of the next page; null on the last.")


Shown: TypeAlias = str | bool | list[str] | DueOut | None


class FieldChangeOut(_Out):
    """One field, before and after."""

    field: TaskField
    before: Shown
    after: Shown


class ChangeOut(_Out):
    """One step in the life of a task; the first one, its creation, has no fields."""

    rev: int
    person: str | None = Field(description="Slack user id; null for the API and the system.")
    source: Source
    at: datetime
    fields: list[FieldChangeOut]
    undoes: int | None = Field(description="The revision that this change took back.")
    reason: str | None = Field(description="What the person said to it.")


class HistoryOut(_Out):
    """Changes of a task, newest first."""

    changes: list[ChangeOut]
    next_before_rev: int | None = Field(description="Ask with `before_rev` for earlier ones.")


class ImportedLine(_Out):
    """What became of one line: a task, or a problem."""

    line: int = Field(description="Counted from 1, empty lines included.")
    status: int = Field(description="What the line alone would have been answered.")
    number: int | None = None
    id: str | None = None
    repeated: bool = Field(default=False, description="An earlier import had made it already.")
    code: str | None = None
    detail: str | None = None


class ApiKeyOut(_Out):
    """A key of the workspace; its token is kept nowhere."""

    id: str
    name: str
    role: Literal["read", "write", "admin"]
    created_at: datetime
    last_used_at: datetime | None = Field(description="To the minute.")
    expires_at: datetime | None = Field(description="In the past: it opens nothing any more.")


class ApiKeyList(_Out):
    """The keys of the workspace that are kept in the database."""

    keys: list[ApiKeyOut]


class WrongValue(_Out):
    """One value that cannot be taken."""

    pointer: str = Field(description="JSON pointer in the body, or the name of a parameter.")
    detail: str


class ProblemOut(BaseModel):
    """What went wrong, as RFC 9457 has it; `code` is stable, the sentences are not."""

    model_config = ConfigDict(title="Problem")

    type: str
    title: str
    status: int
    code: str
    detail: str
    instance: str
    request_id: str
    errors: list[WrongValue] = Field(default=[])
