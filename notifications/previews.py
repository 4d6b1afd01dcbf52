"""Previews in Slack: in the pace it takes for a workspace; safe to repeat, so repeated."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from notifications.objects import is_unwanted, offered, was_dropped, why
from notifications.posts import NotPosted, Posts, PostUnknown
from tasks.ports import Pacer, Previews

UNFURL = "chat.unfurl"
WAIT_MAX_SECONDS = 60.0
"""A minute later nobody looks for a preview any more."""
TRIES = 3

log = logging.getLogger(__name__)


class SlackPreviews(Previews):
    """Calls chat.unfurl; its pace is one for all channels of a workspace."""

    def __init__(self, posts: Posts, *, pacer: Pacer) -> None:
        self._posts = posts
        self._pacer = pacer

    async def show(
        self,
        team: str,
        below: Mapping[str, str],
        previews: Mapping[str, Mapping[str, Any]],
        *,
        objects: Sequence[Mapping[str, Any]] = (),
    ) -> bool:
        """Show previews by link, or objects in their place; see the port."""
        if objects and (done := await self._done(team, {**below, **offered(objects)})) is not None:
            return done
        return bool(await self._done(team, {**below, "unfurls": dict(previews)}))

    async def _done(self, team: str, given: Mapping[str, Any]) -> bool | None:
        """Call in time; None: Slack wants no such objects."""
        left, tries = WAIT_MAX_SECONDS, 0
        while tries < TRIES:
            if wait := (await self._pacer.wait(team, UNFURL)).total_seconds():
                if wait > left:
                    break
                left -= wait
                await self._posts.sleep(wait)
                continue
            tries += 1
            try:
                token = await self._posts.token(team)
                answer = await self._posts.call(UNFURL, token, given)
            except NotPosted as error:
                if "metadata" in given and is_unwanted(error.code):
                    said = why(getattr(error.__cause__, "response", None))
                    log.warning(
                        "work_object_refused", extra={"error_code": error.code, "why": said}
                    )
                    return None
                if not error.wait_seconds:
                    log.info("slack_not_unfurled", extra={"error_code": error.code})
                    return False
                await self._pacer.hold(team, UNFURL, wait=timedelta(seconds=error.wait_seconds))
            except PostUnknown:
                continue  # the same previews take the place of themselves
            else:
                if "metadata" not in given or not was_dropped(answer):
                    return True
                told = {"error_code": answer.get("warning"), "why": why(answer)}
                log.warning("work_object_refused", extra=told)
                return None
        log.info("slack_not_unfurled", extra={"error_code": "too_late"})
        return False
