"""The query parameters of the REST API, and the lists they ask for."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from handlers.http.schemas import CHANNEL, CURSOR, PERSON, YEARS
from tasks.commands import Order, TaskFilter
from tasks.errors import Refused
from tasks.text import TAG_MAX, tag

PAGE_MAX = 100
PAGE_DEFAULT = 20
QUERY_MAX = 200
"""Characters of a search."""
REV_MAX = 2**31 - 1

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"-?[0-9]{1,18}")


def _flag(given: Any) -> Any:  # noqa: ANN401  # a text, or the default
    if isinstance(given, str):
        if given not in {"true", "false"}:
            raise ValueError("write true or false")
        return given == "true"
    return given


def _number(given: Any) -> Any:  # noqa: ANN401  # a text, or the default
    if isinstance(given, str):
        if not _NUMBER.fullmatch(given):
            raise ValueError("write a whole number")
        return int(given)
    return given


def _moment(given: Any) -> Any:  # noqa: ANN401  # a text, or the default
    if not isinstance(given, str):
        return given
    try:
        if _DAY.fullmatch(given):
            when = datetime.combine(date.fromisoformat(given), time(), UTC)
        else:
            when = datetime.fromisoformat(given)
    except ValueError:
        when = None
    if when is None or when.tzinfo is None or when.year not in YEARS:
        raise ValueError(
            "write a day, 2026-11-27, or an instant, 2026-11-27T17:00:00Z (a + is %2B in a URL)"
        )
    return when.astimezone(UTC)


def _tag_name(given: Any) -> Any:  # noqa: ANN401  # a text, or the default
    if isinstance(given, str):
        try:
            return tag(given)
        except Refused as error:
            raise ValueError(str(error)) from None
    return given


_MOMENT_SCHEMA = {
    "anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]
}
Flag: TypeAlias = Annotated[bool, BeforeValidator(_flag)]
Number: TypeAlias = Annotated[int, BeforeValidator(_number)]
Moment: TypeAlias = Annotated[datetime, BeforeValidator(_moment), WithJsonSchema(_MOMENT_SCHEMA)]


class NoQuery(BaseModel):
    """No parameters; one that is sent all the same is a mistake worth telling."""

    model_config = ConfigDict(extra="forbid")


class ListQuery(NoQuery):
    """Which tasks; every condition that is set must hold."""

    state: Literal["open", "done"] = Field(
        default="open", description="What is still to do, or what is done. Never deleted ones."
    )
    owner: Annotated[str, StringConstraints(pattern=PERSON)] | None = Field(
        default=None,
        description="Slack user id: assigned to them, or made by them and nobody's.",
    )
    unassigned: Flag = Field(default=False, description="Only what is assigned to nobody.")
    channel: Annotated[str, StringConstraints(pattern=CHANNEL)] | None = Field(
        default=None, description="Slack channel id."
    )
    tag: (
        Annotated[
            str,
            BeforeValidator(_tag_name),
            StringConstraints(min_length=1, max_length=TAG_MAX),
        ]
        | None
    ) = None
    due_from: Moment | None = Field(
        default=None, description="Due then or later; a day begins at 00:00 UTC."
    )
    due_before: Moment | None = Field(
        default=None, description="Due before; leaves out what has no due date."
    )
    q: Annotated[str, StringConstraints(min_length=1, max_length=QUERY_MAX)] | None = Field(
        default=None, description="Words; each must begin a word of the title."
    )
    sort: Literal["due", "recent"] | None = Field(
        default=None,
        description="Open tasks come with the soonest due first (`due`), done ones with the"
        " latest completed first (`recent`); no other combination.",
    )
    cursor: Annotated[str, StringConstraints(max_length=200, pattern=CURSOR)] | None = Field(
        default=None, description="`next` of the page before, with the same filter."
    )
    limit: Number = Field(default=PAGE_DEFAULT, ge=1, le=PAGE_MAX)

    @property
    def filter(self) -> TaskFilter:
        """The filter that it asks for."""
        return TaskFilter(
            done=self.state == "done",
            owner=self.owner,
            unassigned=self.unassigned,
            channel=self.channel,
            tag=self.tag,
            due_from=self.due_from,
            due_before=self.due_before,
            words=() if self.q is None else tuple(self.q.split()) or (self.q,),
        )

    @model_validator(mode="after")
    def _sorted_as_lists_are(self) -> Self:
        order = Order.RECENT if self.state == "done" else Order.DUE
        if self.sort not in {None, order.value}:
            raise ValueError(
                f"{self.state} tasks are sorted by {order}: send that, or leave sort out"
            )
        return self


class HistoryQuery(NoQuery):
    """Which changes of a task."""

    before_rev: Number | None = Field(
        default=None, ge=1, le=REV_MAX, description="`next_before_rev` of the page before."
    )
    limit: Number = Field(default=PAGE_DEFAULT, ge=1, le=PAGE_MAX)
