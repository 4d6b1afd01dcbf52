"""What people say beside a task on one side, and its copies on the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias

from tasks.model import PersonId, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Somebody: a person of the team, or a name where it is nobody known here."""

    person: PersonId | None = None
    name: str = ""


Words: TypeAlias = tuple[str | Named, ...]
"""A text, with those it names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody says at present."""

    by: Named
    words: Words
    link: str | None = None
    """Where the original can be read; None where only its id tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One thing that was said, and the thread that it belongs to or is copied to."""

    team: str
    number: int
    of: Source
    """The side that it was said on; its copy belongs on the other one."""
    channel: str
    thread: str
    original: str
    """The id of the original: of a message within the channel, or of a comment."""

    @property
    def id(self) -> str:
        """Name its copy; two remarks never have the same."""
        return f"{self.team}|{self.of}|{self.channel}|{self.thread}|{self.original}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A remark and what is known of its copy."""

    remark: Remark
    copy_id: str | None
    """None before the copy is known to exist."""
    is_deleted: bool
    """Whether the original is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyClaim:
    """The exclusive right to bring one copy up to date, until the lease ends."""

    remark: Remark
    said: Said | None
    """None: the original is gone, so the copy has to go."""
    rev: int
    copy_id: str | None
    sends: int
    """How many creations may have been sent whose outcome nobody noted."""
    last_sent_at: datetime | None
    at: datetime
    """When it was claimed, by the database's clock."""
    fence: int
    attempts: int


class Copies(Protocol):
    """The copies of all remarks, shared by all instances through leases.

    A completion that comes too late raises LeaseLost and changes nothing.
    """

    async def say(self, remark: Remark, said: Said | None, *, version: str, order: str) -> bool:
        """Keep what the original says now, None once it is gone; tell whether a copy is due.

        An older `version` than the one kept changes nothing, the same text neither. Copies for
        one task's page, or for one thread, are made in the `order` of the originals.
        """

    async def claim(self, of: Source) -> CopyClaim | None:
        """Take the copy of a remark made on that side that is due longest, and may be made."""

    async def next_due(self, of: Source) -> timedelta | None:
        """Return how long until one is due (zero: now), None when nothing waits."""

    async def still_held(self, claim: CopyClaim) -> bool:
        """Tell whether the lease still runs."""

    async def intend(self, claim: CopyClaim) -> CopyClaim:
        """Remember, before it is sent, that a creation is about to be; return the claim with it."""

    async def unsent(self, claim: CopyClaim) -> None:
        """Take the latest intent back: surely nothing was made."""

    async def complete(self, claim: CopyClaim, *, copy_id: str | None) -> None:
        """Record that the copy says what was claimed; what was said since stays due."""

    async def postpone(self, claim: CopyClaim, *, wait: timedelta) -> None:
        """Give it back, not to be claimed before `wait` has passed."""

    async def give_up(self, claim: CopyClaim, *, reason: str) -> None:
        """Stop trying until something else is said; the next in order goes on."""

    async def of_task(self, team: str, number: int) -> tuple[Copy, ...]:
        """Return all of a task, on both sides, gone ones too."""

    async def is_copy(self, team: str, copy_id: str) -> bool:
        """Tell whether a message or comment is a copy of ours."""


class Pacer(Protocol):
    """When the next message may go to a channel, whichever instance sends it."""

    async def wait(self, team: str, channel: str) -> timedelta:
        """Take the next moment and return zero, or take nothing and return how long to wait."""

    async def hold(self, team: str, channel: str, *, wait: timedelta) -> None:
        """Let nobody post before `wait` has passed; never shortens a hold."""


class Permalinks(Protocol):
    """Addresses of messages."""

    async def of(self, team: str, channel: str, message: str, *, thread: str) -> str:
        """Return where people can read a message."""
