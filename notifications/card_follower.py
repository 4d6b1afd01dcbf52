"""Keeps shared cards right: one edit per place and quiet moment, whatever the number of changes."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from datetime import timedelta

from notifications.calls import NotDone, NotInstalled, Refused, Unclear, Unreached, Wait
from notifications.card_posts import CardPosts, EditsPaused, Never
from notifications.declined import Declined
from notifications.readers import Readers
from observability.metrics import Metrics
from tasks.errors import LeaseLost, StoreError
from tasks.model import Task
from tasks.ports import Place, Places, PlacesClaim, Shape

BACKOFF_MAX = timedelta(minutes=5)
DEAD_WAIT = timedelta(minutes=10)
_DEAD = ("account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked")
GONE = (
    *("cant_update_message", "channel_not_found", "edit_window_closed", "is_archived"),
    *("is_inactive", "message_not_found", "not_in_channel", "restricted_action", "team_not_found"),
    *("thread_not_found", "cannot_reply_to_message"),
    *("cannot_find_channel", "cannot_find_message", "cannot_find_service"),
    *("cannot_unfurl_message", "cannot_unfurl_url"),
)
"""What Slack says of messages and conversations that are not to be had any more."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Round:
    """What one claim has come to so far."""

    shown: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    unsent: set[str] = field(default_factory=set)
    again: timedelta | None = None

    def wait(self, by: timedelta) -> None:
        """Leave something to do."""
        self.again = by if self.again is None else min(self.again, by)


class _Stop(Exception):
    """Nothing more of this claim can be done now."""


