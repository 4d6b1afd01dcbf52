"""An emulator on a stopped clock, served on loopback, with a workspace and a task table."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import ClientResponse, ClientSession

from playground.notion import Connection, NewDatabase, NotionEmulator, Workbench, serving
from tests.contract.notion_emulator import official

_MOST_VALIDATED = 3  # of one answer: a list has many of a kind
SCHEMA: dict[str, Any] = {
    "Name": {"title": {}},
    "Status": {"status": {}},
    "Priority": {"select": {"options": [{"name": "Low"}, {"name": "High"}]}},
    "Tags": {"multi_select": {}},
    "Due": {"date": {}},
    "Points": {"number": {}},
    "Assignees": {"people": {}},
    "Slack": {"url": {}},
    "Task ID": {"rich_text": {}},
}


class Clock:
    """Time that moves only when told; sleeping moves it."""

    def __init__(self) -> None:
        self._start = datetime(2026, 11, 23, 10, 0, 30, tzinfo=UTC)
        self.seconds = 600.0

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.seconds - 600.0)

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        await asyncio.sleep(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str
    json: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    emulator: NotionEmulator
    workspace: Workbench
    connection: Connection
    database: NewDatabase
    clock: Clock
    session: ClientSession
    url: str

    async def call(
        self,
        method: str,
        path: str,
        body: object | None = None,
        *,
        headers: dict[str, str | None] | None = None,
    ) -> Answer:
        sent: dict[str, str | None] = {
            "Authorization": f"Bearer {self.connection.token}",
            "Notion-Version": "2026-03-11",
        }
        sent |= headers or {}
        kept = {name: value for name, value in sent.items() if value is not None}
        async with self.session.request(
            method, self.url + path, json=body, headers=kept
        ) as response:
            answer = await answer_of(response)
        if answer.status == 200 and answer.json is not None and official.are_here():
            assert official.faults_in_answer(answer.json, most=_MOST_VALIDATED) == []
        return answer

    async def create(self, title: str = "A task", **properties: object) -> Answer:
        named = {key.replace("_", " "): value for key, value in properties.items()}
        return await self.call("POST", "/v1/pages", self.page_body(title, named))

    def page_body(self, title: str, properties: dict[str, object] | None = None) -> object:
        return {
            "parent": {
                "type": "data_source_id",
                "data_source_id": self.database.data_source_id,
            },
            "properties": {
                "Name": {"title": [{"text": {"content": title}}]},
                **(properties or {}),
            },
        }

    async def query(self, **body: object) -> Answer:
        path = f"/v1/data_sources/{self.database.data_source_id}/query"
        return await self.call("POST", path, body)

    async def titles(self, **body: object) -> list[str]:
        answer = await self.query(**body)
        assert answer.status == 200, answer.text
        return [
            "".join(text["plain_text"] for text in row["properties"]["Name"]["title"])
            for row in answer.json["results"]
        ]


async def answer_of(response: ClientResponse) -> Answer:
    text = await response.text()
    is_json = response.content_type == "application/json"
    return Answer(
        status=response.status,
        headers=dict(response.headers),
        text=text,
        json=await response.json() if is_json else None,
    )


@asynccontextmanager
async def open_world(**options: int | None) -> AsyncIterator[World]:
    clock = Clock()
    emulator = NotionEmulator(
        now=clock.now,
        monotonic=clock.monotonic,
        sleep=clock.sleep,
        seed=7,
        calls_per_window=options.get("calls_per_window", 180),
        calls_per_window_of_workspace=options.get("calls_per_window_of_workspace"),
    )
    workspace = emulator.add_workspace("Acme")
    connection = workspace.connect("Taskbridge")
    database = workspace.add_database("Tasks", SCHEMA)
    async with serving(emulator) as url, ClientSession() as session:
        yield World(
            emulator=emulator,
            workspace=workspace,
            connection=connection,
            database=database,
            clock=clock,
            session=session,
            url=url,
        )
