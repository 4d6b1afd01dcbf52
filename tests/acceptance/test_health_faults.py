"""What the probes say under each real fault: 503 from /health only when nothing can be saved."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import threading
import time
import urllib.request
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from bot.embedded import EmbeddedMongod
from observability.health import READY_WITHOUT_STORAGE_SECONDS
from observability.heartbeat import BEAT_SECONDS
from playground.notion.faults import Fault
from tests.acceptance.monitoring.scenarios import own_mongod
from tests.acceptance.stall import stall
from tests.acceptance.world import World, world

THOUSAND = 1000
BLOCKED_SECONDS = 2.0
CHECKED_ANEW_SECONDS = 20.0
"""Longer than an answer about the database is kept (5 s) and one attempt at it takes (3 s)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragile:
    """A bot in a world, and the mongod that is its alone."""

    world: World
    mongod: EmbeddedMongod

    def signal(self, number: signal.Signals) -> None:
        """Stop, continue or kill the database."""
        os.kill(self.mongod.pid, number)

    async def says(self, path: str, status: int, *, seconds: float = CHECKED_ANEW_SECONDS) -> Any:  # noqa: ANN401  # JSON
        """Wait until a probe answers with this status; return what it says."""
        return await says(self.world, path, status, seconds=seconds)


@pytest_asyncio.fixture
async def fragile(tmp_path: Path) -> AsyncIterator[Fragile]:
    """Give a bot that has saved a task on a database that may be stopped."""
    async with (
        own_mongod(tmp_path / "mongod") as mongod,
        world(mongod.uri, "fragile") as found,
        found.run_bot(),
    ):
        assert (await found.slack.command("/task add Book the venue", user="U1")).status == 200
        yield Fragile(world=found, mongod=mongod)


async def says(
    found: World, path: str, status: int, *, seconds: float = CHECKED_ANEW_SECONDS
) -> Any:  # noqa: ANN401  # JSON
    """Wait until a probe answers with this status; TimeoutError with what it said last."""
    answer: tuple[int, Any] = (0, None)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while True:
                answer = await found.get(path)
                if answer[0] == status:
                    return answer[1]
                await asyncio.sleep(0.1)
    raise TimeoutError(f"{path} still said {answer}")


async def checked(found: World, name: str, status: str) -> Any:  # noqa: ANN401  # JSON
    """Wait until a check of /health has this status; return the whole answer."""
    async with asyncio.timeout(CHECKED_ANEW_SECONDS):
        while True:
            code, health = await found.get("/health")
            if health["checks"][name]["status"] == status:
                return code, health
            await asyncio.sleep(0.1)


async def test_a_database_that_hangs_fails_health_alone_and_comes_back(fragile: Fragile) -> None:
    assert (await fragile.says("/health", 200))["checks"]["mongodb"]["status"] == "ok"

    fragile.signal(signal.SIGSTOP)
    health = await fragile.says("/health", 503)
    alive, ready = await fragile.world.get("/livez"), await fragile.world.get("/readyz")
    fragile.signal(signal.SIGCONT)

    assert health["status"] == "fail"
    failed = [name for name, check in health["checks"].items() if check["status"] == "fail"]
    assert failed == ["mongodb"], "nobody else is blamed for it"
    assert alive[0] == 200
    assert ready[0] == 200, "shorter than 30 s: all instances share the database"
    back = (await fragile.says("/health", 200))["checks"]["mongodb"]["status"]
    assert back in {"ok", "degraded"}, "it saves again; slow is what it was in the last minute"


async def test_a_slow_database_is_told_although_it_answers_an_empty_question_quickly(
    http_world: World, mongo_uri: str
) -> None:
    async def health() -> dict[str, Any]:
        found: dict[str, Any] = (await http_world.get("/health"))[1]["checks"]["mongodb"]
        return found

    assert (await health())["status"] == "ok"
    with stall(mongo_uri, ["find", "aggregate"], milliseconds=400):
        await asyncio.gather(
            *(http_world.slack.command("/task list", user="U1") for _ in range(40))
        )
    async with asyncio.timeout(30):
        while (found := await health())["status"] == "ok":  # noqa: ASYNC110  # it tells nobody
            await asyncio.sleep(0.1)
    assert found["seconds"] < 0.4 <= found["p95_seconds"]
    assert "slowly: one operation in twenty takes 0." in found["detail"]


