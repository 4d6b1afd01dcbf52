"""Brings in the rows that were in the table before the bot: all of them, by the hundred.

Rows come from the query itself, so a hundred cost one call. None of them is written: a task knows
its row by the page's id, and the Task ID is written along with the task's first change. How far it
got is kept after each hundred; a row met twice is still one task, for its key is the page's id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any, Literal, Self, TypeAlias

from notion_sync import sweep
from notion_sync.canonical import key_of
from notion_sync.client import Caller, NotionClient, QueryPage
from notion_sync.databases import Databases
from notion_sync.intake import Intake
from notion_sync.layout import Layout
from notion_sync.limiter import Sleep
from notion_sync.listing import Ask, Batch, Edge, listed
from notion_sync.steady import RENEW, Steady, Stopped
from notion_sync.wire import JsonObject
from tasks.errors import TaskError
from tasks.ports import Inbox, Lane, RowBook, TaskStore, Turn, Turns

WORK = "import"
LEASE = timedelta(minutes=1)


TURN_EVERY = timedelta(seconds=1)
TURN_TRIES = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one row."""

    what: Literal["imported", "known", "left"]
    foreign: bool = False
    unmapped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What came of an import so far, in rows."""

    imported: int = 0
    known: int = 0
    """Belonged to a task already."""
    left: int = 0
    """Carry the key of a task that has, or is getting, another row: left to the bot to look at."""
    foreign: int = 0
    """Imported although they carry a key of another installation."""
    unmapped: Mapping[str, int] = field(default_factory=dict)
    """By what of them stays in Notion alone."""
    unlisted: tuple[str, ...] = ()
    """Minutes in which more rows were made than Notion lists."""

    @property
    def met(self) -> int:
        """How many rows it has come by."""
        return self.imported + self.known + self.left

    def with_row(self, outcome: Outcome) -> Self:
        """Return it with one row more."""
        changes: dict[str, Any] = {outcome.what: getattr(self, outcome.what) + 1}
        unmapped = Counter(self.unmapped) + Counter(outcome.unmapped)
        return replace(self, **changes, foreign=self.foreign + outcome.foreign, unmapped=unmapped)

    def without_minute(self, minute: str | None) -> Self:
        """Return it with a minute more of which not all rows were listed."""
        return self if minute is None else replace(self, unlisted=(*self.unlisted, minute))

    def kept(self) -> dict[str, object]:
        """Return what the store keeps."""
        return {
            "imported": self.imported,
            "known": self.known,
            "left": self.left,
            "foreign": self.foreign,
            # Sentences may hold what no key of a document may.
            "unmapped": [[kind, rows] for kind, rows in self.unmapped.items()],
            "unlisted": list(self.unlisted),
        }

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """Read what the store kept."""
        lists = {"unmapped": dict(kept["unmapped"]), "unlisted": tuple(kept["unlisted"])}
        return cls(**{**kept, **lists})


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far an import is."""

    total: int = 0
    """Rows in the table when it began, as far as they are counted."""
    is_counting: bool = True
    tally: Tally = field(default_factory=Tally)
    waits: str | None = None
    """What it waits for, and how long."""


Tell: TypeAlias = Callable[[Progress], None]


