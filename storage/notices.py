"""The block of a task that keeps its shared cards right, as update pipelines; pure.

They are due exactly where `next_attempt_at` is there; it is also when a lease ends. All instants
are the database's own. A task without places has no block, and its changes cost nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from storage.codec import Document, from_document
from storage.follower import later
from tasks.ports.places import PLACES_MAX, Place, PlacesClaim, Shape

QUIET = timedelta(seconds=1)
"""How long a change waits for the next one, so that a burst becomes one edit."""
QUIET_LIMIT = timedelta(seconds=3)
"""How long a burst can hold its first change up."""
SPACING = timedelta(seconds=3)
"""The least time between two edits of one message."""
HURRIED = timedelta(seconds=1)
"""The same, where somebody has pressed a button on it and looks at it."""

WAITS: Document = {"notices.next_attempt_at": {"$exists": True}}
"""The words of the partial index."""
IS_DUE: Document = {**WAITS, "$expr": {"$lte": ["$notices.next_attempt_at", "$$NOW"]}}
IN_ORDER = [("notices.next_attempt_at", 1)]

_HAS_PLACES: Document = {"$gt": ["$places", []]}
_PLACES: Document = {"$ifNull": ["$places", []]}


def on_change() -> Document:
    """Return what the write of a change sets: due once it is quiet, where there are places."""
    return _asked_for(_when_quiet())


def on_notice(condition: Document) -> Document:
    """Return the same for what is no change of the task, but shows, where that is so."""
    return _asked_for(_when_quiet(), {"$and": [_HAS_PLACES, condition]})


NO_ROW_YET: Document = {"$lte": ["$notion.url", None]}
IS_ASIDE: Document = {"$gt": ["$notion.state", None]}
IS_CONFLICTED: Document = {"$gt": ["$notion.conflicts", []]}


def before(update: Sequence[Document], *shows: Document) -> list[Document]:
    """Put before an update of a row's standing that cards are due, if one of these was so."""
    return [{"$set": on_notice({"$or": list(shows)})}, *update]


def _when_quiet() -> Document:
    since = {"$ifNull": ["$notices.pending_since", "$$NOW"]}
    burst_over = {"$min": [later(QUIET), {"$add": [since, _ms(QUIET_LIMIT)]}]}
    spaced = later(SPACING, "$notices.told_at")
    return {"$max": ["$notices.lease_until", spaced, burst_over]}


def _asked_for(when: Document, condition: Document = _HAS_PLACES) -> Document:
    asked = {
        "asked": _one_more("$notices.asked"),
        "pending_since": {"$ifNull": ["$notices.pending_since", "$$NOW"]},
        "next_attempt_at": when,
    }
    due = {"$mergeObjects": ["$notices", asked]}
    return {"notices": {"$cond": [condition, due, {"$ifNull": ["$notices", "$$REMOVE"]}]}}


def intended(place: Place, settled_after: timedelta) -> list[Document]:
    """Add a place whose message is about to be posted, to be looked for after that time."""
    new = encode(place) | {"sends": 1, "last_sent_at": "$$NOW"}
    first = {"$min": ["$notices.next_attempt_at", later(settled_after)]}
    return [
        *_added(new),
        {
            "$set": {
                "notices.asked": _one_more("$notices.asked"),
                "notices.next_attempt_at": {"$max": [first, "$notices.lease_until"]},
            }
        },
    ]


def to_tell(place: Place) -> list[Document]:
    """Add a place whose message nobody has begun to post, and make it due at once."""
    return [
        *_added(encode(place)),
        {"$set": _asked_for({"$max": ["$notices.lease_until", "$$NOW"]})},
    ]


def kept(place: Place, rev: int) -> list[Document]:
    """Add a place whose message is there, and shows the task at `rev`."""
    is_beyond = {"$gt": ["$rev", rev]}
    return [*_added(encode(place)), {"$set": on_notice(is_beyond)}]


def hurried() -> list[Document]:
    """Make the places due at once."""
    spaced = later(HURRIED, "$notices.told_at")
    return [{"$set": _asked_for({"$max": ["$notices.lease_until", spaced, "$$NOW"]})}]


def added(place: Place) -> list[Document]:
    """Add a place whose message is there."""
    return _added(encode(place))


def _added(new: Document) -> list[Document]:
    is_full = {"$gte": [{"$size": _PLACES}, PLACES_MAX]}
    first = {"$arrayElemAt": [_PLACES, 0]}
    return [
        {
            "$set": {
                "notices.let_go": {
                    "$cond": [is_full, {"$getField": {"field": "channel", "input": first}}, None]
                },
                "places": {"$slice": [{"$concatArrays": [_PLACES, [new]]}, -PLACES_MAX]},
            }
        }
    ]


def posted(key: str, ts: str, shown: str, rev: int) -> list[Document]:
    """Note the message of an intent, which shows the task at `rev`."""
    note = {"ts": _literal(ts), "shown": _literal(shown), "sends": 0}
    is_beyond = {"$gt": ["$rev", rev]}
    return [{"$set": {"places": _noted(key, note)}}, {"$set": on_notice(is_beyond)}]


