"""What people see, and what the simulator has noted meanwhile."""

from collections.abc import Callable
from typing import TypeVar

from playground.slack.core import Core
from playground.slack.journal import Journal, Violation
from playground.slack.state import Message
from playground.slack.views import View
from playground.slack.who import channel_of, team_of, user_of

Found = TypeVar("Found")


class Screen:
    """The half of the simulator that only looks."""

    core: Core

    def messages(
        self, channel: str | None = None, *, user: str | None = None, team: str | None = None
    ) -> list[Message]:
        """Return what one person sees in a channel, ephemerals of theirs included."""
        found = team_of(self.core.state, team, user)
        person = user_of(found, user)
        room = channel_of(found, channel, person)
        hidden = room.kind != "public" and person.id not in room.members
        return [
            message
            for message in room.messages
            if not message.deleted and not hidden and message.ephemeral_to in (None, person.id)
        ]

    def direct_messages(self, *, user: str | None = None, team: str | None = None) -> list[Message]:
        """Return the conversation between one person and the bot."""
        found = team_of(self.core.state, team, user)
        person = user_of(found, user)
        channel = found.im_with(person.id)
        return [m for m in channel.messages if not m.deleted] if channel else []

    def modals(self, user: str | None = None, *, team: str | None = None) -> list[View]:
        """Return one person's open modals, the visible one last."""
        found = team_of(self.core.state, team, user)
        return list(self.core.views.stack(found.id, user_of(found, user).id))

    def home(self, user: str | None = None, *, team: str | None = None) -> View | None:
        """Return one person's home tab, if the bot has published it."""
        found = team_of(self.core.state, team, user)
        return self.core.views.home(found.id, user_of(found, user).id)

    async def until(self, check: Callable[[], Found], *, seconds: float = 20.0) -> Found:
        """Wait until something becomes true in Slack; TimeoutError if it does not."""
        return await self.core.journal.until(check, seconds=seconds)

    @property
    def violations(self) -> list[Violation]:
        """Return all that a real Slack would have refused; tests want it empty."""
        return self.core.journal.violations

    @property
    def journal(self) -> Journal:
        """Return every exchange in both directions."""
        return self.core.journal
