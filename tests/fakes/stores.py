"""All fakes of the storage, over one database in memory."""

from __future__ import annotations

from dataclasses import dataclass, field

from storage.pacer import EDITS_BURST, EDITS_SPACING
from tasks.ports import Now
from tests.fakes.attention import MemoryAttention
from tests.fakes.budget import MemoryBudget
from tests.fakes.clock import FakeClock
from tests.fakes.comments import (
    MemoryChannelSettings,
    MemoryCopies,
    MemoryPacer,
    MemoryThreads,
)
from tests.fakes.database import MemoryDatabase
from tests.fakes.directories import (
    MemoryChoices,
    MemoryColumns,
    MemoryConnections,
    MemoryInstallations,
    MemoryPeople,
)
from tests.fakes.inbound import (
    MemoryAnnouncements,
    MemoryDeletions,
    MemoryDeliveries,
    MemoryInbox,
    MemoryRowBook,
    MemoryTurns,
    MemoryVerificationTokens,
)
from tests.fakes.marks import MemoryMarks
from tests.fakes.places import MemoryPlaces
from tests.fakes.queue import MemorySyncQueue
from tests.fakes.tasks import MemoryTaskStore


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryStores:
    """Every port of the storage, in memory."""

    database: MemoryDatabase
    tasks: MemoryTaskStore
    queue: MemorySyncQueue
    budget: MemoryBudget
    rows: MemoryRowBook
    inbox: MemoryInbox
    attention: MemoryAttention
    deletions: MemoryDeletions
    announcements: MemoryAnnouncements
    turns: MemoryTurns
    comment_inbox: MemoryInbox
    copies: MemoryCopies
    threads: MemoryThreads
    channels: MemoryChannelSettings
    pacer: MemoryPacer
    edits: MemoryPacer
    places: MemoryPlaces
    deliveries: MemoryDeliveries = field(default_factory=MemoryDeliveries)
    webhook_tokens: MemoryVerificationTokens = field(default_factory=MemoryVerificationTokens)
    columns: MemoryColumns = field(default_factory=MemoryColumns)
    marks: MemoryMarks = field(default_factory=MemoryMarks)
    choices: MemoryChoices = field(default_factory=MemoryChoices)
    installations: MemoryInstallations = field(default_factory=MemoryInstallations)
    connections: MemoryConnections = field(default_factory=MemoryConnections)
    people: MemoryPeople = field(default_factory=MemoryPeople)


def memory_stores(*, now: Now | None = None, requests_per_minute: int = 180) -> MemoryStores:
    """Build them; `now` is the database's clock."""
    clock = now or FakeClock()
    database = MemoryDatabase(now=clock)
    return MemoryStores(
        database=database,
        tasks=MemoryTaskStore(database),
        queue=MemorySyncQueue(database),
        budget=MemoryBudget(now=clock, requests_per_minute=requests_per_minute),
        rows=MemoryRowBook(database),
        inbox=MemoryInbox(now=clock),
        attention=MemoryAttention(database),
        deletions=MemoryDeletions(database),
        announcements=MemoryAnnouncements(database),
        turns=MemoryTurns(now=clock),
        comment_inbox=MemoryInbox(now=clock),
        copies=MemoryCopies(now=clock),
        threads=MemoryThreads(now=clock),
        channels=MemoryChannelSettings(now=clock),
        pacer=MemoryPacer(now=clock),
        edits=MemoryPacer(now=clock, spacing=EDITS_SPACING, burst=EDITS_BURST),
        places=MemoryPlaces(database),
    )
