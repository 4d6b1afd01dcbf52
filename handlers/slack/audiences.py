"""Who sees a task, by where it is made: everybody, a conversation's members, one person."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from handlers.slack.incoming import Sender, is_private

IsPrivate = Callable[[str, str], Awaitable[bool]]
"""Whether a team's channel is private, asked of Slack."""


class Audiences:
    """Tells the audience of new tasks; asks Slack only where the request does not tell."""

    def __init__(self, is_private: IsPrivate) -> None:
        self._is_private = is_private

    async def of(self, sender: Sender) -> str | None:
        """Return the audience of a task that is made there now."""
        channel = sender.channel
        if channel is None:
            return None
        private = is_private(channel, sender.channel_name)
        if private is None:
            private = await self._is_private(sender.team, channel)
        if not private:
            return None
        # Who else is in a direct message the bot is not told: it is its writer's alone.
        is_direct = channel.startswith("D") or sender.channel_name == "directmessage"
        return sender.user or channel if is_direct else channel


async def in_doubt_private(_team: str, _channel: str) -> bool:
    """Stand in where Slack cannot be asked."""
    return True
