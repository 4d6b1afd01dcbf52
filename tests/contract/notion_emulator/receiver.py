"""A webhook endpoint on loopback that keeps what it is sent."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.contract.notion_emulator import official


@dataclass(slots=True)
class Receiver:
    """Answers with the next of `answers`, then with 200."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    signatures: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body in self.bodies]

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    async def take(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.read())
        event = json.loads(self.bodies[-1])
        if "type" in event and official.are_here():
            self.faults += official.faults_in_event(event)
        self.signatures.append(request.headers.get("X-Notion-Signature", ""))
        return web.Response(status=self.answers.pop(0) if self.answers else 200)

    def forget(self) -> None:
        self.bodies.clear()
        self.signatures.clear()


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
        yield receiver
        assert receiver.faults == []
    finally:
        await runner.cleanup()
