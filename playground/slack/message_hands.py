"""What people do with messages: they write, answer, react, edit and delete."""

from collections.abc import Sequence

from playground.slack import posting
from playground.slack.answers import EventAnswer
from playground.slack.core import Core
from playground.slack.state import Message
from playground.slack.talking import Talking
from playground.slack.who import Who, person_at, resolve, team_of, user_of


class MessageHands:
    """The part of the simulator where people talk."""

    core: Core
    _talking: Talking

    def say(
        self,
        text: str,
        *,
        user: str | None = None,
        channel: str | None = None,
        team: str | None = None,
    ) -> Message:
        """Type an ordinary message; no event is sent for it."""
        who = resolve(self.core.state, team=team, user=user, channel=channel)
        return posting.from_person(self.core, who.team, who.channel, who.user.id, text)

    async def reply(
        self, to: Message, text: str, *, user: str | None = None, deliveries: int = 1
    ) -> Message:
        """Write in the thread under a message; the bot is told where it may hear of it."""
        return await self._talking.reply(to, text, person_at(to, user), deliveries=deliveries)

    async def write(
        self,
        text: str,
        *,
        user: str | None = None,
        channel: str | None = None,
        team: str | None = None,
        files: Sequence[str] = (),
        deliveries: int = 1,
    ) -> Message:
        """Write a message, of which the bot is told where it may hear of it."""
        who = resolve(self.core.state, team=team, user=user, channel=channel)
        return await self._talking.write(who, text, files=files, deliveries=deliveries)

    async def write_to_bot(
        self,
        text: str,
        *,
        user: str | None = None,
        team: str | None = None,
        files: Sequence[str] = (),
        deliveries: int = 1,
    ) -> Message:
        """Write to the bot itself."""
        found = team_of(self.core.state, team, user)
        person = user_of(found, user)
        direct = self.core.direct_message(found, person.id)
        who = Who(team=found, user=person, channel=direct)
        return await self._talking.write(who, text, files=files, deliveries=deliveries)

    async def react(
        self, to: Message, name: str, *, user: str | None = None, deliveries: int = 1
    ) -> EventAnswer | None:
        """Put an emoji below a message."""
        return await self._talking.react(to, name, person_at(to, user), deliveries=deliveries)

    async def edit_message(self, message: Message, text: str, *, deliveries: int = 1) -> None:
        """Edit a message, as whoever wrote it."""
        await self._talking.retype(message, text, deliveries=deliveries)

    async def delete_message(self, message: Message, *, deliveries: int = 1) -> None:
        """Delete a message."""
        await self._talking.remove(message, deliveries=deliveries)
