"""What people do with links, and with the Work Objects that the bot makes of them."""

import re

from playground.slack import posting
from playground.slack.answers import EventAnswer
from playground.slack.core import Core
from playground.slack.errors import Impossible
from playground.slack.escape import for_message
from playground.slack.events import Events
from playground.slack.panes import Pane
from playground.slack.state import Message
from playground.slack.who import person_at, resolve, team_of, user_of


class LinkHands:
    """The part of the simulator where people share links and look behind them."""

    core: Core
    _events: Events

    async def share(
        self,
        text: str,
        *,
        user: str | None = None,
        channel: str | None = None,
        team: str | None = None,
        deliveries: int = 1,
    ) -> Message:
        """Write a message with links the app unfurls; the bot is told at once."""
        who = resolve(self.core.state, team=team, user=user, channel=channel)
        message = posting.from_person(self.core, who.team, who.channel, who.user.id, text)
        await self._events.link_shared(message, _links(text), deliveries=deliveries)
        return message

    async def compose(
        self, text: str, *, user: str | None = None, team: str | None = None
    ) -> Message:
        """Type links without sending them yet: the bot is not told where, the writer sees them."""
        found = team_of(self.core.state, team, user)
        person = user_of(found, user)
        draft = Message(
            team=found,
            channel_id="COMPOSER",
            ts=self.core.ids.ts(),
            text=for_message(text, found),
            user_id=person.id,
            ephemeral_to=person.id,
        )
        await self._events.link_shared(draft, _links(text))
        return draft

    async def open_details(
        self, on: Message, *, user: str | None = None, link: str | None = None, deliveries: int = 1
    ) -> Pane:
        """Click on a Work Object below a message; what the bot answers stands in the pane."""
        found = link or next(iter(on.objects), None)
        if found not in on.objects:
            raise Impossible("there is no such Work Object below the message")
        entity = on.objects[found]
        pane = Pane(
            team=on.team,
            user=person_at(on, user),
            on=on,
            link=found,
            url=entity["url"],
            reference=entity["external_ref"],
        )
        await self._events.entity_details_requested(pane, deliveries=deliveries)
        return pane

    async def refresh_object(self, on: Message) -> EventAnswer:
        """Press the button at Work Objects that asks the app for them anew."""
        return await self._events.link_shared(on, list(on.objects))

    async def find_details(
        self, url: str, *, user: str | None = None, team: str | None = None
    ) -> Pane:
        """Open a Work Object out of a search: Slack knows its address, and nothing else."""
        found = team_of(self.core.state, team, user)
        pane = Pane(
            team=found, user=user_of(found, user), on=None, link=url, url=url, reference=None
        )
        await self._events.entity_details_requested(pane)
        return pane


def _links(text: str) -> list[str]:
    return re.findall(r"https?://[^\s<>|]+", text)
