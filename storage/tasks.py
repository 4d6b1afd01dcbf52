"""TaskStore on MongoDB: one document for a task, one write for an action."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pymongo.errors import DuplicateKeyError

from storage import change, echo, lists, tags
from storage.client import Database
from storage.codec import (
    APPLIED_KEYS,
    LINE_FIELDS,
    Document,
    decode_change,
    from_document,
    line_from_document,
    to_document,
)
from storage.follower import idle_block, new_block
from storage.lists import PAGE_MAX, SORTS, Position
from storage.operations import REQUEST, within
from tasks.commands import LinePage, ListTasks, Page, Saved
from tasks.errors import (
    AlreadyAdded,
    KeyReused,
    LeaseLost,
    NoSuchTask,
    NotSaved,
    OutcomeUnknown,
    OutOfReach,
    StaleRevision,
    StoreError,
    TaskIsDeleted,
)
from tasks.model import Change, PersonId, Task
from tasks.permissions import ANYBODY, Asker
from tasks.ports import ChangeOrder, Row, TaskStore

_RACES = 5  # how often a change may find its reason to fail gone when it looks for it
_NUMBER_CLASHES = 3
_FIRST_CHANGE = 2  # the first rev is the creation, whose key is the origin key
# Half of a document, which no list shows; what is unknown here passes through.
_UNLISTED = dict.fromkeys(
    (
        "changes",
        "applied",
        "words",
        "title_words",
        "note_words",
        "touched_by",
        "owners",
        "origin_key",
        "echo",
        "members_only",
        "places",
        "notices",
        "notion.base",
    ),
    0,
)


class MongoTaskStore(TaskStore):
    """Tasks in the collection `tasks`, their numbers counted in `counters`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tasks = database.tenants("tasks")
        self._history = database.tenants("history")
        # A number lost in a failover is found by the unique index, so no majority is waited for.
        self._counters = database.tenants("counters", by_primary_alone=True)

    async def add(self, task: Task, *, key: str, row: Row | None = None, said: str = "") -> Saved:
        """Keep a new task; see the port."""
        with within(REQUEST):
            await self._database.until_prepared()
            document = to_document(task, origin_key=key)
            for _ in range(_NUMBER_CLASHES):
                counted = await self._count(task.team)
                document |= {"number": counted["last"], "notion": _block(task, counted["at"], row)}
                document |= echo.marks(task, said, counted["at"])
                try:
                    await self._tasks.of(task.team).insert_one("tasks.add", document)
                except DuplicateKeyError as error:
                    if (existing := await self._by_key(task.team, key)) is not None:
                        await self._compare(existing, key, task.changes[0].fingerprint, since=1)
                        # The same id: it was this very insertion, whose first answer got lost.
                        return Saved(task=existing, repeated=existing.id != task.id)
                    if echo.is_refusal(error):
                        await self._compare_words(task.team, document)
                        continue
                    await self._count_from(task.team, await self._highest(task.team))
                else:
                    return Saved(task=from_document(document))
        raise NotSaved

    async def _count(self, team: str) -> Document:
        """Return the next number, and the database's clock, which an insertion cannot ask for."""
        count = {"$inc": {"last": 1}, "$currentDate": {"at": True}}
        for _ in range(2):
            try:
                counted = await self._counters.of(team).find_one_and_update(
                    "tasks.number", {"_id": team}, count, upsert=True
                )
            except DuplicateKeyError:
                continue  # another made the counter at the same moment
            except OutcomeUnknown as error:
                raise NotSaved from error  # at worst a number is lost
            if counted is not None:
                return counted
        raise NotSaved

    async def _count_from(self, team: str, last: int) -> None:
        """See to it that the next number is above `last`."""
        counters = self._counters.of(team)
        try:
            await counters.update_one("tasks.renumber", {"_id": team}, {"$max": {"last": last}})
        except OutcomeUnknown as error:
            raise NotSaved from error  # nothing is kept by a counter alone

    async def _compare_words(self, team: str, document: Document) -> None:
        """Raise AlreadyAdded, or take the marks off what is no such thing any more."""
        tasks, where = self._tasks.of(team), echo.sharing(document)
        found = await tasks.find("tasks.echo", where, sort=[("number", 1)], limit=2, hint="echo")
        for one in found:
            if echo.is_echo(document, one):
                raise AlreadyAdded(from_document(one))
        ids = [one["_id"] for one in found]
        try:
            await tasks.update_all("tasks.unmark", {"_id": {"$in": ids}}, {"$unset": {"echo": ""}})
        except OutcomeUnknown as error:
            raise NotSaved from error  # the insertion itself was refused

    async def _by_key(self, team: str, key: str) -> Task | None:
        try:
            found = await self._tasks.of(team).find_one("tasks.by_key", {"origin_key": key})
        except StoreError as error:
            raise OutcomeUnknown from error  # it is there, or was refused for its number
        return None if found is None else from_document(found)

    async def _highest(self, team: str) -> int:
        found = await self._tasks.of(team).find_one(
            "tasks.highest", {}, projection={"number": 1}, sort=[("number", -1)]
        )
        return 0 if found is None else int(found["number"])

    async def get(self, team: str, number: int) -> Task:
        """Return the task; see the port."""
        with within(REQUEST):
            found = await self._tasks.of(team).find_one("tasks.get", {"number": number})
        if found is None:
            raise NoSuchTask(number)
        return from_document(found)

    async def change(self, order: ChangeOrder) -> Saved:
        """Apply a patch; see the port."""
        tasks = self._tasks.of(order.team)
        where, update = change.condition(order), change.update(order)
        # At first only where the task remembers all its keys: else `_why_not` looks further back.
        where |= change.ALL_KEYS_KNOWN if order.agreed is None else {}
        with within(REQUEST):
            for _ in range(_RACES):
                changed = await tasks.find_one_and_update("tasks.change", where, update)
                if changed is not None:
                    return Saved(task=from_document(changed))
                saved = await self._why_not(order)
                if saved is not None:
                    return saved
                where = change.condition(order)
        raise NotSaved("It changes too fast right now: try again.")

    async def _why_not(self, order: ChangeOrder) -> Saved | None:
        """Return or raise why a change was not made; None where the reason is gone meanwhile."""
        tasks = self._tasks.of(order.team)
        try:
            found = await tasks.find_one("tasks.why", {"number": order.number})
        except StoreError as error:
            raise OutcomeUnknown from error  # the key may have been applied before
        if found is None:
            raise NoSuchTask(order.number)
        task = from_document(found)
        if order.reach is not None and not order.reach.holds(task):
            raise OutOfReach(task)
        if await self._was_applied(order, task, found.get("applied", ())):
            await self._compare(task, order.key, order.fingerprint, since=_FIRST_CHANGE)
            return Saved(task=task, repeated=True)
        if task.deleted and order.agreed is None and not change.restores(order.patch):
            raise TaskIsDeleted(task)
        if order.expected_rev not in {None, task.rev}:
            raise StaleRevision(task)
        if not order.is_as_expected(task):
            raise StaleRevision(task)
        if order.agreed is not None:
            if found["notion"]["fence"] != order.agreed.fence:
                raise LeaseLost
            return None
        return None if order.patch.steps(task) else Saved(task=task, changed=False)

    async def _was_applied(self, order: ChangeOrder, task: Task, applied: Sequence[str]) -> bool:
        """Tell whether a key was applied before, however many changes ago."""
        if order.key in applied or len(applied) < APPLIED_KEYS or order.agreed is not None:
            return order.key in applied
        near = (one.key for one in task.changes if one.rev >= _FIRST_CHANGE)
        return order.key in near or await self._moved(task, order.key, _FIRST_CHANGE) is not None

    async def _compare(self, task: Task, key: str, fingerprint: str, *, since: int) -> None:
        """Raise KeyReused where the key stood for something else when it was applied."""
        if not fingerprint:
            return
        near = (one for one in task.changes if one.key == key and one.rev >= since)
        then = next(near, None) or await self._moved(task, key, since)
        if then is not None and then.fingerprint not in ("", fingerprint):
            raise KeyReused

    async def _moved(self, task: Task, key: str, since: int) -> Change | None:
        """Return the change under a key at rev `since` or later, where it is in the history."""
        try:
            found = await self._history.of(task.team).find_one(
                "tasks.key_moved", {"task_id": task.id, "rev": {"$gte": since}, "change.key": key}
            )
        except StoreError as error:
            raise OutcomeUnknown from error  # it is applied, if it is the same action
        return None if found is None else decode_change(found["change"])

    async def find(self, request: ListTasks) -> Page:
        """Return one page of a list; see the port."""
        found, following = await self._page(request, _UNLISTED)
        return Page(tasks=tuple(map(from_document, found)), next=following)

    async def lines(self, request: ListTasks) -> LinePage:
        """Return one page of a list, line by line; see the port."""
        found, following = await self._page(request, LINE_FIELDS)
        return LinePage(lines=tuple(map(line_from_document, found)), next=following)

    async def _page(
        self, request: ListTasks, projection: Document
    ) -> tuple[list[Document], str | None]:
        """Return the documents of a page, and where the next begins."""
        asked, order = request.filter, request.filter.order
        after = None if request.cursor is None else Position.read(request.cursor, order)
        if lists.finds_nothing(asked):
            return [], None
        limit = min(request.limit, PAGE_MAX)
        with within(REQUEST):
            found = await self._tasks.of(request.team).find(
                "tasks.find",
                lists.query(asked, after, request.asker),
                sort=SORTS[order],
                limit=limit + 1,
                projection=projection,
                hint=lists.index_of(asked, request.asker) if self._database.indexed else None,
            )
        page = found[:limit]
        return page, Position.behind(page[-1], order).cursor if len(found) > limit else None

    async def tags(
        self, team: str, prefix: str, *, asker: Asker = ANYBODY, limit: int
    ) -> tuple[str, ...]:
        """Return tags by how they begin; see the port."""
        if not self._database.indexed:
            return ()
        with within(REQUEST):
            return await tags.beginning(self._tasks.of(team), prefix, asker=asker, limit=limit)

    async def touched(self, team: str, person: PersonId, *, limit: int) -> tuple[Task, ...]:
        """Return what the person had a hand in; see the port."""
        with within(REQUEST):
            found = await self._tasks.of(team).find(
                "tasks.touched", {"touched_by": person}, sort=[("updated_at", -1)], limit=limit
            )
        return tuple(from_document(document) for document in found)

    async def applied(self, team: str, person: PersonId, *, key: str, limit: int) -> Task | None:
        """Return the task that a key was applied to; see the port."""
        tasks = self._tasks.of(team)
        with within(REQUEST):
            near = await tasks.find(
                "tasks.applied",
                {"touched_by": person},
                sort=[("updated_at", -1)],
                limit=limit,
                projection={"applied": 1},
            )
            its = next((one["_id"] for one in near if key in one.get("applied", ())), None)
            found = None if its is None else await tasks.find_one("tasks.by_id", {"_id": its})
        return None if found is None else from_document(found)

    async def history(self, task: Task, *, before_rev: int, limit: int) -> tuple[Change, ...]:
        """Return earlier changes; see the port."""
        with within(REQUEST):
            # In this order: what is moved between the two reads is met twice, never missed.
            near = await self._tasks.of(task.team).find_one(
                "tasks.changes", {"_id": task.id}, projection={"changes": 1}
            )
            far = await self._history.of(task.team).find(
                "tasks.history",
                {"task_id": task.id, "rev": {"$lt": before_rev}},
                sort=[("rev", -1)],
                limit=limit,
            )
        stored = [*(near or {}).get("changes", ()), *(moved["change"] for moved in far)]
        changes = {one["rev"]: one for one in stored if one["rev"] < before_rev}
        newest = sorted(changes, reverse=True)[:limit]
        return tuple(decode_change(changes[rev]) for rev in newest)


def _block(task: Task, at: datetime, row: Row | None) -> Document:
    """Return the follower's block: of a private task one that is never behind."""
    return new_block(at, row, rev=task.rev) if task.audience is None else idle_block()