class CardFollower:
    """The only one that edits shared cards."""

    def __init__(
        self,
        *,
        places: Places,
        posts: CardPosts,
        declined: Declined,
        readers: Readers,
        settled_after: timedelta,
        metrics: Metrics,
    ) -> None:
        self._declined = declined
        self._readers = readers
        self._places = places
        self._posts = posts
        self._settled_after = settled_after
        self._metrics = metrics

    async def do(self, claim: PlacesClaim) -> None:
        """Do one claim; whatever happens, it is settled or left to its lease."""
        try:
            await self._told(claim)
        except LeaseLost:
            log.info("lease lost", extra={"action": "tell"})
        except StoreError as error:
            log.info("told later", extra={"action": "tell", "error": type(error).__name__})

    async def _told(self, claim: PlacesClaim) -> None:
        done = _Round()
        for place in reversed(claim.places):  # the latest first: somebody may look at it
            try:
                await self._one(claim, place, done)
            except _Stop:
                break
        await self._places.settle(
            claim,
            shown=done.shown,
            gone=frozenset(done.gone),
            unsent=frozenset(done.unsent),
            again=done.again,
        )

    async def _one(self, claim: PlacesClaim, place: Place, done: _Round) -> None:
        try:
            if place.ts is None and place.shape is Shape.DECLINED:
                result = await self._tell(claim, place, done)
            elif place.ts is None:
                result = await self._make(claim, place, done)
            else:
                result = await self._edit(claim, place, done)
        except Refused as error:
            result = self._refused(claim, place, error.code, done)
            if place.ts is None and place.channel:
                await self._apologise(claim, place, done)
        except Never:
            done.gone.add(place.key)
            result = "forgotten"
            log.warning("perhaps shared", extra={"action": "tell", "team": claim.task.team})
        except NotInstalled:
            done.wait(DEAD_WAIT)
            raise _Stop from None
        except EditsPaused as error:
            done.wait(error.wait)
            raise _Stop from error
        except Wait as error:
            done.wait(error.wait)
            return
        except (Unclear, Unreached, NotDone):
            done.wait(min(BACKOFF_MAX, timedelta(seconds=2 ** min(claim.attempts, 9))))
            raise _Stop from None
        self._metrics.shared_cards.labels(result).inc()

    async def _apologise(self, claim: PlacesClaim, place: Place, done: _Round) -> None:
        """Tell whoever wanted it; where they surely were not told, the place stays until then."""
        try:
            await self._posts.apologise(claim.task, place)
        except (Wait, Unreached) as error:
            done.gone.discard(place.key)
            backoff = timedelta(seconds=2 ** min(claim.attempts, 9))
            done.wait(error.wait if isinstance(error, Wait) else min(BACKOFF_MAX, backoff))

    def _refused(self, claim: PlacesClaim, place: Place, code: str, done: _Round) -> str:
        known = {"action": "tell", "team": claim.task.team, "error_code": code}
        if code in _DEAD:
            done.wait(DEAD_WAIT)
            raise _Stop
        if code in GONE or place.ts is None:
            log.info("place forgotten", extra=known)
            done.gone.add(place.key)
            return "forgotten"
        log.error("card refused", extra=known)  # it would be again: the next change may be taken
        return "refused"

    async def _edit(self, claim: PlacesClaim, place: Place, done: _Round) -> str:
        if not await self._may_read(claim.task, place):
            done.gone.add(place.key)
            return "forgotten"
        body, digest = await self._posts.body(claim.task, place)
        if digest == place.shown:
            return "unchanged"
        await self._hold(claim)
        await self._posts.edit(claim.task, place, body)
        done.shown[place.key] = digest
        return "edited"

    async def _may_read(self, task: Task, place: Place) -> bool:
        """Tell whether a message to one person may go on showing a private task. Wait."""
        if task.audience is None or place.by is None or not place.channel.startswith("D"):
            return True
        return await self._readers.may_see(task, place.by)

    async def _tell(self, claim: PlacesClaim, place: Place, done: _Round) -> str:
        """Find the message that a task was declined, or post it to whoever is to know."""
        task = claim.task
        told = await self._declined.addressed(task, place)
        if told is None:
            done.gone.add(place.key)
            return "forgotten"
        there = await self._told_before(claim, told)
        result, shown = "found", ""  # what it shows is not known
        if there is None:
            there, shown = await self._told_now(claim, told, done)
            result = "posted"
        channel, ts = there
        kept = replace(told, key=f"{channel}/{ts}", channel=channel, ts=ts, shown=shown, sends=0)
        await self._places.keep(task.team, task.number, kept, rev=task.rev)
        done.gone.add(place.key)
        return result

    async def _told_before(self, claim: PlacesClaim, place: Place) -> tuple[str, str] | None:
        """Return the conversation and the message of an earlier attempt. Wait, Never."""
        if not place.sends:
            return None
        self._settled(claim, place)
        channel = await self._posts.direct(claim.task.team, place.channel)
        ts = await self._posts.found(claim.task, replace(place, channel=channel))
        return None if ts is None else (channel, ts)

    async def _told_now(
        self, claim: PlacesClaim, place: Place, done: _Round
    ) -> tuple[tuple[str, str], str]:
        """Post; return the conversation and the message, and a digest of what it shows."""
        body, digest = await self._posts.body(claim.task, place)
        await self._begin(claim, place)
        try:
            return await self._posts.sent(claim.task, place, body), digest
        except Unclear as error:
            raise Wait(self._settled_after) from error
        except NotDone:
            done.unsent.add(place.key)
            raise

    async def _begin(self, claim: PlacesClaim, place: Place) -> None:
        """Remember that a message is about to be posted, when its turn has come. Wait."""
        if wait := await self._posts.pacer.wait(claim.task.team, place.channel):
            raise Wait(wait)
        await self._places.sending(claim, place.key)
        await self._hold(claim)

    async def _make(self, claim: PlacesClaim, place: Place, done: _Round) -> str:
        """Find the message of an intent, or post it."""
        task, result = claim.task, "found"
        body, digest = await self._posts.body(task, place)
        ts = await self._earlier(claim, place)
        if ts is None:
            result = "posted"
            ts = await self._post(claim, place, body, done)
        else:
            digest = ""  # what it shows is not known: it is edited once
            done.wait(timedelta(0))
        await self._places.posted(
            task.team, task.number, place.key, ts=ts, shown=digest, rev=task.rev
        )
        await self._posts.bind(task, place, ts)
        return result

    async def _earlier(self, claim: PlacesClaim, place: Place) -> str | None:
        if not place.sends or place.last_sent_at is None:
            return None
        self._settled(claim, place)
        return await self._posts.found(claim.task, place)

    def _settled(self, claim: PlacesClaim, place: Place) -> None:
        """Wait: what was sent last may still be on its way."""
        sent_at = place.last_sent_at or claim.at
        if (wait := sent_at + self._settled_after - claim.at) > timedelta(0):
            raise Wait(wait)

    async def _post(
        self, claim: PlacesClaim, place: Place, body: dict[str, object], done: _Round
    ) -> str:
        await self._begin(claim, place)
        try:
            return await self._posts.post(claim.task, place, body)
        except Unclear as error:
            raise Wait(self._settled_after) from error
        except NotDone:
            done.unsent.add(place.key)
            raise

    async def _hold(self, claim: PlacesClaim) -> None:
        if not await self._places.still_held(claim):
            raise LeaseLost
