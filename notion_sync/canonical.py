"""Values as Notion stores them, in the one form that both sides are compared in; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self, TypeAlias

from notion_sync.columns import Role
from notion_sync.layout import Layout
from notion_sync.rich_text import plain
from notion_sync.schema import Column
from notion_sync.wire import JsonObject

Canonical: TypeAlias = str | list[str] | dict[str, str | None] | None
"""Text as is; options by id; lists of ids sorted; a date as start and end, instants in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What both sides last agreed on: the base of comparing and, later, of merging."""

    values: Mapping[str, Canonical] = field(default_factory=dict)
    """By role."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """The column id each value was written to."""
    in_trash: bool = False
    """Whether both sides have put it away."""
    mine: Mapping[str, str] = field(default_factory=dict)
    """What the task's fields were at the time, as digests: Notion does not keep all of a value."""
    reads: Mapping[str, str] = field(default_factory=dict)
    """What the row's options were read as, by role: somebody may choose otherwise since."""
    sent: Mapping[str, list[Canonical]] = field(default_factory=dict)
    """What may have been written since, by role: its outcome is not known yet."""
    unsure: bool = False
    """Whether the page may have been put into the trash, or taken out, by us since."""

    @classmethod
    def of(cls, base: Mapping[str, Any] | None) -> Self:
        """Read a kept base."""
        kept = base or {}
        return cls(
            values=dict(kept.get("values") or {}),
            columns=dict(kept.get("columns") or {}),
            in_trash=bool(kept.get("in_trash")),
            mine=dict(kept.get("mine") or {}),
            reads=dict(kept.get("reads") or {}),
            sent=dict(kept.get("sent") or {}),
            unsure=bool(kept.get("unsure")),
        )

    def kept(self) -> dict[str, object]:
        """Return what the store keeps."""
        return {
            "values": dict(self.values),
            "columns": dict(self.columns),
            "in_trash": self.in_trash,
            "mine": dict(self.mine),
            **({"reads": dict(self.reads)} if self.reads else {}),
            **({"sent": dict(self.sent)} if self.sent else {}),
            **({"unsure": True} if self.unsure else {}),
        }

    def shows(self, page: Agreed) -> bool:
        """Tell whether a page, as read, holds nothing that is not agreed on."""
        return self.in_trash == page.in_trash and all(
            role in self.values
            and self.values[role] == value
            and self.columns.get(role) == page.columns.get(role)
            for role, value in page.values.items()
        )


def read(page: JsonObject, layout: Layout) -> Agreed:
    """Return a page as Notion answered it, in canonical form, roles without a column left out."""
    by_id = {given["id"]: given for given in page.get("properties", {}).values()}
    present = {
        role: by_id[column.id] for role, column in layout.columns.items() if column.id in by_id
    }
    return Agreed(
        values={role.value: value_of(given) for role, given in present.items()},
        columns={role.value: given["id"] for role, given in present.items()},
        in_trash=bool(page.get("in_trash")),
    )


def value_of(given: JsonObject) -> Canonical:
    """Return one property's canonical value; None for types that Taskbridge never writes."""
    value = given.get(given["type"])
    match given["type"]:
        case "title" | "rich_text":
            return plain(value or [])
        case "select" | "status":
            return str(value["id"]) if value else None
        case "multi_select" | "people":
            return sorted(str(entry["id"]) for entry in value or ())
        case "date":
            return date_of(value)
        case "url":
            return str(value) if value else None
        case _:
            return None


def date_of(value: JsonObject | None) -> dict[str, str | None] | None:
    """Return a date with days as they are and instants in UTC, to the minute."""
    if not value:
        return None
    return {"start": moment(value["start"]), "end": moment(value.get("end"))}


def moment(text: str | None) -> str | None:
    """Return a day as it is, an instant as `2026-07-25T16:57Z`."""
    if text is None or "T" not in text:
        return text
    at = datetime.fromisoformat(text)
    return instant(at if at.tzinfo else at.replace(tzinfo=UTC))


def instant(at: datetime) -> str:
    """Return an aware instant as Notion keeps it: cut to the minute."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


def key_of(page: JsonObject, layout: Layout) -> str | None:
    """Return the task's key that a page carries."""
    value = read(page, layout).values.get(Role.KEY.value)
    return value if isinstance(value, str) else None


NEW = "new:"
"""Stands before the name of an option that Notion will create, where an id would stand."""


def resolved(value: Canonical, column: Column) -> Canonical:
    """Return a value with the ids of options that are there by now."""
    ids = {f"{NEW}{option.name.casefold()}": option.id for option in column.options}
    match value:
        case str():
            return ids.get(value.casefold(), value)
        case list():
            return sorted(ids.get(entry.casefold(), entry) for entry in value)
        case _:
            return value
