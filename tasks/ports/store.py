"""Where tasks are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from tasks.commands import LinePage, ListTasks, Page, Saved
from tasks.model import Actor, Change, Field, PersonId, Task, Value
from tasks.patch import Patch
from tasks.permissions import ANYBODY, Asker, Reach
from tasks.ports.places import Place
from tasks.ports.rows import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What a follower that holds a task records together with the change it makes."""

    fence: int
    """Of its claim; LeaseLost where that is not the latest."""
    base: Mapping[str, object]
    """What both sides agree on from now on."""
    lost: Mapping[Field, Value] = field(default_factory=dict)
    """Values of the other side that give way: kept in the history, and open until settled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeOrder:
    """One action on one task, to be applied by a single write."""

    team: str
    number: int
    patch: Patch
    by: Actor
    at: datetime
    key: str
    expected_rev: int | None = None
    """Where set, only a task at this rev is changed."""
    expected: Mapping[Field, Value] = field(default_factory=dict)
    """Only a task whose fields hold these values is changed."""
    holds: Mapping[Field, tuple[str, ...]] = field(default_factory=dict)
    """Only a task whose lists hold these entries is changed."""
    tells: Place | None = None
    """A message that somebody is to be told of it, remembered in the same write."""
    undoes: int | None = None
    fingerprint: str = ""
    request_id: str | None = None
    reason: str | None = None
    reach: Reach | None = None
    """Only a task within it is changed; None: any (followers)."""
    agreed: Agreement | None = None
    """Set by a follower only; `expected_rev` is needed then, and a deleted task is changed too."""

    def is_as_expected(self, task: Task) -> bool:
        """Tell whether the fields of a task are as `expected`, and hold what they are to hold."""
        if any(task.value(name) != value for name, value in self.expected.items()):
            return False
        found = {name: task.value(name) for name in self.holds}
        return all(
            isinstance(value, tuple) and set(self.holds[name]) <= set(value)
            for name, value in found.items()
        )


class TaskStore(Protocol):
    """Tasks, kept durably."""

    async def add(self, task: Task, *, key: str, row: Row | None = None, said: str = "") -> Saved:
        """Keep a new task under the team's next number; `task.number` is ignored.

        Returns once a majority holds it. The same key again returns the task that it made, as it
        is now, with `repeated`; KeyReused, where both creations have a fingerprint and they differ.
        `row` is its counterpart where it was made on the other side: none is made for it then, and
        one that shows the task's rev already leaves nothing to do.
        `said` are the creator's words in one form. AlreadyAdded: less than two minutes before, by
        the database's clock, the same words of theirs made another task, which is still open.
        Whichever instance made it, and without asking for it first.
        """

    async def get(self, team: str, number: int) -> Task:
        """Return the task, deleted or not. NoSuchTask."""

    async def change(self, order: ChangeOrder) -> Saved:
        """Apply `order.patch` exactly as `Task.changed` does, in one write, and return the task.

        `changed=False` where it would make no difference, `repeated` where this key was applied
        to this task before (KeyReused, where both have a fingerprint and they differ). NoSuchTask.
        StaleRevision: `expected_rev` is not the task's, or a field does not hold what is expected
        of it, or `holds`.
        TaskIsDeleted: it is, and the patch does not restore it.
        OutOfReach: it is not within `order.reach`, whatever else there is to say of it.

        With `agreed` the base of the row moves in the same write; something must differ or be lost.
        Its `lost` values become two changes: the other side's, and the one that takes them back.
        """

    async def find(self, request: ListTasks) -> Page:
        """Return one page of a list, its tasks without their `changes`.

        Of those that match it shows what `permissions.is_listed` lets `request.asker` see.
        Documents examined are documents returned.
        """

    async def lines(self, request: ListTasks) -> LinePage:
        """Return the same page as `find`, of each task only what a line shows."""

    async def tags(
        self, team: str, prefix: str, *, asker: Asker = ANYBODY, limit: int
    ) -> tuple[str, ...]:
        """Return the first tags that begin so, in their order, each once.

        Those of tasks that are not deleted and that lists of nobody's show to the asker. None
        while the database is not prepared yet.
        """

    async def touched(self, team: str, person: PersonId, *, limit: int) -> tuple[Task, ...]:
        """Return tasks that the person had a hand in, latest changed first, deleted ones too."""

    async def applied(self, team: str, person: PersonId, *, key: str, limit: int) -> Task | None:
        """Return the task that a change under `key` was lately made in, out of the same tasks."""

    async def history(self, task: Task, *, before_rev: int, limit: int) -> tuple[Change, ...]:
        """Return earlier changes below `before_rev`, newest first, whether moved away or not."""
