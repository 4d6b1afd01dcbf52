"""The Notion side of one process: client, pusher, what /health and the cards may know of it."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx

from bot.background import surviving
from bot.config import Settings
from handlers.slack.single_workspace import SingleWorkspace, TokenRefused
from notion_sync import assembly
from notion_sync.client import NotionClient
from notion_sync.errors import NotionError, Throttled
from notion_sync.limiter import Limiter
from notion_sync.observer import Observer
from notion_sync.people import PeopleFinder
from notion_sync.trouble import Troubles
from observability.checks import Aged, Finding, Status
from observability.health import Askable
from observability.metrics import Metrics
from observability.remote import Remote
from storage.stores import Stores
from tasks.errors import StoreError, TaskError
from tasks.ports import (
    Accounts,
    Choice,
    Choices,
    Connecting,
    Connection,
    Connections,
    Drift,
    NewId,
    People,
)

NOT_CHOSEN = (
    "Sync is off: no Notion database is chosen. An admin chooses one with /task connect in Slack, "
    "or NOTION_DATABASE names it."
)
CONNECTIONS = 10
"""Requests to Notion in flight at once."""


class OwnConnection(Connections, Accounts):
    """The token of the settings, which belongs to the workspace of `SLACK_BOT_TOKEN`.

    The database is what an admin has chosen, else that of the settings. It is asked for with every
    job: a row made in the one that was chosen before would stay there.
    """

    def __init__(
        self,
        workspace: SingleWorkspace,
        *,
        token: str,
        database: str | None,
        choices: Choices,
    ) -> None:
        self._workspace = workspace
        self._token = token
        self._database = database
        self._choices = choices
        self.is_on = database is not None
        """Whether there was a database when last asked for."""

    async def of(self, team: str) -> Connection | None:
        """Return the connection to its own team only: another's tasks must never get there."""
        account = await self.own()
        if account.team != team:
            return None
        choice = await self._choices.load(team) or Choice(team=team)
        database = choice.database or self._database
        self.is_on = database is not None
        if database is None:
            return None
        return replace(
            account,
            database=database,
            mapping=choice.mapping,
            takes_all=choice.takes_all,
            rev=choice.rev,
        )

    async def all(self) -> tuple[Connection, ...]:
        """Return the one connection; none where no database is chosen."""
        found = await self.of((await self.own()).team)
        return () if found is None else (found,)

    async def account(self, team: str) -> Connection | None:
        """Return the token to its own team only."""
        own = await self.own()
        return own if own.team == team else None

    @property
    def known_team(self) -> str | None:
        """The team it belongs to, once Slack has told."""
        return self._workspace.known.team if self._workspace.known else None

    @property
    def known(self) -> Connection | None:
        """The account, once Slack has told whose it is."""
        team = self.known_team
        return None if team is None else self._connection(team)

    async def own(self) -> Connection:
        """Return the account. TaskError: Slack has not told yet whose the bot token is."""
        workspace = self._workspace.known or await self._workspace.identify()
        return self._connection(workspace.team or "")

    def _connection(self, team: str) -> Connection:
        return Connection(team=team, token=self._token, database="")


class NoConnection(Connections):
    """Stands in where Notion is not set up: tasks work, and their sync is off."""

    async def of(self, team: str) -> Connection | None:  # noqa: ARG002  # the port's signature
        """Return none."""
        return None

    async def all(self) -> tuple[Connection, ...]:
        """Return none."""
        return ()


