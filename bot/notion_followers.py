"""The followers of the sync, built alike in a bot and in a command of the command line."""

from __future__ import annotations

import asyncio
import random
import time
from datetime import timedelta

import httpx

from bot.clock_and_ids import new_id, utc_now
from bot.config import Settings
from bot.own_connection import OwnConnection
from bot.tuning import USUAL, Tuning
from notion_sync import assembly
from notion_sync.client import NotionClient
from notion_sync.limiter import Limiter
from notion_sync.observer import Observer
from storage.stores import Stores
from tasks.ports import People


def new_client(
    settings: Settings,
    stores: Stores,
    http: httpx.AsyncClient,
    *,
    observer: Observer | None = None,
    tuning: Tuning = USUAL,
) -> NotionClient:
    """Return a client that shares its budget with all others."""
    return NotionClient(
        http=http,
        api_url=settings.notion_api_url,
        limiter=Limiter(budget=stores.budget, sleep=asyncio.sleep),
        now=utc_now,
        monotonic=time.monotonic,
        observer=observer,
        timeout_seconds=tuning.notion_timeout_seconds,
    )


def new_followers(
    settings: Settings,
    stores: Stores,
    own: OwnConnection,
    *,
    people: People,
    client: NotionClient,
    observer: Observer | None = None,
    tuning: Tuning = USUAL,
) -> assembly.Followers:
    """Return the followers of this process; nothing of them runs yet."""
    return assembly.new_followers(
        assembly.Stores(
            tasks=stores.tasks,
            queue=stores.queue,
            rows=stores.rows,
            inbox=stores.inbox,
            deletions=stores.deletions,
            announcements=stores.announcements,
            turns=stores.turns,
            columns=stores.columns,
            connections=own,
            choices=stores.choices,
            accounts=own,
        ),
        people=people,
        client=client,
        now=utc_now,
        sleep=asyncio.sleep,
        monotonic=time.monotonic,
        jitter=random.random,
        new_id=new_id,
        observer=observer,
        requests_per_minute=settings.notion_requests_per_minute,
        grace=timedelta(seconds=tuning.notion_grace_seconds),
        probe_every=timedelta(seconds=tuning.notion_probe_seconds),
        poll_every=timedelta(seconds=tuning.notion_poll_seconds),
    )
