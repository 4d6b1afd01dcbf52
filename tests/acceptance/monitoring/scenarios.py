"""Bots under load with one fault each, watched by Prometheus: what fires, and what else does.

All run side by side, because each alert needs its real minute.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

from pymongo import AsyncMongoClient

from bot.embedded import EmbeddedMongod, embedded_mongod
from playground.notion.faults import Fault
from tests.acceptance.monitoring.prometheus import Prometheus, watching
from tests.acceptance.world import QUICK, World, world
from tests.mongod import TEST_OPTIONS

HEALTHY_SECONDS = 15.0
"""How long a bot runs under load before its fault; longer than rates need."""
ALERT_SECONDS = 150.0
"""The longest `for` of those that are waited for is 1 min; the rest is for a busy machine."""
LOAD_PAUSE_SECONDS = 0.4
PATIENT = replace(QUICK, lease_seconds=30.0, notion_timeout_seconds=10.0)
"""A slow database must not look like lost leases."""
SLOW_MILLISECONDS = 350
NOBODY_ADDS = 4
"""One in so many commands adds a task: Notion's budget of 180 a minute must not be spent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A bot that runs under load, and the hands that break something."""

    world: World
    mongod: EmbeddedMongod
    prometheus: Prometheus
    stop_bot: Callable[[], Awaitable[object]]

    def notion(self, fault: Fault) -> None:
        """Let Notion misbehave."""
        self.world.notion.faults.add(fault)


