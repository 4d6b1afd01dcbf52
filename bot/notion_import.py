"""`python -m bot notion import`: makes tasks of the rows that were in Notion before the bot."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError

from bot.command_database import command_database
from bot.command_followers import command_followers
from bot.config import Settings, text_of
from bot.own_connection import why_none
from bot.parts import DATA
from bot.progress import Line, bar
from bot.slack_members import Listed, members
from bot.slack_reach import single_workspace, slack_client, slack_session
from handlers.slack.single_workspace import SingleWorkspace, TokenRefused
from notion_sync.client import Caller
from notion_sync.errors import Unusable
from notion_sync.importing import Progress, Tally
from notion_sync.steady import Stopped
from storage.client import Database
from storage.indexes import ensure_indexes
from tasks.errors import LeaseLost, TaskError
from tasks.ports import People

OK, FAILED = 0, 1
PEOPLE_MAX = 20_000
AGAIN = "What was imported stays; say `python -m bot notion import` again to go on from there."


async def notion_import(
    settings: Settings,
    *,
    data_dir: Path = DATA,
    out: TextIO | None = None,
    err: TextIO | None = None,
) -> int:
    """Import; say how far it is on `err` and what came of it on `out`. Return 0, else 1."""
    out, err = out or sys.stdout, err or sys.stderr
    line = Line(err, clock=time.monotonic)
    async with slack_session() as session:
        slack = slack_client(settings, session)
        workspace = single_workspace(settings, slack)
        if workspace is None or settings.notion_token is None:
            err.write(f"{why_none(settings)}\n")
            return FAILED
        token = text_of(settings.slack_bot_token) or ""
        try:
            people = Listed(await members(slack, token, most=PEOPLE_MAX))
        except (SlackApiError, ClientError, OSError, TimeoutError) as error:
            err.write(f"Slack does not say who is there ({type(error).__name__}): try again.\n")
            return FAILED
        try:
            async with command_database(settings, data_dir) as database:
                tally = await _imported(settings, database, workspace, people, _Told(line))
        except Unusable as error:
            err.write(f"{error}\n")
            return FAILED
        except LeaseLost:
            line.leave()
            err.write("Another import has taken over.\n")
            return FAILED
        except (Stopped, TaskError, TokenRefused) as error:
            line.leave()
            err.write(f"{error}\n{AGAIN}\n")
            return FAILED
        except asyncio.CancelledError:
            line.leave()
            err.write(f"Stopped. {AGAIN}\n")
            raise
    line.end(bar(tally.met, tally.met, seconds=0))
    out.writelines(f"{said}\n" for said in summary(tally))
    return OK


async def _imported(
    settings: Settings,
    database: Database,
    workspace: SingleWorkspace,
    people: People,
    tell: Callable[[Progress], None],
) -> Tally:
    async with command_followers(settings, database, workspace, people) as sync:
        await ensure_indexes(database)  # without them nothing new is saved
        return await sync.followers.importing.run(Caller(connection=sync.connection), tell=tell)


class _Told:
    """Turns what the import tells into a line; rows a second are those of this process."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._began: float | None = None
        self._with = 0

    def __call__(self, told: Progress) -> None:
        """Show it."""
        self._line.show(self._text(told))

    def _text(self, told: Progress) -> str:
        if told.waits:
            return f"{told.tally.met:,} rows done · waiting: {told.waits}"
        if told.is_counting:
            return f"Counting the rows: {told.total:,} so far"
        now = time.monotonic()
        if self._began is None:
            self._began, self._with = now, told.tally.met
        total = max(told.total, told.tally.met)
        return bar(told.tally.met, total, seconds=now - self._began, begun_with=self._with)


def summary(tally: Tally) -> Iterator[str]:
    """Yield what came of it, in sentences."""
    yield f"{_rows(tally.met)}: {tally.imported:,} imported, {tally.known:,} already there."
    if tally.left:
        yield (
            f"{_rows(tally.left)} with the Task ID of a task that has another row, copies mostly: "
            "left to the running bot, which looks at each."
        )
    if tally.foreign:
        yield (
            f"{_rows(tally.foreign)} with a Task ID of another installation: imported; the Task ID "
            "is replaced when the task next changes."
        )
    for minute in tally.unlisted:
        yield (
            f"More than 10,000 rows were created in the minute {minute}: Notion does not list them "
            "all. Those left out come in when somebody edits them."
        )
    if tally.unmapped:
        yield "What a task cannot hold stays in Notion, and the task's card says so:"
        by_rows = sorted(tally.unmapped.items(), key=lambda one: (-one[1], one[0]))
        yield from (f"  {kind}: {_rows(rows)}" for kind, rows in by_rows)


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"
