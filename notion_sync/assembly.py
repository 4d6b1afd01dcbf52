"""Puts the followers together from the ports; the composition root hands in the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from notion_sync import poll
from notion_sync.arrivals import Arrivals
from notion_sync.client import NotionClient
from notion_sync.connecting import Connecter, ConnectStores
from notion_sync.creation import GRACE, Creation
from notion_sync.databases import Databases
from notion_sync.drift import SeenDrift
from notion_sync.exchange import Exchange
from notion_sync.importing import Import
from notion_sync.intake import Intake
from notion_sync.jobs import Jobs
from notion_sync.limiter import Sleep, Spread
from notion_sync.observer import Observer, Unobserved
from notion_sync.people import PeopleFinder
from notion_sync.poll import Differences, Poll
from notion_sync.pull import Looks, Puller
from notion_sync.push import Pusher
from notion_sync.rounds import TICK_SECONDS, Rounds
from notion_sync.rows import Rows
from notion_sync.sweep import Sweep
from notion_sync.trouble import PROBE_EVERY, Troubles
from notion_sync.worker import WORKERS
from tasks.ports import (
    Accounts,
    Announcements,
    Choices,
    Columns,
    Connections,
    Deletions,
    Inbox,
    NewId,
    Now,
    People,
    RowBook,
    SyncQueue,
    TaskStore,
    Turns,
)

REQUESTS_PER_MINUTE = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """What the followers ask of the database."""

    tasks: TaskStore
    queue: SyncQueue
    rows: RowBook
    inbox: Inbox
    deletions: Deletions
    announcements: Announcements
    turns: Turns
    columns: Columns
    connections: Connections
    choices: Choices | None = None
    """None: nobody can choose another database."""
    accounts: Accounts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Followers:
    """The two directions of one process, and what goes round; any number of processes may run."""

    pusher: Pusher
    puller: Puller
    rounds: Rounds
    sweep: Sweep
    importing: Import
    people: PeopleFinder
    troubles: Troubles
    drift: SeenDrift
    connecting: Connecter | None
    """None where nobody can choose."""


def new_followers(
    stores: Stores,
    *,
    people: People,
    client: NotionClient,
    now: Now,
    sleep: Sleep,
    monotonic: Callable[[], float],
    jitter: Callable[[], float],
    new_id: NewId,
    observer: Observer | None = None,
    requests_per_minute: int = REQUESTS_PER_MINUTE,
    workers: int = WORKERS,
    grace: timedelta = GRACE,
    probe_every: timedelta = PROBE_EVERY,
    poll_every: timedelta = poll.EVERY,
    tick_seconds: float = TICK_SECONDS,
) -> Followers:
    """Return the followers of one process.

    `grace` is how long Notion's index may lag, `probe_every` how often a connection in trouble
    is looked at again.
    """
    observer = observer or Unobserved()
    troubles = Troubles(now=now, probe_every=probe_every)
    databases = Databases(
        client=client,
        columns=stores.columns,
        book=stores.rows,
        now=now,
        choices=stores.choices,
    )
    finder = PeopleFinder(client=client, people=people, now=now)
    exchange = Exchange(
        queue=stores.queue,
        tasks=stores.tasks,
        client=client,
        databases=databases,
        people=finder,
        deletions=stores.deletions,
        troubles=troubles,
        observer=observer,
        now=now,
    )
    rows = Rows(
        queue=stores.queue,
        client=client,
        databases=databases,
        creation=Creation(queue=stores.queue, client=client, observer=observer, grace=grace),
        exchange=exchange,
        troubles=troubles,
        monotonic=monotonic,
    )
    jobs = Jobs(
        queue=stores.queue,
        connections=stores.connections,
        rows=rows,
        troubles=troubles,
        spread=Spread(now=now, spacing=timedelta(minutes=1) / requests_per_minute),
        observer=observer,
        now=now,
        jitter=jitter,
    )
    pusher = Pusher(
        queue=stores.queue,
        jobs=jobs,
        troubles=troubles,
        sleep=sleep,
        workers=max(workers, requests_per_minute // 75),  # where more is allowed, more are on it
    )
    intake = Intake(people=finder, exchange=exchange, new_id=new_id)
    arrivals = Arrivals(
        tasks=stores.tasks,
        book=stores.rows,
        client=client,
        databases=databases,
        people=finder,
        intake=intake,
        observer=observer,
        now=now,
        announcements=stores.announcements,
        on_change=pusher.wake,
    )
    looks = Looks(
        inbox=stores.inbox,
        queue=stores.queue,
        connections=stores.connections,
        jobs=jobs,
        arrivals=arrivals,
        troubles=troubles,
        jitter=jitter,
    )
    differences = Differences(book=stores.rows, inbox=stores.inbox)
    sweep = Sweep(
        client=client,
        databases=databases,
        differences=differences,
        book=stores.rows,
        inbox=stores.inbox,
        turns=stores.turns,
        deletions=stores.deletions,
    )
    rounds = Rounds(
        connections=stores.connections,
        turns=stores.turns,
        poll=Poll(
            client=client,
            databases=databases,
            differences=differences,
            people=finder,
            turns=stores.turns,
            book=stores.rows,
            every=poll_every,
        ),
        sweep=sweep,
        databases=databases,
        deletions=stores.deletions,
        inbox=stores.inbox,
        troubles=troubles,
        observer=observer,
        sleep=sleep,
        jitter=jitter,
        tick_seconds=tick_seconds,
    )
    return Followers(
        troubles=troubles,
        pusher=pusher,
        puller=Puller(inbox=stores.inbox, looks=looks, sleep=sleep, workers=workers),
        rounds=rounds,
        sweep=sweep,
        importing=Import(
            client=client,
            databases=databases,
            tasks=stores.tasks,
            book=stores.rows,
            inbox=stores.inbox,
            turns=stores.turns,
            intake=intake,
            sleep=sleep,
            jitter=jitter,
        ),
        people=finder,
        drift=SeenDrift(databases=databases, connections=stores.connections),
        connecting=_connecting(stores, client=client, intake=intake, now=now),
    )


def _connecting(
    stores: Stores, *, client: NotionClient, intake: Intake, now: Now
) -> Connecter | None:
    if stores.choices is None or stores.accounts is None:
        return None
    return Connecter(
        ConnectStores(
            accounts=stores.accounts,
            connections=stores.connections,
            choices=stores.choices,
            columns=stores.columns,
            turns=stores.turns,
        ),
        client=client,
        intake=intake,
        now=now,
    )
