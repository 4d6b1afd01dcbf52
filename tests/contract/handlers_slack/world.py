"""The Slack side on real HTTP between our server and the Slack simulator; storage in memory."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientTimeout
from prometheus_client import CollectorRegistry
from slack_sdk.web.async_client import AsyncWebClient

from bot.server import build_server, listening
from bot.slack_dispatch import SlackDispatch
from bot.slack_endpoint import SlackEndpoint
from handlers.slack.app import SlackSide, build
from handlers.slack.authorize import StoredAuthorize
from handlers.slack.capturing import Surroundings
from notifications.posts import Posts
from notifications.speech import SlackSpeech
from observability.admission import AT_MOST, Admission
from observability.logs import current_request_id
from observability.metrics import Metrics
from playground.slack.server import serving
from playground.slack.simulator import SlackSimulator
from tasks.commands import Saved
from tasks.model import Task
from tasks.ports import ChangeOrder, Connection, Installation, Profile, Row
from tasks.service import TaskService
from tests.fakes.budget import MemoryBudget
from tests.fakes.clock import FakeClock
from tests.fakes.comments import MemoryChannelSettings, MemoryThreads
from tests.fakes.database import MemoryDatabase
from tests.fakes.directories import MemoryConnections, MemoryInstallations, MemoryPeople
from tests.fakes.marks import MemoryMarks
from tests.fakes.queue import MemorySyncQueue
from tests.fakes.tasks import MemoryTaskStore

MANIFEST = Path(__file__).parents[3] / "manifest.yml"
SECRET = "signing-secret"  # noqa: S105  # of a simulator
TEAM, OTHER_TEAM = "T1", "T2"
SCOPES = (
    *("commands", "chat:write", "users:read"),
    *("app_mentions:read", "im:history", "reactions:read", "channels:history"),
)


class Gate:
    """Holds operations of the store up until it is opened; open at first."""

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self._open.set()
        self._reached = asyncio.Event()

    def shut(self) -> None:
        self._open.clear()

    def open(self) -> None:
        self._open.set()

    async def passed(self) -> None:
        if not self._open.is_set():
            self._reached.set()
        await self._open.wait()

    async def reached(self) -> None:
        """Wait until somebody stands before the shut gate."""
        await self._reached.wait()


class GatedStore(MemoryTaskStore):
    """The store in memory, whose database can hang."""

    def __init__(self, database: MemoryDatabase, gate: Gate) -> None:
        super().__init__(database)
        self._gate = gate

    async def add(self, task: Task, *, key: str, row: Row | None = None, said: str = "") -> Saved:
        await self._gate.passed()
        return await super().add(task, key=key, row=row, said=said)

    async def get(self, team: str, number: int) -> Task:
        await self._gate.passed()
        return await super().get(team, number)

    async def change(self, order: ChangeOrder) -> Saved:
        await self._gate.passed()
        return await super().change(order)


def picked_tags(*names: str) -> list[dict[str, Any]]:
    """Return tags as a person picks them in a form, out of what the bot has offered."""
    return [{"text": {"type": "plain_text", "text": f"#{name}"}, "value": name} for name in names]


@dataclass(slots=True, kw_only=True)
class World:
    """Everything a test touches."""

    slack: SlackSimulator
    tasks: TaskService
    database: MemoryDatabase
    installations: MemoryInstallations
    connections: MemoryConnections
    channels: MemoryChannelSettings
    threads: MemoryThreads
    queue: MemorySyncQueue
    clock: FakeClock
    gate: Gate
    side: SlackSide
    dispatch: SlackDispatch
    admission: Admission
    metrics: Metrics
    forgotten: list[str]
    """Teams whose caches were to be emptied."""
    allowed: list[str] = field(default_factory=list)
    """Violations that a test brings about on purpose."""

    async def settled(self) -> None:
        """Wait until nothing runs in the background any more."""
        assert await self.dispatch.drain(5) == 0
        assert await self.side.replies.drain(5) == 0

    def seen(self, user: str = "U1", channel: str = "C1") -> list[str]:
        """Return what a person sees in a channel, as plain text."""
        return [message.plain for message in self.slack.messages(channel, user=user)]

    async def task(self, number: int = 1, team: str = TEAM) -> Task:
        return await self.tasks.get(team, number)


def posts(
    session: ClientSession, url: str, installations: MemoryInstallations, metrics: Metrics
) -> Posts:
    """Return what posts, with no pause between two messages of a channel."""

    async def no_pause(_seconds: float) -> None:
        pass

    return Posts(
        client=AsyncWebClient(base_url=url, session=session, retry_handlers=[]),
        installations=installations,
        metrics=metrics,
        sleep=no_pause,
        clock=time.monotonic,
    )


@asynccontextmanager
async def running(*, deadline: float = 2.4, at_once: int = AT_MOST) -> AsyncIterator[World]:
    """Run the simulator and our server; nothing Slack would refuse may have been sent."""
    clock, gate, ids = FakeClock(), Gate(), itertools.count(1)
    forgotten: list[str] = []
    database = MemoryDatabase(now=clock)
    metrics = Metrics(CollectorRegistry())
    slack = SlackSimulator(signing_secret=SECRET)
    installations = MemoryInstallations(
        Installation(
            team=team,
            bot_token=slack.install(team, name, f"xoxb-{team}", SCOPES).bot_token,
            bot_user=f"UB{team}",
        )
        for team, name in ((TEAM, "Acme"), (OTHER_TEAM, "Other"))
    )
    slack.use_manifest(MANIFEST.read_text())
    slack.add_user("U1", "maria", team=TEAM)
    slack.add_user("U2", "sam", team=TEAM)
    slack.add_channel("C1", "general", team=TEAM)
    slack.add_user("U9", "olga", team=OTHER_TEAM)
    slack.add_channel("C9", "general", team=OTHER_TEAM)
    people = MemoryPeople(
        {TEAM: [Profile(person="U1", name="maria", zone="Europe/Berlin")]},
    )
    tasks = TaskService(
        store=GatedStore(database, gate), now=clock, new_id=lambda: f"task-{next(ids)}"
    )
    connections = MemoryConnections([Connection(team=TEAM, token="ntn", database="db")])  # noqa: S106  # of an emulator
    queue = MemorySyncQueue(database)
    channels, threads = MemoryChannelSettings(now=clock), MemoryThreads(now=clock)
    async with serving(slack) as url, ClientSession(timeout=ClientTimeout(total=10)) as session:
        side = build(
            tasks=tasks,
            people=people,
            authorize=StoredAuthorize(installations),
            installations=installations,
            queue=queue,
            connections=connections,
            budget=MemoryBudget(now=clock),
            session=session,
            slack_api_url=f"{url}/api/",
            metrics=metrics,
            now=clock,
            request_id=current_request_id,
            forget=forgotten.append,
            surroundings=Surroundings(
                speech=SlackSpeech(posts(session, f"{url}/api/", installations, metrics)),
                marks=MemoryMarks(),
                settings=channels,
                threads=threads,
            ),
        )
        admission = Admission(turned_away=metrics.turned_away, at_most=at_once)
        dispatch = SlackDispatch(
            bolt=side.bolt,
            late=side.late.now,
            failed=side.late.failed,
            busy=side.late.busy,
            afterwards=side.late.deliver,
            admission=admission,
            metrics=metrics,
            deadline=deadline,
        )
        endpoint = SlackEndpoint(dispatch, secrets=[SECRET.encode()], metrics=metrics)
        server = build_server(endpoint.routes(), metrics=metrics)
        async with listening(server, "127.0.0.1", 0) as port:
            slack.bot_url = f"http://127.0.0.1:{port}"
            world = World(
                slack=slack,
                tasks=tasks,
                database=database,
                installations=installations,
                connections=connections,
                channels=channels,
                threads=threads,
                queue=queue,
                clock=clock,
                gate=gate,
                side=side,
                dispatch=dispatch,
                admission=admission,
                metrics=metrics,
                forgotten=forgotten,
            )
            yield world
            gate.open()
            await world.settled()
        assert [v for v in slack.violations if v.kind not in world.allowed] == []
