"""What a person can ask of the tasks: one method each, request in, domain value out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from tasks import handing, text
from tasks.access import Access, OpenAccess
from tasks.commands import (
    AcceptTask,
    AddTask,
    AssignTask,
    ChangeTask,
    ClaimTask,
    CompleteTask,
    DeclineTask,
    DeleteTask,
    EditTask,
    HistoryPage,
    LinePage,
    ListTasks,
    Page,
    PrioritiseTask,
    ReopenTask,
    RestoreTask,
    Saved,
    ScheduleTask,
    SnoozeTask,
    TagTask,
    TakeBackValues,
    TakeOther,
    TickSteps,
    UndoChange,
)
from tasks.errors import (
    AlreadyTaken,
    EditClash,
    NotAllowed,
    NotAssigned,
    NothingToUndo,
    NotSaved,
    OvertakenSince,
    PartOfBulk,
    StaleRevision,
)
from tasks.guard import Guard
from tasks.merge import three_way
from tasks.model import Actor, Change, Field, Status, Task, Value
from tasks.patch import Patch, undo
from tasks.permissions import (
    NOWHERE,
    Asker,
    Presence,
    Right,
    may,
    may_view,
    why_not,
)
from tasks.ports import ChangeOrder, NewId, Now, Place, TaskStore
from tasks.undoing import bulk_of, to_undo

TOUCHED_LIMIT = 50
_FIRST_REV = 1
BULK_MAX = 100
MERGE_TRIES = 4


async def _nobody_binds(_task: Task) -> None:
    """Stand in where nobody wants to know of new tasks."""


def _nobody_listens() -> None:
    """Stand in where no follower waits for changes."""


def _no_request() -> None:
    """Stand in where requests have no ids."""


class TaskService:
    """The tasks of all workspaces; every request carries its team."""

    def __init__(
        self,
        *,
        store: TaskStore,
        now: Now,
        new_id: NewId,
        on_change: Callable[[], None] = _nobody_listens,
        request_id: Callable[[], str | None] = _no_request,
        access: Access | None = None,
        on_added: Callable[[Task], Awaitable[None]] = _nobody_binds,
    ) -> None:
        """Take also what is called after a change, and what names the request under way.

        `on_added` is awaited for each new task before it is answered, and must not raise.

        Without an `access` nobody is in any conversation but the one they act in.
        """
        self._store = store
        self._now = now
        self._new_id = new_id
        self._on_change = on_change
        self._request_id = request_id
        self._access = access or OpenAccess()
        self._guard = Guard(store=store, access=self._access)
        self._on_added = on_added

    async def add(self, request: AddTask) -> Saved:
        """Make a task. Refused: a value cannot be kept. AlreadyAdded: their words, a moment ago."""
        title, notes, said = text.title_and_notes(request.title, request.notes)
        now = self._now()
        done = request.status is Status.DONE
        task = Task(
            id=self._new_id(),
            team=request.team,
            number=0,
            title=title,
            notes=notes,
            status=request.status,
            assignees=text.people(request.assignees),
            due=request.due,
            priority=request.priority,
            tags=text.tags(request.tags),
            repeat=request.repeat,
            checklist=text.steps(request.checklist),
            ticked=text.steps(request.ticked),
            creator=request.by.person,
            channel=request.channel,
            audience=request.audience,
            source=request.source,
            author=request.author,
            created_at=now,
            updated_at=now,
            completed_at=now if done else None,
            completed_by=request.by.person if done else None,
            changes=(_creation(request, now, self._request_id()),),
        )
        if task.audience is not None and task.audience != task.creator:
            self._access.note(task.team)
        words = text.same_words(request.said)
        saved = await self._store.add(task, key=request.key, said=words)
        await self._on_added(saved.task)
        return self._told(replace(saved, notes=said) if said else saved)

    async def get(
        self, team: str, number: int, *, by: Actor | None = None, presence: Presence = NOWHERE
    ) -> Task:
        """Return a task, deleted or not. NoSuchTask, CannotTell: none that `by` may see."""
        task, _ = await self._guard.seen(team, number, by, presence)
        return task

    async def check(
        self,
        team: str,
        number: int,
        right: Right,
        *,
        by: Actor | None = None,
        presence: Presence = NOWHERE,
    ) -> Task:
        """Return a task that somebody may do something with. As `get` does; NotAllowed."""
        task, asker = await self._guard.seen(team, number, by, presence)
        if not may(asker, task, right):
            raise NotAllowed(task, why_not(asker, task, right))
        return task

    async def list(self, request: ListTasks) -> Page:
        """Return one page of a list, of what `request.by` may see."""
        asked = await self._asked(request)
        page = await self._store.find(asked)
        return page if asked.asker.is_sure else replace(page, is_whole=False)

    async def lines(self, request: ListTasks) -> LinePage:
        """Return the same page as `list`, of each task only what a line shows."""
        asked = await self._asked(request)
        page = await self._store.lines(asked)
        return page if asked.asker.is_sure else replace(page, is_whole=False)

    async def tags(
        self,
        team: str,
        prefix: str,
        *,
        limit: int,
        by: Actor | None = None,
        presence: Presence = NOWHERE,
    ) -> tuple[str, ...]:
        """Return the first tags that begin so, on tasks that `by` may see."""
        asker = await self._access.of(team, by, presence)
        return await self._store.tags(team, prefix, asker=asker, limit=limit)

    async def _asked(self, request: ListTasks) -> ListTasks:
        by = request.by
        is_own = by is not None and by.person is not None and by.person == request.filter.owner
        asker = await self._access.of(request.team, by, request.presence, own_list=is_own)
        return replace(request, asker=asker)

    async def edit(self, request: EditTask) -> Saved:
        """Save an edit form. Different fields than others changed: both kept. EditClash else."""
        values, said = text.form(request.values)
        patch, opened_at = Patch.of(values), request.expected_rev
        if opened_at is None or request.only_at is not None:
            return replace(await self._change(request, patch), notes=said)
        rev = opened_at
        for _ in range(MERGE_TRIES):
            try:
                saved = await self._change(request, patch, expected_rev=rev)
                return replace(saved, notes=said)
            except StaleRevision as stale:
                theirs = stale.task
                merge = three_way(
                    base=await self._as_it_was(theirs, opened_at),
                    theirs=theirs,
                    ours=values,
                )
                if merge.clashes:
                    raise EditClash(theirs, merge.clashes) from None
                patch, rev = Patch.of(merge.values), theirs.rev
        raise EditClash(
            await self.get(request.team, request.number, by=request.by, presence=request.presence),
            (),
        )

    async def complete(self, request: CompleteTask) -> Saved:
        """Tick it off; `changed=False` where somebody did already."""
        return await self._change(request, Patch.of({Field.STATUS: Status.DONE}))

    async def reopen(self, request: ReopenTask) -> Saved:
        """Make it open again."""
        return await self._change(request, Patch.of({Field.STATUS: Status.OPEN}))

    async def assign(self, request: AssignTask) -> Saved:
        """Give it to exactly these people."""
        return await self._change(
            request, Patch.of({Field.ASSIGNEES: text.people(request.assignees)})
        )

    async def schedule(self, request: ScheduleTask) -> Saved:
        """Set or clear the due date."""
        return await self._change(request, Patch.of({Field.DUE: request.due}))

    async def prioritise(self, request: PrioritiseTask) -> Saved:
        """Set or clear the priority."""
        return await self._change(request, Patch.of({Field.PRIORITY: request.priority}))

    async def tag(self, request: TagTask) -> Saved:
        """Add tags and take others off, in one change."""
        patch = Patch(
            added={Field.TAGS: text.tags(request.add)},
            removed={Field.TAGS: text.tags(request.remove)},
        )
        return await self._change(request, patch)

    async def delete(self, request: DeleteTask) -> Saved:
        """Put it away; it can be restored."""
        return await self._change(request, Patch.of({Field.DELETED: True}))

    async def restore(self, request: RestoreTask) -> Saved:
        """Bring a deleted task back."""
        return await self._change(request, Patch.of({Field.DELETED: False}))

    async def take_other(self, request: TakeOther) -> Saved:
        """Take the other side's values of the open conflicts; `changed=False`: none is open."""
        task, _ = await self._guard.seen(request.team, request.number, request.by, request.presence)
        values = {one.field: one.value for one in task.sync.conflicts}
        if not values:
            return Saved(task=task, changed=False)
        return await self._change(request, Patch.of(values))

    async def snooze(self, request: SnoozeTask) -> Saved:
        """List it as if it were due at an instant to come, or where it is due."""
        return await self._change(request, Patch.of({Field.SNOOZED: request.until}))

    async def claim(self, request: ClaimTask) -> Saved:
        """Take a task that is nobody's. AlreadyTaken: it is somebody's."""
        mine = Patch.of({Field.ASSIGNEES: (request.person,), Field.ACCEPTED: (request.person,)})
        try:
            return await self._change(request, mine, expected={Field.ASSIGNEES: ()})
        except StaleRevision as stale:
            if request.person in stale.task.assignees:
                return Saved(task=stale.task, changed=False)
            raise AlreadyTaken(stale.task) from None

    async def accept(self, request: AcceptTask) -> Saved:
        """Say that one will do it. NotAssigned: it is not theirs to do, or no more."""
        return await self._answer(request, Patch(added={Field.ACCEPTED: (request.person,)}))

    async def decline(self, request: DeclineTask) -> Saved:
        """Say that one will not do it, and why: one is no assignee any more. NotAssigned.

        Whoever gave it to them is to be told, which the same write remembers.
        """
        me = (request.person,)
        return await self._answer(
            request,
            Patch(removed={Field.ASSIGNEES: me, Field.ACCEPTED: me}),
            reason=text.reason(request.reason),
            tells=handing.to_tell(request.key),
        )

    async def tick(self, request: TickSteps) -> Saved:
        """Note which steps of the checklist are done, and which are not."""
        patch = Patch(added={Field.TICKED: request.done}, removed={Field.TICKED: request.undone})
        return await self._change(request, patch)

    async def take_back(self, request: TakeBackValues) -> Saved:
        """Give fields the values that they had before a change, whatever came since.

        NothingToUndo: there is no such change, or it changed none of these fields.
        """
        page = await self.history(
            request.team,
            request.number,
            before_rev=request.rev + 1,
            limit=1,
            by=request.by,
            presence=request.presence,
        )
        steps = page.changes[0].fields if page.changes[:1] else ()
        if not page.changes or page.changes[0].rev != request.rev:
            raise NothingToUndo
        values = {step.field: step.before for step in steps if step.field in request.fields}
        if not values:
            raise NothingToUndo
        return await self._change(request, Patch.of(values))

    async def undo(self, request: UndoChange) -> Saved:
        """Take one change back, where nobody changed the same since. NothingToUndo, OvertakenSince.

        Without a task it is the person's own latest change of the last 24 hours that was not
        taken back yet, their additions included. PartOfBulk: it is one of several, nothing is done.
        """
        for _ in range(MERGE_TRIES):
            candidates, asker = await self._candidates(request)
            if (known := await self._undone_before(request, candidates, asker)) is not None:
                return Saved(task=known, repeated=True)
            task, change = to_undo(request, candidates, now=self._now())
            if request.number is None and (bulk := bulk_of(change)) is not None:
                raise PartOfBulk(bulk)
            patch = undo(task, change)
            if not patch.fields:
                raise OvertakenSince(task)
            order = self._order(request, task.number, patch)
            order = replace(order, expected_rev=task.rev, undoes=change.rev)
            with suppress(StaleRevision):
                return self._told(await self._guard.change(order, _right(patch), request.presence))
        raise NotSaved("It changes too fast to undo right now: try again.")

    async def in_bulk(
        self, team: str, key: str, *, by: Actor, presence: Presence = NOWHERE
    ) -> tuple[int, ...]:
        """Return the tasks that a person's bulk has changed, as far as they may be seen."""
        limit = BULK_MAX + TOUCHED_LIMIT
        touched, _ = await self._guard.touched(team, by, presence, limit=limit)
        return tuple(t.number for t in touched if any(bulk_of(c) == key for c in t.changes))

    async def history(
        self,
        team: str,
        number: int,
        *,
        before_rev: int | None = None,
        limit: int = 10,
        by: Actor | None = None,
        presence: Presence = NOWHERE,
    ) -> HistoryPage:
        """Return a task and its changes below `before_rev`, newest first. As `get` does."""
        task, _ = await self._guard.seen(team, number, by, presence)
        below = task.rev + 1 if before_rev is None else before_rev
        changes = await self._earlier(task, below, limit + 1)
        return HistoryPage(task=task, changes=changes[:limit], has_more=len(changes) > limit)

    async def _answer(
        self,
        request: AcceptTask | DeclineTask,
        patch: Patch,
        *,
        reason: str | None = None,
        tells: Place | None = None,
    ) -> Saved:
        """Note what an assignee says to a task; nobody else can."""
        holds = {Field.ASSIGNEES: (request.person,)}
        try:
            return await self._change(request, patch, holds=holds, reason=reason, tells=tells)
        except StaleRevision as stale:
            raise NotAssigned(stale.task) from None

    async def _change(
        self,
        request: ChangeTask,
        patch: Patch,
        *,
        expected_rev: int | None = None,
        expected: Mapping[Field, Value] | None = None,
        holds: Mapping[Field, tuple[str, ...]] | None = None,
        reason: str | None = None,
        tells: Place | None = None,
    ) -> Saved:
        order = replace(
            self._order(request, request.number, patch),
            expected_rev=request.only_at if expected_rev is None else expected_rev,
            expected=expected or {},
            holds=holds or {},
            fingerprint=request.fingerprint,
            reason=reason,
            tells=tells,
        )
        return self._told(await self._guard.change(order, _right(patch), request.presence))

    def _order(self, request: ChangeTask | UndoChange, number: int, patch: Patch) -> ChangeOrder:
        return ChangeOrder(
            team=request.team,
            number=number,
            patch=patch,
            by=request.by,
            at=self._now(),
            key=request.key,
            request_id=self._request_id(),
        )

    def _told(self, saved: Saved) -> Saved:
        if saved.changed and not saved.repeated:
            self._on_change()
        return saved

    async def _earlier(self, task: Task, below: int, limit: int) -> tuple[Change, ...]:
        near = tuple(change for change in reversed(task.changes) if change.rev < below)
        if len(near) >= limit or (near and near[-1].rev == 1) or below <= 1:
            return near[:limit]
        lowest = near[-1].rev if near else below
        far = await self._store.history(task, before_rev=lowest, limit=limit - len(near))
        return near + far

    async def _as_it_was(self, task: Task, rev: int) -> Task | None:
        if rev > task.rev or rev < 1:
            return None
        changes = await self._earlier(task, task.rev + 1, task.rev - rev)
        return replace(task, changes=tuple(reversed(changes))).at_rev(rev)

    async def _candidates(self, request: UndoChange) -> tuple[tuple[Task, ...], Asker]:
        """Return what the person may take something back of, and the person."""
        by, presence = request.by, request.presence
        if request.number is not None:
            task, asker = await self._guard.seen(request.team, request.number, by, presence)
            return (task,), asker
        return await self._guard.touched(request.team, by, presence, limit=TOUCHED_LIMIT)

    async def _undone_before(
        self, request: UndoChange, candidates: tuple[Task, ...], asker: Asker
    ) -> Task | None:
        """Return the task that this very undo, or another of the change named, has changed."""
        for task in candidates:
            if any(change.key == request.key for change in task.changes):
                return task
            undone = {change.undoes for change in task.changes}
            if request.rev is not None and request.rev in undone:
                return task
            if request.under is not None and any(
                change.key == request.under and change.rev in undone for change in task.changes
            ):
                return task
            if request.number is None:
                _not_of_bulk(task, request.key)
        person = request.by.person
        if request.number is not None or person is None:
            return None
        if all(task.changes and task.changes[0].rev == _FIRST_REV for task in candidates):
            return None  # nothing was moved to the history: it would have been met above
        # Else its repetition would take back another change, of another task.
        found = await self._store.applied(
            request.team, person, key=request.key, limit=TOUCHED_LIMIT
        )
        return found if found is not None and may_view(asker, found) else None


def _not_of_bulk(task: Task, key: str) -> None:
    """PartOfBulk: under this key a change of a bulk was taken back in the task already."""
    for change in task.changes:
        if change.key == f"{key}/{task.number}":
            undone = next((one for one in task.changes if one.rev == change.undoes), None)
            if undone is not None and (bulk := bulk_of(undone)) is not None:
                raise PartOfBulk(bulk)


def _right(patch: Patch) -> Right:
    """Return what a change of these fields is, to the rule."""
    deleted = patch.values.get(Field.DELETED)
    if deleted is None:
        return Right.EDIT
    return Right.DELETE if deleted else Right.RESTORE


def _creation(request: AddTask, now: datetime, request_id: str | None) -> Change:
    return Change(
        rev=1,
        by=request.by,
        at=now,
        key=request.key,
        fingerprint=request.fingerprint,
        request_id=request_id,
    )
