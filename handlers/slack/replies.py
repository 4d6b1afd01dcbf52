"""Answers after the acknowledgement: to the `response_url`, else to one person's eyes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from enum import Enum, auto
from typing import Any
from urllib.parse import urlsplit

from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout

from handlers.slack.blocks.message import Message, Shows
from handlers.slack.incoming import Sender
from handlers.slack.web import SlackRefused, Web
from observability.metrics import Metrics
from tasks.ports import Place, Sharing

HOOKS = ("https", "hooks.slack.com")
POST_TIMEOUT = ClientTimeout(total=10, connect=2)
_OK = 200
_RATE_LIMITED = 429

log = logging.getLogger(__name__)


class Posted(Enum):
    """How a post went."""

    YES = auto()
    NO = auto()
    """Surely not: the address is spent or refused it."""
    UNKNOWN = auto()
    """The answer was lost: posting elsewhere might say it twice."""


class Replies:
    """Posts to response URLs, at most once each, and keeps what runs in the background."""

    def __init__(
        self,
        *,
        session: ClientSession,
        slack_api_url: str,
        metrics: Metrics,
        sharing: Sharing | None = None,
    ) -> None:
        """Without `sharing` no message is kept right: those with buttons are replaced."""
        self._sharing = sharing
        self._session = session
        self._metrics = metrics
        own = urlsplit(slack_api_url)
        # Where Slack is simulated, its hooks are on the simulator.
        self._places = {HOOKS, (own.scheme, own.netloc)} - {("https", "slack.com")}
        self._running: set[asyncio.Task[None]] = set()  # strong: the loop keeps only weak ones

    @property
    def under_way(self) -> int:
        """How much is being said."""
        return len(self._running)

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something after the acknowledgement; what it raises is logged."""
        task = asyncio.create_task(self._guarded(work))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def drain(self, seconds: float) -> int:
        """Wait for what runs; return how much still does."""
        if self._running:
            await asyncio.wait(set(self._running), timeout=seconds)
        return len(self._running)

    async def answer(
        self, sender: Sender, web: Web, message: Message, *, replace: bool = False
    ) -> None:
        """Show somebody a message: in place of the one they acted on, below it, or directly.

        What others see too is never replaced by what is for one: it is brought up to date, and the
        person is told only what that does not show.
        """
        shows = message.shows
        if replace and await self._is_kept_right(sender, shows):
            if shows is not None and shows.says_all:
                return
            replace = False
        if sender.response_url:
            posted = await self.post(sender.response_url, message.body(replace=replace))
            if posted is not Posted.NO:
                return
        body = message.body()
        del body["response_type"]
        if sender.channel:
            try:
                await web.whisper(sender.channel, sender.user, body)
            except SlackRefused as error:
                if error.code == "unreachable":
                    return  # it may have been shown
            else:
                return
        await web.direct(sender.user, body)

    async def _is_kept_right(self, sender: Sender, shows: Shows | None) -> bool:
        """Tell whether what they acted on follows its task by itself; then it does so now."""
        if sender.unfurl is not None or sender.details is not None:
            return True  # whoever listened to the press has it renewed
        if not sender.message or shows is None or self._sharing is None:
            return False
        await self._touch(sender, shows, self._sharing)
        return True

    async def _touch(self, sender: Sender, shows: Shows, sharing: Sharing) -> None:
        channel, ts = sender.channel or "", sender.message or ""
        is_direct = channel.startswith("D")
        place = Place(
            key=f"{channel}/{ts}", channel=channel, ts=ts, by=sender.user if is_direct else None
        )
        await sharing.touched(shows.task, place)

    async def post(self, url: str, body: Mapping[str, Any]) -> Posted:
        """Post to a response URL; only to Slack's own host, never twice, following nothing."""
        place = urlsplit(url)
        if (place.scheme, place.netloc) not in self._places:
            log.error("response_url_refused", extra={"host": place.hostname})
            return Posted.NO
        posted, status = Posted.UNKNOWN, "unreachable"
        try:
            async with self._session.post(
                url, json=body, timeout=POST_TIMEOUT, allow_redirects=False
            ) as answer:
                posted = Posted.YES if answer.status == _OK else Posted.NO
                limited = answer.status == _RATE_LIMITED
                status = "ok" if posted is Posted.YES else "rate_limited" if limited else "error"
                if posted is Posted.NO:
                    log.warning(
                        "response_url_spent",
                        extra={"status": answer.status, "reason": (await answer.text())[:100]},
                    )
        except ClientConnectorError:
            posted = Posted.NO  # never left this machine
        except (ClientError, OSError, TimeoutError) as error:
            log.warning("response_url_failed", extra={"error": type(error).__name__})
        self._metrics.slack_called("response_url", status=status)
        return posted

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except SlackRefused as error:
            log.warning("slack_answer_lost", extra={"error_code": error.code})
        except Exception:
            log.exception("slack_background_failed")
