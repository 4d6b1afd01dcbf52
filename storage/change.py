"""A change of a task as one update: the same as `Task.changed`, carried out by the database.

Nothing is read before. What every field was, which ones really differ and the new revision are
found in the very write, so two changes at once both count, and a repeated key changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from storage import notices
from storage.codec import (
    APPLIED_KEYS,
    LONG_AGO,
    NEVER,
    NOBODY,
    Document,
    empty,
    encode,
    encode_actor,
    to_milliseconds,
)
from storage.follower import on_change
from tasks.commands import words_of, words_of_notes
from tasks.model import DAY_STANDS_AT, Actor, Field, Source, Status, Value
from tasks.patch import Patch
from tasks.permissions import Way
from tasks.ports import ChangeOrder

CHANGES_KEPT = 10
"""How many changes stay with the task when the others move to the history."""
CHANGES_MAX = 20
"""With how many changes they do."""


ALL_KEYS_KNOWN: Document = {f"applied.{APPLIED_KEYS - 1}": {"$exists": False}}
"""Matches a task that has forgotten none of the keys applied to it."""


def literal(value: Any) -> Document:  # noqa: ANN401  # BSON has no narrower type
    """Return a value as itself: a bare text that begins with `$` would be read as a field."""
    return {"$literal": value}


def condition(order: ChangeOrder) -> Document:
    """Return which task is to be changed, and only if that makes a difference."""
    if order.agreed is not None:
        return {
            "number": order.number,
            "rev": order.expected_rev,
            "notion.fence": order.agreed.fence,
            "applied": {"$ne": order.key},
        }
    differs = [{"$ne": [_before(name), _after(order.patch, name)]} for name in order.patch.fields]
    as_expected = [
        {"$eq": [_before(name), literal(encode(value))]} for name, value in order.expected.items()
    ]
    as_expected += [
        {"$setIsSubset": [literal(list(entries)), _before(name)]}
        for name, entries in order.holds.items()
    ]
    where: Document = {
        "number": order.number,
        "applied": {"$ne": order.key},
        "$expr": {"$and": [{"$or": differs}, *as_expected]} if as_expected else {"$or": differs},
    }
    if order.expected_rev is not None:
        where["rev"] = order.expected_rev
    if not restores(order.patch):
        where["deleted"] = {"$ne": True}
    if order.reach is not None:
        where["$or"] = [_way(way) for way in order.reach.ways] or [_NO_TASK]
    return where


_NO_TASK: Document = {"number": {"$in": []}}


def _way(way: Way) -> Document:
    """Return the conditions of a way, as `Way.holds` judges them."""
    where: Document = {}
    if way.audiences is not None:
        where["audience"] = {"$in": [*([None] if way.public else []), *sorted(way.audiences)]}
    elif not way.public:
        where["audience"] = {"$gt": ""}
    if way.channels is not None:
        where["channel"] = {"$in": sorted(way.channels)}
    if way.assignee is not None:
        where["assignees"] = way.assignee
    if way.creator is not None:
        where["creator"] = way.creator
    return where


def restores(patch: Patch) -> bool:
    """Tell whether a deleted task may be changed by it."""
    return patch.values.get(Field.DELETED) is False


def update(order: ChangeOrder) -> list[Document]:
    """Return the pipeline that carries the order out."""
    derived = _derived(order.patch)
    if order.agreed is not None:
        derived["notion.base"] = literal(dict(order.agreed.base))
    told = [] if order.tells is None else notices.to_tell(order.tells)
    return [{"$set": _fields(order)}, {"$set": derived}, *told]


def _before(name: Field) -> Document:
    return {"$ifNull": [f"${name.value}", literal(empty(name))]}


def _after(patch: Patch, name: Field) -> Document:
    if name in patch.values:
        return literal(encode(patch.values[name]))
    after = before = _before(name)
    if new := list(dict.fromkeys(patch.added.get(name, ()))):
        after = {"$concatArrays": [before, _without(literal(new), before)]}
    if gone := list(patch.removed.get(name, ())):
        after = _without(after, literal(gone))
    return after


def _without(entries: Document, others: Document) -> Document:
    kept = {"$not": [{"$in": ["$$entry", others]}]}
    return {"$filter": {"input": entries, "as": "entry", "cond": kept}}


def _fields(order: ChangeOrder) -> Document:
    at, person = to_milliseconds(order.at), order.by.person
    applied = {"$concatArrays": [{"$ifNull": ["$applied", []]}, [literal(order.key)]]}
    lost = dict(order.agreed.lost) if order.agreed is not None else {}
    new = [_change(order, lost), _taken_back(order, lost)] if lost else [_change(order, lost)]
    changes = {"$concatArrays": [{"$ifNull": ["$changes", []]}, new]}
    fields: Document = {
        **{name.value: _after(order.patch, name) for name in order.patch.fields},
        "rev": {"$add": ["$rev", len(new)]},
        "notion.conflicts": _conflicts(order.patch, lost),
        "updated_at": at,
        "changes": changes,
        "applied": {"$slice": [applied, -APPLIED_KEYS]},
    }
    if order.patch.is_ours_alone:
        fields["notion.synced_rev"] = _ROW_KEEPS_UP
    if person is not None:
        touched = [{"$ifNull": ["$touched_by", []]}, [literal(person)]]
        fields["touched_by"] = {"$setUnion": touched}
    if Field.STATUS in order.patch.values:
        fields |= _completion(order)
    return fields


def _conflicts(patch: Patch, lost: Mapping[Field, Value]) -> Document:
    """Return the conflicts still open: those on the fields of the patch are no more."""
    touched = [name.value for name in (*patch.fields, *lost)]
    kept = {
        "$filter": {
            "input": {"$ifNull": ["$notion.conflicts", []]},
            "as": "one",
            "cond": {"$not": [{"$in": ["$$one.field", touched]}]},
        }
    }
    new = [
        {"field": name.value, "value": literal(encode(value)), "rev": {"$add": ["$rev", 1]}}
        for name, value in lost.items()
    ]
    return {"$concatArrays": [kept, new]}


def _change(order: ChangeOrder, lost: Mapping[Field, Value]) -> Document:
    steps = [
        {
            "field": name.value,
            "before": _before(name),
            "after": _after(order.patch, name),
        }
        for name in order.patch.fields
    ]
    steps += [
        {"field": name.value, "before": _before(name), "after": literal(encode(value))}
        for name, value in lost.items()
    ]
    differs = {"$ne": ["$$step.before", "$$step.after"]}
    marks = {
        "fingerprint": order.fingerprint,
        "request_id": order.request_id,
        "reason": order.reason,
    }
    told = {name: literal(mark) for name, mark in marks.items() if mark}
    return {
        "rev": {"$add": ["$rev", 1]},
        "by": literal(encode_actor(order.by)),
        "at": to_milliseconds(order.at),
        "fields": {"$filter": {"input": steps, "as": "step", "cond": differs}},
        "undoes": literal(order.undoes),
        "key": literal(order.key),
        **told,
    }


def _taken_back(order: ChangeOrder, lost: Mapping[Field, Value]) -> Document:
    steps = [
        {"field": name.value, "before": literal(encode(value)), "after": _before(name)}
        for name, value in lost.items()
    ]
    return {
        "rev": {"$add": ["$rev", 2]},
        "by": literal(encode_actor(Actor(person=None, source=Source.SYSTEM))),
        "at": to_milliseconds(order.at),
        "fields": steps,
        "undoes": {"$add": ["$rev", 1]},
        "key": "",
    }


def _completion(order: ChangeOrder) -> Document:
    is_done = order.patch.values[Field.STATUS] is Status.DONE
    at = to_milliseconds(order.at) if is_done else None
    by = order.by.person if is_done else None
    moved = {"$ne": [_before(Field.STATUS), _after(order.patch, Field.STATUS)]}
    return {
        "completed_at": {"$cond": [moved, literal(at), "$completed_at"]},
        "completed_by": {"$cond": [moved, literal(by), "$completed_by"]},
    }


def _derived(patch: Patch) -> Document:
    derived: Document = {
        "state": _STATE,
        "owners": _OWNERS,
        "done_sort": {"$ifNull": ["$completed_at", LONG_AGO]},
        "history_at": _HISTORY_AT,
        **({} if patch.is_ours_alone else on_change()),
        **notices.on_change(),
    }
    if {Field.TITLE, Field.NOTES} & patch.values.keys():
        derived |= _words(patch)
    if {Field.DUE, Field.SNOOZED} & patch.values.keys():
        derived["due_sort"] = _DUE_SORT
    return derived


def _words(patch: Patch) -> Document:
    """Return the words of title and notes; a side that is not changed keeps its own."""
    title, notes = patch.values.get(Field.TITLE), patch.values.get(Field.NOTES)
    titled: Document = {"$ifNull": ["$title_words", {"$ifNull": ["$words", []]}]}
    if isinstance(title, str):
        titled = literal(list(words_of(title)))
    noted: Document = {"$ifNull": ["$note_words", []]}
    if Field.NOTES in patch.values:
        noted = literal(list(words_of_notes(notes if isinstance(notes, str) else "")))
    return {
        "title_words": titled,
        "note_words": noted,
        "words": {"$concatArrays": [titled, _without(noted, titled)]},
    }


def _marker(name: str) -> Document:
    """Return a due date's `marker`; null where there is none."""
    there = f"T{DAY_STANDS_AT:%H:%M:%S}Z"
    day = {"$dateFromString": {"dateString": {"$concat": [f"${name}.day", there]}}}
    return {"$ifNull": [f"${name}.at", {"$cond": [{"$gt": [f"${name}", None]}, day, None]}]}


