"""Notion's own JavaScript client against the emulator, and its check of webhook signatures."""

import asyncio
import json
import shutil
from pathlib import Path

import pytest

from playground.notion import NotionEmulator, Weather, serving

HERE = Path(__file__).parent / "js"
INSTALLED = Path(__file__).parents[3] / ".taskbridge" / "js"
PACKAGE = ("package.json", "package-lock.json")
INSTALL_SECONDS = 90
LIFE_SECONDS = 60
REDIRECT = "https://bot.example.com/notion/oauth_redirect"


async def node_with_the_client() -> Path:
    """Return node, the client installed beside the script; skip where it cannot be had."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip(f"{'node' if node is None else 'npm'} is not installed")
    if not _is_installed():
        await _install(npm)
    shutil.copy(HERE / "page_life.mjs", INSTALLED)
    return Path(node)


def _is_installed() -> bool:
    client = INSTALLED / "node_modules" / "@notionhq" / "client" / "package.json"
    wanted = json.loads((HERE / "package.json").read_text())["dependencies"]["@notionhq/client"]
    return client.exists() and json.loads(client.read_text())["version"] == wanted


async def _install(npm: str) -> None:
    INSTALLED.mkdir(parents=True, exist_ok=True)
    for name in PACKAGE:
        shutil.copy(HERE / name, INSTALLED)
    process = await asyncio.create_subprocess_exec(
        npm,
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
        cwd=INSTALLED,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, said = await asyncio.wait_for(process.communicate(), INSTALL_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
        pytest.skip("npm could not fetch @notionhq/client in time")
    if process.returncode:
        lines = said.decode().strip().splitlines() or ["no reason given"]
        pytest.skip(f"npm could not fetch @notionhq/client: {lines[0]}")


@pytest.mark.parametrize("version", ["2025-09-03", "2026-03-11"])
async def test_a_page_lives_its_whole_life_through_the_official_client(version: str) -> None:
    node = await node_with_the_client()
    emulator = NotionEmulator(seed=1, calls_per_window=None)
    emulator.webhooks.weather = Weather(aggregate_seconds=0.05)
    workspace = emulator.add_workspace("Acme")
    connection = workspace.connect("Taskbridge")
    tasks = workspace.add_database("Templates", {"Name": {"title": {}}})
    workspace.add_template(tasks.data_source_id, "Bug", is_default=True, texts=("Steps",))
    workspace.add_template(tasks.data_source_id, "Chore")
    workspace.set_template_delay(0.2)
    public = emulator.add_integration("Public", redirect_uris=(REDIRECT,))
    async with serving(emulator, delivering=True) as url:
        given = {
            "url": url,
            "version": version,
            "token": connection.token,
            "root": workspace.root_page_id,
            "templates": {"data_source": tasks.data_source_id},
            "oauth": {
                "client_id": public.client_id,
                "client_secret": public.client_secret,
                "redirect_uri": REDIRECT,
            },
        }
        process = await asyncio.create_subprocess_exec(
            node,
            "page_life.mjs",
            json.dumps(given),
            cwd=INSTALLED,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(LIFE_SECONDS):
                await subscribe(emulator, connection.integration_id, process)
                _, complaint = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    assert process.returncode == 0, complaint.decode()
    # What is on its way when the script ends finds nobody there any more.
    assert {each.status for each in emulator.webhooks.deliveries} - {None} == {200}


async def subscribe(
    emulator: NotionEmulator, integration_id: str, process: asyncio.subprocess.Process
) -> None:
    """Play the person in Notion's settings: name the endpoint, paste back what it was sent."""
    listening = await told(process)
    subscription = await emulator.webhooks.subscribe(integration_id, listening)
    subscription.verify(await told(process))


async def told(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    assert process.stderr is not None
    line = (await process.stdout.readline()).decode().strip()
    assert line, (await process.stderr.read()).decode()
    return line.partition(" ")[2]
