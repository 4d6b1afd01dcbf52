"""From what a list asks for to its query, its order and its cursor; pure."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from storage.codec import LONG_AGO, NEVER, NOBODY, Document, handed, owner_within
from tasks import permissions
from tasks.commands import Order, TaskFilter, words_of
from tasks.errors import BrokenCursor
from tasks.model import DAY_STANDS_AT, Task
from tasks.permissions import ANYBODY, Asker

Sort: TypeAlias = list[tuple[str, int]]

SORTS: dict[Order, Sort] = {
    Order.DUE: [("due_sort", 1), ("number", 1)],
    Order.RECENT: [("done_sort", -1), ("number", 1)],
    Order.NEWEST: [("number", -1)],
}
PAGE_MAX = 100
"""Most tasks of one page."""

_AFTER_ANY_LETTER = "\U0010ffff"
_MILLISECOND = timedelta(milliseconds=1)
_NUMBER_MAX = 2**53


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Behind which task a page ended."""

    order: Order
    at: datetime
    """Its place in the order."""
    number: int

    @classmethod
    def of(cls, task: Task, order: Order) -> Position:
        """Return where a task stands."""
        places = {
            Order.DUE: task.rank or NEVER,
            Order.RECENT: task.completed_at or LONG_AGO,
            Order.NEWEST: LONG_AGO,  # its number is its place
        }
        at = places[order]
        return cls(order=order, at=at, number=task.number)

    @classmethod
    def behind(cls, document: Document, order: Order) -> Position:
        """Return where a document stands."""
        place, _ = SORTS[order][0]
        at = LONG_AGO if order is Order.NEWEST else document[place]
        return cls(order=order, at=at, number=document["number"])

    @property
    def cursor(self) -> str:
        """Write it as a text that means nothing to others."""
        place = (self.at - LONG_AGO) // _MILLISECOND
        return urlsafe_b64encode(f"{self.order}:{place}:{self.number}".encode()).decode()

    @classmethod
    def read(cls, cursor: str, order: Order) -> Position:
        """Read it back. BrokenCursor: it is not one of this list's."""
        try:
            named, place, number = urlsafe_b64decode(cursor.encode("ascii")).decode().split(":")
            at = LONG_AGO + int(place) * _MILLISECOND
            position = cls(order=Order(named), at=at, number=int(number))
        except (ValueError, binascii.Error, OverflowError) as error:
            raise BrokenCursor from error
        if position.order is not order or not 0 <= position.number < _NUMBER_MAX:
            raise BrokenCursor
        return position


def terms_of(asked: TaskFilter) -> tuple[str, ...]:
    """Return the beginnings of words that are searched for."""
    return words_of(" ".join(asked.words))


def finds_nothing(asked: TaskFilter) -> bool:
    """Tell whether the search is for signs that no word begins with."""
    return bool(asked.words) and not terms_of(asked)


def query(asked: TaskFilter, after: Position | None, asker: Asker = ANYBODY) -> Document:
    """Return the filter of a list, behind `after`; the team is added by the collection.

    `permissions.is_listed` says the same of one task as this does of all.
    """
    conditions: list[Document] = [
        {"state": "done" if asked.done else "open"},
        *_owners(asked, asker),
        *_seen_by(asked, asker),
        *_when(asked),
        *(_begins_a_word(term) for term in terms_of(asked)),
    ]
    if asked.channel is not None:
        conditions.append({"channel": asked.channel})
    if asked.tag is not None:
        conditions.append({"tags": asked.tag})
    if after is None:
        return {"$and": conditions}
    # Two whole branches: each begins at its place in the index, and they are merged in order.
    return {"$or": [{"$and": [*conditions, *behind]} for behind in _behind(after)]}


def index_of(asked: TaskFilter, asker: Asker = ANYBODY) -> str | None:
    """Name the index that serves a list; None: the database knows best how rare the words are.

    Left to itself it remembers the plan of one person's list for another's, who has far less.
    """
    if asked.words:
        return None
    if asked.owner is not None or asked.unassigned or asked.handed_by is not None:
        by_order = {Order.RECENT: "owner_done", Order.NEWEST: "owner_new", Order.DUE: "owner_seen"}
        return by_order[asked.order]
    if asked.tag is not None:
        return "tag_seen"
    if asked.channel is not None or (asker.is_confined and not asked.done):
        return "channel_seen"
    return "done_seen" if asked.done else "open_seen"


def _owners(asked: TaskFilter, asker: Asker) -> list[Document]:
    owners: list[Document] = []
    if asked.owner is not None:
        within = (owner_within(asked.owner, audience) for audience in sorted(asker.inside))
        names = list(dict.fromkeys((asked.owner, *within)))
        owners.append({"owners": {"$in": names} if len(names) > 1 else asked.owner})
    if asked.unassigned:
        owners.append({"owners": NOBODY})
    if asked.handed_by is not None:
        owners.append({"owners": handed(asked.handed_by)})
    return owners


def _seen_by(asked: TaskFilter, asker: Asker) -> list[Document]:
    """Leave out what the asker is not to see; in their own list that is said by the owners."""
    if permissions.has_own_list(asker, asked.owner):
        return []
    # By the last key of each index, so that nothing is fetched to be left out.
    seen: list[Document] = [{"audience": {"$in": [None, *sorted(asker.audiences)]}}]
    if asker.is_confined:
        seen.append({"channel": {"$in": sorted(asker.inside)}})
    return seen


def _begins_a_word(term: str) -> Document:
    # A range, never a regular expression: an anchored one may be given another one's plan.
    return {"words": {"$elemMatch": {"$gte": term, "$lt": term + _AFTER_ANY_LETTER}}}


def _when(asked: TaskFilter) -> list[Document]:
    conditions: list[Document] = []
    if asked.due_from is not None:
        conditions.append({"due_sort": {"$gte": asked.due_from}})
    if (asked.due_from, asked.due_before) != (None, None):
        conditions.append({"due_sort": {"$lt": asked.due_before or NEVER}})
    if asked.due_before is not None and asked.days_before is not None:
        # Days stand where no instant does: to leave them out by their place fetches nothing.
        days = list(_days(asked.days_before, asked.due_before))
        conditions.append({"due_sort": {"$nin": days}})
    return conditions


def _days(start: datetime, end: datetime) -> Iterator[datetime]:
    """Yield where the days stand that are due from `start` on and before `end`."""
    day = start.astimezone(UTC).date()
    while (stands := datetime.combine(day, DAY_STANDS_AT)) < end:
        if stands >= start:
            yield stands
        day += timedelta(days=1)


def _behind(position: Position) -> tuple[list[Document], ...]:
    """Return what is at the same place of the order, and what is beyond it."""
    if position.order is Order.NEWEST:
        return ([{"number": {"$lt": position.number}}],)
    place, direction = SORTS[position.order][0]
    at = position.at.astimezone(UTC)
    # As a range of one: of a point, several owners' places could not be merged in order.
    here = {"$gte": at, "$lt": at + _MILLISECOND}
    same: list[Document] = [{place: here}, {"number": {"$gt": position.number}}]
    return same, [{place: {"$gt" if direction > 0 else "$lt": at}}]
