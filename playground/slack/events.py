"""Events and their retries on Slack's clock."""

from collections.abc import Mapping, Sequence
from typing import Literal
from urllib.parse import urlsplit

from playground.slack import payloads
from playground.slack.answers import EventAnswer
from playground.slack.core import Core, Linked
from playground.slack.delivery import Ack, Parcel
from playground.slack.panes import Pane
from playground.slack.post import Post
from playground.slack.state import Message, Team, User

RETRY_SECONDS = (0.0, 60.0, 300.0)
_REASONS = {"timeout": "http_timeout", "unreachable": "connection_failed"}


class Events:
    """Tells the bot what happened."""

    def __init__(self, *, core: Core, post: Post) -> None:
        self._core = core
        self._post = post

    async def send(
        self, team: Team, inner: Mapping[str, object], *, deliveries: int = 1
    ) -> EventAnswer:
        """Send an event until it is taken, four times at most."""
        if self._core.manifest is not None:
            self._core.manifest.check_event(inner)
        body = payloads.event(self._core, team=team, inner=inner)
        name = f"event:{inner.get('type')}"
        parcel = Parcel(kind="events_api", name=name, body=body)
        attempts = await self._post.send(parcel, times=deliveries)
        for number, pause in enumerate(RETRY_SECONDS, start=1):
            last = attempts[-1]
            if last.ok or _gives_up(last):
                break
            await self._core.sleep(pause)
            again = Parcel(
                kind="events_api",
                name=name,
                body=body,
                retry_num=number,
                retry_reason=_REASONS.get(last.trouble, "http_error"),
            )
            attempts += await self._post.send(again)
        if not attempts[-1].ok:
            self._core.journal.blame("event", f"{name} was never taken", body)
        return EventAnswer(event_id=str(body["event_id"]), attempts=tuple(attempts))

    async def app_home_opened(self, team: Team, user: User) -> EventAnswer:
        """Send `app_home_opened`; the view is in it once there is one."""
        inner: dict[str, object] = {
            "type": "app_home_opened",
            "user": user.id,
            "channel": self._core.direct_message(team, user.id).id,
            "tab": "home",
        }
        shown = self._core.views.home(team.id, user.id)
        if shown is not None:
            inner["view"] = payloads.view(self._core, shown)
        return await self.send(team, inner)

    async def link_shared(
        self, message: Message, links: Sequence[str], *, deliveries: int = 1
    ) -> EventAnswer:
        """Tell the bot of links to its domains, posted or still being written."""
        core, team = self._core, message.team
        if core.manifest is not None:
            core.manifest.check_links(links)
        channel = team.channels.get(message.channel_id)
        unfurl_id = core.ids.secret(32)
        source: Literal["composer", "conversations_history"]
        source = "composer" if channel is None else "conversations_history"
        core.unfurl_ids[unfurl_id] = Linked(message=message, source=source, links=frozenset(links))
        bot = team.installation.bot_user_id if team.installation else ""
        inner: dict[str, object] = {
            "type": "link_shared",
            "user": message.user_id,
            "channel": message.channel_id,
            "message_ts": message.ts if channel is not None else unfurl_id,
            "is_bot_user_member": channel is not None and bot in channel.members,
            "links": [{"domain": urlsplit(link).hostname or "", "url": link} for link in links],
            "unfurl_id": unfurl_id,
            "source": source,
        }
        if message.thread_ts:
            inner["thread_ts"] = message.thread_ts
        return await self.send(team, inner, deliveries=deliveries)

    async def entity_details_requested(self, pane: Pane, *, deliveries: int = 1) -> EventAnswer:
        """Tell the bot that somebody wants to see an object's details."""
        team = pane.team
        trigger_id = self._core.triggers.issue(team_id=team.id, user_id=pane.user.id)
        self._core.panes[trigger_id] = pane
        inner = payloads.details_requested(pane, trigger_id=trigger_id)
        return await self.send(team, inner, deliveries=deliveries)

    async def verify_url(self) -> bool:
        """Ask the request URL for its challenge, as on the settings page."""
        challenge = self._core.ids.secret(32)
        body = {
            "token": self._core.verification_token,
            "challenge": challenge,
            "type": "url_verification",
        }
        parcel = Parcel(kind="events_api", name="url_verification", body=body)
        ack = (await self._post.send(parcel))[0]
        said = ack.json.get("challenge") if isinstance(ack.json, dict) else ack.text.strip()
        return ack.ok and said == challenge

    async def uninstall(self, team: Team) -> list[EventAnswer]:
        """Kill the token, then send `tokens_revoked` and `app_uninstalled`."""
        bot_user_id = ""
        if team.installation is not None:
            team.installation.state = "inactive"
            bot_user_id = team.installation.bot_user_id
        self._core.views.forget(team.id)
        revoked = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [bot_user_id]}}
        return [await self.send(team, revoked), await self.send(team, {"type": "app_uninstalled"})]


def _gives_up(ack: Ack) -> bool:
    named = {name.lower(): value for name, value in ack.headers.items()}
    return named.get("x-slack-no-retry") == "1"
