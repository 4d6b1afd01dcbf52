"""Finds the Notion users of a task's assignees by e-mail."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from notion_sync.client import Caller, NotionClient
from notion_sync.errors import Forbidden
from notion_sync.mapping import Assigned
from tasks.model import PersonId
from tasks.ports import Now, People, Profile

KEEP = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Members:
    by_email: dict[str, str]
    until: datetime


class PeopleFinder:
    """Notion's members by e-mail, each workspace's list kept for ten minutes."""

    def __init__(self, *, client: NotionClient, people: People, now: Now) -> None:
        self._client = client
        self._people = people
        self._now = now
        self._members: dict[str, _Members] = {}
        self._reading: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._profiles: dict[tuple[str, PersonId], Profile] = {}

    async def assigned(self, caller: Caller, persons: tuple[PersonId, ...]) -> Assigned:
        """Tell those whom Notion knows from those it does not; no call where there are none."""
        if not persons:
            return Assigned()
        members = await self.members(caller)
        ids: list[str] = []
        names: list[str] = []
        unmatched: list[str] = []
        for person in persons:
            profile = await self._profile(caller.connection.team, person)
            name = profile.name if profile is not None else person
            found = members.get(_bare(profile.email)) if profile and profile.email else None
            names.append(name)
            if found is None:
                unmatched.append(name)
            else:
                ids.append(found)
        return Assigned(ids=tuple(ids), names=tuple(names), unmatched=tuple(unmatched))

    async def members(self, caller: Caller) -> dict[str, str]:
        """Return Notion's user ids by e-mail; empty where the connection may not see users."""
        key = caller.connection.key
        async with self._reading[key]:
            kept = self._members.get(key)
            if kept is None or kept.until <= self._now():
                kept = _Members(by_email=await self._asked(caller), until=self._now() + KEEP)
                self._members[key] = kept
        return kept.by_email

    async def _asked(self, caller: Caller) -> dict[str, str]:
        found: dict[str, str] = {}
        try:
            async for user in self._client.users(caller):
                email = (user.get("person") or {}).get("email")
                if email:
                    found[_bare(email)] = user["id"]
        except Forbidden:
            return {}  # the capability is missing: people become text, and `doctor` says so
        return found

    async def _profile(self, team: str, person: PersonId) -> Profile | None:
        """Return a profile, the last one seen where it cannot be had: a hiccup drops nobody."""
        profile = await self._people.profile(team, person)
        if profile is not None:
            self._profiles[team, person] = profile
        return profile or self._profiles.get((team, person))


def _bare(email: str) -> str:
    return email.strip().casefold()
