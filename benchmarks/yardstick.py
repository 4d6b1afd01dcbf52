"""What the bot is measured against: `python -m benchmarks.yardstick --port 4000 [--mongodb-uri …]`.

The same server, signature, parsing and Bolt as the bot's, and one listener. Without a database it
only acknowledges; with one it makes the driver's calls of `add` and `list`, and nothing else.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import logging
import os
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, TypeAlias

from aiohttp import web
from pymongo import AsyncMongoClient, ReturnDocument
from pymongo.write_concern import WriteConcern
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult

from benchmarks.loop import new_loop
from benchmarks.population import fresh_document
from benchmarks.requests import SLACK_PATH
from bot.slack_body import BadBody, read_body
from bot.slack_signature import judge
from storage.collections import of_team
from storage.lists import SORTS, index_of, query
from tasks.commands import Order, TaskFilter

Json: TypeAlias = dict[str, Any]
Work: TypeAlias = Callable[[Json], Awaitable[None]]

SECRET = "SLACK_SIGNING_SECRET"  # noqa: S105  # the variable's name
PAGE = 11
"""What the bot asks for as well: a page of ten, and one more to know whether there is more."""


async def nothing(_command: Json) -> None:
    """Do nothing."""


class Driver:
    """The bot's calls of the database, raw."""

    def __init__(self, uri: str, database: str) -> None:
        client: AsyncMongoClient[Json] = AsyncMongoClient(
            uri, w="majority", readConcernLevel="majority", tz_aware=True
        )
        self._counters = client[database].get_collection("counters", write_concern=WriteConcern(1))
        self._tasks = client[database]["tasks"]
        self._template = fresh_document(datetime.now(UTC))
        self._run = f"raw-{os.getpid()}-"
        self._numbers = itertools.count()

    async def work(self, command: Json) -> None:
        """Do what the first word of a command says."""
        if command["text"].startswith("add"):
            await self._add(command["team_id"])
        elif command["text"].startswith("list"):
            await self._list(command["team_id"], command["user_id"])

    async def _add(self, team: str) -> None:
        counted: Any = await self._counters.find_one_and_update(
            {"_id": team, "team_id": team},
            {"$inc": {"last": 1}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        name = f"{self._run}{next(self._numbers)}"
        own = {"_id": name, "team_id": team, "number": counted["last"], "origin_key": name}
        await self._tasks.insert_one(self._template | own)

    async def _list(self, team: str, user: str) -> None:
        asked = TaskFilter(owner=user)
        cursor = self._tasks.find(
            of_team(team, query(asked, None)),
            sort=SORTS[Order.DUE],
            limit=PAGE,
            hint=index_of(asked),
        )
        await cursor.to_list()


def bolt(work: Work) -> AsyncApp:
    """Return a Bolt app with one listener."""

    async def authorize(**_: Any) -> AuthorizeResult:  # noqa: ANN401  # Bolt injects by name
        return AuthorizeResult(
            enterprise_id=None,
            team_id=None,
            bot_token="xoxb-1",  # noqa: S106  # of nobody
            bot_id="B1",
            bot_user_id="U1",
        )

    app = AsyncApp(
        signing_secret="unused",  # noqa: S106  # verified before Bolt sees a request
        logger=logging.getLogger("yardstick"),
        process_before_response=True,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        url_verification_enabled=False,
        authorize=authorize,
    )

    @app.command("/task")
    async def task(ack: AsyncAck, command: Json) -> None:
        await work(command)
        await ack("done")

    return app


def application(work: Work, secret: bytes) -> web.Application:
    """Return the server."""
    app = bolt(work)

    async def handle(request: web.Request) -> web.Response:
        raw, headers = await request.read(), request.headers
        verdict = judge(
            raw,
            stamps=headers.getall("X-Slack-Request-Timestamp", ()),
            signatures=headers.getall("X-Slack-Signature", ()),
            secrets=(secret,),
            now=time.time(),
        )
        if verdict.rejection:
            return web.Response(status=401)
        try:
            body = read_body(raw, headers.get("Content-Type", ""))
        except BadBody:
            return web.Response(status=400)
        answer = await app.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=body))
        return await to_aiohttp_response(answer)

    async def ready(_request: web.Request) -> web.Response:
        return web.Response(text=json.dumps({"ready": True}))

    served = web.Application()
    served.router.add_get("/", ready)
    served.router.add_post(SLACK_PATH, handle)
    return served


async def serve(port: int, uri: str | None, database: str) -> None:
    """Serve until stopped."""
    secret = os.environ.pop(SECRET).encode()  # Bolt would read it on its own
    work = Driver(uri, database).work if uri else nothing
    runner = web.AppRunner(application(work, secret), access_log=None, handle_signals=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.yardstick")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--mongodb-uri")
    parser.add_argument("--database", default="taskbridge")
    given = parser.parse_args()
    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(serve(given.port, given.mongodb_uri, given.database))


if __name__ == "__main__":
    main()
