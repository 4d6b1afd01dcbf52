"""Puts the Slack side together; nothing here reads the environment or opens a connection."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from aiohttp import ClientSession
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack import (
    actions,
    bulk,
    capturing,
    commands,
    details,
    events,
    modals,
    settings,
    threads,
    unfurling,
    working,
)
from handlers.slack import sharing as share_forms
from handlers.slack.actions import Actions
from handlers.slack.adding import Adding
from handlers.slack.aloud import Aloud
from handlers.slack.at_home import AtHome
from handlers.slack.attending import Attending, Desk
from handlers.slack.audiences import Audiences, IsPrivate, nobody_tells
from handlers.slack.authorize import StoredAuthorize
from handlers.slack.blocks.message import Message
from handlers.slack.bulk import Selecting
from handlers.slack.capturing import NOWHERE, Surroundings, capture
from handlers.slack.cards import Cards
from handlers.slack.changing import Changing
from handlers.slack.commands import Commands
from handlers.slack.confirming import Confirming
from handlers.slack.connecting import Connect
from handlers.slack.connecting import register as register_connect
from handlers.slack.details import Details
from handlers.slack.events import Events
from handlers.slack.home import Home
from handlers.slack.incoming import Pressed
from handlers.slack.instrument import Instrument, no_details, nothing_below
from handlers.slack.late import Late
from handlers.slack.links import NO_LINKS
from handlers.slack.modals import Modals
from handlers.slack.reading import Reading
from handlers.slack.replies import Replies
from handlers.slack.restoring import Restoring
from handlers.slack.router import Router
from handlers.slack.settings import Settings
from handlers.slack.sharing import ShareForms
from handlers.slack.syncing import Syncing
from handlers.slack.threads import Following, ThreadReplies
from handlers.slack.unfurling import Linking, Unfurling
from handlers.slack.when import Dates
from handlers.slack.working import Working
from observability.metrics import Metrics
from tasks.ports import Budget, Connecting, Connections, Installations, Now, People, SyncQueue
from tasks.service import TaskService

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackSide:
    """What the wiring needs of the Slack side."""

    bolt: AsyncApp
    """For the dispatch of HTTP and Socket Mode."""
    late: Late
    """What the dispatch answers at its deadline, on failure, and afterwards."""
    replies: Replies
    """To be drained at shutdown, before the session is closed."""
    authorize: StoredAuthorize
    """`forget` after an installation was saved."""


def _unknown(_team: str) -> int | None:
    return None


def _never(_team: str) -> bool:
    return False


def _fine(_team: str) -> str | None:
    return None


def _nothing(_team: str) -> None:
    pass


def build(
    *,
    tasks: TaskService,
    people: People,
    authorize: StoredAuthorize,
    installations: Installations,
    queue: SyncQueue,
    connections: Connections,
    budget: Budget,
    session: ClientSession,
    slack_api_url: str,
    metrics: Metrics,
    now: Now,
    request_id: Callable[[], str | None],
    ahead: Callable[[str], int | None] = _unknown,
    is_private: IsPrivate = nobody_tells,
    is_off: Callable[[str], bool] = _never,
    trouble: Callable[[str], str | None] = _fine,
    forget: Callable[[str], None] = _nothing,
    following: Following | None = None,
    desk: Desk | None = None,
    connecting: Connecting | None = None,
    linking: Linking | None = None,
    surroundings: Surroundings = NOWHERE,
) -> SlackSide:
    """Return the Slack side; `session` is shared, has explicit timeouts and is closed last.

    `forget` drops what else is cached of a team, once the bot has been uninstalled there.
    Without `desk` there are no lists of what needs a person. Without `following` channels have
    no settings, and replies under tasks go nowhere. Without `linking` tasks have no addresses,
    and links are not unfurled.
    """
    sharing = surroundings.sharing
    replies = Replies(
        session=session, slack_api_url=slack_api_url, metrics=metrics, sharing=sharing
    )
    late = Late(replies=replies, request_id=request_id)
    router = Router()
    links = linking.links if linking is not None else NO_LINKS
    cards = Cards(now=now, metrics=metrics, ahead=ahead, is_off=is_off, links=links)
    aloud = Aloud(
        speech=surroundings.speech, people=people, marks=surroundings.marks, sharing=sharing
    )
    unfurls = panes = None
    if linking is not None:
        unfurls = Unfurling(
            tasks=tasks, linking=linking, cards=cards, aloud=aloud, replies=replies, sharing=sharing
        )
        panes = Details(tasks=tasks, linking=linking, cards=cards, replies=replies)
    instrument = Instrument(
        metrics=metrics,
        replies=replies,
        request_id=request_id,
        renew=unfurls.renew if unfurls else nothing_below,
        details=panes.renew if panes else no_details,
    )
    dates = Dates(people=people, now=now)
    audiences = Audiences(is_private)
    syncing = Syncing(
        tasks=tasks,
        queue=queue,
        connections=connections,
        budget=budget,
        cards=cards,
        trouble=trouble,
        attending=None
        if desk is None
        else Attending(desk, tasks=tasks, queue=queue, metrics=metrics),
    )
    home = Home(tasks=tasks, dates=dates, standing=syncing.standing)
    reading = Reading(tasks=tasks, dates=dates, cards=cards)
    confirming = Confirming(aloud=aloud, cards=cards, replies=replies, threads=surroundings.threads)
    forms = Modals(
        tasks=tasks,
        dates=dates,
        cards=cards,
        replies=replies,
        home=home,
        audiences=audiences,
        confirming=confirming,
    )
    work = Working(tasks=tasks, dates=dates, cards=cards, replies=replies, home=home)
    several = Selecting(tasks=tasks, reading=reading, dates=dates, replies=replies)
    table = commands.routes(
        adding=Adding(
            tasks=tasks,
            dates=dates,
            cards=cards,
            audiences=audiences,
            threads=surroundings.threads,
        ),
        changing=Changing(tasks=tasks, dates=dates, cards=cards, undo_bulk=several.undo_latest),
        reading=reading,
        modals=forms,
        syncing=syncing,
        working=work,
    )
    task = Commands(table)
    connect = Connect(
        connecting=connecting, connections=connections, people=people, replies=replies
    )
    table["connect"] = connect.open
    ways_in = capture(
        surroundings,
        searches=connect.searches(),
        tasks=tasks,
        commands=task,
        modals=forms,
        aloud=aloud,
        confirming=confirming,
        audiences=audiences,
        replies=replies,
        instrument=instrument,
    )
    share = None
    if sharing is not None:
        share = ShareForms(tasks=tasks, sharing=sharing, replies=replies)

    async def elsewhere(pressed: Pressed) -> Message | None:
        return await buttons.pressed(pressed)

    tab = AtHome(tasks=tasks, home=home, replies=replies, elsewhere=elsewhere)
    buttons = Actions(
        tasks=tasks,
        cards=cards,
        commands=task,
        reading=reading,
        modals=forms,
        syncing=syncing,
        replies=replies,
        instrument=instrument,
        others={
            **ways_in.actions(),
            **connect.actions(),
            **work.actions(),
            **several.actions(),
            **Restoring(tasks=tasks, cards=cards).actions(),
            **unfurling.actions(unfurls),
            **share_forms.actions(share),
            **tab.actions(),
        },
    )
    occasions = Events(
        installations=installations,
        authorize=authorize,
        home=home,
        replies=replies,
        forget=forget,
    )
    commands.register(router, commands=task, instrument=instrument)
    actions.register(router, actions=buttons, instrument=instrument)
    modals.register(router, modals=forms, instrument=instrument)
    working.register(router, working=work, instrument=instrument)
    bulk.register(router, selecting=several, instrument=instrument)
    capturing.register(router, capture=ways_in, instrument=instrument)
    unfurling.register(router, unfurling=unfurls, instrument=instrument)
    details.register(router, details=panes, instrument=instrument)
    share_forms.register(router, sharing=share, instrument=instrument)
    register_connect(router, connect=connect, instrument=instrument)
    if following is not None:
        own = Settings(
            settings=following.settings, connections=connections, people=people, replies=replies
        )
        table["settings"] = own.open
        settings.register(router, settings=own, instrument=instrument)
        threads.register(router, replies=ThreadReplies(following), instrument=instrument)
    events.register(router, events=occasions, instrument=instrument)
    return SlackSide(
        bolt=_bolt(
            client=_client(session, slack_api_url), authorize=authorize, late=late, router=router
        ),
        late=late,
        replies=replies,
        authorize=authorize,
    )


def _client(session: ClientSession, slack_api_url: str) -> AsyncWebClient:
    # Explicitly no retries: the SDK's own would post a message twice.
    return AsyncWebClient(base_url=slack_api_url, session=session, retry_handlers=[])


def _bolt(
    *, client: AsyncWebClient, authorize: StoredAuthorize, late: Late, router: Router
) -> AsyncApp:
    with _no_settings_of_bolts_own():
        app = AsyncApp(
            name="taskbridge",
            logger=logging.getLogger("slack_bolt"),
            process_before_response=True,  # no polling for the ack, nothing orphaned at shutdown
            signing_secret="unused",  # noqa: S106  # `bot.server` verifies before Bolt sees a request
            request_verification_enabled=False,
            ssl_check_enabled=False,
            url_verification_enabled=False,
            client=client,
            authorize=authorize,
        )

    @app.error
    async def failed(error: Exception, body: dict[str, object]) -> BoltResponse:
        """Answer what raised before a listener of ours could: authorization, Bolt itself."""
        log.error("slack_request_failed", exc_info=error)
        return late.failed(body, error)

    app.use(router)
    return app


@contextmanager
def _no_settings_of_bolts_own() -> Iterator[None]:
    """Hide SLACK_* from Bolt's constructor.

    It would read tokens on its own, and build OAuth with files in the home directory.
    """
    hidden = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("SLACK_")}
    try:
        yield
    finally:
        os.environ.update(hidden)
