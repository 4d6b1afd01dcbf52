"""Between the task and its document; pure.

Fields that it does not know are left where they are: changes name the fields they set, so a
document written by a newer version passes through an older one unharmed. Instants are kept to the
millisecond, as BSON does.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, TypeAlias

from tasks.commands import TaskLine, words_of, words_of_notes
from tasks.model import (
    LISTS,
    OURS_ALONE,
    Actor,
    Change,
    Conflict,
    Due,
    Field,
    FieldChange,
    PersonId,
    Priority,
    Source,
    Status,
    Sync,
    SyncState,
    Task,
    Value,
)
from tasks.ports import Row

Document: TypeAlias = dict[str, Any]

NOBODY = "-"
"""Stands among the owners of a task that is assigned to nobody, so that an index finds it."""
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Where a task without a due date is sorted."""
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""Where a task without a time of completion is sorted among the done ones."""
APPLIED_KEYS = 50
"""How many keys of its latest changes a task remembers."""

NOT_MIRRORED = Sync(state=SyncState.OFF)
"""Of a private task: its row would be seen by whoever sees the database."""

_EMPTY: Mapping[Field, Value] = {
    Field.TITLE: "",
    Field.NOTES: "",
    Field.STATUS: Status.OPEN,
    Field.DELETED: False,
    **dict.fromkeys(LISTS, ()),
}
_KNOWN_FIELDS = frozenset(name.value for name in Field)
_OURS_ALONE = tuple(name.value for name in Field if name in OURS_ALONE)
# To call an enumeration takes eight times as long, and a list asks for twenty members.
_STATUSES = {one.value: one for one in Status}
_PRIORITIES = {one.value: one for one in Priority}
_SOURCES = {one.value: one for one in Source}


def to_milliseconds(at: datetime) -> datetime:
    """Cut an instant to what a document can hold."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def empty(name: Field) -> Any:  # noqa: ANN401  # BSON has no narrower type
    """Return, encoded, what a field holds where its document says nothing."""
    return encode(_EMPTY.get(name))


def encode(value: Value) -> Any:  # noqa: ANN401  # BSON has no narrower type
    """Return the value of a field as a document holds it."""
    match value:
        case Due():
            at = None if value.at is None else to_milliseconds(value.at)
            return {"day": value.day.isoformat(), "at": at, "zone": value.zone}
        case Status() | Priority():
            return value.value
        case tuple():
            return list(value)
        case _:
            return value


def decode(name: Field, stored: Any) -> Value:  # noqa: ANN401  # BSON has no narrower type
    """Return the value of a field from its document."""
    if stored is None:
        return _EMPTY.get(name)
    match name:
        case Field.STATUS:
            return Status(stored)
        case Field.PRIORITY:
            return Priority(stored)
        case Field.DUE | Field.SNOOZED:
            return decode_due(stored)
        case _ if name in LISTS:
            return tuple(stored)
        case _:
            value: Value = stored
            return value


def decode_due(stored: Mapping[str, Any] | None) -> Due | None:
    """Return the due date of a document."""
    if stored is None:
        return None
    return _due(stored["day"], stored.get("at"), stored.get("zone"))


@lru_cache(maxsize=4096)
def _due(day: str, at: datetime | None, zone: str | None) -> Due:
    """Return the one there is of it: a list of tasks is full of the same."""
    # Python's own UTC: to compare with the zone that the driver sets takes six times as long.
    return Due(day=date.fromisoformat(day), at=at and at.astimezone(UTC), zone=zone)