class NotionHeard(Observer):
    """Feeds the metrics, and tells /health what each real call has shown."""

    def __init__(self, metrics: Metrics, remote: Remote) -> None:
        self._metrics = metrics
        self._remote = remote

    def called(self, operation: str, *, status: int | None, seconds: float) -> None:
        """Count the call and its time, and note how Notion answered."""
        self._metrics.notion_called(operation, status=status, seconds=seconds)
        self._remote.heard(finding_of(status))

    def limited(self, scope: str, *, until: datetime) -> None:
        """Count the refusal where it was a limit of ours, and show the pause."""
        if scope != "service":
            self._metrics.rate_limit_hits.labels(f"notion_{scope}").inc()
        self._metrics.notion_pause_until.set(until.timestamp())
        sentence = f"Notion asks us to wait until {until:%H:%M:%S} UTC (limit of the {scope})."
        self._remote.heard(Finding(status=Status.DEGRADED, detail=sentence))

    def attempted(self, kind: str) -> None:
        """Count by what is known of the effect."""
        self._metrics.follower_attempts.labels("notion", kind).inc()

    def job(self, result: str) -> None:
        """Count by how the claim ended."""
        self._metrics.follower_jobs.labels("notion", result).inc()

    def lag(self, waited: timedelta) -> None:
        """Add to the distribution."""
        self._metrics.sync_lag.labels("to_notion").observe(waited.total_seconds())

    def duplicates(self, count: int) -> None:
        """Count the pages."""
        self._metrics.notion_duplicate_pages.inc(count)

    def arrived(self, waited: timedelta) -> None:
        """Add to the distribution of the other direction."""
        self._metrics.sync_lag.labels("from_notion").observe(waited.total_seconds())

    def conflicted(self, count: int) -> None:
        """Count the fields, in which the task's value stands until somebody takes Notion's."""
        self._metrics.conflicts.labels("slack").inc(count)

    def went_round(self, work: str) -> None:
        """Show when it was."""
        self._metrics.reconcile_last_success.labels(work).set(utc_now().timestamp())


def finding_of(status: int | None) -> Finding:
    """Judge Notion by one answer: a refusal of one row says that Notion works."""
    if status is None:
        return Finding(status=Status.DEGRADED, detail="Notion did not answer.")
    if status == httpx.codes.UNAUTHORIZED:
        return Finding(status=Status.DEGRADED, detail="Notion refuses the token.")
    if status == httpx.codes.TOO_MANY_REQUESTS or status >= httpx.codes.INTERNAL_SERVER_ERROR:
        return Finding(status=Status.DEGRADED, detail=f"Notion answers with status {status}.")
    return Finding(status=Status.OK, detail="Notion answers.")


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
        timeout_seconds: float,
        grace_seconds: float,
        probe_seconds: float,
        poll_seconds: float,
        new_id: NewId,
    ) -> None:
        self.connection = connection
        metrics.notion_budget.set(settings.notion_requests_per_minute)
        self._broke = metrics.background_failures.inc
        self._remote = Remote("notion", self._probe, clock=time.monotonic)
        observer = NotionHeard(metrics, self._remote)
        limits = httpx.Limits(max_connections=CONNECTIONS)
        self._http = httpx.AsyncClient(limits=limits, trust_env=False)
        self.client = NotionClient(
            http=self._http,
            api_url=settings.notion_api_url,
            limiter=Limiter(budget=stores.budget, sleep=asyncio.sleep),
            now=utc_now,
            monotonic=time.monotonic,
            observer=observer,
            timeout_seconds=timeout_seconds,
        )
        self._followers = assembly.new_followers(
            assembly.Stores(
                tasks=stores.tasks,
                queue=stores.queue,
                rows=stores.rows,
                inbox=stores.inbox,
                deletions=stores.deletions,
                announcements=stores.announcements,
                turns=stores.turns,
                columns=stores.columns,
                connections=connection,
                choices=stores.choices,
                accounts=connection,
            ),
            people=people,
            client=self.client,
            now=utc_now,
            sleep=asyncio.sleep,
            monotonic=time.monotonic,
            jitter=random.random,
            observer=observer,
            requests_per_minute=settings.notion_requests_per_minute,
            grace=timedelta(seconds=grace_seconds),
            probe_every=timedelta(seconds=probe_seconds),
            poll_every=timedelta(seconds=poll_seconds),
            new_id=new_id,
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


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)