async def test_a_dead_database_takes_the_bot_out_of_traffic_after_half_a_minute(
    fragile: Fragile,
) -> None:
    fragile.signal(signal.SIGKILL)

    await fragile.says("/health", 503)
    at_first = await fragile.world.get("/readyz")
    later = await fragile.says(
        "/readyz", 503, seconds=READY_WITHOUT_STORAGE_SECONDS + CHECKED_ANEW_SECONDS
    )

    assert at_first[0] == 200
    assert later["reason"] == "MongoDB has been gone for more than 30 s."
    assert (await fragile.world.get("/livez"))[0] == 200


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault(match="* *", times=None, status=401), "token"),
        (Fault(match="* *", times=None, status=503), "503"),
        (Fault(match="* *", times=None, reset=True), "did not answer"),
    ],
    ids=["refuses", "is_down", "hangs_up"],
)
async def test_trouble_with_notion_degrades_health_and_nothing_else(
    http_world: World, fault: Fault, said: str
) -> None:
    http_world.notion.faults.add(fault)
    await http_world.slack.command("/task add Book the venue", user="U1")

    code, health = await checked(http_world, "notion", "degraded")

    assert (code, health["status"]) == (200, "degraded")
    assert said in health["checks"]["notion"]["detail"]
    assert health["checks"]["mongodb"]["status"] == "ok"
    assert (await http_world.get("/readyz"))[0] == 200
    assert (await http_world.get("/livez"))[0] == 200


async def test_a_pause_is_told_as_one_by_who_met_it_and_by_who_comes_later(
    empty_world: World,
) -> None:
    empty_world.notion.faults.add(Fault(match="* *", status=429, retry_after=600))
    async with empty_world.run_bot():
        await empty_world.slack.command("/task add Book the venue", user="U1")
        await empty_world.until(lambda: empty_world.notion.journal.calls("* *", status=429))
        _, health = await checked(empty_world, "notion", "degraded")
        assert "Notion asks us to wait until" in health["checks"]["notion"]["detail"]

    async with empty_world.run_bot():
        code, health = await checked(empty_world, "notion", "degraded")

    assert code == 200
    assert "Notion has us wait" in health["checks"]["notion"]["detail"]
    assert len(empty_world.notion.journal.calls("* *", status=429)) == 1


async def test_a_notion_that_hangs_is_not_waited_for(empty_world: World) -> None:
    empty_world.notion.faults.add(Fault(match="* *", times=None, hang=True))
    async with empty_world.run_bot():
        code, health = await empty_world.get("/health")
        ready, alive = await empty_world.get("/readyz"), await empty_world.get("/livez")
        empty_world.notion.faults.clear()

    assert (code, health["status"]) == (200, "degraded")
    assert health["checks"]["notion"]["status"] != "ok"
    assert (ready[0], alive[0]) == (200, 200)


async def test_a_blocked_event_loop_answers_no_probe_and_shows_as_lag(http_world: World) -> None:
    blocked = threading.Event()
    url = f"http://127.0.0.1:{http_world.bot.port}/livez"

    def ask() -> str:
        blocked.wait()
        try:
            with urllib.request.urlopen(url, timeout=BLOCKED_SECONDS / 4) as answer:
                return f"answered {answer.status}"
        except TimeoutError:
            return "no answer"

    asked = asyncio.get_running_loop().run_in_executor(None, ask)
    blocked.set()
    time.sleep(BLOCKED_SECONDS)  # noqa: ASYNC251  # the fault itself

    assert await asked == "no answer"
    await says(http_world, "/livez", 200)
    await http_world.until(lambda: lag(http_world) > BLOCKED_SECONDS - BEAT_SECONDS - 0.1)


def lag(found: World) -> float:
    """Return the lag of the event loop as it is exported."""
    value = found.bot.metrics.registry.get_sample_value("taskbridge_event_loop_lag_seconds")
    assert value is not None
    return value


async def test_a_bot_told_to_stop_turns_traffic_away_and_still_serves(http_world: World) -> None:
    loop = asyncio.get_running_loop()
    stopping = asyncio.create_task(http_world.bot.run_until_stopped())
    try:
        await http_world.until(lambda: signal.getsignal(signal.SIGTERM) != signal.SIG_DFL)
        assert (await http_world.get("/readyz"))[0] == 200
        os.kill(os.getpid(), signal.SIGTERM)
        await stopping
    finally:
        loop.remove_signal_handler(signal.SIGTERM)
        loop.remove_signal_handler(signal.SIGINT)

    status, said = await http_world.get("/readyz")
    assert (status, said["reason"]) == (503, "Shutting down.")
    assert (await http_world.get("/livez"))[0] == 200
    assert (await http_world.get("/health"))[0] == 200
    answer = await http_world.slack.command("/task add Book the venue", user="U1")
    assert "Book the venue" in answer.plain


async def test_a_thousand_parallel_requests_for_health_make_at_most_one_call_to_notion(
    http_world: World,
) -> None:
    url = f"http://127.0.0.1:{http_world.bot.port}/health"
    first_poll = "POST /v1/data_sources/*/query"
    await http_world.until(lambda: http_world.notion.journal.calls(first_poll))
    http_world.notion.journal.clear()

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def ask() -> int:
            async with session.get(url) as answer:
                await answer.read()
                return answer.status

        statuses = await asyncio.gather(*(ask() for _ in range(THOUSAND)))

    assert statuses == [200] * THOUSAND
    # None where what the first poll has shown is still fresh.
    assert len(http_world.notion.journal.entries) <= 1
