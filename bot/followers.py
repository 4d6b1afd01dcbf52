"""The work beside the requests: begun with the bot, and ended with it in order."""

from __future__ import annotations

import asyncio
import logging

from bot.background import Background, Stoppable
from bot.card_side import CardSide
from bot.comment_side import CommentSide
from bot.notion_side import NotionSide
from bot.slack_dispatch import SlackDispatch
from handlers.slack.app import SlackSide
from handlers.slack.socket_mode import SocketMode
from notifications.teller import Teller
from storage.stores import Stores

log = logging.getLogger(__name__)


def follow(
    background: Background,
    *,
    stores: Stores,
    notion: NotionSide | None,
    comments: CommentSide | None,
    teller: Teller | None,
    cards: CardSide,
) -> tuple[Stoppable, ...]:
    """Start the followers; return what ends each one gracefully."""
    followers = [
        Stoppable(stores.history.stop, background.worker("history", stores.history.run)),
        Stoppable(stores.tombstones.stop, background.worker("tombstones", stores.tombstones.run)),
        Stoppable(cards.stop, background.worker("shared cards", cards.run)),
    ]
    if teller is not None:
        followers.append(Stoppable(teller.stop, background.worker("teller", teller.run)))
    if notion is not None:
        followers.append(Stoppable(notion.stop, background.worker("notion", notion.run)))
    if comments is not None:
        followers.append(Stoppable(comments.stop, background.worker("comments", comments.run)))
    return tuple(followers)


async def finish(
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
