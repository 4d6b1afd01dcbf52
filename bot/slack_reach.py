"""How the bot reaches Slack of its own accord: one session, a client, each workspace's token."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from aiohttp import ClientSession, ClientTimeout, TCPConnector
from slack_sdk.web.async_client import AsyncWebClient

from bot.config import Settings, text_of
from bot.tuning import Tuning
from handlers.slack.authorize import StoredAuthorize
from handlers.slack.memberships import SlackMemberships
from handlers.slack.people import SlackPeople
from handlers.slack.single_workspace import Nowhere, SingleWorkspace
from notifications.calls import Calls
from notifications.posts import Posts
from observability.metrics import Metrics
from storage.stores import Stores
from tasks.ports import Installations

SLACK_TIMEOUT = ClientTimeout(total=10, connect=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackReach:
    """What asks Slack, and says something there, while nobody's request is being answered."""

    client: AsyncWebClient
    """Without a token; it never repeats a call."""
    workspace: SingleWorkspace | None
    """The one of `SLACK_BOT_TOKEN`; None where there are many."""
    installations: Installations
    authorize: StoredAuthorize
    people: SlackPeople
    memberships: SlackMemberships
    metrics: Metrics

    def calls(self) -> Calls:
        """Return what calls Slack for followers that keep what they have done."""
        return Calls(self.client, installations=self.installations, metrics=self.metrics)

    def posts(self) -> Posts:
        """Return what calls Slack for what nobody waits for, at a pace of its own."""
        return Posts(
            client=self.client,
            installations=self.installations,
            metrics=self.metrics,
            sleep=asyncio.sleep,
            clock=time.monotonic,
        )

    def forget(self, team: str) -> None:
        """Empty every cache of a team."""
        self.people.forget(team)
        self.memberships.forget(team)


@asynccontextmanager
async def slack_reach(
    settings: Settings, session: ClientSession, stores: Stores, metrics: Metrics, tuning: Tuning
) -> AsyncIterator[SlackReach]:
    """Build it; in the end its questions under way are given up."""
    client = slack_client(settings, session)
    workspace = single_workspace(settings, client)
    installations = workspace or stores.installations or Nowhere()
    authorize = StoredAuthorize(installations)
    async with AsyncExitStack() as stack:
        people = SlackPeople(client, authorize=authorize, metrics=metrics)
        stack.push_async_callback(people.close)
        memberships = SlackMemberships(
            client,
            people=people,
            authorize=authorize,
            metrics=metrics,
            ttl=tuning.membership_seconds,
        )
        stack.push_async_callback(memberships.close)
        yield SlackReach(
            client=client,
            workspace=workspace,
            installations=installations,
            authorize=authorize,
            people=people,
            memberships=memberships,
            metrics=metrics,
        )


def slack_session() -> ClientSession:
    """Return the one HTTP session of all calls to Slack; its timeouts are those that count."""
    return ClientSession(connector=TCPConnector(limit=100), timeout=SLACK_TIMEOUT)


def slack_client(settings: Settings, session: ClientSession) -> AsyncWebClient:
    """Return a client without a token, which never repeats a call."""
    return AsyncWebClient(base_url=settings.slack_api_url, session=session, retry_handlers=[])


def single_workspace(settings: Settings, client: AsyncWebClient) -> SingleWorkspace | None:
    """Return the workspace of `SLACK_BOT_TOKEN`; None where there are many."""
    token = text_of(settings.slack_bot_token)
    return SingleWorkspace(client, token=token) if token else None
