"""The sync with Notion for one command of the command line, beside a serving bot or without one."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from bot.config import Settings
from bot.notion_side import NOT_CHOSEN, utc_now
from bot.parts import new_id, own_connection
from handlers.slack.single_workspace import SingleWorkspace
from notion_sync import assembly
from notion_sync.client import NotionClient
from notion_sync.errors import Unusable
from notion_sync.limiter import Limiter
from storage.client import Database
from storage.stores import Stores, open_stores
from tasks.ports import Connection, People


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandFollowers:
    """What a command works with."""

    stores: Stores
    connection: Connection
    followers: assembly.Followers


@asynccontextmanager
async def command_followers(
    settings: Settings, database: Database, workspace: SingleWorkspace, people: People
) -> AsyncIterator[CommandFollowers]:
    """Build followers that share the budget with all others. Unusable: no database is chosen."""
    stores = open_stores(database, requests_per_minute=settings.notion_requests_per_minute)
    own = own_connection(settings, workspace, stores.choices)
    connections = () if own is None else await own.all()
    if own is None or not connections:
        raise Unusable(NOT_CHOSEN)
    async with httpx.AsyncClient(trust_env=False) as http:
        client = NotionClient(
            http=http,
            api_url=settings.notion_api_url,
            limiter=Limiter(budget=stores.budget, sleep=asyncio.sleep),
            now=utc_now,
            monotonic=time.monotonic,
        )
        followers = assembly.new_followers(
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
            ),
            people=people,
            client=client,
            now=utc_now,
            sleep=asyncio.sleep,
            monotonic=time.monotonic,
            jitter=random.random,
            new_id=new_id,
            requests_per_minute=settings.notion_requests_per_minute,
        )
        yield CommandFollowers(stores=stores, connection=connections[0], followers=followers)
