"""TaskStore in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from storage.codec import LONG_AGO
from storage.echo import WITHIN
from storage.lists import PAGE_MAX, Position, finds_nothing, terms_of
from tasks.commands import (
    LinePage,
    ListTasks,
    Order,
    Page,
    Saved,
    TaskFilter,
    TaskLine,
    words_of,
    words_of_notes,
)
from tasks.errors import (
    AlreadyAdded,
    KeyReused,
    LeaseLost,
    OutOfReach,
    StaleRevision,
    TaskIsDeleted,
)
from tasks.model import DAY_STANDS_AT, Change, Conflict, Field, PersonId, Status, Task
from tasks.permissions import ANYBODY, Asker, is_listed
from tasks.ports import ChangeOrder, Row, TaskStore
from tests.fakes.database import MemoryDatabase, Record, in_milliseconds
from tests.fakes.places import to_tell


class MemoryTaskStore(TaskStore):
    """Tasks in a dictionary, with the rules of the port."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._database = database

    async def add(self, task: Task, *, key: str, row: Row | None = None, said: str = "") -> Saved:
        fault = self._database.before_effect()
        saved = self._add(task, key, row, said)
        if fault is not None:
            raise fault
        return saved

    def _add(self, task: Task, key: str, row: Row | None, said: str) -> Saved:
        for record in self._of(task.team):
            if record.origin_key == key:
                _compare(record.task, key, task.changes[0].fingerprint)
                return Saved(task=record.shown, repeated=True)
        self._compare_words(task, said)
        number = self._database.last_number.get(task.team, 0) + 1
        self._database.last_number[task.team] = number
        record = Record(task=_as_kept(task, number), origin_key=key)
        record.said, record.said_at = said, self._database.now()
        record.follower.row = row or Row()
        now = self._database.now()
        if record.follower.row.rev >= task.rev:
            record.follower.synced_at = now
        elif task.audience is None:
            record.follower.pending_since = record.follower.next_attempt_at = now
        self._database.records[task.team, number] = record
        return Saved(task=record.shown)

    def _compare_words(self, task: Task, said: str) -> None:
        for record in self._of(task.team):
            is_same = said and record.said == said and record.task.creator == task.creator
            is_recent = self._database.now() - record.said_at < WITHIN
            if is_same and is_recent and record.task.is_open and task.creator is not None:
                raise AlreadyAdded(record.shown)

    async def get(self, team: str, number: int) -> Task:
        self._database.before_effect()
        return self._database.record(team, number).shown

    async def change(self, order: ChangeOrder) -> Saved:
        fault = self._database.before_effect()
        saved = self._change(order)
        if fault is not None:
            raise fault
        return saved

    def _change(self, order: ChangeOrder) -> Saved:
        record = self._database.record(order.team, order.number)
        if order.reach is not None and not order.reach.holds(record.task):
            raise OutOfReach(record.shown)
        if order.key in {*record.applied, *(c.key for c in record.task.changes[1:])}:
            _compare(record.task, order.key, order.fingerprint)
            return Saved(task=record.shown, repeated=True)
        restores = order.patch.values.get(Field.DELETED) is False
        if record.task.deleted and order.agreed is None and not restores:
            raise TaskIsDeleted(record.shown)
        if not _is_as_expected(record.task, order):
            raise StaleRevision(record.shown)
        agreed = order.agreed
        if agreed is not None and agreed.fence != record.follower.fence:
            raise LeaseLost
        changed = record.task.changed(
            order.patch,
            by=order.by,
            at=in_milliseconds(order.at),
            key=order.key,
            undoes=order.undoes,
            fingerprint=order.fingerprint,
            request_id=order.request_id,
            reason=order.reason,
            lost=agreed.lost if agreed is not None else None,
        )
        if changed is record.task:
            return Saved(task=record.shown, changed=False)
        self._settle(record, order)
        record.task = changed
        record.applied.append(order.key)
        self._to_tell(record, order)
        if order.patch.is_ours_alone and agreed is None:
            row = record.follower.row
            if row.rev == changed.rev - 1:
                record.follower.row = replace(row, rev=changed.rev)
            return Saved(task=record.shown)
        record.follower.state = record.follower.error = None
        if record.task.audience is None:
            record.follower.schedule(self._database.now())
        return Saved(task=record.shown)

    def _to_tell(self, record: Record, order: ChangeOrder) -> None:
        record.notices.ask(self._database.now())
        if order.tells is not None:
            to_tell(record.notices, order.tells, self._database.now())

    def _settle(self, record: Record, order: ChangeOrder) -> None:
        follower, agreed = record.follower, order.agreed
        lost = dict(agreed.lost) if agreed is not None else {}
        touched = {*order.patch.fields, *lost}
        kept = tuple(one for one in follower.conflicts if one.field not in touched)
        new = (
            Conflict(field=name, value=value, rev=record.task.rev + 1)
            for name, value in lost.items()
        )
        follower.conflicts = (*kept, *new)
        if agreed is not None:
            follower.row = replace(follower.row, base=agreed.base)

    async def find(self, request: ListTasks) -> Page:
        self._database.before_effect()
        order = request.filter.order
        after = None if request.cursor is None else Position.read(request.cursor, order)
        found = sorted(
            (
                r.shown
                for r in self._of(request.team)
                if matches(request.filter, r.task)
                and is_listed(request.asker, r.task, owner=request.filter.owner)
            ),
            key=lambda task: _place(task, order),
        )
        if after is not None:
            behind = _key(after.at, after.number, order)
            found = [task for task in found if _place(task, order) > behind]
        page = tuple(replace(task, changes=()) for task in found[: min(request.limit, PAGE_MAX)])
        more = len(found) > len(page)
        return Page(tasks=page, next=Position.of(page[-1], order).cursor if more else None)

    async def lines(self, request: ListTasks) -> LinePage:
        page = await self.find(request)
        return LinePage(lines=tuple(map(TaskLine.of, page.tasks)), next=page.next)

    async def tags(
        self, team: str, prefix: str, *, asker: Asker = ANYBODY, limit: int
    ) -> tuple[str, ...]:
        self._database.before_effect()
        found = {
            tag
            for record in self._of(team)
            if not record.task.deleted and is_listed(asker, record.task, owner=None)
            for tag in record.task.tags
            if tag.startswith(prefix)
        }
        return tuple(sorted(found))[:limit]

    async def touched(self, team: str, person: PersonId, *, limit: int) -> tuple[Task, ...]:
        self._database.before_effect()
        own = [
            record.shown
            for record in self._of(team)
            if any(change.by.person == person for change in record.task.changes)
        ]
        own.sort(key=lambda task: task.updated_at, reverse=True)
        return tuple(own[:limit])

    async def applied(self, team: str, person: PersonId, *, key: str, limit: int) -> Task | None:
        for task in await self.touched(team, person, limit=limit):
            if key in self._database.record(team, task.number).applied:
                return task
        return None

    async def history(self, task: Task, *, before_rev: int, limit: int) -> tuple[Change, ...]:
        self._database.before_effect()
        record = self._database.records.get((task.team, task.number))
        changes = record.task.changes if record is not None else ()
        return tuple(c for c in reversed(changes) if c.rev < before_rev)[:limit]

    def _of(self, team: str) -> list[Record]:
        return [r for (owner, _), r in self._database.records.items() if owner == team]


