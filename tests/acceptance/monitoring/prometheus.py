"""Debian's Prometheus on the rules that are deployed, with seconds instead of quarter minutes."""

from __future__ import annotations

import asyncio
import contextlib
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from tests.acceptance.world import free_port
from tests.monitoring import PROMETHEUS
from tests.tools import tool

START_SECONDS = 30.0
POLL_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Prometheus:
    """A running Prometheus."""

    url: str
    session: aiohttp.ClientSession

    async def query(self, expr: str) -> list[dict[str, Any]]:
        """Return the series that an expression gives now; AssertionError with its complaint."""
        async with self.session.get(f"{self.url}/api/v1/query", params={"query": expr}) as response:
            answer = await response.json()
        assert answer["status"] == "success", f"{expr}: {answer}"
        found: list[dict[str, Any]] = answer["data"]["result"]
        return found

    async def query_range(
        self, expr: str, *, since: float, until: float, step: float
    ) -> list[dict[str, Any]]:
        """Return the series of an expression over a time, as a panel draws them."""
        asked = {"query": expr, "start": f"{since}", "end": f"{until}", "step": f"{step}"}
        async with self.session.get(f"{self.url}/api/v1/query_range", params=asked) as response:
            answer = await response.json()
        assert answer["status"] == "success", f"{expr}: {answer}"
        found: list[dict[str, Any]] = answer["data"]["result"]
        return found

    async def firing(self) -> set[str]:
        """Return the names of the alerts that fire."""
        async with self.session.get(f"{self.url}/api/v1/alerts") as response:
            alerts = (await response.json())["data"]["alerts"]
        return {each["labels"]["alertname"] for each in alerts if each["state"] == "firing"}

    async def until_firing(self, *names: str, seconds: float) -> set[str]:
        """Wait until all these fire; return all that do, then or at the end of patience."""
        firing: set[str] = set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not set(names) <= firing:
                    await asyncio.sleep(POLL_SECONDS)
                    firing = await self.firing()
        return firing


def configured(port: int) -> dict[str, Any]:
    """Return the deployed configuration: the same rules and job, another target, 2 s for 15.

    Not 1 s: where the database is gone, /metrics waits that long for it.
    """
    given = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text(encoding="utf-8"))
    (job,) = given["scrape_configs"]
    job |= {"static_configs": [{"targets": [f"127.0.0.1:{port}"]}], "scrape_timeout": "2s"}
    return {
        "global": {"scrape_interval": "2s", "evaluation_interval": "1s"},
        "rule_files": [str(PROMETHEUS / name) for name in given["rule_files"]],
        "scrape_configs": [job],
    }


@contextlib.asynccontextmanager
async def watching(
    bot_port: int, directory: Path, session: aiohttp.ClientSession
) -> AsyncIterator[Prometheus]:
    """Run a Prometheus that watches a bot while the context lasts; skips where there is none."""
    binary = tool("prometheus")
    config = _written(directory, bot_port)
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        binary,
        f"--config.file={config}",
        f"--storage.tsdb.path={directory / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=error",
        stdin=DEVNULL,
        stdout=DEVNULL,
        stderr=PIPE,
    )
    try:
        found = Prometheus(url=f"http://127.0.0.1:{port}", session=session)
        await _ready(process, found)
        yield found
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


def _written(directory: Path, bot_port: int) -> Path:
    directory.mkdir()
    config = directory / "prometheus.yml"
    config.write_text(yaml.safe_dump(configured(bot_port)), encoding="utf-8")
    return config


async def _ready(process: asyncio.subprocess.Process, found: Prometheus) -> None:
    async with asyncio.timeout(START_SECONDS):
        while True:
            if process.returncode is not None:
                _, said = await process.communicate()
                raise AssertionError(f"Prometheus ended: {said.decode()[-2000:]}")
            with contextlib.suppress(aiohttp.ClientConnectionError):
                async with found.session.get(f"{found.url}/-/ready") as response:
                    if response.ok:
                        return
            await asyncio.sleep(0.1)
