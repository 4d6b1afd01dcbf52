"""One Slack to hold in the hand: build workspaces, then act as the people in them."""

import asyncio
import time
from collections.abc import Mapping

from playground.slack import payloads
from playground.slack.answers import EventAnswer
from playground.slack.clicks import Clicks
from playground.slack.commands import Commands
from playground.slack.core import Core, Execution
from playground.slack.delivery import ACK_SECONDS
from playground.slack.events import Events
from playground.slack.faults import Faults
from playground.slack.ids import Ids
from playground.slack.interaction_hands import InteractionHands
from playground.slack.limits import RateLimits
from playground.slack.link_hands import LinkHands
from playground.slack.message_hands import MessageHands
from playground.slack.modals import Modals
from playground.slack.post import Post, TransportName
from playground.slack.response_urls import ResponseUrls
from playground.slack.screen import Screen
from playground.slack.setting import Setting
from playground.slack.socket_mode import Sockets
from playground.slack.state import Message
from playground.slack.steps import Steps
from playground.slack.talking import Talking
from playground.slack.triggers import Triggers
from playground.slack.views import Views
from playground.slack.who import team_of, user_of
from playground.slack.wire import Now, Sleep

APP_ID = "A0TASKBRIDGE"


class SlackSimulator(Setting, InteractionHands, MessageHands, LinkHands, Screen):
    """A strict Slack. People act through its coroutines; the bot meets it over the wire."""

    def __init__(
        self,
        *,
        signing_secret: str,
        now: Now = time.time,
        sleep: Sleep = asyncio.sleep,
        sign_now: Now | None = None,
        bot_url: str = "",
        ack_seconds: float = ACK_SECONDS,
        app_id: str = APP_ID,
        app_name: str = "taskbridge",
        client_id: str = "1111.2222",
        client_secret: str = "client-secret",  # noqa: S107 - of a simulator
    ) -> None:
        ids = Ids(now=now)
        self.core = Core(
            app_id=app_id,
            app_name=app_name,
            verification_token=ids.secret(),
            client_id=client_id,
            client_secret=client_secret,
            now=now,
            sleep=sleep,
            ids=ids,
            triggers=Triggers(ids=ids, now=now),
            views=Views(ids=ids),
            response_urls=ResponseUrls(ids=ids, now=now),
            limits=RateLimits(now=now),
        )
        self.post = Post(
            core=self.core,
            secret=signing_secret,
            sign_now=sign_now or now,
            bot_url=bot_url,
            ack_seconds=ack_seconds,
        )
        self._commands = Commands(core=self.core, post=self.post)
        self._clicks = Clicks(core=self.core, post=self.post)
        self._modals = Modals(core=self.core, post=self.post)
        self._events = Events(core=self.core, post=self.post)
        self._steps = Steps(core=self.core, events=self._events)
        self._talking = Talking(core=self.core, events=self._events)

    # What Slack itself tells the bot

    async def run_step(
        self,
        callback_id: str,
        inputs: Mapping[str, object],
        *,
        team: str | None = None,
        deliveries: int = 1,
    ) -> Execution:
        """Let a workflow come to a step of the app."""
        found = team_of(self.core.state, team)
        return await self._steps.run(found, callback_id, inputs, deliveries=deliveries)

    async def tell_of(self, message: Message) -> EventAnswer | None:
        """Tell the bot of a message that is there, one of its own too, as Slack does."""
        return await self._talking.tell(message, payloads.message(message))

    async def event(
        self, inner: Mapping[str, object], *, team: str | None = None, deliveries: int = 1
    ) -> EventAnswer:
        """Send an event, again after 0, 60 and 300 seconds of our clock while it is refused."""
        found = team_of(self.core.state, team)
        return await self._events.send(found, inner, deliveries=deliveries)

    async def open_home(self, *, user: str | None = None, team: str | None = None) -> EventAnswer:
        """Look at the bot's home tab."""
        found = team_of(self.core.state, team, user)
        return await self._events.app_home_opened(found, user_of(found, user))

    async def verify_url(self) -> bool:
        """Check the request URL as Slack's settings page does."""
        return await self._events.verify_url()

    async def uninstall(self, *, team: str | None = None) -> list[EventAnswer]:
        """Remove the app: its token dies, then both events go out."""
        return await self._events.uninstall(team_of(self.core.state, team))

    # The machinery

    @property
    def faults(self) -> Faults:
        """Return where trouble with Web API methods is ordered."""
        return self.core.faults

    @property
    def limits(self) -> RateLimits:
        """Return the rate limits; `limits.enabled = False` lifts them."""
        return self.core.limits

    @property
    def sockets(self) -> Sockets:
        """Return the bot's websockets: `connections`, `disconnect()`, `drop()`."""
        return self.post.sockets

    @property
    def bot_url(self) -> str:
        """Return where the bot listens, without a path."""
        return self.post.bot_url

    @bot_url.setter
    def bot_url(self, url: str) -> None:
        self.post.bot_url = url

    @property
    def transport(self) -> TransportName:
        """Return how the bot is reached: `http` or `socket`."""
        return self.post.chosen

    @transport.setter
    def transport(self, name: TransportName) -> None:
        self.post.chosen = name
