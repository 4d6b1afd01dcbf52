"""The composition root: every per-process object is built, connected, started and ended here."""

from __future__ import annotations

import asyncio
import logging
import secrets
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from aiohttp import ClientSession, ClientTimeout, TCPConnector, web
from prometheus_client import CollectorRegistry
from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient

from bot.background import Background, Stoppable, every
from bot.backlog import Backlogged
from bot.config import Settings
from bot.embedded import embedded_mongod
from bot.issuer_fetch import issuer_fetch
from bot.notion_side import NoConnection, NotionSide, OwnConnection, utc_now
from bot.probes import socket_probe, storage_probe
from bot.rest import Issuer, rest_routes
from bot.server import build_server, listening
from bot.slack_dispatch import SlackDispatch
from bot.slack_endpoint import SlackEndpoint
from handlers.http.health import HealthRoutes
from handlers.http.metrics import MetricsRoutes
from handlers.http.notion_webhook import NotionWebhook
from handlers.slack.app import SlackSide, build
from handlers.slack.authorize import StoredAuthorize
from handlers.slack.people import SlackPeople
from handlers.slack.single_workspace import Nowhere, SingleWorkspace
from handlers.slack.socket_mode import SocketMode
from observability.checks import Check, watched
from observability.health import Askable, Health
from observability.heartbeat import Heartbeat
from observability.logs import current_request_id
from observability.metrics import Metrics
from observability.remote import Off
from observability.stats import Stats
from observability.writes import CountedStore
from storage.client import Database, Driver, connect
from storage.indexes import ensure_indexes
from storage.sealing import KeyRing
from storage.stores import Stores, open_stores
from tasks.api_keys import configured
from tasks.service import TaskService

DATA = Path(".taskbridge") / "mongodb"
SLACK_TIMEOUT = ClientTimeout(total=10, connect=2)

SYNC_IS_OFF = "Sync is off: NOTION_TOKEN and NOTION_DATABASE are not set."

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """Times that operators never set; tests make them short."""

    lease_seconds: float = 60.0
    """Longer than Notion's slowest answer, or two instances would push."""
    notion_timeout_seconds: float = 30.0
    notion_grace_seconds: float = 60.0
    """How long Notion's index may lag behind a created page."""
    notion_probe_seconds: float = 300.0
    """How often a Notion connection in trouble is looked at again."""
    notion_poll_seconds: float = 60.0
    """How often Notion is asked for what was edited there, beside its webhooks."""
    backlog_seconds: float = 5.0
    """How old the figure of what waits for Notion may be."""
    balancer_seconds: float = 5.0
    """How long a stopping bot still serves, until balancers have seen that it is not ready."""
    drain_seconds: float = 10.0
    """How long answers and Notion calls under way may take to end."""


