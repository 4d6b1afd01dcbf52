"""Brings the copy of a comment up to date: a message in a task's thread, posted exactly once.

The intent is kept before a message is posted. Where its outcome is unknown, or a new owner finds
an intent, the thread is read once Slack has had time to finish: each message of ours names the
copy that it is, and only where there is none another one is posted.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from notifications.calls import (
    Calls,
    NotDone,
    NotInstalled,
    Refused,
    Unclear,
    Wait,
)
from notifications.thread_message import changed, copy_named, posted
from tasks.errors import LeaseLost, StoreError
from tasks.ports import ChannelSettings, Copies, CopyClaim, Feature, Pacer, Said

SETTLED_AFTER = timedelta(seconds=20)
"""Within what time after it was sent a message is there, or never will be."""
BACKOFF_MAX = timedelta(minutes=1)
_DEAD = ("account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked")
_GONE = ("message_not_found",)
_PAGE = 200

log = logging.getLogger(__name__)


class ThreadPosts:
    """The only place that posts comments."""

    def __init__(
        self,
        *,
        copies: Copies,
        settings: ChannelSettings,
        pacer: Pacer,
        calls: Calls,
        settled_after: timedelta = SETTLED_AFTER,
    ) -> None:
        self._copies = copies
        self._settings = settings
        self._pacer = pacer
        self._calls = calls
        self._settled_after = settled_after

    async def do(self, claim: CopyClaim) -> None:
        """Do one claim; whatever happens, it is completed, given back, or left to its lease."""
        with suppress(LeaseLost, StoreError):
            result = await self._ended(claim)
            log.info(
                "comment posted" if result == "done" else "comment not posted",
                extra={"action": "post", "result": result, "team": claim.remark.team},
            )

    async def _ended(self, claim: CopyClaim) -> str:
        try:
            copy_id = await self._posted(claim)
        except Refused as error:
            if error.code in _DEAD:
                return await self._later(claim, BACKOFF_MAX * 10)
            log.warning("comment refused", extra={"action": "post", "error_code": error.code})
            await self._copies.give_up(claim, reason=f"Slack refused it: {error.code}")
            return "set_aside"
        except (NotInstalled, _Off) as error:
            await self._copies.give_up(claim, reason=str(error))
            return "set_aside"
        except Wait as error:
            return await self._later(claim, error.wait)
        except NotDone:
            wait = min(BACKOFF_MAX, timedelta(seconds=2 ** min(claim.attempts, 6)))
            return await self._later(claim, wait)
        await self._copies.complete(claim, copy_id=copy_id)
        return "done"

    async def _later(self, claim: CopyClaim, wait: timedelta) -> str:
        await self._copies.postpone(claim, wait=wait)
        return "postponed"

    async def _posted(self, claim: CopyClaim) -> str | None:
        """Make the message say what was said; return its id, None where there is none."""
        if claim.said is None and claim.copy_id is None and not claim.sends:
            return None  # gone before anybody could see a copy
        remark = claim.remark
        if Feature.COMMENTS not in await self._settings.of(remark.team, remark.channel):
            raise _Off("The channel has switched it off.")
        copy_id = claim.copy_id or await self._found(claim)
        if claim.said is None:
            await self._delete(claim, copy_id)
        elif copy_id is None:
            copy_id = await self._post(claim, claim.said)
        else:
            await self._update(claim, copy_id, claim.said)
        return copy_id

    async def _found(self, claim: CopyClaim) -> str | None:
        """Return the message of an earlier attempt; nothing is asked where there was none."""
        if not claim.sends or claim.last_sent_at is None:
            return None
        wait = claim.last_sent_at + self._settled_after - claim.at
        if wait > timedelta(0):
            raise Wait(wait)
        remark = claim.remark
        asked = {
            "channel": remark.channel,
            "ts": remark.thread,
            "include_all_metadata": "true",
            "limit": _PAGE,
        }
        while True:
            answer = await self._calls.get(remark.team, "conversations.replies", asked)
            for message in answer.get("messages") or ():
                if copy_named(message) == remark.id:
                    return str(message["ts"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None
            asked = asked | {"cursor": cursor}

    async def _post(self, claim: CopyClaim, said: Said) -> str:
        remark = claim.remark
        if wait := await self._pacer.wait(remark.team, remark.channel):
            raise Wait(wait)
        claim = await self._copies.intend(claim)
        if not await self._copies.still_held(claim):
            raise LeaseLost
        body = posted(said, remark.id) | {"channel": remark.channel, "thread_ts": remark.thread}
        try:
            answer = await self._calls.post(remark.team, "chat.postMessage", body)
        except Unclear as error:
            raise Wait(self._settled_after) from error
        except NotDone as error:
            await self._copies.unsent(claim)  # surely none was posted
            if isinstance(error, Wait):
                await self._pacer.hold(remark.team, remark.channel, wait=error.wait)
            raise
        return str(answer["ts"])

    async def _update(self, claim: CopyClaim, copy_id: str, said: Said) -> None:
        remark = claim.remark
        body = changed(said) | {"channel": remark.channel, "ts": copy_id}
        with _unless_gone():
            await self._calls.post(remark.team, "chat.update", body)

    async def _delete(self, claim: CopyClaim, copy_id: str | None) -> None:
        if copy_id is None:
            return
        remark = claim.remark
        with _unless_gone():
            await self._calls.post(
                remark.team, "chat.delete", {"channel": remark.channel, "ts": copy_id}
            )


class _Off(Exception):
    """The channel has switched it off since."""


@contextmanager
def _unless_gone() -> Iterator[None]:
    """Pass over that somebody has deleted the message."""
    try:
        yield
    except Refused as error:
        if error.code not in _GONE:
            raise