_ONE_FEWER: Document = {"sends": {"$max": [0, {"$subtract": ["$$one.sends", 1]}]}}


def unsent(key: str) -> list[Document]:
    """Take the latest posting back, and make it due."""
    return [
        {"$set": {"places": _noted(key, _ONE_FEWER)}},
        {"$set": _asked_for({"$max": ["$notices.lease_until", "$$NOW"]})},
    ]


def sending(key: str) -> list[Document]:
    """Note that a message is about to be posted."""
    sent = {"sends": _one_more("$$one.sends"), "last_sent_at": "$$NOW"}
    return [{"$set": {"places": _noted(key, sent)}}]


def forgotten(keys: frozenset[str]) -> list[Document]:
    """Let places go."""
    return [{"$set": {"places": _without(keys)}}]


def claimed(lease: timedelta) -> list[Document]:
    """Take the lease, with the next fence."""
    return [
        {
            "$set": {
                "notices.fence": _one_more("$notices.fence"),
                "notices.attempts": _one_more("$notices.attempts"),
                "notices.claimed_at": "$$NOW",
                "notices.lease_until": later(lease),
                "notices.next_attempt_at": later(lease),
            }
        }
    ]


def settled(
    claim: PlacesClaim,
    *,
    shown: Mapping[str, str],
    gone: frozenset[str],
    unsent: frozenset[str],
    again: timedelta | None,
) -> list[Document]:
    """Note what is shown, and give the lease back; what was asked for since stays due."""
    is_news = {"$gt": ["$notices.asked", claim.asked]}
    told_at = "$$NOW" if shown else "$notices.told_at"
    soon = {"$max": [later(SPACING, "$notices.told_at"), "$$NOW"]}
    block: Document = {
        "notices.pending_since": {"$cond": [is_news, "$notices.claimed_at", "$$REMOVE"]},
        "notices.next_attempt_at": {
            "$cond": [is_news, soon, "$$REMOVE" if again is None else later(again)]
        },
        "notices.attempts": 0 if again is None else "$notices.attempts",
        "notices.done_rev": claim.task.rev if again is None else "$notices.done_rev",
        "notices.lease_until": "$$REMOVE",
    }
    stages: list[Document] = []
    if shown:
        stages.append({"$set": {"places": _shown(shown)}})
    stages += [{"$set": {"places": _noted(key, _ONE_FEWER)}} for key in sorted(unsent)]
    if gone:
        stages += forgotten(gone)
    return [*stages, {"$set": {"notices.told_at": told_at}}, {"$set": block}]


def _shown(shown: Mapping[str, str]) -> Document:
    branches = [
        {"case": {"$eq": ["$$one.key", _literal(key)]}, "then": _literal(digest)}
        for key, digest in shown.items()
    ]
    now = {"shown": {"$switch": {"branches": branches, "default": "$$one.shown"}}}
    return _mapped({"$mergeObjects": ["$$one", now]})


def _noted(key: str, note: Document) -> Document:
    changed = {"$mergeObjects": ["$$one", note]}
    return _mapped({"$cond": [{"$eq": ["$$one.key", _literal(key)]}, changed, "$$one"]})


def _mapped(to: Document) -> Document:
    return {"$map": {"input": _PLACES, "as": "one", "in": to}}


def _without(keys: frozenset[str]) -> Document:
    stays = {"$not": [{"$in": ["$$one.key", _literal(sorted(keys))]}]}
    return {"$filter": {"input": _PLACES, "as": "one", "cond": stays}}


def encode(place: Place) -> Document:
    """Return a place as part of a pipeline."""
    fields = {
        "key": place.key,
        "channel": place.channel,
        "ts": place.ts,
        "shape": place.shape.value,
        "lead": place.lead,
        "by": place.by,
        "thread": place.thread,
        "link": place.link,
        "shown": place.shown,
        "sends": place.sends,
        "last_sent_at": None,
    }
    return {name: _literal(value) for name, value in fields.items()}


def decode(stored: Mapping[str, Any]) -> Place:
    """Return a place of a document."""
    return Place(
        key=stored["key"],
        channel=stored["channel"],
        ts=stored.get("ts"),
        shape=Shape(stored.get("shape") or Shape.CARD),
        lead=stored.get("lead") or "",
        by=stored.get("by"),
        thread=stored.get("thread"),
        link=stored.get("link") or "",
        shown=stored.get("shown") or "",
        sends=stored.get("sends") or 0,
        last_sent_at=stored.get("last_sent_at"),
    )


def decode_claim(found: Mapping[str, Any]) -> PlacesClaim:
    """Return the claim that a document holds after it was claimed."""
    block = found["notices"]
    return PlacesClaim(
        task=from_document(found),
        places=tuple(map(decode, found.get("places") or ())),
        asked=block.get("asked") or 0,
        fence=block["fence"],
        attempts=block["attempts"],
        at=block["claimed_at"],
    )


def _one_more(field: str) -> Document:
    return {"$add": [{"$ifNull": [field, 0]}, 1]}


def _literal(value: Any) -> Document:  # noqa: ANN401  # BSON has no narrower type
    return {"$literal": value}


def _ms(by: timedelta) -> int:
    return by // timedelta(milliseconds=1)
