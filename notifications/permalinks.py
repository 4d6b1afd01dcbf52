"""Addresses of messages, asked of Slack; one that Slack leads on where it cannot be asked."""

from __future__ import annotations

from notifications.calls import Calls, NotDone
from tasks.ports import Permalinks


class SlackPermalinks(Permalinks):
    """Asks for each message."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def of(self, team: str, channel: str, message: str, *, thread: str) -> str:
        """Return where people can read a message; see the port."""
        asked = {"channel": channel, "message_ts": message}
        try:
            answer = await self._calls.get(team, "chat.getPermalink", asked)
        except NotDone:
            answer = {}
        packed = message.replace(".", "")
        return str(
            answer.get("permalink")
            or f"https://slack.com/archives/{channel}/p{packed}?thread_ts={thread}&cid={channel}"
        )
