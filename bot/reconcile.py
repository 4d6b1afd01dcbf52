"""`python -m bot reconcile`: goes through the whole Notion database now, and says what it found."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TextIO

from bot.command_database import command_database
from bot.command_followers import command_followers
from bot.config import Settings
from bot.own_connection import why_none
from bot.parts import DATA
from bot.slack_reach import single_workspace, slack_client, slack_session
from handlers.slack.single_workspace import SingleWorkspace, TokenRefused
from notion_sync import sweep
from notion_sync.client import Caller
from notion_sync.errors import SyncError
from notion_sync.sweep import Swept
from storage.client import Database
from storage.deletions import MongoDeletions
from tasks.errors import LeaseLost, TaskError
from tasks.model import PersonId
from tasks.ports import Lane, People, Profile

OK, FAILED = 0, 1
HOW = "`reconcile --yes`: they were deleted; `reconcile --keep`: bring them back."
PATIENCE = timedelta(minutes=2)
SHOWN = 50


class _Nobody(People):
    """A sweep only compares: it needs to know nobody."""

    async def profile(self, team: str, person: PersonId) -> Profile | None:  # noqa: ARG002  # the port's
        return None

    async def by_email(self, team: str, email: str) -> PersonId | None:  # noqa: ARG002  # the port's
        return None


async def reconcile(
    settings: Settings,
    *,
    dry_run: bool,
    yes: bool,
    keep: bool = False,
    data_dir: Path = DATA,
    out: TextIO | None = None,
    err: TextIO | None = None,
) -> int:
    """Sweep; what differs is left to the bot to work off. Return 0, else 1 with a sentence.

    `yes` and `keep` first answer the question about rows that are gone, where one is open.
    """
    out, err = out or sys.stdout, err or sys.stderr
    async with slack_session() as session:
        workspace = single_workspace(settings, slack_client(settings, session))
        if workspace is None or settings.notion_token is None:
            err.write(f"{why_none(settings)}\n")
            return FAILED
        try:
            async with command_database(settings, data_dir) as database:
                team = (await workspace.identify()).team or ""
                asked = await _asked(database, team, yes=yes, keep=keep)
                out.writelines(f"{line}\n" for line in asked)
                if keep:
                    return OK
                swept = await _swept(settings, database, workspace, dry_run=dry_run, yes=yes)
        except (SyncError, TaskError, TokenRefused) as error:
            err.write(f"{error}\n")
            return FAILED
    if swept is None:
        err.write("The bot is going through the database right now: try again in some minutes.\n")
        return FAILED
    out.writelines(f"{line}\n" for line in _lines(swept, dry_run=dry_run))
    if swept.is_too_much and not yes:
        err.write(f"{swept.question}\n")
        return FAILED
    return OK


async def _swept(
    settings: Settings, database: Database, workspace: SingleWorkspace, *, dry_run: bool, yes: bool
) -> Swept | None:
    async with command_followers(settings, database, workspace, _Nobody()) as sync:
        turns, team = sync.stores.turns, sync.connection.team
        await turns.call(team, sweep.WORK)
        turn = await turns.take(team, sweep.WORK, lease=sweep.LEASE)
        if turn is None:
            return None
        caller = Caller(connection=sync.connection, lane=Lane.BACKFILL, patience=PATIENCE)
        try:
            return await sync.followers.sweep.run(turn, caller, dry=dry_run, allowed=yes)
        except LeaseLost:
            return None


async def _asked(database: Database, team: str, *, yes: bool, keep: bool) -> list[str]:
    """Answer the question about rows that are gone, or say it."""
    deletions = MongoDeletions(database)
    if not (yes or keep):
        question = await deletions.question(team)
        if question is None:
            return []
        shown = [f"  T-{task.number} {task.title}" for task in question.preview]
        more = question.count - len(shown)
        return [question.sentence, *shown, *([f"  and {more} more"] if more > 0 else []), HOW]
    count = await deletions.answer(team, bring_back=keep, by=None)
    if count is None:
        return ["Nothing is asked: no rows are held."] if keep else []
    does = "brings their rows back" if keep else "deletes their tasks"
    return [f"{count} rows were held: the bot {does} now."]


def _lines(swept: Swept, *, dry_run: bool) -> Iterator[str]:
    would = "would be" if dry_run else "is"
    yield f"{swept.met} rows in Notion, {swept.expected} expected."
    yield f"{len(swept.differing)} differ or are new: each {would} read and merged."
    yield from _few(swept.differing)
    yield f"{len(swept.missing)} are missing: each {would} looked for before anything is done."
    yield from _few(swept.missing)


def _few(rows: tuple[str, ...]) -> Iterator[str]:
    yield from (f"  {row}" for row in rows[:SHOWN])
    if len(rows) > SHOWN:
        yield f"  and {len(rows) - SHOWN} more"
