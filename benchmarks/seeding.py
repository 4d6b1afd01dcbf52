"""Puts tasks, installations and keys into a database as the storage itself would have them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import UTC, datetime
from secrets import token_bytes

from benchmarks.population import documents, teams
from storage.api_keys import MongoApiKeys
from storage.client import Database
from storage.codec import Document
from storage.indexes import ensure_indexes
from storage.installations import MongoInstallations
from storage.operations import Patience, within
from storage.sealing import KeyRing
from tasks.api_keys import Role, issue
from tasks.ports import Installation

BATCH = 1000
_PATIENT = Patience(each_seconds=120.0, whole_seconds=3600.0, tries=1)
_SCOPES = ("commands", "chat:write", "users:read")


async def seed_tasks(database: Database, *, count: int) -> None:
    """Insert `count` tasks, shared equally by all workspaces; then build the indexes."""
    now = datetime.now(UTC)
    for team in teams():
        await _seed_team(database, team, count // len(teams()), now)
    await ensure_indexes(database)


async def _seed_team(database: Database, team: str, count: int, now: datetime) -> None:
    tasks, counters = database.tenants("tasks").of(team), database.tenants("counters").of(team)
    with within(_PATIENT):
        for batch in _batches(documents(team, count, now)):
            await tasks.insert_missing("bench.seed", batch)
        counter = {"_id": team, "team_id": team, "last": count, "at": now}
        await counters.insert_one("bench.seed", counter)


def _batches(made: Iterable[Document]) -> Iterable[list[Document]]:
    several = iter(made)
    return iter(lambda: list(itertools.islice(several, BATCH)), [])


async def seed_installations(database: Database, *, encryption_key: str) -> None:
    """Install the bot in every workspace."""
    installations = MongoInstallations(database, keys=KeyRing.parse([encryption_key]))
    for team in teams():
        await installations.save(
            Installation(
                team=team,
                bot_token=f"xoxb-{team}",
                bot_id=f"B{team[1:]}",
                bot_user=f"U{team[1:]}BOT",
                scopes=_SCOPES,
            )
        )


async def seed_api_keys(database: Database) -> tuple[str, ...]:
    """Make a key for every workspace; return their tokens."""
    keys, tokens = MongoApiKeys(database), []
    for team in teams():
        key, token = issue(
            team=team, role=Role.WRITE, name="benchmark", now=datetime.now(UTC), random=token_bytes
        )
        await keys.add(key)
        tokens.append(token)
    return tuple(tokens)
