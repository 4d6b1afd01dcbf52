"""How the parts of a bot are built from the settings; `bot.wiring` connects them."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

from aiohttp import ClientSession, web

from bot.clock_and_ids import new_id, utc_now
from bot.config import Settings, text_of
from bot.embedded import embedded_mongod
from bot.issuer_fetch import issuer_fetch
from bot.notion_side import NotionSide
from bot.own_connection import own_connection
from bot.release import RELEASE
from bot.rest import Issuer, rest_routes
from bot.slack_dispatch import SlackDispatch
from bot.slack_endpoint import SlackEndpoint
from bot.slack_reach import SlackReach
from bot.tuning import Tuning
from handlers.http.links import LinkRoutes
from handlers.http.notion_webhook import NotionWebhook
from handlers.slack.app import SlackSide
from handlers.slack.socket_mode import SocketMode
from observability.admission import Admission
from observability.metrics import Metrics
from observability.pace import Pace
from storage.client import Database, Driver, connect
from storage.sealing import KeyRing
from storage.stores import Stores
from tasks.api_keys import configured
from tasks.service import TaskService

DATA = Path(".taskbridge") / "mongodb"
OF_PEOPLE = ("tasks.", "queue.")
"""Operations whose time says how fast the database is: people or tasks wait for them."""

log = logging.getLogger(__name__)


@asynccontextmanager
async def open_database(
    settings: Settings, metrics: Metrics, pace: Pace, data_dir: Path
) -> AsyncIterator[Database]:
    """Open the database of the settings, or start one of our own where they name none."""

    def observe(operation: str, seconds: float) -> None:
        metrics.mongo_observed(operation, seconds)
        if operation.startswith(OF_PEOPLE):
            pace.observed(seconds)

    async with AsyncExitStack() as stack:
        uri = text_of(settings.mongodb_uri)
        if uri is None:
            own = await stack.enter_async_context(embedded_mongod(data_dir, log=log))
            uri = own.uri
        database = await stack.enter_async_context(
            connect(
                uri,
                database=settings.mongodb_database,
                driver=Driver(settings.mongodb_driver),
                observe=observe,
            )
        )
        metrics.mongo_pool_in_use.set_function(lambda: database.under_way)
        yield database


def notion_side(
    settings: Settings,
    *,
    reach: SlackReach,
    stores: Stores,
    metrics: Metrics,
    tuning: Tuning,
) -> NotionSide | None:
    """Return the Notion side; None where sync is off."""
    connection = own_connection(settings, reach.workspace, stores.choices)
    if connection is None:
        return None
    return NotionSide(
        settings,
        stores=stores,
        connection=connection,
        people=reach.people,
        metrics=metrics,
        tuning=tuning,
    )


def link_routes(settings: Settings, dispatch: SlackDispatch) -> list[web.RouteDef]:
    """Return the route of the links to tasks; none where nobody knows where the bot is."""
    if settings.public_url is None:
        return []
    return LinkRoutes(lambda: dispatch.app).routes()


def slack_dispatch(
    slack: SlackSide, metrics: Metrics, admission: Admission, database: Database
) -> SlackDispatch:
    """Return what answers Slack's requests in time, over HTTP and Socket Mode alike."""

    def is_held_up() -> bool:
        """Tell whether most of those who were let in wait for the database, not for the loop."""
        return admission.is_in_time and 2 * database.under_way >= admission.under_way

    return SlackDispatch(
        bolt=slack.bolt,
        late=slack.late.now,
        failed=slack.late.failed,
        busy=partial(slack.late.busy, is_held_up=is_held_up),
        afterwards=slack.late.deliver,
        admission=admission,
        metrics=metrics,
    )


def socket_mode(
    settings: Settings, reach: SlackReach, dispatch: SlackDispatch
) -> SocketMode | None:
    """Return Socket Mode; None where the settings name no app token."""
    token = text_of(settings.slack_app_token)
    if token is None:
        return None
    return SocketMode(app_token=token, web_client=reach.client, dispatch=dispatch)


def slack_routes(
    settings: Settings, dispatch: SlackDispatch, metrics: Metrics
) -> list[web.RouteDef]:
    """Return the one route of everything that Slack sends."""
    signing = [secret.get_secret_value().encode() for secret in settings.slack_signing_secret]
    return SlackEndpoint(dispatch, secrets=signing, metrics=metrics).routes()


@asynccontextmanager
async def rest_api(
    settings: Settings,
    *,
    tasks: TaskService,
    stores: Stores,
    metrics: Metrics,
    admission: Admission,
) -> AsyncIterator[Sequence[web.RouteDef]]:
    """Give the REST API's routes: none where the settings name neither keys nor an issuer."""
    keys, issuer = text_of(settings.api_keys), _issuer(settings)
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
                admission=admission,
                metrics=metrics,
                now=utc_now,
                clock=time.monotonic,
                new_id=new_id,
                version=RELEASE,
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


def notion_routes(
    settings: Settings,
    notion: NotionSide | None,
    stores: Stores,
    metrics: Metrics,
    *,
    on_comment: Callable[[], None],
) -> list[web.RouteDef]:
    """Return the route of Notion's webhooks; none where sync is off."""
    if notion is None:
        return []
    return NotionWebhook(
        inbox=stores.inbox,
        deliveries=stores.deliveries,
        tokens=stores.webhook_tokens,
        token=text_of(settings.notion_webhook_token),
        team=notion.own_team,
        own_bot=lambda: notion.bot,
        on_hint=notion.hinted,
        choices=stores.choices,
        turns=stores.turns,
        comments=stores.comment_inbox,
        copies=stores.copies,
        on_comment=on_comment,
        metrics=metrics,
    ).routes()


def key_ring(settings: Settings) -> KeyRing | None:
    """Return what seals stored tokens; None where there are no keys."""
    keys = [key.get_secret_value() for key in settings.encryption_keys]
    return KeyRing.parse(keys) if keys else None
