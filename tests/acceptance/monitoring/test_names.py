"""What rules and panels name is what the running bot exports; what they ask is answered."""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest_asyncio

from playground.notion.faults import Fault
from tests.acceptance.monitoring.prometheus import Prometheus, watching
from tests.acceptance.monitoring.scenarios import load
from tests.acceptance.world import World
from tests.monitoring import OF_PROMETHEUS, exported, panel_queries, rules, selectors
from tests.tools import tool

PATIENCE_SECONDS = 60.0
AN_ID = re.compile(r"^[UWCGDTB][A-Z0-9]+$|T-\d|[0-9a-f]{8}|Book|offsite")


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    world: World
    prometheus: Prometheus


@pytest_asyncio.fixture
async def watched(http_world: World, tmp_path: Path) -> AsyncIterator[Watched]:
    """Give a bot under load that a Prometheus watches, and has before the load."""
    directory = tmp_path / "prometheus"
    async with watching(http_world.bot.port, directory, http_world.session) as prometheus:
        await until(lambda: prometheus.query("taskbridge_build_info"))
        async with load(http_world):
            yield Watched(world=http_world, prometheus=prometheus)


async def until(ask: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401  # whatever was asked
    """Ask until there is an answer; TimeoutError."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            if found := await ask():
                return found
            await asyncio.sleep(0.5)


async def test_all_that_rules_and_panels_select_is_exported_by_the_running_bot(
    http_world: World,
) -> None:
    _, text = await http_world.get("/metrics")
    series = exported(text)
    expressions = [rule.expr for rule in rules()] + [expr for _, expr in panel_queries()]
    wanted = {
        selector
        for expr in expressions
        for selector in selectors(expr)
        if selector.metric not in OF_PROMETHEUS and ":" not in selector.metric
    }
    assert len(wanted) > 30
    missing = [
        selector
        for selector in wanted
        if not any(selector.takes(name, labels) for name, labels in series)
    ]
    assert missing == []


async def test_no_label_of_a_bot_that_has_worked_holds_an_id(http_world: World) -> None:
    added = await http_world.slack.command("/task add Book the venue @sam #offsite", user="U1")
    await http_world.slack.click(added.message, "Done", user="U1")
    await http_world.row("Book the venue", Status="Done")

    _, text = await http_world.get("/metrics")

    values = {
        value
        for _, labels in exported(text)
        for name, value in labels.items()
        if name not in {"le", "version", "commit"}
    }
    assert {"command", "tasks.add"} <= values
    assert [value for value in values if AN_ID.search(value)] == []


async def test_promtool_has_nothing_to_say_about_what_is_exported(http_world: World) -> None:
    _, text = await http_world.get("/metrics")

    def check() -> subprocess.CompletedProcess[str]:
        command = (str(tool("promtool")), "check", "metrics")
        return subprocess.run(  # noqa: S603  # ours
            command, input=text, capture_output=True, text=True, check=False
        )

    done = await asyncio.to_thread(check)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


async def test_a_connection_that_waits_for_its_installer_is_counted(http_world: World) -> None:
    def connections(state: str) -> float | None:
        registry = http_world.bot.metrics.registry
        return registry.get_sample_value("taskbridge_notion_connections", {"state": state})

    await http_world.get("/metrics")
    assert (connections("working"), connections("needs_attention")) == (1, 0)
    http_world.notion.faults.add(Fault(match="* *", times=None, status=401))
    await http_world.slack.command("/task add Book the venue", user="U1")

    async def waits() -> bool:
        await http_world.get("/metrics")
        return connections("needs_attention") == 1

    await until(waits)
    assert connections("working") == 0


async def test_every_panels_query_is_answered(watched: Watched) -> None:
    silent = dict(panel_queries())
    for title, expr in panel_queries():
        await until(lambda expr=expr: watched.prometheus.query(expr))  # type: ignore[misc]  # bound now
        silent.pop(title, None)
    assert silent == {}
