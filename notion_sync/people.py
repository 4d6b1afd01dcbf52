"""Finds the Notion users of a task's assignees by e-mail, and the people of a row."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from notion_sync.client import Caller, NotionClient
from notion_sync.errors import Forbidden
from notion_sync.mapping import Assigned
from notion_sync.reading import Known
from notion_sync.wire import JsonObject
from tasks.model import PersonId, Task
from tasks.ports import Connection, Now, People, Profile

KEEP = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Members:
    by_email: dict[str, str]
    names: dict[str, tuple[str, str | None]]
    """Name and address by Notion's id."""
    until: datetime


class PeopleFinder:
    """Notion's members by e-mail, each workspace's list kept for ten minutes."""

    def __init__(self, *, client: NotionClient, people: People, now: Now) -> None:
        self._client = client
        self._people = people
        self._now = now
        self._members: dict[str, _Members] = {}
        self._bots: dict[str, str] = {}
        self._reading: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._profiles: dict[tuple[str, PersonId], Profile] = {}

    async def assigned(self, caller: Caller, persons: tuple[PersonId, ...]) -> Assigned:
        """Tell those whom Notion knows from those it does not; no call where there are none."""
        if not persons:
            return Assigned()
        members = await self.members(caller)
        ids: list[str] = []
        matched: list[tuple[str, str, PersonId]] = []
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
                matched.append((found, name, person))
        return Assigned(
            ids=tuple(ids),
            names=tuple(names),
            unmatched=tuple(unmatched),
            matched=tuple(matched),
        )

    async def known(
        self, caller: Caller, ids: Iterable[str], *, page: JsonObject, assigned: Assigned
    ) -> dict[str, Known]:
        """Return who the people of a row are; `assigned` tells those of the task without asking."""
        told = _told(page)
        found = {one: Known(name=name, person=person) for one, name, person in assigned.matched}
        for one in ids:
            if one in found:
                continue
            name, email = told.get(one, (one, None))
            if email is None:
                name, email = (await self._listed(caller)).names.get(one, (name, None))
            person = await self._people.by_email(caller.connection.team, email) if email else None
            found[one] = Known(name=name, person=person)
        return found

    async def author(self, caller: Caller, page: JsonObject) -> PersonId | None:
        """Return who edited a page last, where that is somebody of the team."""
        author = str((page.get("last_edited_by") or {}).get("id"))
        _, email = (await self._listed(caller)).names.get(author, ("", None))
        return await self._people.by_email(caller.connection.team, email) if email else None

    async def bot(self, caller: Caller) -> str:
        """Return Notion's id of the bot behind a connection."""
        key = caller.connection.key
        if key not in self._bots:
            self._bots[key] = str((await self._client.me(caller))["id"])
        return self._bots[key]

    def known_bot(self, connection: Connection) -> str | None:
        """Return the same where it was asked for before."""
        return self._bots.get(connection.key)

    async def names(self, caller: Caller) -> dict[str, str]:
        """Return the names of all members by Notion's id."""
        return {one: name for one, (name, _) in (await self._listed(caller)).names.items()}

    async def zone(self, team: str, task: Task) -> str:
        """Return the zone in which a task's people think, as far as it is known."""
        if task.due is not None and task.due.zone is not None:
            return task.due.zone
        for person in task.owners:
            profile = await self._profile(team, person)
            if profile is not None and profile.zone is not None:
                return profile.zone
        return "UTC"

    async def members(self, caller: Caller) -> dict[str, str]:
        """Return Notion's user ids by e-mail; empty where the connection may not see users."""
        return (await self._listed(caller)).by_email

    async def _listed(self, caller: Caller) -> _Members:
        key = caller.connection.key
        async with self._reading[key]:
            kept = self._members.get(key)
            if kept is None or kept.until <= self._now():
                kept = await self._asked(caller)
                self._members[key] = kept
        return kept

    async def _asked(self, caller: Caller) -> _Members:
        names: dict[str, tuple[str, str | None]] = {}
        try:
            async for user in self._client.users(caller):
                names[user["id"]] = _named(user)
        except Forbidden:
            names = {}  # the capability is missing: people become text, and `doctor` says so
        by_email = {email: one for one, (_, email) in names.items() if email is not None}
        return _Members(by_email=by_email, names=names, until=self._now() + KEEP)

    async def _profile(self, team: str, person: PersonId) -> Profile | None:
        """Return a profile, the last one seen where it cannot be had: a hiccup drops nobody."""
        profile = await self._people.profile(team, person)
        if profile is not None:
            self._profiles[team, person] = profile
        return profile or self._profiles.get((team, person))


def _bare(email: str) -> str:
    return email.strip().casefold()


def _named(user: JsonObject) -> tuple[str, str | None]:
    email = (user.get("person") or {}).get("email")
    return user.get("name") or user["id"], _bare(email) if email else None


def _told(page: JsonObject) -> dict[str, tuple[str, str | None]]:
    """Return what a page says of the people it names: guests are in no list of members."""
    return {
        user["id"]: _named(user)
        for given in page.get("properties", {}).values()
        if given["type"] == "people"
        for user in given["people"]
        if user.get("object") == "user"
    }
