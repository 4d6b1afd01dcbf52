"""What people say in threads, and what the app is told of it."""

from collections.abc import Sequence

from playground.slack import payloads, posting
from playground.slack.answers import EventAnswer
from playground.slack.core import Core
from playground.slack.errors import Impossible
from playground.slack.events import Events
from playground.slack.state import Channel, Message, Team, User
from playground.slack.who import Who
from playground.slack.wire import Json

_KINDS = {"public": "channel", "private": "group", "im": "im", "mpim": "mpim"}
_HISTORY = {
    "public": "channels:history",
    "private": "groups:history",
    "im": "im:history",
    "mpim": "mpim:history",
}


class Talking:
    """Writes, edits and deletes as people do; the app hears of it where it may."""

    def __init__(self, *, core: Core, events: Events) -> None:
        self._core = core
        self._events = events

    async def reply(self, to: Message, text: str, user: User, *, deliveries: int) -> Message:
        """Write below a message."""
        channel = to.team.channels[to.channel_id]
        if to.is_ephemeral or channel.find(to.ts) is None:
            raise Impossible("there is nothing to reply to")
        message = posting.from_person(
            self._core, to.team, channel, user.id, text, thread_ts=to.thread_ts or to.ts
        )
        await self.tell(message, payloads.message(message), deliveries=deliveries)
        return message

    async def write(self, who: Who, text: str, *, files: Sequence[str], deliveries: int) -> Message:
        """Write a message of its own; a mention the app hears of even where nothing else is."""
        team, channel, manifest = who.team, who.channel, self._core.manifest
        if channel.kind == "im" and manifest is not None and not manifest.writable:
            raise Impossible("the manifest lets nobody write to the bot")
        message = posting.from_person(self._core, team, channel, who.user.id, text)
        shown = payloads.message(message)
        if files:
            named = [{"id": self._core.ids.next("F"), "name": n, "title": n} for n in files]
            shown |= {"files": named, "subtype": "file_share"}
        await self.tell(message, shown, deliveries=deliveries)
        return message

    async def react(
        self, message: Message, name: str, user: User, *, deliveries: int
    ) -> EventAnswer | None:
        """Put an emoji below a message; None: it is there, or the app may not hear of it."""
        users = message.reactions.setdefault(name, [])
        if user.id in users:
            return None
        users.append(user.id)
        team, channel = message.team, message.team.channels[message.channel_id]
        if not self._hears(team, channel, "reactions:read", "reaction_added"):
            return None
        item = {"type": "message", "channel": channel.id, "ts": message.ts}
        inner = {"type": "reaction_added", "user": user.id, "reaction": name, "item": item}
        author = {"item_user": message.user_id} if message.user_id else {}
        return await self._events.send(team, {**inner, **author}, deliveries=deliveries)

    async def retype(self, message: Message, text: str, *, deliveries: int) -> None:
        """Edit a message, as whoever wrote it."""
        before = payloads.message(message)
        posting.retyped(self._core, message, text)
        changed = {
            "subtype": "message_changed",
            "hidden": True,
            "ts": self._core.ids.ts(),
            "message": payloads.message(message),
            "previous_message": before,
        }
        await self.tell(message, changed, deliveries=deliveries)

    async def remove(self, message: Message, *, deliveries: int) -> None:
        """Delete a message."""
        message.deleted = True
        self._core.journal.changed()
        deleted = {
            "subtype": "message_deleted",
            "hidden": True,
            "ts": self._core.ids.ts(),
            "deleted_ts": message.ts,
            "previous_message": payloads.message(message),
        }
        await self.tell(message, deleted, deliveries=deliveries)

    async def tell(self, about: Message, inner: Json, *, deliveries: int = 1) -> EventAnswer | None:
        """Send the event of a message; None where the app may not hear of it."""
        team, channel = about.team, about.team.channels[about.channel_id]
        await self._mention(about, inner, deliveries=deliveries)
        if not self._may_hear(team, channel):
            return None
        kind = _KINDS[channel.kind]
        event = {**inner, "type": "message", "channel": channel.id, "channel_type": kind}
        return await self._events.send(team, event, deliveries=deliveries)

    async def _mention(self, about: Message, inner: Json, *, deliveries: int) -> None:
        """Send `app_mention` besides: not for edits, and not in the app's own conversations."""
        team, channel = about.team, about.team.channels[about.channel_id]
        bot = team.installation.bot_user_id if team.installation else ""
        if f"<@{bot}>" not in about.text or channel.kind == "im" or inner.get("hidden"):
            return
        if about.user_id != bot and self._hears(team, channel, "app_mentions:read", "app_mention"):
            event = {**inner, "type": "app_mention", "channel": channel.id}
            await self._events.send(team, event, deliveries=deliveries)

    def _hears(self, team: Team, channel: Channel, scope: str, event: str) -> bool:
        installation, manifest = team.installation, self._core.manifest
        return (
            installation is not None
            and installation.bot_user_id in channel.members
            and scope in installation.scopes
            and (manifest is None or event in manifest.events)
        )

    def _may_hear(self, team: Team, channel: Channel) -> bool:
        installation, manifest = team.installation, self._core.manifest
        if installation is None or installation.bot_user_id not in channel.members:
            return False
        if _HISTORY[channel.kind] not in installation.scopes:
            return False
        name = f"message.{_KINDS[channel.kind]}" + ("s" if channel.kind[0] == "p" else "")
        return manifest is None or name in manifest.events