def to_document(task: Task, *, origin_key: str) -> Document:
    """Return the document of a new task, all but its followers' blocks."""
    completed, rank = task.completed_at and to_milliseconds(task.completed_at), task.rank
    return {
        "_id": task.id,
        "team_id": task.team,
        "number": task.number,
        "title": task.title,
        "notes": task.notes,
        "status": task.status.value,
        "assignees": list(task.assignees),
        "due": encode(task.due),
        "priority": encode(task.priority),
        "tags": list(task.tags),
        "repeat": task.repeat,
        "deleted": task.deleted,
        **{name: encode(value) for name in _OURS_ALONE if (value := getattr(task, name))},
        "creator": task.creator,
        "channel": task.channel,
        **_audience(task),
        "source": task.source,
        "author": task.author,
        "created_at": to_milliseconds(task.created_at),
        "updated_at": to_milliseconds(task.updated_at),
        "completed_at": completed,
        "completed_by": task.completed_by,
        "rev": task.rev,
        "changes": [encode_change(change) for change in task.changes],
        "origin_key": origin_key,
        "applied": [],
        "state": state_of(task),
        "owners": _owners(task),
        "due_sort": NEVER if rank is None else to_milliseconds(rank),
        "done_sort": completed or LONG_AGO,
        **_words(task),
        "touched_by": list(dict.fromkeys(c.by.person for c in task.changes if c.by.person)),
    }


def owner_within(creator: PersonId, audience: str | None) -> str:
    """Return how a creator stands among the owners of a task that is nobody's.

    Of a task that only the members of a conversation see, together with that: so their own list
    finds it while they are one of them, by the index alone.
    """
    return creator if audience in (None, creator) else f"{creator}@{audience}"


def handed(creator: PersonId) -> str:
    """Return how a creator stands among the owners of a task that is for others alone to do.

    So the one index of owners finds that too.
    """
    return f">{creator}"


def _owners(task: Task) -> list[str]:
    if task.assignees:
        giver = task.handed_by
        return [*task.assignees, *([handed(giver)] if giver else [])]
    own = [owner_within(task.creator, task.audience)] if task.creator else []
    return [*own, NOBODY]


def _audience(task: Task) -> Document:
    """Return nothing for what everybody sees: such documents are as they always were."""
    if task.audience is None:
        return {}
    if task.audience == task.creator:
        return {"audience": task.audience}
    return {"audience": task.audience, "members_only": True}


def _words(task: Task) -> Document:
    """Return the words that a task is searched by, and whence, where that is not the title alone.

    So a change of the one leaves those of the other; see `storage.change`.
    """
    titled = list(words_of(task.title))
    if not task.notes or not (noted := list(words_of_notes(task.notes))):
        return {"words": titled}
    both = list(dict.fromkeys((*titled, *noted)))
    return {"words": both, "title_words": titled, "note_words": noted}


def state_of(task: Task) -> str:
    """Return in which lists a task is: of the open, of the done, or of none."""
    if task.deleted:
        return "deleted"
    return "done" if task.status is Status.DONE else "open"


def from_document(document: Mapping[str, Any]) -> Task:
    """Return the task of a document."""
    return Task(
        id=document["_id"],
        team=document["team_id"],
        number=document["number"],
        title=document.get("title") or "",
        notes=document.get("notes") or "",
        status=_STATUSES[document.get("status") or Status.OPEN],
        assignees=_texts(document.get("assignees")),
        due=decode_due(document.get("due")),
        priority=_PRIORITIES[level] if (level := document.get("priority")) else None,
        tags=_texts(document.get("tags")),
        repeat=document.get("repeat"),
        deleted=bool(document.get("deleted")),
        checklist=_texts(document.get("checklist")),
        ticked=_texts(document.get("ticked")),
        accepted=_texts(document.get("accepted")),
        snoozed=decode_due(document.get("snoozed")),
        creator=document.get("creator"),
        channel=document.get("channel"),
        audience=(audience := document.get("audience")),
        source=document.get("source"),
        author=document.get("author"),
        created_at=document["created_at"],
        updated_at=document["updated_at"],
        completed_at=document.get("completed_at"),
        completed_by=document.get("completed_by"),
        rev=document["rev"],
        changes=tuple(decode_change(change) for change in document.get("changes", ())),
        sync=(
            decode_sync(document.get("notion") or {}, rev=document["rev"])
            if audience is None
            else NOT_MIRRORED
        ),
    )


LINE_FIELDS: Document = dict.fromkeys(
    (
        *("number", "title", "status", "assignees", "due", "priority", "tags"),
        *("checklist", "ticked", "snoozed", "due_sort", "done_sort"),
    ),
    1,
)
"""What is read of a document for a line of a list, and for where the list goes on."""


