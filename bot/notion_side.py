"""The Notion side of one process: client, followers, what /health and the cards may know of it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import httpx

from bot.background import surviving
from bot.config import Settings
from bot.notion_followers import new_client, new_followers
from bot.notion_heard import NotionHeard, finding_of
from bot.own_connection import NOT_CHOSEN, OwnConnection
from bot.tuning import Tuning
from handlers.slack.single_workspace import TokenRefused
from notion_sync.errors import NotionError, Throttled
from notion_sync.people import PeopleFinder
from notion_sync.trouble import Troubles
from observability.checks import Aged, Finding, Status
from observability.health import Askable
from observability.metrics import Metrics
from observability.remote import Remote
from storage.stores import Stores
from tasks.errors import StoreError, TaskError
from tasks.ports import Connecting, Drift, People

CONNECTIONS = 10
"""Requests to Notion in flight at once."""


class NotionSide:
    """Client and followers of a process whose settings name a connection; `run` does the work."""

    def __init__(
        self,
        settings: Settings,
        *,
        stores: Stores,
        connection: OwnConnection,
        people: People,
        metrics: Metrics,
        tuning: Tuning,
    ) -> None:
        self.connection = connection
        metrics.notion_budget.set(settings.notion_requests_per_minute)
        self._broke = metrics.background_failures.inc
        self._remote = Remote("notion", self._probe, clock=time.monotonic)
        observer = NotionHeard(metrics, self._remote)
        limits = httpx.Limits(max_connections=CONNECTIONS)
        self._http = httpx.AsyncClient(limits=limits, trust_env=False)
        self.client = new_client(settings, stores, self._http, observer=observer, tuning=tuning)
        self._followers = new_followers(
            settings,
            stores,
            connection,
            people=people,
            client=self.client,
            observer=observer,
            tuning=tuning,
        )

    def wake(self) -> None:
        """Look for changed tasks now."""
        self._followers.pusher.wake()

    def hinted(self) -> None:
        """Look for hints of changes in Notion now."""
        self._followers.puller.wake()

    @property
    def bot(self) -> str | None:
        """Notion's id of our own bot, once it was asked for."""
        own = self.connection.known
        return None if own is None else self._followers.people.known_bot(own)

    @property
    def troubles(self) -> Troubles:
        """Which connections need their installer."""
        return self._followers.troubles

    @property
    def drift(self) -> Drift:
        """Which columns have gone."""
        return self._followers.drift

    @property
    def connecting(self) -> Connecting | None:
        """What a database is chosen with."""
        return self._followers.connecting

    @property
    def finder(self) -> PeopleFinder:
        """Who is who in Notion."""
        return self._followers.people

    def trouble(self, team: str) -> str | None:
        """Return what the team's installer should see to."""
        said = self._followers.pusher.trouble(team)
        missing = [one for one in self.drift.seen(team) or () if one not in (said or "")]
        return " ".join(filter(None, (said, *missing))) or None

    async def run(self) -> None:
        """Push, pull and go round until `stop`."""
        followers = self._followers
        async with asyncio.TaskGroup() as group:
            for name, each in (
                ("push", followers.pusher),
                ("pull", followers.puller),
                ("rounds", followers.rounds),
            ):
                group.create_task(surviving(name, each.run, broke=self._broke))

    def stop(self) -> None:
        """Claim nothing more."""
        followers = self._followers
        for each in (followers.pusher, followers.puller, followers.rounds):
            each.stop()

    async def close(self) -> None:
        """End the connections to Notion."""
        await self._http.aclose()

    def check(self) -> Askable:
        """Return the check for /health."""
        return _NotionCheck(self, self._remote)

    @property
    def team(self) -> str | None:
        """The team whose tasks are pushed, once Slack has told."""
        return self.connection.known_team

    async def own_team(self) -> str | None:
        """Return the team that is mirrored; None while Slack has not told whose the bot is."""
        try:
            return (await self.connection.own()).team
        except (TaskError, TokenRefused):
            return None

    async def _probe(self) -> Finding:
        try:
            await self.client.probe(await self.connection.own())
        except Throttled as error:  # nothing was asked, so nothing is known of Notion
            seconds = error.wait.total_seconds()
            sentence = (
                f"Not asked for {seconds:.0f} s more: Notion has us wait, or enough was asked."
            )
            return Finding(status=Status.DEGRADED, detail=sentence)
        except NotionError as error:
            return finding_of(error.answer.status)
        except StoreError:
            sentence = "Not asked: how often we may is in the database, which does not answer."
            return Finding(status=Status.DEGRADED, detail=sentence)
        except (TaskError, TokenRefused) as error:
            return Finding(status=Status.DEGRADED, detail=str(error))
        return Finding(status=Status.OK, detail="Notion answers.")


class _NotionCheck:
    """Shows what the installer should see to before how Notion answers."""

    name = "notion"

    def __init__(self, side: NotionSide, remote: Remote) -> None:
        self._side = side
        self._remote = remote

    async def ask(self) -> Aged:
        """Return the trouble with the connection, else what the last real call showed."""
        if not self._side.connection.is_on:
            return Aged(finding=Finding(status=Status.OK, detail=NOT_CHOSEN), age=0.0)
        found = await self._remote.ask()
        trouble = self._side.trouble(self._side.team) if self._side.team else None
        if trouble is None:
            return found
        return replace(found, finding=Finding(status=Status.DEGRADED, detail=trouble))

    async def close(self) -> None:
        """End the question under way."""
        await self._remote.close()
