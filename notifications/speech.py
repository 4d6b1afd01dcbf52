"""Speech in Slack: posted once, in the channel's pace; what may have arrived is not repeated."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from notifications.posts import NotPosted, Posts, PostUnknown
from tasks.errors import StoreError
from tasks.ports import Heard, Speech, Spoken

TRIES = 3
"""So often a message is tried that Slack was too busy to take."""
WAIT_MAX_SECONDS = 60.0
"""Who talks does not remember a minute later what this was about."""

log = logging.getLogger(__name__)


class SlackSpeech(Speech):
    """Posts for whoever hands in a message."""

    def __init__(self, posts: Posts) -> None:
        self._posts = posts

    async def say(self, team: str, channel: str, body: Mapping[str, Any]) -> Spoken:
        """Post a message; see the port."""
        for _ in range(TRIES):
            try:
                ts = await self._posts.post(team, channel, body)
            except NotPosted as error:
                if not 0 < error.wait_seconds <= WAIT_MAX_SECONDS:
                    log.info("slack_not_said", extra={"error_code": error.code})
                    return Spoken(heard=Heard.NOT_THERE)
                await self._posts.sleep(error.wait_seconds)
            except (PostUnknown, StoreError) as error:
                log.warning("slack_said_unknown", extra={"error": type(error).__name__})
                return Spoken(heard=Heard.UNKNOWN)
            else:
                return Spoken(heard=Heard.YES, ts=ts)
        return Spoken(heard=Heard.NOT_THERE)
