"""A real Alertmanager on the deployed routes: who is told what, and what is held back."""

from __future__ import annotations

import asyncio
import contextlib
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import yaml
from aiohttp import web

from tests.acceptance.world import free_port
from tests.monitoring import ALERTMANAGER, alerts
from tests.tools import at_home

PATIENCE_SECONDS = 30.0
SETTLED_SECONDS = 3.0
"""Longer than groups wait here: what has not come by then was held back."""


@dataclass(slots=True, kw_only=True)
class Inboxes:
    """Slack and PagerDuty, as far as they take messages."""

    slack: list[dict[str, Any]] = field(default_factory=list)
    pagerduty: list[dict[str, Any]] = field(default_factory=list)

    async def take_slack(self, request: web.Request) -> web.StreamResponse:
        self.slack.append(await request.json())
        return web.Response(text="ok")

    async def take_page(self, request: web.Request) -> web.StreamResponse:
        self.pagerduty.append(await request.json())
        return web.json_response({"status": "success"}, status=202)

    def titles(self) -> list[str]:
        """Return what Slack was told, sorted."""
        return sorted(message["attachments"][0]["title"] for message in self.slack)


@contextlib.asynccontextmanager
async def inboxes(port: int) -> AsyncIterator[Inboxes]:
    """Take messages while the context lasts."""
    found = Inboxes()
    app = web.Application()
    app.router.add_post("/slack", found.take_slack)
    app.router.add_post("/pagerduty", found.take_page)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield found
    finally:
        await runner.cleanup()


def configured(directory: Path, inbox: str) -> Path:
    """Write the deployed configuration with our inboxes, and groups that hardly wait."""
    given = yaml.safe_load((ALERTMANAGER / "alertmanager.yml").read_text(encoding="utf-8"))
    given["templates"] = [str(ALERTMANAGER / path) for path in given["templates"]]
    for route in (given["route"], *given["route"]["routes"]):
        route["group_wait"] = "1s"
    secrets = {"slack_webhook_url": f"{inbox}/slack", "pagerduty_routing_key": "r" * 32}
    for name, value in secrets.items():
        (directory / name).write_text(value, encoding="utf-8")
    for receiver in given["receivers"]:
        for slack in receiver["slack_configs"]:
            slack["api_url_file"] = str(directory / "slack_webhook_url")
        for page in receiver.get("pagerduty_configs", ()):
            page["routing_key_file"] = str(directory / "pagerduty_routing_key")
            page["url"] = f"{inbox}/pagerduty"
    path = directory / "alertmanager.yml"
    path.write_text(yaml.safe_dump(given), encoding="utf-8")
    return path


@contextlib.asynccontextmanager
async def alertmanager(
    config: Path, directory: Path, session: aiohttp.ClientSession
) -> AsyncIterator[str]:
    """Run an Alertmanager while the context lasts; yield its address."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *at_home("prometheus-alertmanager"),
        f"--config.file={config}",
        f"--storage.path={directory / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
        "--log.level=error",
        stdin=DEVNULL,
        stdout=DEVNULL,
        stderr=PIPE,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        await _ready(process, url, session)
        yield url
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def _ready(
    process: asyncio.subprocess.Process, url: str, session: aiohttp.ClientSession
) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            if process.returncode is not None:
                _, said = await process.communicate()
                raise AssertionError(f"Alertmanager ended: {said.decode()[-2000:]}")
            with contextlib.suppress(aiohttp.ClientConnectionError):
                async with session.get(f"{url}/-/ready") as response:
                    if response.ok:
                        return
            await asyncio.sleep(0.1)


def fired(*names: str) -> list[dict[str, Any]]:
    """Return alerts as Prometheus sends them."""
    known = {alert.name: alert for alert in alerts()}
    return [
        {
            "labels": {"alertname": name, "severity": known[name].severity},
            "annotations": dict(known[name].annotations),
        }
        for name in names
    ]


async def test_a_lost_database_is_one_page_and_a_poison_task_a_ticket_beside_it(
    tmp_path: Path,
) -> None:
    inbox_port = free_port()
    config = configured(tmp_path, f"http://127.0.0.1:{inbox_port}")
    firing = fired(
        "TaskbridgeMongoDown",
        "TaskbridgeMongoSlow",
        "TaskbridgeSaveBudgetBurnFast",
        "TaskbridgeSaveBudgetBurnSlow",
        "TaskbridgeSyncStalled",
        "TaskbridgeDeadLetters",
    )
    async with (
        inboxes(inbox_port) as found,
        aiohttp.ClientSession() as session,
        alertmanager(config, tmp_path, session) as url,
    ):
        async with session.post(f"{url}/api/v2/alerts", json=firing) as response:
            assert response.status == 200
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(found.slack) < 2 or not found.pagerduty:  # noqa: ASYNC110  # they only come
                await asyncio.sleep(0.1)
        await asyncio.sleep(SETTLED_SECONDS)

    assert found.titles() == [
        "Firing: TaskbridgeDeadLetters — Tasks were set aside",
        "Firing: TaskbridgeMongoDown — Nothing can be saved",
    ]
    told = " ".join(message["attachments"][0]["text"] for message in found.slack)
    assert "Runbook: docs/runbooks/TaskbridgeMongoDown.md" in told
    (page,) = found.pagerduty
    assert page["routing_key"] == "r" * 32
    assert page["payload"]["severity"] == "critical"
    assert page["payload"]["summary"] == "Firing: TaskbridgeMongoDown — Nothing can be saved"
