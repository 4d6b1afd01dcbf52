"""The safety net: pages that were lately talked about are looked at in turn, and no others."""

from __future__ import annotations

from datetime import timedelta

from notion_sync.comment_rounds import NETS, CommentRounds
from tasks.ports import Connection, Lane, Row
from tests import make
from tests.fakes.clock import FakeClock
from tests.fakes.directories import MemoryConnections
from tests.fakes.stores import MemoryStores, memory_stores

OFTEN, DAILY = NETS
SECOND = timedelta(seconds=1)


class World:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.stores: MemoryStores = memory_stores(now=self.clock)
        self.rounds = CommentRounds(
            connections=MemoryConnections([Connection(team="T1", token="ntn", database="db")]),  # noqa: S106  # of a fake
            turns=self.stores.turns,
            threads=self.stores.threads,
            tasks=self.stores.tasks,
            rows=self.stores.rows,
            inbox=self.stores.comment_inbox,
            monotonic=lambda: self.clock().timestamp(),
        )

    async def task(self, page: str) -> int:
        saved = await self.stores.tasks.add(
            make.task(id=f"task of {page}"), key=page, row=Row(id=page)
        )
        return saved.task.number

    async def go(self, *, after: timedelta = timedelta(0)) -> list[str]:
        """Do all rounds that are due, and return the works that were."""
        self.clock.advance(after)
        done: list[str] = []
        while turn := await self.rounds.claim():
            await self.rounds.run(turn)
            done.append(turn.work)
        return done

    async def marked(self) -> dict[str, Lane]:
        self.clock.advance(SECOND)
        found: dict[str, Lane] = {}
        while mark := await self.stores.comment_inbox.claim():
            found[mark.row_id] = mark.lane
            await self.stores.comment_inbox.done(mark)
        return found


async def test_what_was_talked_about_today_is_looked_at_every_five_minutes() -> None:
    world = World()
    await world.stores.threads.bind("T1", "C1", "1.1", await world.task("p1"))
    await world.task("p2")
    assert await world.go() == [OFTEN.work, DAILY.work]
    assert await world.marked() == {}
    assert await world.go(after=timedelta(minutes=1)) == []
    assert await world.go(after=OFTEN.every) == [OFTEN.work]
    assert await world.marked() == {"p1": Lane.POLL}


async def test_a_quiet_thread_is_looked_at_once_a_day_and_then_no_more() -> None:
    world = World()
    await world.stores.threads.bind("T1", "C1", "1.1", await world.task("p1"))
    await world.go()
    assert sorted(await world.go(after=timedelta(days=2))) == sorted([OFTEN.work, DAILY.work])
    assert await world.marked() == {"p1": Lane.BACKFILL}
    assert await world.go(after=OFTEN.every) == [OFTEN.work]
    assert await world.marked() == {}
    await world.go(after=DAILY.within)
    assert await world.marked() == {}