Break = Callable[[Stage], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What breaks, which alerts must fire, and which others may since they follow from it."""

    name: str
    breaks: Break
    fires: frozenset[str]
    may_follow: frozenset[str] = frozenset()
    own_database: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What fired before the fault and after it, and what the load met."""

    before: set[str]
    after: set[str]


async def play(scenario: Scenario, mongod: EmbeddedMongod, database: str, directory: Path) -> Seen:
    """Run a bot under load, break something, and see what fires."""
    async with on_stage(mongod, database, directory) as stage, load(stage.world):
        await asyncio.sleep(HEALTHY_SECONDS)
        before = await stage.prometheus.firing()
        await scenario.breaks(stage)
        after = await stage.prometheus.until_firing(*scenario.fires, seconds=ALERT_SECONDS)
    return Seen(before=before, after=after)


@contextlib.asynccontextmanager
async def on_stage(
    mongod: EmbeddedMongod,
    database: str,
    directory: Path,
    settings: Mapping[str, str] | None = None,
) -> AsyncIterator[Stage]:
    """Give a running bot that Prometheus scrapes."""
    async with world(mongod.uri, database) as found, AsyncExitStack() as running:
        found.environ |= settings or {}
        bot = await running.enter_async_context(found.run_bot(tuning=PATIENT))
        async with watching(bot.port, directory, found.session) as prometheus:
            yield Stage(world=found, mongod=mongod, prometheus=prometheus, stop_bot=running.aclose)


@contextlib.asynccontextmanager
async def load(found: World) -> AsyncIterator[None]:
    """Let people type all the while; how they are answered is for the metrics to say."""

    async def type_on() -> None:
        for number in itertools.count():
            typed = "/task list" if number % NOBODY_ADDS else f"/task add Water plant {number}"
            with contextlib.suppress(Exception):  # a bot that is down answers nobody
                await found.slack.command(typed, user="U1")
            await asyncio.sleep(LOAD_PAUSE_SECONDS)

    typing = asyncio.create_task(type_on())
    try:
        yield
    finally:
        typing.cancel()
        await asyncio.gather(typing, return_exceptions=True)


@contextlib.asynccontextmanager
async def own_mongod(directory: Path) -> AsyncIterator[EmbeddedMongod]:
    """Give a mongod that may be stopped; it goes on at the end, or it could not be ended."""
    log = logging.getLogger(__name__)
    async with embedded_mongod(directory, log=log, options=TEST_OPTIONS) as mongod:
        try:
            yield mongod
        finally:
            with contextlib.suppress(ProcessLookupError):  # it was killed
                os.kill(mongod.pid, signal.SIGCONT)


async def _nothing(_stage: Stage) -> None:
    await asyncio.sleep(60)


async def _notion_down(stage: Stage) -> None:
    stage.notion(Fault(match="* *", times=None, status=503))


async def _notion_hangs_up(stage: Stage) -> None:
    stage.notion(Fault(match="* *", times=None, reset=True))


async def _token_revoked(stage: Stage) -> None:
    stage.notion(Fault(match="* *", times=None, status=401))


async def _notion_pauses(stage: Stage) -> None:
    stage.notion(Fault(match="* *", status=429, retry_after=600))


async def _notion_limits(stage: Stage) -> None:
    stage.notion(Fault(match="* *", times=None, status=429, retry_after=1))


async def _poison(stage: Stage) -> None:
    stage.notion(Fault(match="POST /v1/pages", times=None, status=400, code="validation_error"))


async def _mongod_hangs(stage: Stage) -> None:
    os.kill(stage.mongod.pid, signal.SIGSTOP)


async def _mongod_slow(stage: Stage) -> None:
    slow = {
        "configureFailPoint": "failCommand",
        "mode": "alwaysOn",
        "data": {
            "failCommands": ["find", "insert", "update", "findAndModify"],
            "blockConnection": True,
            "blockTimeMS": SLOW_MILLISECONDS,
            "appName": "taskbridge",
        },
    }
    async with AsyncMongoClient[dict[str, Any]](stage.mongod.uri) as client:
        await client.admin.command(slow)


async def _bot_gone(stage: Stage) -> None:
    await stage.stop_bot()


async def _forged(stage: Stage) -> None:
    url = f"http://127.0.0.1:{stage.world.bot.port}/slack/events"
    headers = {
        "X-Slack-Request-Timestamp": f"{time.time():.0f}",
        "X-Slack-Signature": f"v0={'0' * 64}",
    }
    for _ in range(20):
        async with stage.world.session.post(url, data=b"command=/task", headers=headers) as answer:
            assert answer.status == HTTPStatus.UNAUTHORIZED


OF_A_LOST_DATABASE = frozenset(  # Alertmanager holds them back behind TaskbridgeMongoDown
    {f"TaskbridgeSaveBudgetBurn{speed}" for speed in ("Fast", "Slow", "Ticket")}
    | {"TaskbridgeMongoSlow"}
)

SCENARIOS = (
    Scenario(name="nothing", breaks=_nothing, fires=frozenset()),
    Scenario(name="notion_down", breaks=_notion_down, fires=frozenset({"TaskbridgeNotionDown"})),
    Scenario(
        name="notion_hangs_up", breaks=_notion_hangs_up, fires=frozenset({"TaskbridgeNotionDown"})
    ),
    Scenario(
        name="token_revoked",
        breaks=_token_revoked,
        fires=frozenset({"TaskbridgeNotionUnauthorised"}),
    ),
    Scenario(
        name="notion_pauses", breaks=_notion_pauses, fires=frozenset({"TaskbridgeNotionPaused"})
    ),
    Scenario(
        name="notion_limits",
        breaks=_notion_limits,
        fires=frozenset({"TaskbridgeNotionRateLimited"}),
        may_follow=frozenset({"TaskbridgeNotionPaused"}),
    ),
    Scenario(name="poison", breaks=_poison, fires=frozenset({"TaskbridgeDeadLetters"})),
    Scenario(
        name="database_gone",
        breaks=_mongod_hangs,
        fires=frozenset({"TaskbridgeMongoDown", "TaskbridgeSaveBudgetBurnFast"}),
        may_follow=OF_A_LOST_DATABASE,
        own_database=True,
    ),
    Scenario(
        name="database_slow",
        breaks=_mongod_slow,
        fires=frozenset({"TaskbridgeMongoSlow"}),
        own_database=True,
    ),
    Scenario(name="bot_gone", breaks=_bot_gone, fires=frozenset({"TaskbridgeAbsent"})),
    Scenario(name="forged", breaks=_forged, fires=frozenset({"TaskbridgeSignatureFailures"})),
)
