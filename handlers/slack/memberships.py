"""Who is in which conversation, out of users.conversations: asked when it matters, kept seconds."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Generic, TypeVar

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack.authorize import StoredAuthorize
from handlers.slack.web import refusal
from observability.metrics import Metrics
from tasks.errors import StoreError
from tasks.model import PersonId
from tasks.permissions import Presence, Standing
from tasks.ports import Memberships, People

CONVERSATIONS = "users.conversations"
INFO = "conversations.info"
DEADLINE_SECONDS = 0.8
"""What a person waits at most; with the database behind it an answer is still in time."""
TTL_SECONDS = 20.0
"""How long somebody who has left a channel can still see its tasks."""
FAILURE_TTL_SECONDS = 3.0
"""How long Slack is left alone after it could not be asked."""
STANDING_TTL_SECONDS = 600.0
CACHE_SIZE = 10_000
PAGE = 999
PAGES_MAX = 10

Key = TypeVar("Key")
Value = TypeVar("Value")
log = logging.getLogger(__name__)


class Kept(Generic[Key, Value]):
    """Answers that are kept for a time, each asked for once however many want it."""

    def __init__(self, *, clock: Callable[[], float], size: int) -> None:
        self._clock = clock
        self._size = size
        self._cache: OrderedDict[Key, tuple[float, Value]] = OrderedDict()
        self._flights: dict[Key, asyncio.Task[Value]] = {}

    def fresh(self, key: Key) -> tuple[Value] | None:
        """Return an answer that still holds, in a tuple."""
        hit = self._cache.get(key)
        return (hit[1],) if hit is not None and hit[0] > self._clock() else None

    def any(self, key: Key) -> tuple[Value] | None:
        """Return an answer that may not hold any more, in a tuple."""
        hit = self._cache.get(key)
        return (hit[1],) if hit is not None else None

    def clear(self) -> None:
        """Forget all that was kept; what is being asked for goes on."""
        self._cache.clear()

    def flight(
        self,
        key: Key,
        ask: Callable[[], Coroutine[Any, Any, Value]],
        ttl: Callable[[Value], float],
    ) -> asyncio.Task[Value]:
        """Return the asking under way, or begin it."""
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = asyncio.create_task(self._fly(key, ask, ttl))
            flight.add_done_callback(lambda _: self._flights.pop(key, None))
        return flight

    async def _fly(
        self,
        key: Key,
        ask: Callable[[], Coroutine[Any, Any, Value]],
        ttl: Callable[[Value], float],
    ) -> Value:
        found = await ask()
        self._cache[key] = (self._clock() + ttl(found), found)
        self._cache.move_to_end(key)
        while len(self._cache) > self._size:
            self._cache.popitem(last=False)
        return found

    def drop(self, where: Callable[[Key], bool]) -> None:
        """Forget answers."""
        for key in [key for key in self._cache if where(key)]:
            del self._cache[key]

    async def close(self) -> None:
        """End what is under way."""
        flights = list(self._flights.values())
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)


class SlackMemberships(Memberships):
    """Asks Slack with the team's own token; the bot sees only the channels it is in itself."""

    def __init__(
        self,
        client: AsyncWebClient,
        *,
        people: People,
        authorize: StoredAuthorize,
        metrics: Metrics,
        ttl: float = TTL_SECONDS,
        deadline: float = DEADLINE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        size: int = CACHE_SIZE,
    ) -> None:
        """Take a client without token and without retries."""
        self._client = client
        self._people = people
        self._authorize = authorize
        self._metrics = metrics
        self._ttl = ttl
        self._deadline = deadline
        self._standings: Kept[tuple[str, PersonId], Standing | None]
        self._standings = Kept(clock=clock, size=size)
        self._inside: Kept[tuple[str, PersonId, str], frozenset[str] | None]
        self._inside = Kept(clock=clock, size=size)
        self._looked: Kept[tuple[str, str], bool | None] = Kept(clock=clock, size=size)

    async def standing(self, team: str, person: PersonId) -> Standing:
        """Return what they are; only the first question waits for Slack, 0.8 s at most."""
        key = (team, person)
        if (known := self._standings.fresh(key)) is None:
            known = self._standings.any(key)
            flight = self._standings.flight(key, lambda: self._asked_standing(key), _for_standing)
            if known is None or known[0] is None:
                await asyncio.wait({flight}, timeout=self._deadline)
                known = (flight.result() if flight.done() else None,)
        return known[0] or Standing.MEMBER  # fails open: what is public stays to be had

    async def inside(
        self, team: str, person: PersonId, presence: Presence, *, public_too: bool
    ) -> frozenset[str] | None:
        """Return where they are, as of the last 20 s; None: not to be had within 0.8 s."""
        types = "private_channel,mpim" + (",public_channel" if public_too else "")
        key = (team, person, types)
        found = await self._waited(
            self._inside, key, lambda: self._asked_inside(*key), self._for_answers
        )
        here = presence.here
        if found is None or here is None or here in found or presence.is_proven:
            return found
        if (presence.is_private or public_too) and not await self._looks_into(team, here):
            # Where the bot cannot look, that they were shown the button is all there is to go by.
            return found | {here}
        return found

    async def is_private(self, team: str, channel: str) -> bool | None:
        """Tell whether a conversation is not for everybody; None: Slack does not say in time."""
        return await self._info(team, channel)

    def forget(self, team: str) -> None:
        """Drop what is cached of a team: its installation is gone."""
        self._standings.drop(lambda key: key[0] == team)
        self._inside.drop(lambda key: key[0] == team)
        self._looked.drop(lambda key: key[0] == team)

    async def close(self) -> None:
        """End what is under way."""
        await self._standings.close()
        await self._inside.close()
        await self._looked.close()

    async def _waited(
        self,
        kept: Kept[Key, Value | None],
        key: Key,
        ask: Callable[[], Coroutine[Any, Any, Value | None]],
        ttl: Callable[[Value | None], float],
    ) -> Value | None:
        if (known := kept.fresh(key)) is not None:
            return known[0]
        flight = kept.flight(key, ask, ttl)
        await asyncio.wait({flight}, timeout=self._deadline)
        return flight.result() if flight.done() else None

    async def _asked_standing(self, key: tuple[str, PersonId]) -> Standing | None:
        profile = await self._people.profile(*key)
        if profile is not None:
            return profile.standing
        before = self._standings.any(key)
        return before[0] if before is not None else None  # once a guest, not a member by accident

    async def _asked_inside(self, team: str, person: PersonId, types: str) -> frozenset[str] | None:
        found: set[str] = set()
        cursor = ""
        for _ in range(PAGES_MAX):
            params = {"user": person, "types": types, "limit": str(PAGE), "cursor": cursor}
            answer = await self._called(CONVERSATIONS, team, params)
            if not isinstance(answer, Mapping):
                return None
            found.update(str(one["id"]) for one in answer.get("channels") or ())
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        return frozenset(found)

    async def _looks_into(self, team: str, channel: str) -> bool:
        """Tell whether the bot knows who is in a channel; so too where that cannot be told."""
        key = (team, channel)
        found = await self._waited(
            self._looked, key, lambda: self._asked_looking(*key), self._for_answers
        )
        return found is not False

    async def _asked_looking(self, team: str, channel: str) -> bool | None:
        answer = await self._called(INFO, team, {"channel": channel})
        if isinstance(answer, Mapping):
            shown = _channel(answer)
            return not shown.get("is_private") or bool(shown.get("is_member"))
        return False if answer == "channel_not_found" else None

    async def _info(self, team: str, channel: str) -> bool | None:
        try:
            async with asyncio.timeout(self._deadline):
                answer = await self._called(INFO, team, {"channel": channel})
        except TimeoutError:
            return None
        if not isinstance(answer, Mapping):
            return None
        shown = _channel(answer)
        return any(shown.get(flag) for flag in ("is_private", "is_im", "is_mpim"))

    async def _called(
        self, method: str, team: str, params: dict[str, str]
    ) -> Mapping[str, Any] | str | None:
        """Return the answer; Slack's own word where it refuses, None where it is not reached."""
        status = "unreachable"
        try:
            bot = await self._authorize.installation(team=team, enterprise=None)
            if bot is None:
                return None
            answer = await self._client.api_call(
                method,
                params={name: value for name, value in params.items() if value},
                http_verb="GET",
                headers={"Authorization": f"Bearer {bot.bot_token}"},
            )
            status = "ok"
        except SlackApiError as error:
            code, status = refusal(error)
            log.info("slack_membership_unknown", extra={"method": method, "error_code": code})
            return code
        except (SlackClientError, ClientError, OSError, TimeoutError, StoreError) as error:
            log.info("slack_membership_unreachable", extra={"error": type(error).__name__})
            return None
        finally:
            self._metrics.slack_called(method, status=status)
        return answer.data if isinstance(answer.data, dict) else None

    def _for_answers(self, found: object | None) -> float:
        return self._ttl if found is not None else min(self._ttl, FAILURE_TTL_SECONDS)


def _for_standing(found: Standing | None) -> float:
    return STANDING_TTL_SECONDS if found is not None else FAILURE_TTL_SECONDS


def _channel(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what an answer says of a channel; nothing where it is of another shape."""
    shown = answer.get("channel")
    return shown if isinstance(shown, Mapping) else {}
