"""How the bot is: what `/health` asks, and what is looked up before each scrape."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from bot.background import Background
from bot.backlog import Backlogged
from bot.config import Settings
from bot.notion_side import NotionSide
from bot.own_connection import why_none
from bot.probes import socket_probe, storage_probe
from bot.tuning import Tuning
from handlers.slack.socket_mode import SocketMode
from observability.admission import Admission
from observability.checks import Check, watched
from observability.health import Askable, Health
from observability.heartbeat import Heartbeat
from observability.metrics import Metrics
from observability.pace import Pace
from observability.remote import Off
from storage.client import Database


def new_admission(metrics: Metrics, tuning: Tuning) -> Admission:
    """Return what turns away whatever is too much; it hears from the heartbeat."""
    admission = Admission(turned_away=metrics.turned_away, at_most=tuning.at_once)
    metrics.requests_under_way.set_function(lambda: admission.under_way)
    metrics.requests_let_in.set_function(lambda: admission.limit)
    return admission


def new_health(
    settings: Settings,
    database: Database,
    *,
    notion: NotionSide | None,
    backlog: Backlogged,
    socket: SocketMode | None,
    metrics: Metrics,
    background: Background,
    pace: Pace,
    admission: Admission,
) -> Health:
    """Return what answers for the whole; its heartbeat begins at once."""
    clock = time.monotonic
    heartbeat = Heartbeat(
        clock=clock, sleep=asyncio.sleep, report=metrics.event_loop_lag.set, felt=admission.felt
    )
    _ = background.worker("heartbeat", heartbeat.run)
    others: list[Askable] = [notion.check() if notion else Off("notion", why_none(settings))]
    if notion is not None:
        others.append(backlog)
    if socket is not None:
        probe = socket_probe(socket.is_connected)
        others.append(Check("socket_mode", probe, ttl=5.0, timeout=2.0, clock=clock))

    def told(is_up: bool) -> None:  # noqa: FBT001  # as `watched` tells it
        metrics.mongo_up.set(is_up)
        if not is_up:
            pace.forget()

    probe = watched(storage_probe(database.ping, lambda: database.is_prepared, p95=pace.p95), told)
    storage = Check("mongodb", probe, ttl=5.0, bad_ttl=0.5, timeout=3.0, clock=clock)
    return Health(storage=storage, others=others, heartbeat=heartbeat, clock=clock)


def refresher(
    health: Health, notion: NotionSide | None, backlog: Backlogged, metrics: Metrics
) -> Callable[[], Awaitable[object]]:
    """Return what brings the gauges up to date that follow a question, before a scrape."""

    async def refresh() -> None:
        if notion is None:
            await health.ready()
            return
        in_trouble = notion.team is not None and notion.trouble(notion.team) is not None
        works = notion.connection.is_on and not in_trouble
        metrics.notion_connected(working=int(works), needs_attention=int(in_trouble))
        await asyncio.gather(health.ready(), backlog.ask())

    return refresh