class Import:
    """Takes a table in; goes on where an earlier one was stopped, or died."""

    def __init__(
        self,
        *,
        client: NotionClient,
        databases: Databases,
        tasks: TaskStore,
        book: RowBook,
        inbox: Inbox,
        turns: Turns,
        intake: Intake,
        sleep: Sleep,
        jitter: Callable[[], float],
    ) -> None:
        self._client = client
        self._databases = databases
        self._tasks = tasks
        self._book = book
        self._inbox = inbox
        self._turns = turns
        self._intake = intake
        self._sleep = sleep
        self._jitter = jitter

    async def run(self, caller: Caller, *, tell: Tell) -> Tally:
        """Import what is there; return what came of it.

        Stopped: it cannot go on now. LeaseLost: another process has its turn.
        """
        caller = replace(caller, lane=Lane.BACKFILL, patience=RENEW)
        turn = await self._turn(caller.connection.team, WORK, tell)
        # No sweep meanwhile: it would miss the rows that it went by before they were known.
        sweeping = await self._turn(caller.connection.team, sweep.WORK, tell)
        going = _Going.on(turn, sweeping, tell)
        ended = False
        try:
            await self._through(going, caller)
            ended = True
        finally:  # stopped by hand, too
            with suppress(TaskError):
                swept = {k: v for k, v in sweeping.state.items() if k not in {"number", "after"}}
                await self._turns.end(sweeping, swept, again=sweep.EVERY)
            with suppress(TaskError):
                state = {"ended": going.tally.kept()} if ended else going.state()
                await self._turns.end(turn, state, again=timedelta(0))
        return going.tally

    async def _turn(self, team: str, work: str, tell: Tell) -> Turn:
        for _ in range(TURN_TRIES):
            await self._turns.call(team, work)
            turn = await self._turns.take(team, work, lease=LEASE)
            if turn is not None:
                return turn
            tell(Progress(waits="another import or sweep, or one that broke off, to end"))
            await self._sleep(TURN_EVERY.total_seconds())
        raise Stopped(
            "Another import is running, or the bot is going through the database: "
            "try again in some minutes."
        )

    async def _through(self, going: _Going, caller: Caller) -> None:
        steady = Steady(
            renew=partial(self._save, going),
            tell=going.wait,
            sleep=self._sleep,
            jitter=self._jitter,
        )
        layout = await steady.do(partial(self._databases.layout, caller))
        if going.table != layout.schema.id:
            going.begin(layout.schema.id)
        if going.is_counting:
            await self._count(going, self._asking(steady, caller, layout, only=("title",)))
            await steady.do(partial(self._save, going))
        async for batch in listed(self._asking(steady, caller, layout), since=going.edge):
            known = await steady.do(partial(self._known, caller, batch))
            for page in batch.rows:
                take = partial(self._take, caller, layout, page, is_known=page["id"] in known)
                going.met(page, await steady.do(take))
            going.tally = going.tally.without_minute(batch.unlisted)
            await steady.do(partial(self._save, going))
            going.show()

    def _asking(
        self, steady: Steady, caller: Caller, layout: Layout, *, only: tuple[str, ...] = ()
    ) -> Ask:
        async def ask(query: JsonObject) -> QueryPage:
            table = layout.schema.id
            return await steady.do(
                partial(self._client.query_page, caller, table, query, only=only)
            )

        return ask

    async def _count(self, going: _Going, ask: Ask) -> None:
        going.total = 0
        async for batch in listed(ask, since=Edge()):
            going.total += len(batch.rows)
            going.show()
        going.is_counting = False

    async def _known(self, caller: Caller, batch: Batch) -> Collection[str]:
        ids = [page["id"] for page in batch.rows]
        return await self._book.known(caller.connection.team, ids)

    async def _take(
        self, caller: Caller, layout: Layout, page: JsonObject, *, is_known: bool
    ) -> Outcome:
        if is_known:
            return Outcome(what="known")
        team = caller.connection.team
        layout = await self._databases.layout_for(caller, page)
        key = key_of(page, layout)
        if key and await self._book.by_key(team, key) is not None:
            await self._inbox.mark(team, [page["id"]], lane=Lane.BACKFILL, place=layout.schema.id)
            return Outcome(what="left")
        drawn = await self._intake.drawn(team, caller, layout, page)
        shown = replace(drawn.row, rev=drawn.task.rev)  # so nothing is to be written to it
        saved = await self._tasks.add(drawn.task, key=drawn.key, row=shown)
        if saved.task.id != drawn.task.id:
            return Outcome(what="known")
        return Outcome(what="imported", foreign=bool(key), unmapped=drawn.unmapped)

    async def _save(self, going: _Going) -> None:
        await self._turns.save(going.sweeping, going.sweeping.state)
        await self._turns.save(going.turn, going.state())


@dataclass(slots=True, kw_only=True)
class _Going:
    """One import under way."""

    turn: Turn
    sweeping: Turn
    tell: Tell
    table: str = ""
    total: int = 0
    is_counting: bool = True
    tally: Tally = field(default_factory=Tally)
    edge: Edge = field(default_factory=Edge)

    @classmethod
    def on(cls, turn: Turn, sweeping: Turn, tell: Tell) -> Self:
        """Return it as the turn before has left it."""
        going, kept = cls(turn=turn, sweeping=sweeping, tell=tell), dict[str, Any](turn.state)
        if kept.get("table"):
            going.table, going.total = kept["table"], kept["total"]
            going.is_counting = kept["is_counting"]
            going.tally = Tally.of(kept["tally"])
            going.edge = Edge(after=kept["after"], ids=frozenset(kept["ids"]))
        return going

    def begin(self, table: str) -> None:
        """Forget what was done in another table."""
        self.table, self.total, self.is_counting = table, 0, True
        self.tally, self.edge = Tally(), Edge()

    def met(self, page: JsonObject, outcome: Outcome) -> None:
        """Count a row."""
        self.tally = self.tally.with_row(outcome)
        self.edge = self.edge.beyond([page])

    def state(self) -> dict[str, object]:
        """Return what the store keeps."""
        return {
            "table": self.table,
            "total": self.total,
            "is_counting": self.is_counting,
            "tally": self.tally.kept(),
            "after": self.edge.after,
            "ids": sorted(self.edge.ids),
        }

    def wait(self, waits: str | None) -> None:
        """Say what it waits for."""
        self.show(waits=waits)

    def show(self, *, waits: str | None = None) -> None:
        """Say how far it is."""
        total, is_counting = self.total, self.is_counting
        self.tell(Progress(total=total, is_counting=is_counting, tally=self.tally, waits=waits))
