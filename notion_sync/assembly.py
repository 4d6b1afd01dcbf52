"""Puts a pusher together from the ports; the composition root hands in the rest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from notion_sync.client import NotionClient
from notion_sync.creation import GRACE, Creation
from notion_sync.databases import Databases
from notion_sync.limiter import Sleep, Spread
from notion_sync.observer import Observer, Unobserved
from notion_sync.people import PeopleFinder
from notion_sync.push import WORKERS, Pusher
from notion_sync.rows import Rows
from notion_sync.trouble import PROBE_EVERY, Troubles
from tasks.ports import Columns, Connections, Now, People, SyncQueue

REQUESTS_PER_MINUTE = 180


def new_pusher(
    *,
    queue: SyncQueue,
    connections: Connections,
    columns: Columns,
    people: People,
    client: NotionClient,
    now: Now,
    sleep: Sleep,
    monotonic: Callable[[], float],
    jitter: Callable[[], float],
    observer: Observer | None = None,
    requests_per_minute: int = REQUESTS_PER_MINUTE,
    workers: int = WORKERS,
    grace: timedelta = GRACE,
    probe_every: timedelta = PROBE_EVERY,
) -> Pusher:
    """Return the follower of one process; any number of processes may run one each.

    `grace` is how long Notion's index may lag, `probe_every` how often a connection in trouble
    is looked at again.
    """
    observer = observer or Unobserved()
    troubles = Troubles(now=now, probe_every=probe_every)
    rows = Rows(
        queue=queue,
        client=client,
        databases=Databases(client=client, columns=columns, now=now),
        creation=Creation(queue=queue, client=client, observer=observer, grace=grace),
        people=PeopleFinder(client=client, people=people, now=now),
        troubles=troubles,
        monotonic=monotonic,
    )
    return Pusher(
        queue=queue,
        connections=connections,
        rows=rows,
        troubles=troubles,
        spread=Spread(now=now, spacing=timedelta(minutes=1) / requests_per_minute),
        observer=observer,
        now=now,
        sleep=sleep,
        jitter=jitter,
        workers=workers,
    )
