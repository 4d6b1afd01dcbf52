"""`python -m bot doctor`: examines both ends and the database, and says what is wrong."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError

from bot import manifest, scopes
from bot.config import Settings
from bot.findings import for_machines, for_people
from bot.notion_alone import notion_client
from bot.own_connection import NOT_CHOSEN, NOT_SET
from bot.parts import key_ring
from bot.slack_members import members
from bot.slack_reach import slack_client, slack_session
from handlers.slack.single_workspace import DEAD
from handlers.slack.web import refusal
from notion_sync.client import Caller
from notion_sync.inspection import Finding, Level, inspect
from storage.client import Database, Driver, connect
from storage.stores import open_stores
from tasks.errors import StoreError
from tasks.ports import Choice, Connection, Profile

SKEW_SECONDS = 60.0
"""Slack takes requests signed up to five minutes off; a clock this wrong needs mending."""
PEOPLE_MAX = 1000
OLD_SECONDS = 900.0
OBJECTS_ON = (
    "SLACK_WORK_OBJECTS is on. No method of Slack's tells whether the app has them: look at "
    "its settings, under Work Object Previews, where the type Task has to be picked."
)


async def doctor(settings: Settings, *, as_json: bool) -> int:
    """Print what was found; return 0 when nothing is broken, else 1."""
    team, profiles, of_slack = await _slack(settings)
    of_database, chosen = await _database(settings, team)
    findings = [*_without_effect(settings), *of_database, *of_slack]
    findings += await _notion(settings, team, profiles, chosen)
    sys.stdout.write(for_machines(findings) if as_json else for_people(findings))
    return 1 if any(finding.level is Level.FAIL for finding in findings) else 0


def _without_effect(settings: Settings) -> list[Finding]:
    """Warn of settings that are kept for installing by OAuth, which is not there yet."""
    kept = (
        ("SLACK_CLIENT_ID and SLACK_CLIENT_SECRET", settings.slack_client_id, "SLACK_BOT_TOKEN"),
        ("NOTION_CLIENT_ID and NOTION_CLIENT_SECRET", settings.notion_client_id, "NOTION_TOKEN"),
    )
    return [
        _warn("settings", f"{names} have no effect yet: what counts until then is {instead}.")
        for names, value, instead in kept
        if value is not None
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chosen:
    """What an admin has chosen, as far as the database could be asked."""

    choice: Choice | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


async def _database(settings: Settings, team: str) -> tuple[list[Finding], _Chosen]:
    chosen = _Chosen()
    if settings.mongodb_uri is None:
        sentence = "MONGODB_URI is not set: a mongod is started with the bot."
        return [_ok("database", sentence)], chosen
    async with connect(
        settings.mongodb_uri.get_secret_value(),
        database=settings.mongodb_database,
        driver=Driver(settings.mongodb_driver),
    ) as database:
        try:
            await database.ping()
            said = [_ok("database", "It takes writes."), await _queue(settings, database)]
            if team:
                said += await _from_notion(settings, database, team)
                chosen = await _chosen(settings, database, team)
        except StoreError as error:
            sentence = f"It cannot save: {error} Look at MONGODB_URI and mongod."
            return [_fail("database", sentence)], chosen
        return said, chosen


async def _chosen(settings: Settings, database: Database, team: str) -> _Chosen:
    stores = open_stores(database, requests_per_minute=settings.notion_requests_per_minute)
    choice = await stores.choices.load(team)
    if choice is None or choice.database is None:
        return _Chosen(choice=choice)
    key = _connection(settings, team, choice).columns_key
    return _Chosen(choice=choice, columns=await stores.columns.load(team, key) or {})


def _connection(settings: Settings, team: str, choice: Choice | None) -> Connection:
    token = settings.notion_token.get_secret_value() if settings.notion_token else ""
    return Connection(
        team=team,
        token=token,
        database=(choice and choice.database) or settings.notion_database or "",
        mapping=choice.mapping if choice else "",
    )


async def _queue(settings: Settings, database: Database) -> Finding:
    stores = open_stores(database, requests_per_minute=settings.notion_requests_per_minute)
    backlog = await stores.queue.backlog()
    age = (datetime.now(UTC) - backlog.oldest).total_seconds() if backlog.oldest else 0.0
    said = f"{backlog.behind} waiting for Notion, the oldest for {age:.0f} s"
    if backlog.set_aside:
        return _warn("queue", f"{said}; {backlog.set_aside} set aside: their cards say why.")
    if age > OLD_SECONDS and settings.notion_token is not None:
        return _warn("queue", f"{said}: /health says what holds them up.")
    return _ok("queue", f"{said}.")


async def _from_notion(settings: Settings, database: Database, team: str) -> list[Finding]:
    if settings.notion_token is None:
        return []
    stores = open_stores(
        database,
        requests_per_minute=settings.notion_requests_per_minute,
        keys=key_ring(settings),
    )
    found = []
    if question := (await stores.turns.state(team, "sweep")).get("question"):
        found.append(_fail("Notion rows", str(question)))
    has_token = settings.notion_webhook_token is not None or (
        stores.webhook_tokens is not None and await stores.webhook_tokens.load() is not None
    )
    if has_token:
        found.append(_ok("Notion webhooks", "Their token is known."))
    else:
        sentence = "None is set up: edits in Notion arrive by the poll, within two minutes."
        found.append(_warn("Notion webhooks", sentence))
    return found


async def _slack(settings: Settings) -> tuple[str, list[Profile], list[Finding]]:
    if settings.slack_bot_token is None:
        return "", [], [_warn("Slack", "SLACK_BOT_TOKEN is not set: no workspace is connected.")]
    token = settings.slack_bot_token.get_secret_value()
    async with slack_session() as session:
        client = slack_client(settings, session)
        try:
            answer = await client.auth_test(token=token)
            profiles = await members(client, token, most=PEOPLE_MAX)
        except SlackApiError as error:
            code, _ = refusal(error)
            if code not in (*DEAD, "missing_scope"):
                return "", [], [_fail("Slack", f"Slack does not answer as it should: {code}.")]
            return "", [], [_fail("Slack token", f"Slack refuses SLACK_BOT_TOKEN: {code}.")]
        except (ClientError, OSError, TimeoutError) as error:
            sentence = f"Slack cannot be reached ({type(error).__name__})."
            return "", [], [_fail("Slack", sentence)]
    headers = {name.lower(): str(value) for name, value in answer.headers.items()}
    who = f"{answer.get('user')} in {answer.get('team')}"
    found = [_ok("Slack token", f"Slack accepts it: {who}."), *_scopes(headers), *_clock(headers)]
    if settings.slack_work_objects:
        found.append(_ok("Slack Work Objects", OBJECTS_ON))
    return str(answer.get("team_id", "")), profiles, found


def _scopes(headers: dict[str, str]) -> list[Finding]:
    granted = {scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",")}
    asked = manifest.read_template()["oauth_config"]["scopes"]
    return scopes.findings(granted, asked["bot"], asked.get("bot_optional", ()))


def _clock(headers: dict[str, str]) -> list[Finding]:
    if "date" not in headers:
        return []
    skew = (datetime.now(UTC) - parsedate_to_datetime(headers["date"])).total_seconds()
    if abs(skew) > SKEW_SECONDS:
        return [_fail("clock", f"This clock is {skew:.0f} s off Slack's: set it by NTP.")]
    return [_ok("clock", f"Within {SKEW_SECONDS:.0f} s of Slack's.")]


async def _notion(
    settings: Settings, team: str, profiles: list[Profile], chosen: _Chosen
) -> list[Finding]:
    if settings.notion_token is None:
        return [_warn("Notion", NOT_SET)]
    connection = _connection(settings, team, chosen.choice)
    if not connection.database:
        return [_warn("Notion", NOT_CHOSEN)]
    caller = Caller(connection=connection)
    async with notion_client(settings) as client:
        found = await inspect(client, caller, saved=chosen.columns, profiles=profiles)
    return [Finding(level=f.level, about=f"Notion {f.about}", sentence=f.sentence) for f in found]


def _ok(about: str, sentence: str) -> Finding:
    return Finding(level=Level.OK, about=about, sentence=sentence)


def _warn(about: str, sentence: str) -> Finding:
    return Finding(level=Level.WARN, about=about, sentence=sentence)


def _fail(about: str, sentence: str) -> Finding:
    return Finding(level=Level.FAIL, about=about, sentence=sentence)
