"""One Slack to hold in the hand: build workspaces, then act as the people in them."""

import asyncio
import re
import time
from collections.abc import Mapping, Sequence
from typing import overload

from playground.slack import payloads, posting
from playground.slack.answers import Answer, EventAnswer, SubmitAnswer, Suggestions
from playground.slack.clicks import Clicks
from playground.slack.commands import Commands
from playground.slack.core import Core, Execution
from playground.slack.delivery import ACK_SECONDS, Ack
from playground.slack.errors import Impossible
from playground.slack.escape import for_message
from playground.slack.events import Events
from playground.slack.faults import Faults
from playground.slack.ids import Ids
from playground.slack.limits import RateLimits
from playground.slack.modals import Modals
from playground.slack.panes import Pane
from playground.slack.post import Post, TransportName
from playground.slack.response_urls import ResponseUrls
from playground.slack.screen import Screen
from playground.slack.setting import Setting
from playground.slack.socket_mode import Sockets
from playground.slack.state import Message, User
from playground.slack.steps import Steps
from playground.slack.talking import Talking
from playground.slack.triggers import Triggers
from playground.slack.views import View, Views
from playground.slack.who import Who, resolve, team_of, user_of
from playground.slack.wire import Now, Sleep

APP_ID = "A0TASKBRIDGE"


class SlackSimulator(Setting, Screen):
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

    # What people do

    @overload
    async def command(
        self,
        typed: str,
        *,
        user: str | None = None,
        channel: str | None = None,
        team: str | None = None,
        deliveries: None = None,
    ) -> Answer: ...

    @overload
    async def command(
        self,
        typed: str,
        *,
        user: str | None = None,
        channel: str | None = None,
        team: str | None = None,
        deliveries: int,
    ) -> list[Answer]: ...

    async def command(
        self,
        typed: str,
        *,
        user: str | None = None,
        channel: str | None = None,
        team: str | None = None,
        deliveries: int | None = None,
    ) -> Answer | list[Answer]:
        """Type a slash command; with `deliveries` the same one so many times, all at once."""
        who = resolve(self.core.state, team=team, user=user, channel=channel)
        answers = await self._commands.run(typed, who, deliveries=deliveries or 1)
        return answers[0] if deliveries is None else answers

    @overload
    async def click(
        self,
        on: Message | View | Pane,
        wanted: str,
        *,
        user: str | None = None,
        value: object = None,
        block_id: str | None = None,
        deliveries: None = None,
    ) -> Answer: ...

    @overload
    async def click(
        self,
        on: Message | View | Pane,
        wanted: str,
        *,
        user: str | None = None,
        value: object = None,
        block_id: str | None = None,
        deliveries: int,
    ) -> list[Answer]: ...

    async def click(
        self,
        on: Message | View | Pane,
        wanted: str,
        *,
        user: str | None = None,
        value: object = None,
        block_id: str | None = None,
        deliveries: int | None = None,
    ) -> Answer | list[Answer]:
        """Press or pick an element by its action_id, block_id or label."""
        answers = await self._clicks.click(
            on,
            wanted,
            self._at(on, user),
            value=value,
            block_id=block_id,
            deliveries=deliveries or 1,
        )
        return answers[0] if deliveries is None else answers

    @overload
    async def submit(
        self,
        view: View,
        values: Mapping[str, object] | None = None,
        *,
        user: str | None = None,
        deliveries: None = None,
    ) -> SubmitAnswer: ...

    @overload
    async def submit(
        self,
        view: View,
        values: Mapping[str, object] | None = None,
        *,
        user: str | None = None,
        deliveries: int,
    ) -> list[SubmitAnswer]: ...

    async def submit(
        self,
        view: View,
        values: Mapping[str, object] | None = None,
        *,
        user: str | None = None,
        deliveries: int | None = None,
    ) -> SubmitAnswer | list[SubmitAnswer]:
        """Fill in fields by block_id, action_id or label, and submit; `None` empties a field."""
        answers = await self._modals.submit(
            view, values or {}, self._at(view, user), deliveries=deliveries or 1
        )
        return answers[0] if deliveries is None else answers

    def fill(self, view: View, values: Mapping[str, object]) -> None:
        """Type and pick in a modal without submitting it."""
        self._modals.fill(view, values)

    async def close(
        self, view: View, *, user: str | None = None, everything: bool = False
    ) -> Ack | None:
        """Close the topmost modal, or with the cross all of them; None: nobody was told."""
        return await self._modals.close(view, self._at(view, user), everything=everything)

    async def suggest(
        self, on: Message | View, wanted: str, typed: str, *, user: str | None = None
    ) -> Suggestions:
        """Type into an external select."""
        return await self._clicks.suggest(on, wanted, typed, self._at(on, user))

    async def shortcut(
        self, callback_id: str, *, user: str | None = None, team: str | None = None
    ) -> Answer:
        """Use a global shortcut."""
        who = resolve(self.core.state, team=team, user=user, channel=None)
        return await self._clicks.shortcut(callback_id, who)

    async def message_shortcut(
        self, on: Message, callback_id: str, *, user: str | None = None
    ) -> Answer:
        """Use a shortcut from a message's menu."""
        return await self._clicks.message_shortcut(on, callback_id, self._at(on, user))

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
        return await self._talking.reply(to, text, self._at(to, user), deliveries=deliveries)

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
        return await self._talking.react(to, name, self._at(to, user), deliveries=deliveries)

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

    async def edit_message(self, message: Message, text: str, *, deliveries: int = 1) -> None:
        """Edit a message, as whoever wrote it."""
        await self._talking.retype(message, text, deliveries=deliveries)

    async def delete_message(self, message: Message, *, deliveries: int = 1) -> None:
        """Delete a message."""
        await self._talking.remove(message, deliveries=deliveries)

    async def tell_of(self, message: Message) -> EventAnswer | None:
        """Tell the bot of a message that is there, one of its own too, as Slack does."""
        return await self._talking.tell(message, payloads.message(message))

    # What Slack itself tells the bot

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
        message = self.say(text, user=user, channel=channel, team=team)
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
            user=self._at(on, user),
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

    def _at(self, on: Message | View | Pane, user: str | None) -> User:
        if user is None and isinstance(on, Pane):
            return on.user
        if user is None and isinstance(on, View):
            user = on.user_id
        if user is None and isinstance(on, Message):
            user = on.ephemeral_to
        return user_of(on.team, user)


def _links(text: str) -> list[str]:
    return re.findall(r"https?://[^\s<>|]+", text)
