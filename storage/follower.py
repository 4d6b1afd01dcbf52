"""The block of a task that its Notion follower works on, as update pipelines; pure.

A follower is behind exactly where `next_attempt_at` is there; it is also when a lease ends. All
instants are the database's own, `$$NOW`, so the clocks of the instances cannot matter.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from storage.codec import Document, encode_row
from tasks.model import SyncState
from tasks.ports import Row

LEASE_SECONDS = 60  # longer than Notion's slowest answer, or two of us would push
LEASE = timedelta(seconds=LEASE_SECONDS)
DEBOUNCE = timedelta(milliseconds=300)
"""How long a change waits for the next one, so that a burst becomes one call."""
DEBOUNCE_LIMIT = timedelta(seconds=5)
"""How long a burst can hold its first change up."""
SPACING = timedelta(seconds=1)
"""The least time between two pushes of one task."""
BACKLOG_BOUND = 10_000
"""Up to how many waiting tasks are counted."""

WAITS: Document = {"notion.next_attempt_at": {"$exists": True}}
"""Behind, due or not; the words of the partial indexes."""
IS_DUE: Document = {**WAITS, "$expr": {"$lte": ["$notion.next_attempt_at", "$$NOW"]}}
IN_ORDER = [("notion.next_attempt_at", 1)]
LAST_FIRST = [("notion.next_attempt_at", -1)]

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def later(by: timedelta, than: str = "$$NOW") -> Document:
    """Return the instant `by` later than a field or variable; null where that is missing."""
    return {"$add": [than, by // timedelta(milliseconds=1)]}


FRESH = timedelta(minutes=2)
"""How long what is due may be so and still be fresh."""
WAITS_FRESH: Document = {
    **WAITS,
    "$expr": {"$gte": ["$notion.next_attempt_at", later(-FRESH)]},
}
IS_DUE_FRESH: Document = {
    **WAITS,
    "$expr": {
        "$and": [
            {"$gte": ["$notion.next_attempt_at", later(-FRESH)]},
            {"$lte": ["$notion.next_attempt_at", "$$NOW"]},
        ]
    },
}


IS_FREE: Document = {
    "$expr": {"$lte": [{"$ifNull": ["$notion.lease_until", "$$NOW"]}, "$$NOW"]},
}
"""No lease runs."""


def new_block(at: datetime, row: Row | None = None, *, rev: int = 1) -> Document:
    """Return the block of a new task: due at once, `at` by the database's clock.

    A row that shows the task's `rev` already leaves nothing to do.
    """
    block: Document = {"fence": 0, "attempts": 0}
    if row is not None and row.rev >= rev:
        return block | {"synced_at": at} | encode_row(row)
    block |= {"pending_since": at, "next_attempt_at": at}
    return block if row is None else block | encode_row(row)


def idle_block() -> Document:
    """Return the block of a new task that has no row, and never gets one."""
    return {"fence": 0, "attempts": 0}


_IS_MIRRORED: Document = {"$lte": ["$audience", None]}
"""What is missing, or null, is below every text."""


def on_change() -> Document:
    """Return what the write of a change sets: due soon, and tried again where it was set aside.

    Never before a running lease ends (two would push), never within a pause, not too soon after
    the last push; else once a burst of changes is over, or has lasted long enough.
    """
    since = {"$ifNull": ["$notion.pending_since", "$$NOW"]}
    burst_over = {"$min": [later(DEBOUNCE), _plus(since, DEBOUNCE_LIMIT)]}
    spaced = later(SPACING, "$notion.pushed_at")
    return {
        "notion.pending_since": {"$cond": [_IS_MIRRORED, since, "$$REMOVE"]},
        "notion.next_attempt_at": {
            "$cond": [
                _IS_MIRRORED,
                {"$max": ["$notion.lease_until", "$notion.not_before", spaced, burst_over]},
                "$$REMOVE",
            ]
        },
        "notion.state": "$$REMOVE",
        "notion.error": "$$REMOVE",
    }


def _plus(instant: Document, by: timedelta) -> Document:
    return {"$add": [instant, by // timedelta(milliseconds=1)]}


def claimed(lease: timedelta = LEASE) -> list[Document]:
    """Take the lease, with the next fence."""
    return [
        {
            "$set": {
                "notion.fence": _one_more("$notion.fence"),
                "notion.attempts": _one_more("$notion.attempts"),
                # Whoever gives a claim back, in whatever way, takes the lease's end away.
                "notion.broken_off": {
                    "$cond": [
                        {"$eq": [{"$type": "$notion.lease_until"}, "date"]},
                        _one_more("$notion.broken_off"),
                        0,
                    ]
                },
                "notion.claimed_at": "$$NOW",
                "notion.lease_until": later(lease),
                "notion.next_attempt_at": later(lease),
            }
        }
    ]


def _one_more(field: str) -> Document:
    return {"$add": [{"$ifNull": [field, 0]}, 1]}


def renewed(lease: timedelta = LEASE) -> list[Document]:
    """Let the lease begin anew; what is due after it stays so."""
    until = later(lease)
    due = {"$max": ["$notion.next_attempt_at", until]}
    return [{"$set": {"notion.lease_until": until, "notion.next_attempt_at": due}}]


def intended() -> list[Document]:
    """Note that a creation is about to be sent."""
    return [
        {
            "$set": {
                "notion.create_attempts": _one_more("$notion.create_attempts"),
                "notion.last_sent_at": "$$NOW",
            }
        }
    ]


def _row(row: Row) -> Document:
    fields = encode_row(row)
    return {f"notion.{name}": {"$literal": value} for name, value in fields.items()}


def adopted(row: Row) -> list[Document]:
    """Note the row, and nothing else."""
    return [{"$set": _row(row)}]


def completed(row: Row) -> list[Document]:
    """Note the row and give the lease back; what changed since the claim stays due."""
    moved_on = {"$gt": ["$rev", row.rev]}
    since_claim = {"$ifNull": ["$notion.claimed_at", "$$NOW"]}
    return [
        {
            "$set": {
                **_row(row),
                "notion.attempts": 0,
                "notion.synced_at": "$$NOW",
                "notion.pushed_at": "$$NOW",
                "notion.pending_since": {"$cond": [moved_on, since_claim, "$$REMOVE"]},
                "notion.next_attempt_at": {"$cond": [moved_on, later(SPACING), "$$REMOVE"]},
                **_removed("lease_until", "not_before", "state", "error"),
            }
        }
    ]


def _removed(*names: str) -> Document:
    return {f"notion.{name}": "$$REMOVE" for name in names}


def postponed(wait: timedelta, reason: str | None, *, paced: bool) -> list[Document]:
    """Give the lease back, not to be taken before `wait` has passed, or a change if `paced`."""
    return [
        {
            "$set": {
                "notion.not_before": "$$REMOVE" if paced else later(wait),
                "notion.next_attempt_at": later(wait),
                "notion.error": "$$REMOVE" if reason is None else {"$literal": reason},
                **_removed("lease_until"),
            }
        }
    ]


def released() -> list[Document]:
    """Give the lease back as if it had never been taken."""
    return [
        {
            "$set": {
                "notion.attempts": {"$max": [0, {"$subtract": ["$notion.attempts", 1]}]},
                "notion.next_attempt_at": "$$NOW",
                **_removed("lease_until"),
            }
        }
    ]


def put_aside(*, rev: int, state: SyncState, reason: str) -> list[Document]:
    """Wait for a person or a change; one that came after the claimed `rev` counts already."""
    moved_on = {"$gt": ["$rev", rev]}
    as_changed = on_change()
    aside: Document = {
        "notion.pending_since": "$$REMOVE",
        "notion.next_attempt_at": "$$REMOVE",
        "notion.state": state.value,
        "notion.error": {"$literal": reason},
    }
    settled: dict[str, Any] = {
        name: {"$cond": [moved_on, as_changed[name], value]} for name, value in aside.items()
    }
    return [{"$set": _removed("lease_until", "not_before")}, {"$set": settled}]


def settled() -> list[Document]:
    """Close the open conflicts."""
    return [{"$set": _removed("conflicts")}]


def rechecked(*, anew: bool) -> list[Document]:
    """Make it due now, whoever works on it; with `anew` without a row, to be looked for first.

    The fence goes up, so what is under way cannot be recorded. What was sent or written a moment
    ago may not be found yet: the look-up waits from then on.
    """
    due: Document = {
        "notion.fence": _one_more("$notion.fence"),
        "notion.attempts": 0,
        "notion.synced_rev": 0,
        "notion.pending_since": {"$ifNull": ["$notion.pending_since", "$$NOW"]},
        "notion.next_attempt_at": "$$NOW",
        **_removed("lease_until", "not_before", "state", "error"),
    }
    if anew:
        due |= {
            "notion.create_attempts": 1,
            "notion.last_sent_at": {"$max": ["$notion.last_sent_at", "$notion.pushed_at"]},
            **dict.fromkeys(("notion.page_id", "notion.url", "notion.base"), None),
            **_removed("remark", "met_by"),
        }
    return [{"$set": due}]


def requeued() -> list[Document]:
    """Make it due now, or when a running lease ends; before any backlog: somebody asked for it."""
    return [
        {
            "$set": {
                "notion.attempts": 0,
                "notion.pending_since": {"$ifNull": ["$notion.pending_since", "$$NOW"]},
                "notion.next_attempt_at": {"$ifNull": ["$notion.lease_until", LONG_AGO]},
                **_removed("not_before", "state", "error"),
            }
        }
    ]
