"""Where the card of a task is shown to several people, and is to be kept right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, StrEnum, auto
from typing import Protocol

from tasks.model import PersonId, Task

PLACES_MAX = 20
"""In so many places one task is kept right; the oldest is let go."""


class Shape(StrEnum):
    """How much of a task is shown there."""

    CARD = "card"
    LINE = "line"
    """What it is, and how far."""
    DECLINED = "declined"
    """That somebody will not do it, and who has it now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A message that shows a task, or is about to."""

    key: str
    """Names it for ever, whatever is known of its message."""
    channel: str
    """Empty, where whom the message is for is still to be found out."""
    ts: str | None = None
    """The message, as the chat platform names it within the channel; None: none is known yet."""
    shape: Shape = Shape.CARD
    lead: str = ""
    """What stands above it."""
    by: PersonId | None = None
    """Who said that; None: it is our own."""
    thread: str | None = None
    """The message that it is to hang under."""
    link: str = ""
    """Where the message is somebody's: the link in it below which the task is shown."""
    shown: str = ""
    """A digest of what it shows; empty where that is not known."""
    sends: int = 0
    """How often it may have been posted without anybody having noted how that went."""
    last_sent_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacesClaim:
    """The exclusive right to bring a task's places up to date, until the lease ends."""

    task: Task
    places: tuple[Place, ...]
    asked: int
    """How often it had been asked for; what is asked for later stays due."""
    fence: int
    attempts: int
    at: datetime
    """When it was claimed, by the database's clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intended:
    """What became of an intent to show a task somewhere."""

    is_new: bool
    """False: the same action has had it before."""
    task: Task
    let_go: str | None = None
    """The channel of the oldest place, where there were too many."""


class Places(Protocol):
    """The places of all tasks, shared by all instances through leases.

    A change of a task that has places makes them due in its own write; nothing here is a change
    of the task. A completion that comes too late raises LeaseLost and changes nothing.
    """

    async def intend(
        self, team: str, number: int, place: Place, *, settled_after: timedelta
    ) -> Intended:
        """Remember a message that is about to be posted; due once that is certainly over.

        NoSuchTask.
        """

    async def keep(self, team: str, number: int, place: Place, *, rev: int) -> None:
        """Remember a message that is there and shows `rev`; due where the task is beyond that."""

    async def hurry(self, team: str, number: int, place: Place) -> None:
        """Make the places due now; `place` is remembered where its message is not known yet."""

    async def posted(
        self, team: str, number: int, key: str, *, ts: str, shown: str, rev: int
    ) -> None:
        """Record the message of an intent, and what it showed; due where that is not `rev` now."""

    async def unsent(self, team: str, number: int, key: str) -> None:
        """Take the latest posting back: surely none was made. It is due now."""

    async def forget(self, team: str, number: int, key: str) -> None:
        """Let a place go."""

    async def claim(self) -> PlacesClaim | None:
        """Take the task whose places are due longest, or None; never one that another holds."""

    async def next_due(self) -> timedelta | None:
        """Return how long until one is due (zero: now), None when nothing waits."""

    async def still_held(self, claim: PlacesClaim) -> bool:
        """Tell whether the lease still runs."""

    async def sending(self, claim: PlacesClaim, key: str) -> None:
        """Remember, before it is sent, that a message is about to be."""

    async def settle(
        self,
        claim: PlacesClaim,
        *,
        shown: Mapping[str, str],
        gone: frozenset[str] = frozenset(),
        unsent: frozenset[str] = frozenset(),
        again: timedelta | None = None,
    ) -> None:
        """Record what places show by now, let those go that are gone, and give the claim back.

        `unsent`: of these the latest posting is taken back: surely none was made.
        `again`: something is left to do, not before that time has passed. What was asked for since
        the claim stays due in any case.
        """


class Told(Enum):
    """How the sharing of a task went."""

    YES = auto()
    SOON = auto()
    """It is kept, and will be done."""
    NOT_THERE = auto()
    """The conversation cannot be written to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """How the sharing of a task went, and whether a place had to be let go for it."""

    told: Told
    let_go: str | None = None


class Sharing(Protocol):
    """Shows tasks to others."""

    async def share(self, task: Task, place: Place) -> Shared:
        """Post the card of a task, once for every key. StoreError."""

    async def carries(self, task: Task, place: Place) -> None:
        """Keep a message right from now on that is there and shows the task."""

    async def touched(self, task: Task, place: Place) -> None:
        """Bring a message up to date at once, and all others of its task."""