USUAL = Tuning()


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
        metrics = Metrics(CollectorRegistry(), version=release())
        database = await stack.enter_async_context(_database(settings, metrics, data_dir))
        stores = open_stores(
            database,
            requests_per_minute=settings.notion_requests_per_minute,
            keys=key_ring(settings),
            lease=timedelta(seconds=tuning.lease_seconds),
        )
        session = await stack.enter_async_context(slack_session())
        background = await stack.enter_async_context(Background.running())
        client = slack_client(settings, session)
        workspace = single_workspace(settings, client)
        installations = workspace or stores.installations or Nowhere()
        authorize = StoredAuthorize(installations)
        people = SlackPeople(client, authorize=authorize, metrics=metrics)
        stack.push_async_callback(people.close)
        notion = _notion(
            settings,
            workspace=workspace,
            stores=stores,
            people=people,
            metrics=metrics,
            tuning=tuning,
        )
        if notion is not None:
            stack.push_async_callback(notion.close)
        backlog = Backlogged(stores.queue, metrics, now=utc_now, seconds=tuning.backlog_seconds)
        tasks = TaskService(
            store=CountedStore(stores.tasks, metrics),
            now=utc_now,
            new_id=new_id,
            on_change=notion.wake if notion else _nobody_waits,
            request_id=current_request_id,
        )
        slack = build(
            tasks=tasks,
            people=people,
            authorize=authorize,
            installations=installations,
            queue=stores.queue,
            connections=notion.connection if notion else NoConnection(),
            budget=stores.budget,
            session=session,
            slack_api_url=settings.slack_api_url,
            metrics=metrics,
            now=utc_now,
            request_id=current_request_id,
            ahead=backlog.ahead,
            forget=people.forget,
            is_off=lambda team: notion is None or notion.team not in (None, team),
            trouble=notion.trouble if notion else _all_is_well,
        )
        dispatch = _dispatch(slack, metrics)
        socket = _socket(settings, client, dispatch)
        health = _health(
            database,
            notion=notion,
            backlog=backlog,
            socket=socket,
            metrics=metrics,
            background=background,
        )
        stack.push_async_callback(health.close)
        stats = Stats(
            {"http": metrics.http_duration, "slack_ack": metrics.slack_ack_duration},
            clock=time.monotonic,
            sleep=asyncio.sleep,
        )
        background.start("stats", stats.run())
        if notion is not None:  # else nobody follows, and nothing is behind
            background.start("backlog", every(tuning.backlog_seconds, backlog.ask, name="backlog"))
        background.until_done("indexes", lambda: ensure_indexes(database))
        if workspace is not None:
            background.until_done("auth.test", workspace.identify)
        rest = await stack.enter_async_context(
            _rest(settings, tasks=tasks, stores=stores, metrics=metrics)
        )
        stack.push_async_callback(
            _finish,
            tuning.drain_seconds,
            dispatch,
            slack,
            socket,
            *_follow(background, stores, notion),
        )
        server = build_server(
            [
                *HealthRoutes(health, version=release()).routes(),
                *MetricsRoutes(
                    metrics,
                    stats,
                    token=_text(settings.metrics_token),
                    refresh=_refresh(health, notion, backlog, metrics),
                ).routes(),
                *_slack_routes(settings, dispatch, metrics),
                *_notion_routes(settings, notion, stores, metrics),
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


@asynccontextmanager
async def _database(
    settings: Settings, metrics: Metrics, data_dir: Path
) -> AsyncIterator[Database]:
    async with AsyncExitStack() as stack:
        uri = _text(settings.mongodb_uri)
        if uri is None:
            own = await stack.enter_async_context(embedded_mongod(data_dir, log=log))
            uri = own.uri
        yield await stack.enter_async_context(
            connect(
                uri,
                database=settings.mongodb_database,
                driver=Driver(settings.mongodb_driver),
                observe=metrics.mongo_observed,
            )
        )


def slack_session() -> ClientSession:
    """Return the one HTTP session of all calls to Slack; its timeouts are those that count."""
    return ClientSession(connector=TCPConnector(limit=100), timeout=SLACK_TIMEOUT)


def slack_client(settings: Settings, session: ClientSession) -> AsyncWebClient:
    """Return a client without a token, which never repeats a call."""
    return AsyncWebClient(base_url=settings.slack_api_url, session=session, retry_handlers=[])


def single_workspace(settings: Settings, client: AsyncWebClient) -> SingleWorkspace | None:
    """Return the workspace of `SLACK_BOT_TOKEN`; None where there are many."""
    token = _text(settings.slack_bot_token)
    return SingleWorkspace(client, token=token) if token else None


def own_connection(settings: Settings, workspace: SingleWorkspace | None) -> OwnConnection | None:
    """Return the Notion connection of the settings; it needs a workspace that it belongs to."""
    token, database = _text(settings.notion_token), settings.notion_database
    if workspace is None or token is None or database is None:
        return None
    return OwnConnection(workspace, token=token, database=database)


def _notion(
    settings: Settings,
    *,
    workspace: SingleWorkspace | None,
    stores: Stores,
    people: SlackPeople,
    metrics: Metrics,
    tuning: Tuning,
) -> NotionSide | None:
    connection = own_connection(settings, workspace)
    if connection is None:
        return None
    return NotionSide(
        settings,
        stores=stores,
        connection=connection,
        people=people,
        metrics=metrics,
        timeout_seconds=tuning.notion_timeout_seconds,
        grace_seconds=tuning.notion_grace_seconds,
        probe_seconds=tuning.notion_probe_seconds,
        poll_seconds=tuning.notion_poll_seconds,
        new_id=new_id,
    )


def _dispatch(slack: SlackSide, metrics: Metrics) -> SlackDispatch:
    return SlackDispatch(
        bolt=slack.bolt,
        late=slack.late.now,
        failed=slack.late.failed,
        afterwards=slack.late.deliver,
        metrics=metrics,
    )


def _socket(
    settings: Settings, client: AsyncWebClient, dispatch: SlackDispatch
) -> SocketMode | None:
    token = _text(settings.slack_app_token)
    if token is None:
        return None
    return SocketMode(app_token=token, web_client=client, dispatch=dispatch)


def _slack_routes(
    settings: Settings, dispatch: SlackDispatch, metrics: Metrics
) -> list[web.RouteDef]:
    signing = [secret.get_secret_value().encode() for secret in settings.slack_signing_secret]
    return SlackEndpoint(dispatch, secrets=signing, metrics=metrics).routes()


@asynccontextmanager
async def _rest(
    settings: Settings, *, tasks: TaskService, stores: Stores, metrics: Metrics
) -> AsyncIterator[Sequence[web.RouteDef]]:
    """Give the REST API's routes: none where the settings name neither keys nor an issuer."""
    keys, issuer = _text(settings.api_keys), _issuer(settings)
    if keys is None and issuer is None:
        yield ()
        return
    async with AsyncExitStack() as stack:
        fetch = None
        if issuer is not None:
            fetch = issuer_fetch(await stack.enter_async_context(ClientSession()))
        yield await stack.enter_async_context(
            rest_routes(
                tasks=tasks,
                keys=stores.api_keys,
                metrics=metrics,
                now=utc_now,
                clock=time.monotonic,
                new_id=new_id,
                version=release(),
                configured=configured(keys) if keys is not None else (),
                requests_per_minute=settings.api_requests_per_minute,
                issuer=issuer,
                fetch=fetch,
            )
        )


def _issuer(settings: Settings) -> Issuer | None:
    if settings.oauth_issuer is None or settings.oauth_audience is None:
        return None
    return Issuer(
        url=settings.oauth_issuer,
        audience=settings.oauth_audience,
        jwks_url=settings.oauth_jwks_url,
        team_claim=settings.oauth_team_claim,
        role_claim=settings.oauth_role_claim,
    )


def _notion_routes(
    settings: Settings, notion: NotionSide | None, stores: Stores, metrics: Metrics
) -> list[web.RouteDef]:
    if notion is None:
        return []
    return NotionWebhook(
        inbox=stores.inbox,
        deliveries=stores.deliveries,
        tokens=stores.webhook_tokens,
        token=_text(settings.notion_webhook_token),
        team=notion.own_team,
        own_bot=lambda: notion.bot,
        on_hint=notion.hinted,
        metrics=metrics,
    ).routes()


def _health(
    database: Database,
    *,
    notion: NotionSide | None,
    backlog: Backlogged,
    socket: SocketMode | None,
    metrics: Metrics,
    background: Background,
) -> Health:
    clock = time.monotonic
    heartbeat = Heartbeat(clock=clock, sleep=asyncio.sleep, report=metrics.event_loop_lag.set)
    background.start("heartbeat", heartbeat.run())
    others: list[Askable] = [notion.check() if notion else Off("notion", SYNC_IS_OFF)]
    if notion is not None:
        others.append(backlog)
    if socket is not None:
        probe = socket_probe(socket.is_connected)
        others.append(Check("socket_mode", probe, ttl=5.0, timeout=2.0, clock=clock))
    probe = watched(
        storage_probe(database.ping, lambda: database.is_prepared), metrics.mongo_up.set
    )
    storage = Check("mongodb", probe, ttl=5.0, bad_ttl=0.5, timeout=3.0, clock=clock)
    return Health(storage=storage, others=others, heartbeat=heartbeat, clock=clock)


def _refresh(
    health: Health, notion: NotionSide | None, backlog: Backlogged, metrics: Metrics
) -> Callable[[], Awaitable[object]]:
    """Return what brings the gauges up to date that follow a question, before a scrape."""

    async def refresh() -> None:
        if notion is None:
            await health.ready()
            return
        in_trouble = notion.team is not None and notion.trouble(notion.team) is not None
        metrics.notion_connected(working=int(not in_trouble), needs_attention=int(in_trouble))
        await asyncio.gather(health.ready(), backlog.ask())

    return refresh


def _follow(
    background: Background, stores: Stores, notion: NotionSide | None
) -> tuple[Stoppable, ...]:
    """Start the followers; return what ends each one gracefully."""
    followers = [Stoppable(stores.history.stop, background.task("history", stores.history.run()))]
    if notion is not None:
        followers.append(Stoppable(notion.stop, background.task("notion", notion.run())))
    return tuple(followers)


async def _finish(
    seconds: float,
    dispatch: SlackDispatch,
    slack: SlackSide,
    socket: SocketMode | None,
    *followers: Stoppable,
) -> None:
    """End what is under way, requests before followers; what takes too long is cut off."""
    if socket is not None:
        await socket.drain(seconds)
        await socket.close()
    left = await dispatch.drain(seconds) + await slack.replies.drain(seconds)
    for follower in followers:
        follower.stop()
    running = [follower.task for follower in followers if not follower.task.done()]
    if running:
        _, late = await asyncio.wait(running, timeout=seconds)
        left += len(late)
    if left:
        log.warning("cut_off", extra={"count": left})


def key_ring(settings: Settings) -> KeyRing | None:
    """Return what seals stored tokens; None where there are no keys."""
    keys = [key.get_secret_value() for key in settings.encryption_keys]
    return KeyRing.parse(keys) if keys else None


def _text(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret is not None else None


def _nobody_waits() -> None:
    """Stand in where no follower wants to hear of changes."""


def _all_is_well(_team: str) -> str | None:
    """Stand in where there is no connection that could be in trouble."""
    return None


def new_id() -> str:
    """Return an id that was never given out before: 128 random bits."""
    return secrets.token_hex(16)


def release() -> str:
    """Return the version that runs."""
    try:
        return version("taskbridge")
    except PackageNotFoundError:  # run from a folder that was never installed
        return "unknown"
