"""Webhooks: subscriptions, bundles that wait, events on their way, and what was delivered."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from playground.notion.access import Capability, Connection, Connections
from playground.notion.agenda import Agenda, Step
from playground.notion.bundles import bundled, is_single
from playground.notion.changes import Change
from playground.notion.deliveries import (
    MOST_ATTEMPTS,
    RETRY_SECONDS,
    SIGNATURE,
    Delivery,
    Post,
    encoded_body,
    is_accepted,
    post,
    signed,
)
from playground.notion.ids import Ids
from playground.notion.json_types import JsonObject
from playground.notion.payloads import event_type, payload
from playground.notion.subscriptions import NotReached, Subscription, SubscriptionVersion
from playground.notion.weather import Dice, Weather
from playground.notion.workspace import Workspace

_Key: TypeAlias = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event as it was made; `is_lost` if the weather kept it from ever being sent."""

    subscription: Subscription
    body: JsonObject
    is_lost: bool

    @property
    def id(self) -> str:
        """Its id, the same over all attempts."""
        return str(self.body["id"])

    @property
    def type(self) -> str:
        """Its type, like `page.created`."""
        return str(self.body["type"])


class Webhooks:
    """Listens to all workspaces; nothing is noted or sent where nobody has subscribed.

    Time passes on the emulator's clock: `settle` lets it pass until nothing is left to send, and
    `run` delivers in the background, for a clock that goes by itself.
    """

    def __init__(
        self,
        *,
        connections: Connections,
        workspaces: Callable[[], list[Workspace]],
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        seed: int,
    ) -> None:
        self.weather = Weather()
        self.retry_seconds: tuple[float, ...] = RETRY_SECONDS
        self.post: Post = post
        # Nothing tells whether Notion does; who relies on it should find out here.
        self.signs_hand_shakes = False
        self.subscriptions: list[Subscription] = []
        self.events: list[Event] = []
        self.deliveries: list[Delivery] = []
        self._connections = connections
        self._workspaces = workspaces
        self._monotonic = monotonic
        self._ids = Ids(f"webhooks {seed}")
        self._dice = Dice(seed)
        # Until when each is open (seconds of the clock), and what it holds.
        self._bundles: dict[_Key, tuple[float, list[Change]]] = {}
        self._agenda = Agenda(
            monotonic=monotonic,
            sleep=sleep,
            catch_up=self._catch_up,
            others_wait=self._wait_of_workspaces,
        )

    def _catch_up(self) -> None:
        for workspace in self._workspaces():
            workspace.later.catch_up()

    def _wait_of_workspaces(self) -> float | None:
        waits = (workspace.later.seconds_left for workspace in self._workspaces())
        return min((wait for wait in waits if wait is not None), default=None)

    async def subscribe(
        self,
        integration_id: str,
        url: str,
        *,
        types: frozenset[str] | None = None,
        version: SubscriptionVersion = "2026-03-11",
    ) -> Subscription:
        """Send the hand-shake; events flow once the token was pasted back. NotReached."""
        subscription = self._subscription(integration_id, url, types=types, version=version)
        body = encoded_body({"verification_token": subscription.verification_token})
        signature = signed(subscription.verification_token, body)
        headers = _headers(signature if self.signs_hand_shakes else None)
        status = await self.post(url, body, headers)
        if not is_accepted(status):
            raise NotReached(f"{url} answered {status}")
        self.subscriptions.append(subscription)
        return subscription

    def add_subscription(
        self,
        integration_id: str,
        url: str,
        *,
        token: str | None = None,
        types: frozenset[str] | None = None,
        version: SubscriptionVersion = "2026-03-11",
    ) -> Subscription:
        """Add a subscription that was verified before the story begins."""
        subscription = self._subscription(integration_id, url, types=types, version=version)
        subscription.verification_token = token or subscription.verification_token
        subscription.is_verified = True
        self.subscriptions.append(subscription)
        return subscription

    def _subscription(
        self,
        integration_id: str,
        url: str,
        *,
        types: frozenset[str] | None,
        version: SubscriptionVersion,
    ) -> Subscription:
        return Subscription(
            id=self._ids.uuid(),
            url=url,
            integration_id=integration_id,
            verification_token=f"secret_{self._ids.token()}",
            types=types,
            version=version,
        )

    def unsubscribe(self, subscription: Subscription) -> None:
        """Delete a subscription; what is on its way to it is dropped."""
        subscription.is_paused = True
        self.subscriptions.remove(subscription)

    def note(self, workspace: Workspace, change: Change) -> None:
        """Take a change; it becomes an event of every subscription that may know of it."""
        for subscription in self.subscriptions:
            kind = event_type(change, subscription.version)
            if kind is None or not subscription.wants(kind):
                continue
            if not change.is_shared or not self._readers(workspace, subscription, change):
                continue
            if is_single(change):
                self._send(workspace, subscription, change)
            else:
                self._bundle(workspace, subscription, change)

    def _readers(
        self, workspace: Workspace, subscription: Subscription, change: Change
    ) -> list[Connection]:
        needed = Capability.READ_COMMENTS if change.kind == "comment" else Capability.READ_CONTENT
        return [
            connection
            for connection in self._connections.living(workspace)
            if connection.integration_id == subscription.integration_id
            and needed in connection.capabilities
        ]

    def _bundle(self, workspace: Workspace, subscription: Subscription, change: Change) -> None:
        key = (subscription.id, change.kind, change.entity_id)
        end, changes = self._bundles.get(key, (0.0, []))
        # A bundle ends by the clock, even where nobody has looked since.
        if changes and self._monotonic() < end:
            changes.append(change)
            return
        fresh = [change]
        self._bundles[key] = (self._monotonic() + self.weather.aggregate_seconds, fresh)

        async def close() -> int:
            if self._bundles.get(key, (0.0, []))[1] is fresh:
                del self._bundles[key]
            for left in bundled(fresh):
                self._send(workspace, subscription, left)
            return 0

        self._agenda.add(self.weather.aggregate_seconds, close)

    def _send(self, workspace: Workspace, subscription: Subscription, change: Change) -> None:
        fate = self._dice.throw(self.weather)
        if fate.title_as_content and change.of_title_only:
            blocks = ((change.entity_id, "page"),)
            change = replace(change, verb="content_updated", properties=(), blocks=blocks)
        readers = self._readers(workspace, subscription, change)
        is_public = any(connection.owner is not None for connection in readers)
        body = payload(
            workspace,
            change,
            subscription,
            event_id=self._ids.uuid(),
            accessible_by=list(_accessible_by(readers)) if is_public else None,
        )
        event = Event(subscription=subscription, body=body, is_lost=not fate.waits)
        self.events.append(event)
        for wait in fate.waits:
            self._agenda.add(wait, self._attempt(event, 1))

    def _attempt(self, event: Event, number: int) -> Step:
        async def attempt() -> int:
            subscription = event.subscription
            if not subscription.wants(event.type):
                return 0
            body = encoded_body(event.body | {"attempt_number": number})
            at = self._monotonic()
            headers = _headers(signed(subscription.verification_token, body))
            status = await self.post(subscription.url, body, headers)
            self.deliveries.append(
                Delivery(
                    at=at,
                    url=subscription.url,
                    event_id=event.id,
                    type=event.type,
                    attempt=number,
                    body=body,
                    status=status,
                )
            )
            if not is_accepted(status) and number < MOST_ATTEMPTS:
                self._agenda.add(self.retry_seconds[number - 1], self._attempt(event, number + 1))
            return 1

        return attempt

    @property
    def seconds_left(self) -> float | None:
        """How long until there is something to send; None: nothing is waiting."""
        return self._agenda.seconds_left

    async def settle(self, *, within_seconds: float | None = None) -> int:
        """Let time pass until all is delivered or given up, or to that limit; return requests."""
        return await self._agenda.settle(within_seconds)

    async def run(self) -> None:
        """Deliver until cancelled; the clock must be one that goes by itself."""
        await self._agenda.run()


def _headers(signature: str | None) -> dict[str, str]:
    headers = {"Content-Type": "application/json", "User-Agent": "notion-webhooks"}
    return headers if signature is None else headers | {SIGNATURE: signature}


def _accessible_by(readers: list[Connection]) -> Iterator[JsonObject]:
    owners = {reader.owner.id for reader in readers if reader.owner is not None}
    yield from ({"id": owner, "type": "person"} for owner in sorted(owners))
    yield from ({"id": reader.bot_id, "type": "bot"} for reader in readers)
