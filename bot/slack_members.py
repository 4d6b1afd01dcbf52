"""The people of a workspace by list, for commands that need many of them at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack.people import profile_of
from tasks.model import PersonId
from tasks.ports import People, Profile


async def members(client: AsyncWebClient, token: str, *, most: int) -> list[Profile]:
    """Return those who are active, no bots. SlackApiError, and what the transport raises."""
    people: list[Profile] = []
    cursor = ""
    while len(people) < most:
        answer = await client.users_list(token=token, limit=200, cursor=cursor)
        members: list[dict[str, Any]] = answer.get("members") or []
        active = [m for m in members if not m.get("deleted") and not m.get("is_bot")]
        people += [profile for m in active if (profile := profile_of(m)) is not None]
        cursor = (answer.get("response_metadata") or {}).get("next_cursor", "")
        if not cursor:
            break
    return [person for person in people if person.person != "USLACKBOT"]


class Listed(People):
    """Knows those whom it was given; nobody is asked, so no limit of Slack drops anybody."""

    def __init__(self, people: Iterable[Profile]) -> None:
        self._by_id = {one.person: one for one in people}
        self._by_email = {
            one.email.casefold(): one.person for one in self._by_id.values() if one.email
        }

    async def profile(self, team: str, person: PersonId) -> Profile | None:  # noqa: ARG002  # the port's
        """Return a profile; None for a stranger."""
        return self._by_id.get(person)

    async def by_email(self, team: str, email: str) -> PersonId | None:  # noqa: ARG002  # the port's
        """Return who has this address."""
        return self._by_email.get(email.strip().casefold())