def _compare(task: Task, key: str, fingerprint: str) -> None:
    then = next((one.fingerprint for one in task.changes if one.key == key), "")
    if then and fingerprint and then != fingerprint:
        raise KeyReused


def _as_kept(task: Task, number: int) -> Task:
    return replace(
        task,
        number=number,
        created_at=in_milliseconds(task.created_at),
        updated_at=in_milliseconds(task.updated_at),
        completed_at=task.completed_at and in_milliseconds(task.completed_at),
        changes=tuple(replace(c, at=in_milliseconds(c.at)) for c in task.changes),
    )


def _is_as_expected(task: Task, order: ChangeOrder) -> bool:
    return order.expected_rev in {None, task.rev} and order.is_as_expected(task)


def _place(task: Task, order: Order) -> tuple[float, int]:
    position = Position.of(task, order)
    return _key(position.at, position.number, order)


def _key(at: datetime, number: int, order: Order) -> tuple[float, int]:
    seconds = (at - LONG_AGO).total_seconds()
    if order is Order.NEWEST:
        return (seconds, -number)
    return (seconds if order is Order.DUE else -seconds, number)


def matches(asked: TaskFilter, task: Task) -> bool:
    """Tell whether a task belongs in a list."""
    there = (*words_of(task.title), *words_of_notes(task.notes))
    return (
        not task.deleted
        and asked.done == (task.status is Status.DONE)
        and (asked.owner is None or asked.owner in task.owners)
        and not (asked.unassigned and task.assignees)
        and asked.handed_by in {None, task.handed_by}
        and asked.channel in {None, task.channel}
        and (asked.tag is None or asked.tag in task.tags)
        and _is_due(asked, task)
        and not finds_nothing(asked)
        and all(any(word.startswith(term) for word in there) for term in terms_of(asked))
    )


def _is_due(asked: TaskFilter, task: Task) -> bool:
    before = asked.due_before
    if (asked.due_from, before) == (None, None):
        return True
    if task.rank is None:
        return False
    if before is not None and asked.days_before is not None and is_day(task.rank):
        before = min(before, asked.days_before)
    return (asked.due_from is None or task.rank >= asked.due_from) and (
        before is None or task.rank < before
    )


def is_day(rank: datetime) -> bool:
    """Tell whether a whole day stands there, and no instant."""
    return rank.timetz() == DAY_STANDS_AT
