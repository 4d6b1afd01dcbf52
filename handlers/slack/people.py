"""The people of a workspace, out of users.info: cached, asked once at a time, never waited for."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack.authorize import StoredAuthorize
from handlers.slack.web import refusal
from observability.metrics import Metrics
from tasks.errors import StoreError
from tasks.model import PersonId
from tasks.permissions import Standing
from tasks.ports import People, Profile

DEADLINE_SECONDS = 1.0
TTL_SECONDS = 600.0
UNKNOWN_TTL_SECONDS = 30.0
"""For those who were not to be had: not every command shall wait for them."""
CACHE_SIZE = 10_000
METHOD = "users.info"
BY_EMAIL = "users.lookupByEmail"

Key = tuple[str, PersonId]
log = logging.getLogger(__name__)


class SlackPeople(People):
    """Asks Slack with the team's own token; an e-mail address comes only with its scope."""

    def __init__(
        self,
        client: AsyncWebClient,
        *,
        authorize: StoredAuthorize,
        metrics: Metrics,
        deadline: float = DEADLINE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        size: int = CACHE_SIZE,
    ) -> None:
        """Take a client without token and without retries."""
        self._client = client
        self._authorize = authorize
        self._metrics = metrics
        self._deadline = deadline
        self._clock = clock
        self._size = size
        self._cache: OrderedDict[Key, tuple[float, Profile | None]] = OrderedDict()
        self._flights: dict[Key, asyncio.Task[Profile | None]] = {}
        self._addresses: OrderedDict[tuple[str, str], tuple[float, PersonId | None]] = OrderedDict()

    async def profile(self, team: str, person: PersonId) -> Profile | None:
        """Return a profile, cached for ten minutes; None when not to be had within a second."""
        key = (team, person)
        hit = self._cache.get(key)
        if hit is not None and hit[0] > self._clock():
            return hit[1]
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = asyncio.create_task(self._fly(key))
            flight.add_done_callback(lambda _: self._flights.pop(key, None))
        await asyncio.wait({flight}, timeout=self._deadline)
        if flight.done():
            return flight.result()
        return hit[1] if hit is not None else None

    async def by_email(self, team: str, email: str) -> PersonId | None:
        """Return who has this address, cached for ten minutes; None when not to be had."""
        key = (team, email.casefold())
        hit = self._addresses.get(key)
        if hit is not None and hit[0] > self._clock():
            return hit[1]
        found = await self._called(BY_EMAIL, team, {"email": email})
        person = None if found is None else found.person
        ttl = TTL_SECONDS if person is not None else UNKNOWN_TTL_SECONDS
        self._addresses[key] = (self._clock() + ttl, person)
        self._addresses.move_to_end(key)
        while len(self._addresses) > self._size:
            self._addresses.popitem(last=False)
        return person

    def forget(self, team: str) -> None:
        """Drop what is cached of a team: its installation is gone."""
        for key in [key for key in self._cache if key[0] == team]:
            del self._cache[key]
        for address in [address for address in self._addresses if address[0] == team]:
            del self._addresses[address]

    async def close(self) -> None:
        """End what is under way."""
        flights = list(self._flights.values())
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)

    async def _fly(self, key: Key) -> Profile | None:
        try:
            found = await self._asked(*key)
        except Exception:  # nobody waits for a time zone in vain: said, and read in UTC
            log.exception("slack_people_failed")
            found = None
        ttl = TTL_SECONDS if found is not None else UNKNOWN_TTL_SECONDS
        self._cache[key] = (self._clock() + ttl, found)
        self._cache.move_to_end(key)
        while len(self._cache) > self._size:
            self._cache.popitem(last=False)
        return found

    async def _asked(self, team: str, person: PersonId) -> Profile | None:
        return await self._called(METHOD, team, {"user": person})

    async def _called(self, method: str, team: str, params: dict[str, str]) -> Profile | None:
        status = "unreachable"
        try:
            bot = await self._authorize.installation(team=team, enterprise=None)
            if bot is None:
                return None
            answer = await self._client.api_call(
                method,
                params=params,
                http_verb="GET",
                headers={"Authorization": f"Bearer {bot.bot_token}"},
            )
            status = "ok"
        except SlackApiError as error:
            code, status = refusal(error)
            log.info("slack_person_unknown", extra={"error_code": code})
            return None
        except (SlackClientError, ClientError, OSError, TimeoutError, StoreError) as error:
            log.info("slack_people_unreachable", extra={"error": type(error).__name__})
            return None
        finally:
            self._metrics.slack_called(method, status=status)
        return profile_of(answer.get("user") or {})


def profile_of(user: Mapping[str, Any]) -> Profile | None:
    """Read the user object of Slack."""
    found = user.get("profile") or {}
    person = user.get("id")
    if not person:
        return None
    names = (found.get("display_name"), user.get("real_name"), user.get("name"), person)
    return Profile(
        person=str(person),
        name=str(next(name for name in names if name)),
        zone=user.get("tz") or None,
        email=found.get("email") or None,
        is_bot=bool(user.get("is_bot")),
        standing=standing_of(user),
    )


def standing_of(user: Mapping[str, Any]) -> Standing:
    """Read what somebody is in the workspace, the least first."""
    if user.get("is_stranger"):
        return Standing.STRANGER
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return Standing.GUEST
    if any(user.get(flag) for flag in ("is_admin", "is_owner", "is_primary_owner")):
        return Standing.ADMIN
    return Standing.MEMBER
