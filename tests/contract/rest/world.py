"""The REST API on a real socket, over memory or a real mongod, with keys for two teams."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import aiohttp
from prometheus_client import CollectorRegistry

from bot.rest import REQUESTS_PER_MINUTE, Issuer, rest_routes
from bot.server import build_server, listening
from handlers.http.issuer_keys import Fetch
from observability.admission import AT_MOST, Admission
from observability.metrics import Metrics
from tasks.api_keys import ApiKey, Role, issue
from tasks.ports import TaskStore
from tasks.service import TaskService
from tests.fakes.api_keys import MemoryApiKeys
from tests.fakes.clock import FakeClock
from tests.fakes.database import MemoryDatabase
from tests.fakes.tasks import MemoryTaskStore

BOOK = {"title": "Book the venue"}


class Answer:
    """What came back."""

    def __init__(self, status: int, headers: Any, text: str, body: Any) -> None:  # noqa: ANN401  # as it came
        self.status = status
        self.headers = headers
        self.text = text
        self.body = body
        """Parsed, where it is JSON."""

    @property
    def problem(self) -> tuple[int, str]:
        """The status and code of a problem; it is one."""
        assert self.headers["Content-Type"] == "application/problem+json"
        assert self.body["status"] == self.status
        assert self.body["detail"].endswith((".", "…", ")"))
        return self.status, self.body["code"]


class RestWorld:
    """A client of the API."""

    def __init__(self, store: TaskStore, database: MemoryDatabase | None) -> None:
        self.store = store
        self.database = database
        """The memory behind the store, to let it fail; None over a real one."""
        self.clock = FakeClock()
        self.seconds = 0.0
        self.keys = MemoryApiKeys()
        self.metrics = Metrics(CollectorRegistry())
        self.admission = Admission(turned_away=self.metrics.turned_away)
        self.base = ""
        self.session: aiohttp.ClientSession | None = None
        self._seeds = count(1)
        self._names = count(1)
        self.tokens = {
            (team, role): self.key(team=team, role=role)[1]
            for team in ("T1", "T2")
            for role in Role
        }

    def key(self, *, team: str = "T1", role: Role = Role.WRITE) -> tuple[ApiKey, str]:
        """Make a key and keep it."""
        seed = next(self._seeds).to_bytes(2, "big")
        key, token = issue(
            team=team,
            role=role,
            name=f"{team} {role}",
            now=self.clock(),
            random=lambda size: (seed * size)[:size],
        )
        self.keys.kept[key.id] = key
        return key, token

    def name(self) -> str:
        """Return a fresh Idempotency-Key."""
        return f"action-{next(self._names)}"

    async def ask(
        self,
        method: str,
        path: str,
        *,
        team: str = "T1",
        role: Role = Role.WRITE,
        token: str | None = None,
        key: str | None = None,
        headers: dict[str, str] | None = None,
        json: Any = None,  # noqa: ANN401  # any JSON
        data: Any = None,  # noqa: ANN401  # bytes or an iterator of them
        anonymous: bool = False,
    ) -> Answer:
        """Send a request below /api/v1/tasks, or to an absolute path."""
        assert self.session is not None
        sent = dict(headers or {})
        if not anonymous:
            sent.setdefault("Authorization", f"Bearer {token or self.tokens[team, role]}")
        if key is not None:
            sent["Idempotency-Key"] = key
        url = path if path.startswith("/") else f"/api/v1/tasks{'/' if path else ''}{path}"
        if url == "/api/v1/tasks/":
            url = "/api/v1/tasks"
        url = url.replace("/tasks/?", "/tasks?")
        async with self.session.request(
            method, self.base + url, headers=sent, json=json, data=data, allow_redirects=False
        ) as answer:
            raw = await answer.read()
            is_json = answer.headers.get("Content-Type", "").startswith(
                ("application/json", "application/problem+json")
            )
            body = await answer.json(content_type=None) if is_json and raw else None
            return Answer(answer.status, answer.headers, raw.decode(), body)

    async def add(self, team: str = "T1", **fields: Any) -> Any:  # noqa: ANN401  # a task as JSON
        """Make a task."""
        answer = await self.ask("POST", "", team=team, key=self.name(), json=BOOK | fields)
        assert answer.status == 201, answer.text
        return answer.body


@asynccontextmanager
async def serving(
    world: RestWorld,
    *,
    requests_per_minute: int = REQUESTS_PER_MINUTE,
    at_once: int = AT_MOST,
    issuer: Issuer | None = None,
    fetch: Fetch | None = None,
    configured: tuple[ApiKey, ...] = (),
    on_change: Callable[[], None] = lambda: None,
) -> AsyncIterator[RestWorld]:
    """Serve the world's API on loopback."""
    ids = count(1)
    tasks = TaskService(
        store=world.store,
        now=world.clock,
        new_id=lambda: f"id-{id(world)}-{next(ids)}",
        on_change=on_change,
    )
    world.admission = Admission(turned_away=world.metrics.turned_away, at_most=at_once)
    async with rest_routes(
        tasks=tasks,
        keys=world.keys,
        metrics=world.metrics,
        admission=world.admission,
        now=world.clock,
        clock=lambda: world.seconds,
        new_id=lambda: f"once-{next(ids)}",
        version="0.0.0",
        configured=configured,
        requests_per_minute=requests_per_minute,
        issuer=issuer,
        fetch=fetch,
    ) as routes:
        app = build_server(routes, metrics=world.metrics)
        async with listening(app, "127.0.0.1", 0) as port, aiohttp.ClientSession() as session:
            world.base, world.session = f"http://127.0.0.1:{port}", session
            yield world


def in_memory() -> RestWorld:
    """Return a world whose tasks are in memory."""
    database = MemoryDatabase(now=FakeClock())
    return RestWorld(MemoryTaskStore(database), database)
