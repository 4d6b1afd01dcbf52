"""What the inside asks of the world; each docstring is the promise its adapters keep.

Every store operation has a deadline. `NotSaved`: surely nothing happened. `OutcomeUnknown`: it
may have, and the same key may be sent again. Nothing here can be asked without a team, but for
the followers' queue, whose claims carry their team along.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Protocol, TypeAlias

from tasks.api_keys import ApiKey
from tasks.commands import ListTasks, Page, Saved
from tasks.model import Actor, Change, Field, PersonId, SyncState, Task, Value
from tasks.patch import Patch

Now: TypeAlias = Callable[[], datetime]
"""The clock, aware, in UTC."""

NewId: TypeAlias = Callable[[], str]
"""A fresh id, never given out before."""


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
    undoes: int | None = None
    fingerprint: str = ""
    request_id: str | None = None
    agreed: Agreement | None = None
    """Set by a follower only; `expected_rev` is needed then, and a deleted task is changed too."""


class TaskStore(Protocol):
    """Tasks, kept durably."""

    async def add(self, task: Task, *, key: str, row: Row | None = None) -> Saved:
        """Keep a new task under the team's next number; `task.number` is ignored.

        Returns once a majority holds it. The same key again returns the task that it made, as it
        is now, with `repeated`; KeyReused, where both creations have a fingerprint and they differ.
        `row` is its counterpart where it was made on the other side: none is made for it then.
        """

    async def get(self, team: str, number: int) -> Task:
        """Return the task, deleted or not. NoSuchTask."""

    async def change(self, order: ChangeOrder) -> Saved:
        """Apply `order.patch` exactly as `Task.changed` does, in one write, and return the task.

        `changed=False` where it would make no difference, `repeated` where this key was applied
        to this task before (KeyReused, where both have a fingerprint and they differ). NoSuchTask.
        StaleRevision: `expected_rev` is not the task's.
        TaskIsDeleted: it is, and the patch does not restore it.

        With `agreed` the base of the row moves in the same write; something must differ or be lost.
        Its `lost` values become two changes: the other side's, and the one that takes them back.
        """

    async def find(self, request: ListTasks) -> Page:
        """Return one page of a list, its tasks without their `changes`.

        Documents examined are documents returned.
        """

    async def touched(self, team: str, person: PersonId, *, limit: int) -> tuple[Task, ...]:
        """Return tasks that the person had a hand in, latest changed first, deleted ones too."""

    async def applied(self, team: str, person: PersonId, *, key: str, limit: int) -> Task | None:
        """Return the task that a change under `key` was lately made in, out of the same tasks."""

    async def history(self, task: Task, *, before_rev: int, limit: int) -> tuple[Change, ...]:
        """Return earlier changes below `before_rev`, newest first, whether moved away or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A task's counterpart on the other side."""

    id: str | None = None
    """None until it is known to exist."""
    url: str | None = None
    rev: int = 0
    """The task's rev that the row shows."""
    base: Mapping[str, object] | None = None
    """What both sides last agreed on, canonical: the base of three-way merges."""
    create_attempts: int = 0
    last_sent_at: datetime | None = None
    """When a creation was last sent whose outcome may be unknown (the database's clock)."""
    remark: str | None = None
    """What of the row the task cannot show, as a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A follower's exclusive right to bring one row up to date, until the lease ends."""

    task: Task
    row: Row
    fence: int
    """Rises with every claim; a completion with an older one is refused."""
    attempts: int
    """Claims since the last success, this one included."""
    at: datetime
    """When it was claimed, by the database's clock."""
    broken_off: int = 0
    """How many holders in a row, right before this one, let their lease run out: they died."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """How far a follower is behind."""

    behind: int
    """Tasks that wait, counted up to a bound of 10,000."""
    oldest: datetime | None
    """Since when the one that waits longest does."""
    set_aside: int
    """Tasks that need a person."""


class SyncQueue(Protocol):
    """The tasks whose row is behind, shared by all instances through leases.

    A completion that comes too late (another instance claimed meanwhile) raises LeaseLost and
    changes nothing.
    """

    async def claim(self) -> Claim | None:
        """Take the task that is due longest, or None; never one that another holds."""

    async def claim_row(self, team: str, row_id: str) -> Claim | None:
        """Take the task of a row, due or not; None: no task has it. LeaseHeld: not now."""

    async def next_due(self) -> timedelta | None:
        """Return how long until something is due (zero: now), None when nothing waits."""

    async def still_held(self, claim: Claim) -> bool:
        """Tell whether the lease still runs; asked before each call to the outside."""

    async def intend(self, claim: Claim) -> Claim:
        """Remember, before it is sent, that a creation is about to be; return the claim with it."""

    async def complete(self, claim: Claim, row: Row) -> None:
        """Record the row as it is now, for the task's rev `row.rev`; a later change stays due."""

    async def adopt(self, claim: Claim, row: Row) -> None:
        """Record that the row exists, keeping the lease and all else."""

    async def postpone(self, claim: Claim, *, wait: timedelta, reason: str | None = None) -> None:
        """Give it back, not to be claimed before `wait` has passed; a change does not cut it."""

    async def release(self, claim: Claim) -> None:
        """Give it back as if it had never been claimed (shutdown, a pause of the connection)."""

    async def set_aside(self, claim: Claim, *, state: SyncState, reason: str) -> None:
        """Stop trying until the task changes or a person asks; `reason` is shown on the card."""

    async def requeue(self, team: str, number: int) -> Task:
        """Make a task due again at once, set aside or not. NoSuchTask."""

    async def settle(self, team: str, number: int) -> Task:
        """Close a task's open conflicts: what it holds stays. NoSuchTask."""

    async def backlog(self, team: str | None = None) -> Backlog:
        """Return how far behind one team is, or all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRow:
    """The row of a task."""

    row: Row
    is_gone: bool
    """Whether the task was set aside because its row could not be found."""


class RowBook(Protocol):
    """Which rows belong to tasks, and which of them a sweep has met."""

    async def known(self, team: str, row_ids: Sequence[str]) -> Mapping[str, KnownRow]:
        """Return those of the rows that belong to tasks, by id; 100 at most."""

    async def by_key(self, team: str, task_id: str) -> Row | None:
        """Return the row of the task with this id, one not made yet too; None: no such task."""

    async def meet(self, team: str, row_ids: Sequence[str], *, sweep: int) -> None:
        """Note that a sweep has met these rows; 100 at most."""

    async def missed(self, team: str, *, sweep: int, limit: int) -> tuple[str, ...]:
        """Return rows that should be there and that the sweep has not met."""

    async def expected(self, team: str) -> int:
        """Return how many rows should be there: of tasks that are neither deleted nor gone."""


class Lane(StrEnum):
    """Who goes first when calls are scarce."""

    PERSON = "person"
    WEBHOOK = "webhook"
    POLL = "poll"
    BACKFILL = "backfill"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A hint that a row may have changed, claimed to be looked at."""

    team: str
    row_id: str
    lane: Lane
    place: str | None
    """The table it was said to be in; None where nobody said."""
    fence: int
    attempts: int


