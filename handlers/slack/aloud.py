"""Answers where others talk: in a thread, or in the bot's own conversation with somebody."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from handlers.slack.blocks.message import Message, Shows
from handlers.slack.blocks.quiet import people_in, quiet
from tasks.errors import StoreError
from tasks.model import PersonId
from tasks.ports import Heard, Marks, People, Place, Sharing, Speech

NAMES_SECONDS = 0.5
"""So long names are waited for before a form opens without them; a trigger lives 3 s."""
ONCE = timedelta(hours=26)
"""Slack repeats an event for a day."""


class Aloud:
    """Says messages once; never notifies anybody."""

    def __init__(
        self, *, speech: Speech, people: People, marks: Marks, sharing: Sharing | None = None
    ) -> None:
        self._sharing = sharing
        self._speech = speech
        self._people = people
        self._marks = marks

    async def say(
        self,
        team: str,
        channel: str,
        message: Message,
        *,
        thread: str | None = None,
        by: PersonId | None = None,
        follows: bool = True,
    ) -> Heard:
        """Post a message; one about a task is kept right, if it `follows`.

        `by` is whom it is for, where that is one person.
        """
        names = await self.names(team, people_in(message), seconds=None)
        body = quiet(message, names).body()
        del body["response_type"]
        spoken = await self._speech.say(
            team, channel, body | ({"thread_ts": thread} if thread else {})
        )
        if follows and spoken.ts and message.shows is not None and self._sharing is not None:
            place = _place(message.shows, channel, spoken.ts, thread)
            await self._sharing.carries(message.shows.task, replace(place, by=by))
        return spoken.heard

    async def is_first(self, team: str, name: str) -> bool:
        """Tell whether something is still to be said; where that cannot be told it is said."""
        try:
            return await self._marks.set(team, name, lasts=ONCE)
        except StoreError:
            return True

    async def names(
        self, team: str, people: Iterable[PersonId], *, seconds: float | None = NAMES_SECONDS
    ) -> Mapping[PersonId, str]:
        """Return the names of those who can be had in that time."""
        asked = {person: asyncio.create_task(self._name(team, person)) for person in people}
        if asked:
            await asyncio.wait(asked.values(), timeout=seconds)
        found = {person: one.result() for person, one in asked.items() if one.done()}
        return {person: name for person, name in found.items() if name}

    async def _name(self, team: str, person: PersonId) -> str | None:
        profile = await self._people.profile(team, person)
        return profile.name if profile else None


def _place(shows: Shows, channel: str, ts: str, thread: str | None) -> Place:
    return Place(
        key=f"{channel}/{ts}",
        channel=channel,
        ts=ts,
        shape=shows.shape,
        lead=shows.lead,
        thread=thread,
    )
