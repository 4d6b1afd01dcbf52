"""The first steps: settings, `doctor`, `notion setup`, `manifest`; what is wrong is said."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml

from bot.doctor import doctor
from bot.loading import load
from notion_sync.columns import COLUMNS
from playground.notion.access import Capability
from tests.acceptance.commands import Ran, bot
from tests.acceptance.test_promises import KEYS
from tests.acceptance.world import BOT_TOKEN, SCOPES, World, world

SETTINGS = {
    "SLACK_SIGNING_SECRET": "canary-secret\n-two-lines",
    "SLACK_BOT_TOKEN": "canary-not-a-bot-token",
    "SLACK_APP_TOKEN": "canary-not-an-app-token",
    "NOTION_TOKEN": "canary-notion",
    "NOTION_DATABASE": "our tasks",
    "NOTION_REQUESTS_PER_MINUTE": "0",
    "MONGODB_URI": "postgres://canary@db.example/",
    "MONGODB_DRIVER": "pymysql",
    "PORT": "eighty",
    "LOG_LEVEL": "loud",
    "NOTION_CLIENT_ID": "public",
}


async def test_wrong_settings_end_the_start_with_a_sentence_each_and_no_secret(
    tmp_path: Path,
) -> None:
    ran = await bot("serve", environ=SETTINGS, folder=tmp_path)

    assert (ran.code, ran.out) == (2, "")
    lines = ran.err.splitlines()
    wrong = {name for name in SETTINGS if name != "NOTION_TOKEN"}
    missing = {"NOTION_CLIENT_SECRET", "ENCRYPTION_KEYS"}
    assert {line.partition(":")[0] for line in lines} == (wrong | missing) - {"NOTION_CLIENT_ID"}
    assert all(": found " in line and ", expected " in line for line in lines)
    assert "canary" not in ran.err
    assert 'PORT: found "eighty", expected a whole number from 1 to 65535.' in lines


async def test_without_settings_the_one_that_is_needed_is_named(tmp_path: Path) -> None:
    ran = await bot("serve", environ={"SLACK_SIGNING_SECRET": " "}, folder=tmp_path)

    assert ran.code == 2
    (line,) = ran.err.splitlines()
    assert line.startswith("SLACK_SIGNING_SECRET: found nothing, expected the app's signing secret")


async def test_a_taken_port_ends_the_start_with_one_sentence(
    http_world: World, tmp_path: Path
) -> None:
    port = str(http_world.bot.port)
    environ = {**http_world.environ, "PORT": port}

    ran = await bot("serve", environ=environ, folder=tmp_path)

    assert ran.code == 1
    assert ran.err.startswith(f"Cannot listen on 127.0.0.1:{port}: ")
    assert len(ran.err.splitlines()) == 1


async def test_the_manifest_names_the_address_and_can_be_pasted(tmp_path: Path) -> None:
    url = "https://bot.example.com/taskbridge/"
    ran = await bot("manifest", "--url", url, environ={}, folder=tmp_path)
    socket = await bot("manifest", "--socket-mode", environ={}, folder=tmp_path)
    wrong = await bot("manifest", "--url", "http://bot.example.com", environ={}, folder=tmp_path)

    events = "https://bot.example.com/taskbridge/slack/events"
    made = yaml.safe_load(ran.out)
    assert made["settings"]["interactivity"]["request_url"] == events
    assert made["features"]["slash_commands"][0]["url"] == events
    assert "example.com" not in socket.out
    assert yaml.safe_load(socket.out)["settings"]["socket_mode_enabled"] is True
    assert (ran.code, socket.code, wrong.code) == (0, 0, 2)
    assert wrong.err.startswith('--url: found "http://bot.example.com", expected the https address')


async def test_notion_setup_makes_a_database_that_the_bot_then_uses(
    empty_world: World, tmp_path: Path
) -> None:
    acme = empty_world
    place = f"https://www.notion.so/Home-{acme.bench.root_page_id.replace('-', '')}?pvs=4"

    ran = await set_up(acme, "--page", place, folder=tmp_path)

    assert ran.code == 0, ran.err
    assert ran.out.startswith("Created the database “Tasks”.")
    setting = ran.out.splitlines()[-1].removeprefix("NOTION_DATABASE=")
    assert setting != acme.database.database_id
    async with acme.run_bot(NOTION_DATABASE=setting):
        await acme.slack.command("/task add Book the venue due 2030-01-02 !high", user="U1")
        (table,) = acme.bench.workspace.data_sources_of(setting)
        (row,) = await acme.until(lambda: acme.bench.live_pages(table.id))
    assert (row.title, row.properties["Priority"]) == ("Book the venue", "High")


async def test_notion_setup_maps_a_database_and_adds_columns_only_when_asked(
    few_columns: World, tmp_path: Path
) -> None:
    acme, place = few_columns, few_columns.database.database_id

    mapped = await set_up(acme, "--database", place, folder=tmp_path)
    untouched = columns(acme)
    added = await set_up(acme, "--database", place, "--add-missing", folder=tmp_path)
    again = await set_up(acme, "--database", place, folder=tmp_path)

    assert (mapped.code, added.code, again.code) == (1, 0, 0)
    assert "Task ID          → none: add a column of type rich_text" in mapped.out
    assert "add what is missing, or use --add-missing" in mapped.out
    assert untouched == {"Aufgabe", "Due"}
    assert columns(acme) > untouched
    assert "Due              → “Due” (date)" in again.out
    assert "→ none" not in again.out


async def test_notion_setup_says_what_hinders_it(empty_world: World, tmp_path: Path) -> None:
    acme = empty_world
    nowhere = await set_up(acme, folder=tmp_path)
    no_id = await set_up(acme, "--page", "our tasks", folder=tmp_path)
    acme.bench.unshare(acme.bench.root_page_id)
    unshared = await set_up(acme, "--page", acme.bench.root_page_id, folder=tmp_path)
    revoke(acme)
    revoked = await set_up(acme, "--page", acme.bench.root_page_id, folder=tmp_path)

    assert (nowhere.code, no_id.code, unshared.code, revoked.code) == (2, 2, 1, 1)
    assert nowhere.err.startswith("notion setup: found neither --page nor a database")
    assert no_id.err.startswith('--page: found "our tasks", expected an id or the URL')
    assert "share the page or the database with it under ••• → Connections" in unshared.err
    assert "Notion does not accept the token" in revoked.err
    assert all(len(ran.err.splitlines()) == 1 for ran in (nowhere, no_id, unshared, revoked))


async def test_the_doctor_finds_nothing_wrong_where_all_is_well(
    http_world: World, tmp_path: Path
) -> None:
    environ = {**http_world.environ, "PORT": "3000"}
    ran = await bot("doctor", environ=environ, folder=tmp_path)
    for_machines = await bot("doctor", "--json", environ=environ, folder=tmp_path)

    assert (ran.code, for_machines.code) == (0, 0)
    assert "FAIL" not in ran.out
    assert "ok    database: It takes writes." in ran.out
    levels = {found["level"] for found in json.loads(for_machines.out)["findings"]}
    assert levels <= {"ok", "warn"}  # Sam is not in Notion


async def test_the_doctor_says_as_json_too_why_it_cannot_begin(tmp_path: Path) -> None:
    ran = await bot("doctor", "--json", environ={}, folder=tmp_path)

    assert (ran.code, ran.err) == (2, "")
    (found,) = json.loads(ran.out)["findings"]
    assert (found["level"], found["about"]) == ("fail", "settings")
    assert found["sentence"].startswith("SLACK_SIGNING_SECRET: found nothing, expected the app's")


FAULTS = {
    "a revoked Notion token": ("Notion token", "Notion does not accept the token: copy it anew"),
    "an unshared database": ("Notion database", "not shared with the connection: open it in"),
    "a missing column": ("Notion column Task ID", "add one of that name, type rich_text"),
    "no right to insert": ("Notion insert content", "may not insert content: allow it in Notion"),
    "a wrong Slack token": ("Slack token", "Slack refuses SLACK_BOT_TOKEN: invalid_auth."),
    "a missing scope": ("Slack scopes", "Missing: chat:write; paste the manifest again"),
    "no Notion": ("Notion", "Sync is off: NOTION_TOKEN is not set."),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_the_doctor_finds_each_planted_fault(
    empty_world: World, capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    environ = planted(empty_world, fault)

    code = await doctor(load(environ, None), as_json=True)

    about, sentence = FAULTS[fault]
    found = {each["about"]: each for each in json.loads(capsys.readouterr().out)["findings"]}
    assert sentence in found[about]["sentence"]
    level = "warn" if fault == "no Notion" else "fail"
    assert (found[about]["level"], code) == (level, int(level == "fail"))


async def test_the_doctor_reminds_of_what_slack_tells_nobody(
    http_world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    for given, reminded in (("false", False), ("true", True)):
        settings = load({**http_world.environ, "SLACK_WORK_OBJECTS": given}, None)
        assert await doctor(settings, as_json=False) == 0
        assert ("under Work Object Previews" in capsys.readouterr().out) is reminded


async def test_the_doctor_warns_of_settings_that_have_no_effect_yet(
    http_world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = {
        "SLACK_CLIENT_ID": "1.2",
        "SLACK_CLIENT_SECRET": "s",
        "NOTION_CLIENT_ID": "n",
        "NOTION_CLIENT_SECRET": "s",
        "ENCRYPTION_KEYS": KEYS,
    }
    assert await doctor(load({**http_world.environ, **kept}, None), as_json=False) == 0
    said = capsys.readouterr().out
    for end in ("SLACK", "NOTION"):
        assert f"warn  settings: {end}_CLIENT_ID and {end}_CLIENT_SECRET have no effect yet" in said


async def test_the_doctor_goes_on_without_a_database_and_its_verdict_is_the_exit_code(
    empty_world: World, tmp_path: Path
) -> None:
    environ = {**empty_world.environ, "MONGODB_URI": "mongodb://127.0.0.1:1/"}

    ran = await bot("doctor", environ=environ, folder=tmp_path)

    assert ran.code == 1
    assert "FAIL  database: It cannot save: " in ran.out
    assert "Look at MONGODB_URI and mongod." in ran.out
    assert "ok    Notion token: Notion accepts the token" in ran.out
    assert ran.err == ""


def planted(acme: World, fault: str) -> dict[str, str]:
    """Plant a fault; return the settings to examine it with."""
    environ = dict(acme.environ)
    match fault:
        case "a revoked Notion token":
            revoke(acme)
        case "an unshared database":
            acme.bench.unshare(acme.database.database_id)
        case "a missing column":
            acme.bench.remove_column(acme.database.data_source_id, "Task ID")
        case "no right to insert":
            connection = acme.notion.connections.named(environ["NOTION_TOKEN"])
            assert connection is not None
            connection.capabilities.remove(Capability.INSERT_CONTENT)
        case "a wrong Slack token":
            environ["SLACK_BOT_TOKEN"] = "xoxb-nobodys"  # noqa: S105  # nobody's indeed
        case "a missing scope":
            acme.slack.install("T1", "Acme", BOT_TOKEN, set(SCOPES) - {"chat:write"})
        case _:
            del environ["NOTION_TOKEN"], environ["NOTION_DATABASE"]
    return environ


def revoke(acme: World) -> None:
    """Take the bot's token away."""
    connection = acme.notion.connections.named(acme.environ["NOTION_TOKEN"])
    assert connection is not None
    connection.revoke()


async def set_up(acme: World, *words: str, folder: Path) -> Ran:
    """Run `notion setup` with the two settings that it needs."""
    environ = {name: acme.environ[name] for name in ("NOTION_TOKEN", "NOTION_API_URL")}
    return await bot("notion", "setup", *words, environ=environ, folder=folder)


def columns(acme: World) -> set[str]:
    """Return the names of the columns."""
    table = acme.bench.workspace.data_sources[acme.database.data_source_id]
    return {column.name for column in table.columns.values()}


@pytest_asyncio.fixture
async def few_columns(mongo_uri: str, mongo_database: str) -> AsyncIterator[World]:
    """Give a world whose database somebody made by hand."""
    schema: dict[str, Any] = {"Aufgabe": {"title": {}}, "Due": {"date": {}}}
    assert len(COLUMNS) > len(schema)
    async with world(mongo_uri, mongo_database, schema=schema) as found:
        yield found