_LATER: Document = {"$max": [_marker("due"), _marker("snoozed")]}
_DUE_SORT: Document = {"$cond": [{"$gt": ["$due", None]}, _LATER, NEVER]}


# What the other side knows nothing of leaves its row as right as it was.
_ROW_KEEPS_UP = {
    "$cond": [
        {"$eq": ["$notion.synced_rev", "$rev"]},
        {"$add": ["$rev", 1]},
        {"$ifNull": ["$notion.synced_rev", "$$REMOVE"]},
    ]
}
_STATE = {
    "$cond": [
        {"$eq": ["$deleted", True]},
        "deleted",
        {"$cond": [{"$eq": ["$status", Status.DONE.value]}, "done", "open"]},
    ]
}
_WITHIN = {
    "$cond": [
        {"$or": [{"$lte": ["$audience", None]}, {"$eq": ["$audience", "$creator"]}]},
        "$creator",
        {"$concat": ["$creator", "@", "$audience"]},
    ]
}
_HANDED = {
    "$cond": [
        {
            "$and": [
                {"$gt": ["$creator", None]},
                {"$not": [{"$in": ["$creator", {"$ifNull": ["$assignees", []]}]}]},
            ]
        },
        [{"$concat": [">", "$creator"]}],
        [],
    ]
}
_CREATOR = {"$cond": [{"$gt": ["$creator", None]}, [_WITHIN], []]}
_OWNERS = {
    "$cond": [
        {"$eq": [{"$ifNull": ["$assignees", []]}, []]},
        {"$concatArrays": [_CREATOR, [NOBODY]]},
        {"$concatArrays": ["$assignees", _HANDED]},
    ]
}
_HISTORY_AT = {
    "$cond": [
        {"$gt": [{"$size": "$changes"}, CHANGES_MAX]},
        {"$ifNull": ["$history_at", "$$NOW"]},
        "$$REMOVE",
    ]
}
