"""Every adapter of the storage, built in one place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from storage.announcements import MongoAnnouncements
from storage.api_keys import MongoApiKeys
from storage.attention import MongoAttention
from storage.budget import MongoBudget
from storage.channels import MongoChannelSettings
from storage.choices import MongoChoices
from storage.client import Database
from storage.columns import MongoColumns
from storage.confined import MongoConfined
from storage.copies import MongoCopies
from storage.deletions import MongoDeletions
from storage.follower import LEASE
from storage.history import HistoryWorker
from storage.inbox import MongoInbox
from storage.installations import MongoInstallations
from storage.marks import MongoMarks
from storage.pacer import EDITS_BURST, EDITS_SPACING, MongoPacer
from storage.places import MongoPlaces
from storage.queue import MongoSyncQueue
from storage.rows import MongoRowBook
from storage.sealing import KeyRing
from storage.tasks import MongoTaskStore
from storage.threads import MongoThreads
from storage.tombstones import TombstoneWorker
from storage.turns import MongoTurns
from storage.webhooks import MongoDeliveries, MongoVerificationTokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """What the rest of the bot asks of the database."""

    tasks: MongoTaskStore
    confined: MongoConfined
    queue: MongoSyncQueue
    budget: MongoBudget
    columns: MongoColumns
    choices: MongoChoices
    installations: MongoInstallations | None
    """None where there are no keys to seal tokens with: installing over OAuth is off."""
    api_keys: MongoApiKeys
    history: HistoryWorker
    tombstones: TombstoneWorker
    rows: MongoRowBook
    inbox: MongoInbox
    comment_inbox: MongoInbox
    """Pages whose comments may have changed."""
    copies: MongoCopies
    threads: MongoThreads
    channels: MongoChannelSettings
    pacer: MongoPacer
    edits: MongoPacer
    """When the next message may be edited, for a team and a method."""
    places: MongoPlaces
    marks: MongoMarks
    attention: MongoAttention
    deletions: MongoDeletions
    announcements: MongoAnnouncements
    turns: MongoTurns
    deliveries: MongoDeliveries
    webhook_tokens: MongoVerificationTokens | None
    """None where there are no keys to seal a token with."""


def open_stores(
    database: Database,
    *,
    requests_per_minute: int,
    keys: KeyRing | None = None,
    lease: timedelta = LEASE,
) -> Stores:
    """Build them; nothing is asked of the database yet."""
    return Stores(
        tasks=MongoTaskStore(database),
        confined=MongoConfined(database),
        queue=MongoSyncQueue(database, lease=lease),
        budget=MongoBudget(database, requests_per_minute=requests_per_minute),
        columns=MongoColumns(database),
        choices=MongoChoices(database),
        installations=None if keys is None else MongoInstallations(database, keys=keys),
        api_keys=MongoApiKeys(database),
        history=HistoryWorker(database),
        tombstones=TombstoneWorker(database, turns=MongoTurns(database)),
        rows=MongoRowBook(database),
        inbox=MongoInbox(database, lease=lease),
        comment_inbox=MongoInbox(database, collection="comment_inbox", lease=lease),
        copies=MongoCopies(database, lease=lease),
        threads=MongoThreads(database),
        channels=MongoChannelSettings(database),
        pacer=MongoPacer(database),
        edits=MongoPacer(database, spacing=EDITS_SPACING, burst=EDITS_BURST),
        places=MongoPlaces(database, lease=lease),
        marks=MongoMarks(database),
        attention=MongoAttention(database),
        deletions=MongoDeletions(database),
        announcements=MongoAnnouncements(database),
        turns=MongoTurns(database),
        deliveries=MongoDeliveries(database),
        webhook_tokens=None if keys is None else MongoVerificationTokens(database, keys=keys),
    )
