"""The Slack side of one process: its handlers, given what they ask for."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import ClientSession

from bot.clock_and_ids import utc_now
from bot.config import Settings
from bot.notion_side import NotionSide
from bot.own_connection import NoConnection
from bot.slack_reach import SlackReach
from handlers.slack.app import SlackSide, build
from handlers.slack.attending import Desk
from handlers.slack.capturing import Surroundings
from handlers.slack.links import Links
from handlers.slack.threads import Following
from handlers.slack.unfurling import Linking
from notifications.previews import SlackPreviews
from notifications.speech import SlackSpeech
from observability.logs import current_request_id
from observability.metrics import Metrics
from storage.stores import Stores
from tasks.ports import Sharing
from tasks.service import TaskService


def new_slack_side(
    settings: Settings,
    *,
    session: ClientSession,
    reach: SlackReach,
    stores: Stores,
    tasks: TaskService,
    metrics: Metrics,
    notion: NotionSide | None,
    ahead: Callable[[str], int | None],
    is_off: Callable[[str], bool],
    sharing: Sharing,
    on_said: Callable[[], None],
) -> SlackSide:
    """Return what answers in Slack; `on_said` is called where something is said in a thread."""
    return build(
        tasks=tasks,
        people=reach.people,
        authorize=reach.authorize,
        installations=reach.installations,
        queue=stores.queue,
        connections=notion.connection if notion else NoConnection(),
        budget=stores.budget,
        session=session,
        slack_api_url=settings.slack_api_url,
        metrics=metrics,
        now=utc_now,
        request_id=current_request_id,
        ahead=ahead,
        forget=reach.forget,
        is_private=reach.memberships.is_private,
        is_off=is_off,
        trouble=notion.trouble if notion else _all_is_well,
        connecting=notion.connecting if notion else None,
        linking=_linking(settings, stores, reach),
        surroundings=_surroundings(stores, reach, sharing),
        desk=Desk(
            attention=stores.attention,
            deletions=stores.deletions,
            announcements=stores.announcements,
        ),
        following=Following(
            threads=stores.threads,
            copies=stores.copies,
            settings=stores.channels,
            on_said=on_said,
        ),
    )


def _surroundings(stores: Stores, reach: SlackReach, sharing: Sharing) -> Surroundings:
    return Surroundings(
        speech=SlackSpeech(reach.posts()),
        marks=stores.marks,
        settings=stores.channels,
        threads=stores.threads,
        sharing=sharing,
    )


def _linking(settings: Settings, stores: Stores, reach: SlackReach) -> Linking:
    return Linking(
        links=Links(base=settings.public_url),
        rows=stores.rows,
        previews=SlackPreviews(reach.posts(), pacer=stores.edits),
        has_objects=settings.slack_work_objects,
    )


def _all_is_well(_team: str) -> str | None:
    """Stand in where there is no connection that could be in trouble."""
    return None