def line_from_document(document: Mapping[str, Any]) -> TaskLine:
    """Return what a line of a list shows of a document."""
    return TaskLine(
        number=document["number"],
        title=document.get("title") or "",
        status=_STATUSES[document.get("status") or Status.OPEN],
        assignees=_texts(document.get("assignees")),
        due=decode_due(document.get("due")),
        priority=_PRIORITIES[level] if (level := document.get("priority")) else None,
        tags=_texts(document.get("tags")),
        checklist=_texts(document.get("checklist")),
        ticked=_texts(document.get("ticked")),
        snoozed=decode_due(document.get("snoozed")),
    )


def _texts(stored: list[str] | None) -> tuple[str, ...]:
    return tuple(stored) if stored else ()


def encode_actor(by: Actor) -> Document:
    """Return who acted as a document holds it."""
    return {"person": by.person, "source": by.source.value}


def encode_change(change: Change) -> Document:
    """Return a step in the life of a task as a document holds it."""
    return {
        "rev": change.rev,
        "by": encode_actor(change.by),
        "at": to_milliseconds(change.at),
        "fields": [
            {"field": s.field.value, "before": encode(s.before), "after": encode(s.after)}
            for s in change.fields
        ],
        "undoes": change.undoes,
        "key": change.key,
        **({"fingerprint": change.fingerprint} if change.fingerprint else {}),
        **({"request_id": change.request_id} if change.request_id else {}),
        **({"reason": change.reason} if change.reason else {}),
    }


def decode_change(stored: Mapping[str, Any]) -> Change:
    """Return a step in the life of a task; fields of a newer version are passed over."""
    person: PersonId | None = stored["by"]["person"]
    return Change(
        rev=stored["rev"],
        by=Actor(person=person, source=_SOURCES[stored["by"]["source"]]),
        at=stored["at"],
        fields=tuple(
            FieldChange(
                field=(name := Field(step["field"])),
                before=decode(name, step["before"]),
                after=decode(name, step["after"]),
            )
            for step in stored.get("fields", ())
            if step["field"] in _KNOWN_FIELDS
        ),
        undoes=stored.get("undoes"),
        key=stored.get("key", ""),
        fingerprint=stored.get("fingerprint", ""),
        request_id=stored.get("request_id"),
        reason=stored.get("reason"),
    )


def decode_sync(block: Mapping[str, Any], *, rev: int) -> Sync:
    """Return where a task at `rev` stands with its row, from the follower's block."""
    shown = block.get("synced_rev") or 0
    conflicts = tuple(
        Conflict(
            field=(name := Field(one["field"])), value=decode(name, one["value"]), rev=one["rev"]
        )
        for one in block.get("conflicts") or ()
        if one["field"] in _KNOWN_FIELDS
    )
    if named := block.get("state"):
        state = SyncState(named)
    elif conflicts:
        state = SyncState.CONFLICT
    else:
        state = SyncState.SYNCED if shown >= rev else SyncState.WAITING
    return Sync(
        state=state,
        rev=shown,
        at=block.get("synced_at"),
        url=block.get("url"),
        reason=block.get("error"),
        remark=block.get("remark"),
        conflicts=conflicts,
    )


def encode_row(row: Row) -> Document:
    """Return what is known of a row as fields of the follower's block."""
    return {
        "page_id": row.id,
        "url": row.url,
        "synced_rev": row.rev,
        "base": None if row.base is None else dict(row.base),
        "create_attempts": row.create_attempts,
        "last_sent_at": row.last_sent_at and to_milliseconds(row.last_sent_at),
        "remark": row.remark,
    }


def decode_row(block: Mapping[str, Any]) -> Row:
    """Return what is known of a row from the follower's block."""
    return Row(
        id=block.get("page_id"),
        url=block.get("url"),
        rev=block.get("synced_rev") or 0,
        base=block.get("base"),
        create_attempts=block.get("create_attempts") or 0,
        last_sent_at=block.get("last_sent_at"),
        remark=block.get("remark"),
    )