class Inbox(Protocol):
    """Rows that may have changed on the other side: one mark each, however many hints there were.

    A completion that comes too late raises LeaseLost.
    """

    async def mark(
        self, team: str, row_ids: Sequence[str], *, lane: Lane, place: str | None = None
    ) -> None:
        """Return once a majority holds the hints; one during a look makes another look due."""

    async def claim(self) -> Mark | None:
        """Take the mark that is due longest, or None; never one that another holds."""

    async def done(self, mark: Mark) -> None:
        """Forget the mark, unless a hint came since the claim."""

    async def later(self, mark: Mark, *, wait: timedelta) -> None:
        """Give it back, not to be claimed before `wait` has passed."""

    async def next_due(self) -> timedelta | None:
        """Return how long until something is due (zero: now), None when nothing waits."""

    async def waiting(self) -> Backlog:
        """Return how many marks wait, and since when."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The right to do some work that one instance does for all, until the turn's time is over."""

    team: str
    work: str
    fence: int
    state: Mapping[str, object]
    """What the turn before has left."""


class Turns(Protocol):
    """Work that is done every so often, by one of all instances."""

    async def take(self, team: str, work: str, *, lease: timedelta) -> Turn | None:
        """Take the turn where it is due and nobody holds it."""

    async def save(self, turn: Turn, state: Mapping[str, object]) -> None:
        """Keep how far it is, and go on. LeaseLost: another has the turn; nothing is kept."""

    async def end(self, turn: Turn, state: Mapping[str, object], *, again: timedelta) -> None:
        """Keep how far it is; the next turn is due when `again` has passed. LeaseLost."""

    async def call(self, team: str, work: str) -> None:
        """Make the next turn due now."""

    async def state(self, team: str, work: str) -> Mapping[str, object]:
        """Return what the last turn has left; empty before the first."""


