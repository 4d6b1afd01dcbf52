"""Messages that many see: people are named there, and nothing is meant for one alone."""

from __future__ import annotations

from typing import Any

from handlers.slack.blocks.message import Message
from handlers.slack.blocks.quiet import people_in
from tasks.model import PersonId
from tasks.ports import People


async def names_in(shown: Message, team: str, people: People) -> dict[PersonId, str]:
    """Return the names of those whom a message mentions, as far as they are known."""
    profiles = [await people.profile(team, person) for person in people_in(shown)]
    return {one.person: one.name for one in profiles if one is not None}


def body_for_all(message: Message) -> dict[str, Any]:
    """Return what is posted: for all in a conversation, not for one person."""
    body = message.body()
    del body["response_type"]
    return body
