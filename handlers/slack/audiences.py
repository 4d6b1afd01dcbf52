"""Who sees a task, by where it is made: everybody, a conversation's members, one person."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from handlers.slack.incoming import Sender, is_private

IsPrivate = Callable[[str, str], Awaitable[bool | None]]
"""Whether a team's channel is private, asked of Slack; None: it does not tell."""
IN_DOUBT = (
    "To be safe: Slack does not tell me here whether the channel is public, "
    "as it does with /task add."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who sees a new task, and what is to be said to that."""

    of: str | None = None
    """As in `Task`."""
    said: tuple[str, ...] = ()
    """Why it is private, where it may have been meant for everybody."""


class Audiences:
    """Tells the audience of new tasks; asks Slack only where the request does not tell."""

    def __init__(self, is_private: IsPrivate) -> None:
        self._is_private = is_private

    async def of(self, sender: Sender) -> Audience:
        """Return the audience of a task that is made there now; in doubt it is private."""
        channel = sender.channel
        if channel is None:
            return Audience()
        private = is_private(channel, sender.channel_name)
        if private is None:
            private = await self._is_private(sender.team, channel)
            if private is None:
                return Audience(of=channel, said=(IN_DOUBT,))
        if not private:
            return Audience()
        # Who else is in a direct message the bot is not told: it is its writer's alone.
        is_direct = channel.startswith("D") or sender.channel_name == "directmessage"
        return Audience(of=sender.user or channel if is_direct else channel)


async def nobody_tells(_team: str, _channel: str) -> None:
    """Stand in where Slack cannot be asked."""