class Deliveries(Protocol):
    """Events of the other side that were received, kept for days against repeats and replays."""

    async def seen(self, event_id: str) -> bool:
        """Tell whether it was received before."""

    async def remember(self, event_id: str) -> None:
        """Keep its id; no error where it is kept already."""


class VerificationTokens(Protocol):
    """The secret that the other side's webhooks are signed with, sealed at rest."""

    async def load(self) -> str | None:
        """Return it; None where no hand-shake has brought one."""

    async def offer(self, token: str) -> bool:
        """Keep it unless a verified one is kept already; tell whether it was kept."""

    async def verified(self) -> None:
        """Note that a request was signed with it: no other takes its place any more."""

    async def forget(self) -> None:
        """Drop it, verified or not: a hand-shake can bring another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A connection that the other side told to wait."""

    until: datetime
    reason: str


class Budget(Protocol):
    """The calls of one connection, shared by all instances, judged by the database's clock."""

    async def take(self, connection: str, *, lane: Lane) -> timedelta:
        """Spend one call and return zero, or spend nothing and return how long to wait."""

    async def pause(self, connection: str, *, wait: timedelta, reason: str) -> None:
        """Let nobody spend before `wait` has passed; never shortens a pause."""

    async def paused(self, connection: str) -> Pause | None:
        """Return the pause in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What is known of a person."""

    person: PersonId
    name: str
    zone: str | None
    """IANA name."""
    email: str | None = None
    is_bot: bool = False


class People(Protocol):
    """The people of a workspace."""

    async def profile(self, team: str, person: PersonId) -> Profile | None:
        """Return a profile, cached for minutes; None when unknown or not to be had in time."""

    async def by_email(self, team: str, email: str) -> PersonId | None:
        """Return who has this address, cached for minutes; None when unknown or not to be had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """The bot in one workspace of the chat platform or, without a team, in an organisation."""

    team: str | None
    enterprise: str | None = None
    bot_token: str = field(repr=False)
    bot_id: str | None = None
    bot_user: PersonId | None = None
    scopes: tuple[str, ...] = ()


class Installations(Protocol):
    """Where the bot is installed, and its tokens, encrypted at rest."""

    async def find(self, *, team: str | None, enterprise: str | None) -> Installation | None:
        """Return the workspace's installation, or its organisation's; None: not installed."""

    async def save(self, installation: Installation) -> None:
        """Keep it, in place of an earlier one."""

    async def remove(self, *, team: str | None, enterprise: str | None) -> None:
        """Forget the tokens; no error where there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """The database on the other side that a team's tasks are mirrored to."""

    team: str
    token: str = field(repr=False)
    database: str
    """Dashed id of the database or of its data source, as the operator gave it."""

    @property
    def key(self) -> str:
        """Name its budget of calls: all that share the token share it. Never the token itself."""
        return sha256(self.token.encode()).hexdigest()[:16]


class Connections(Protocol):
    """Which team mirrors where."""

    async def of(self, team: str) -> Connection | None:
        """Return the team's connection; None: its sync is off."""

    async def all(self) -> tuple[Connection, ...]:
        """Return every connection that there is at the moment."""


class Columns(Protocol):
    """Which column stands for which field, by column id, so that renaming one changes nothing."""

    async def load(self, team: str, database: str) -> Mapping[str, str] | None:
        """Return column ids by the field they stand for; None before the first contact."""

    async def save(self, team: str, database: str, columns: Mapping[str, str]) -> None:
        """Keep them, in place of earlier ones."""


class ApiKeys(Protocol):
    """The keys that let programs in, of all teams; only digests of their tokens are kept."""

    async def find(self, key_id: str) -> ApiKey | None:
        """Return a key by its id, which is how its team is learned."""

    async def add(self, key: ApiKey) -> None:
        """Keep a new key; returns once a majority holds it."""

    async def of(self, team: str) -> tuple[ApiKey, ...]:
        """Return all keys of a team, the oldest first, those that open nothing any more too."""

    async def expire(self, team: str, key_id: str, *, at: datetime) -> ApiKey | None:
        """Let a key end at `at`, never later than before; None where the team has none such."""

    async def used(self, key: ApiKey, *, at: datetime) -> None:
        """Remember a use, but at most one a minute."""
