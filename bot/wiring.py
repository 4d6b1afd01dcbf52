"""The composition root: every per-process object is built, connected, started and ended here."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from prometheus_client import CollectorRegistry

from bot.background import Background, every
from bot.backlog import Backlogged
from bot.card_side import CardSide
from bot.clock_and_ids import new_id, utc_now
from bot.comment_side import CommentSide
from bot.config import Settings, text_of
from bot.followers import finish, follow
from bot.parts import (
    DATA,
    key_ring,
    link_routes,
    notion_routes,
    notion_side,
    open_database,
    rest_api,
    slack_dispatch,
    slack_routes,
    socket_mode,
)
from bot.release import RELEASE
from bot.server import build_server, listening
from bot.slack_reach import slack_reach, slack_session
from bot.slack_side import new_slack_side
from bot.telling import new_teller
from bot.tuning import USUAL, Tuning
from bot.vitals import new_admission, new_health, refresher
from handlers.http import oauth
from handlers.http.health import HealthRoutes
from handlers.http.metrics import MetricsRoutes
from handlers.http.put_off import put_off
from handlers.slack.links import Links
from handlers.slack.socket_mode import SocketMode
from handlers.slack.threads import SourceThreads
from observability.health import Health
from observability.logs import current_request_id
from observability.metrics import Metrics
from observability.pace import Pace
from observability.stats import Stats
from observability.writes import CountedStore
from storage.confined import REFRESH_SECONDS
from storage.indexes import ensure_indexes
from storage.stores import Stores, open_stores
from tasks.access import Access
from tasks.service import TaskService

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """A bot that is up."""

    port: int
    health: Health
    metrics: Metrics
    tasks: TaskService
    stores: Stores
    socket: SocketMode | None
    tuning: Tuning

    async def run_until_stopped(self) -> None:
        """Serve until SIGTERM or SIGINT; then, while balancers turn away, a little longer."""
        asked = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, asked.set)
        log.info("serving", extra={"port": self.port})
        await asked.wait()
        log.info("stopping")
        self.health.draining()
        await asyncio.sleep(self.tuning.balancer_seconds)


@asynccontextmanager
async def application(
    settings: Settings, *, tuning: Tuning = USUAL, data_dir: Path = DATA
) -> AsyncIterator[Application]:
    """Run a bot while the context lasts; it serves when the body starts.

    Waits neither for MongoDB nor for Slack nor for Notion: what is not there yet is tried again
    and said by `/health`. PortTaken, NoMongod, DirectoryInUse, MongodDidNotStart, BadAddress.
    """
    async with AsyncExitStack() as stack:  # ends in reverse: the server first, the database last
        metrics = Metrics(CollectorRegistry(), version=RELEASE)
        pace = Pace(clock=time.monotonic)
        database = await stack.enter_async_context(open_database(settings, metrics, pace, data_dir))
        stores = open_stores(
            database,
            requests_per_minute=settings.notion_requests_per_minute,
            keys=key_ring(settings),
            lease=timedelta(seconds=tuning.lease_seconds),
        )
        session = await stack.enter_async_context(slack_session())
        background = await stack.enter_async_context(
            Background.running(broke=metrics.background_failures.inc)
        )
        reach = await stack.enter_async_context(
            slack_reach(settings, session, stores, metrics, tuning)
        )
        notion = notion_side(settings, reach=reach, stores=stores, metrics=metrics, tuning=tuning)
        if notion is not None:
            stack.push_async_callback(notion.close)

        def is_off(team: str) -> bool:
            if notion is None or not notion.connection.is_on:
                return True
            return notion.team not in (None, team)

        cards = CardSide(
            stores=stores,
            reach=reach,
            now=utc_now,
            is_off=is_off,
            tuning=tuning,
            links=Links(base=settings.public_url),
            has_objects=settings.slack_work_objects,
        )
        comments, teller = None, None
        if notion is not None:
            comments = CommentSide(notion=notion, stores=stores, reach=reach, tuning=tuning)
            teller = new_teller(
                reach=reach,
                connections=notion.connection,
                drift=notion.drift,
                stores=stores,
                now=utc_now,
                tuning=tuning,
                sharing=cards.sharing,
            )
        backlog = Backlogged(
            stores.queue,
            stores.inbox,
            metrics,
            now=utc_now,
            seconds=tuning.backlog_seconds,
            is_on=lambda: notion is None or notion.connection.is_on,
        )
        tasks = TaskService(
            store=CountedStore(stores.tasks, metrics),
            now=utc_now,
            new_id=new_id,
            on_change=notion.wake if notion else _nobody_waits,
            on_added=SourceThreads(stores.threads).bind,
            request_id=current_request_id,
            access=Access(memberships=reach.memberships, confined=stores.confined),
        )
        slack = new_slack_side(
            settings,
            session=session,
            reach=reach,
            stores=stores,
            tasks=tasks,
            metrics=metrics,
            notion=notion,
            ahead=backlog.ahead,
            is_off=is_off,
            sharing=cards.sharing,
            on_said=comments.said if comments else _nobody_waits,
        )
        admission = new_admission(metrics, tuning)
        dispatch = slack_dispatch(slack, metrics, admission, database)
        socket = socket_mode(settings, reach, dispatch)
        health = new_health(
            settings,
            database,
            notion=notion,
            backlog=backlog,
            socket=socket,
            metrics=metrics,
            background=background,
            pace=pace,
            admission=admission,
        )
        stack.push_async_callback(health.close)
        stats = Stats(
            {"http": metrics.http_duration, "slack_ack": metrics.slack_ack_duration},
            clock=time.monotonic,
            sleep=asyncio.sleep,
        )
        _ = background.worker("stats", stats.run)
        if notion is not None:  # else nobody follows, and nothing is behind
            background.start("backlog", every(tuning.backlog_seconds, backlog.ask, name="backlog"))
        background.until_done("indexes", lambda: ensure_indexes(database))
        background.start(
            "confined", every(REFRESH_SECONDS, stores.confined.refresh, name="confined")
        )
        if reach.workspace is not None:
            background.until_done("auth.test", reach.workspace.identify)
        rest = await stack.enter_async_context(
            rest_api(settings, tasks=tasks, stores=stores, metrics=metrics, admission=admission)
        )
        stack.push_async_callback(
            finish,
            tuning.drain_seconds,
            dispatch,
            slack,
            socket,
            *follow(
                background,
                stores=stores,
                notion=notion,
                comments=comments,
                teller=teller,
                cards=cards,
            ),
        )
        server = build_server(
            [
                *HealthRoutes(health, version=RELEASE).routes(),
                *MetricsRoutes(
                    metrics,
                    stats,
                    token=text_of(settings.metrics_token),
                    refresh=refresher(health, notion, backlog, metrics),
                ).routes(),
                *slack_routes(settings, dispatch, metrics),
                *link_routes(settings, dispatch),
                *oauth.routes(),
                *put_off(
                    notion_routes(
                        settings,
                        notion,
                        stores,
                        metrics,
                        on_comment=comments.commented if comments else _nobody_waits,
                    ),
                    admission=admission,
                ),
                *rest,
            ],
            metrics=metrics,
        )
        port = await stack.enter_async_context(listening(server, settings.host, settings.port))
        if socket is not None:
            socket.start()
        health.started()
        yield Application(
            port=port,
            health=health,
            metrics=metrics,
            tasks=tasks,
            stores=stores,
            socket=socket,
            tuning=tuning,
        )


def _nobody_waits() -> None:
    """Stand in where no follower wants to hear of changes."""
