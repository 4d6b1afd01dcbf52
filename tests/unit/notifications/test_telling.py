"""News and questions: said once, whatever becomes of the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from notifications.admins import Admins
from notifications.each_once import EachOnce
from notifications.news import ORPHANED, News
from notifications.posts import NotPosted, Posts, PostUnknown
from notifications.questions import LEASE, Questions
from notifications.said_once import SETTLED_AFTER, SaidOnce
from tasks.model import PersonId, Task
from tasks.ports import Question, Row
from tests.fakes.clock import FakeClock
from tests.fakes.stores import MemoryStores, memory_stores
from tests.unit.notifications.told import Killed, Known, Slack, Wire

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


async def card(task: Task) -> dict[str, Any]:
    return {"card": task.title}


async def summary(tasks: Sequence[Task]) -> dict[str, Any]:
    return {"summary": len(tasks)}


class World:
    """A channel that is told of rows, and admins that are asked."""

    def __init__(self, *admins: PersonId) -> None:
        self.clock, self.admins = FakeClock(), Known(admins)
        self.slack = Slack(self.clock)
        self.stores: MemoryStores = memory_stores(now=self.clock)
        self.start()

    def start(self, wire: Wire | None = None) -> None:
        """Let a new process take the place of the one before."""
        wire = wire or Wire()
        turns = wire.around(self.stores.turns)
        said = SaidOnce(turns=turns, posts=cast("Posts", wire.around(self.slack)), now=self.clock)
        self.news = News(
            announcements=wire.around(self.stores.announcements),
            turns=turns,
            said=said,
            card=card,
            summary=summary,
            every=timedelta(seconds=2),
        )
        self.questions = Questions(
            deletions=wire.around(self.stores.deletions),
            turns=turns,
            each=EachOnce(once=said),
            admins=cast("Admins", self.admins),
            render=lambda question: {"count": question.count},
        )

    async def rows(self, *names: str, made: bool = True) -> None:
        await self.stores.announcements.choose("T1", "C1")
        for name in names:
            await self.stores.announcements.note("T1", name)
            if made:
                task = Task(
                    id=name, team="T1", number=0, title=name, created_at=NOW, updated_at=NOW
                )
                await self.stores.tasks.add(task, key=name, row=Row(id=name))

    async def tell(self, *, after: float = 2.0) -> list[Mapping[str, Any]]:
        """Let time pass and announce; return what was posted by now."""
        self.clock.advance(timedelta(seconds=after))
        await self.news.once("T1")
        return [body for _, body in self.slack.posted]

    async def ask(self) -> bool:
        """Ask as two ticks do, since the first only looks whether more is coming in."""
        await self.questions.once("T1")
        return await self.questions.once("T1")


async def test_a_few_rows_have_a_card_each_and_are_told_once() -> None:
    world = World()
    await world.rows("a", "b")
    assert await world.tell() == [{"card": "a"}, {"card": "b"}]
    assert len(await world.tell()) == 2


async def test_many_rows_wait_for_each_other_and_are_one_message() -> None:
    world = World()
    await world.rows(*"abcdefg")
    assert await world.tell() == []
    assert await world.tell(after=60) == [{"summary": 7}]


async def test_a_sixth_row_within_a_minute_waits_for_others() -> None:
    world = World()
    await world.rows(*"abcde")
    assert len(await world.tell()) == 5
    await world.rows("f", "g")
    assert len(await world.tell()) == 5
    assert (await world.tell(after=61))[5:] == [{"card": "f"}, {"card": "g"}]


@pytest.mark.parametrize("was_posted", [True, False])
async def test_a_message_that_may_be_there_is_looked_for_before_it_is_sent_again(
    was_posted: bool,  # noqa: FBT001  # a case
) -> None:
    world = World()
    await world.rows("a")
    (world.slack.lost if was_posted else world.slack.failures).append(PostUnknown())
    await world.tell()
    before = world.slack.tried
    await world.tell(after=SETTLED_AFTER.total_seconds() - 3)
    assert world.slack.tried == before, "it may still come"
    assert await world.tell(after=SETTLED_AFTER.total_seconds()) == [{"card": "a"}]
    assert await world.tell(after=3600) == [{"card": "a"}]


async def test_where_nobody_may_look_a_message_is_sent_twice_at_most() -> None:
    world = World()
    world.slack.may_read = False
    await world.rows("a")
    world.slack.lost = [PostUnknown(), PostUnknown()]
    for _ in range(5):
        await world.tell(after=400)
    assert await world.tell() == [{"card": "a"}, {"card": "a"}]
    assert await world.stores.announcements.news("T1", limit=9) == ()


async def test_what_was_being_sent_to_one_channel_is_looked_for_there() -> None:
    world = World()
    await world.rows("a")
    world.slack.lost = [PostUnknown()]
    await world.tell()
    await world.stores.announcements.choose("T1", "C2")
    await world.tell(after=SETTLED_AFTER.total_seconds() + 1)
    assert [to for to, _ in world.slack.posted] == ["C1"]


@pytest.mark.parametrize("has_effect", [False, True])
async def test_a_process_that_dies_anywhere_costs_no_announcement_and_doubles_none(
    has_effect: bool,  # noqa: FBT001  # a case
) -> None:
    deaths, wire = 0, Wire()
    for at in range(1, 60):
        world, wire = World(), Wire(at=at, has_effect=has_effect)
        await world.rows("a", "b")
        world.start(wire)
        try:
            await world.tell()
        except Killed:
            deaths += 1
        world.start()
        for _ in range(4):
            await world.tell(after=LEASE.total_seconds())
        assert await world.tell() == [{"card": "a"}, {"card": "b"}], at
        if not wire.fired:
            break
    assert deaths > 8
    assert not wire.fired


async def test_slacks_wait_is_kept_and_the_message_comes_then() -> None:
    world = World()
    await world.rows("a")
    world.slack.failures = [NotPosted("ratelimited", wait_seconds=30)]
    assert await world.tell() == []
    assert await world.tell(after=20) == []
    assert world.slack.tried == 1
    assert await world.tell(after=11) == [{"card": "a"}]


async def test_a_channel_the_bot_is_not_in_costs_no_news() -> None:
    world = World()
    await world.rows("a")
    world.slack.failures = [NotPosted("not_in_channel")]
    assert await world.tell() == []
    assert await world.tell(after=601) == [{"card": "a"}]


async def test_a_row_whose_task_never_comes_is_given_up() -> None:
    world = World()
    await world.rows("a", made=False)
    assert await world.tell() == []
    await world.tell(after=ORPHANED.total_seconds() + 1)
    assert await world.stores.announcements.news("T1", limit=9) == ()


async def test_an_admin_is_asked_once_when_no_more_comes_in() -> None:
    world = World("U1", "U2")
    await world.stores.deletions.hold("T1", ("p1", "p2"))
    assert not await world.questions.once("T1")
    await world.stores.deletions.hold("T1", ("p3",))
    assert not await world.ask()
    assert world.slack.posted == [("U1", {"count": 3}), ("U2", {"count": 3})]
    await world.ask()
    assert world.slack.tried == 2


async def test_whoever_cannot_be_reached_is_asked_later() -> None:
    world = World("U1")
    await world.stores.deletions.hold("T1", ("p1",))
    world.slack.failures = [NotPosted("channel_not_found")]
    assert await world.ask()
    assert not await world.ask()
    assert world.slack.posted == [("U1", {"count": 1})]


@pytest.mark.parametrize("was_posted", [True, False])
async def test_a_question_that_may_have_arrived_is_looked_for_before_it_is_asked_again(
    was_posted: bool,  # noqa: FBT001  # a case
) -> None:
    world = World("U1")
    await world.stores.deletions.hold("T1", ("p1",))
    (world.slack.lost if was_posted else world.slack.failures).append(PostUnknown())
    assert not await world.ask()
    before = world.slack.tried
    await world.ask()
    assert world.slack.tried == before, "it may still come"
    world.clock.advance(SETTLED_AFTER)
    await world.ask()
    assert world.slack.posted == [("U1", {"count": 1})]
    world.clock.advance(SETTLED_AFTER)
    await world.ask()
    assert world.slack.tried == (1 if was_posted else 2)


async def test_an_admin_whom_slack_has_no_time_for_is_asked_after_the_others_wait() -> None:
    world = World("U1", "U2")
    await world.stores.deletions.hold("T1", ("p1",))
    world.slack.failures = [NotPosted("ratelimited", wait_seconds=30)]
    await world.ask()
    world.clock.advance(timedelta(seconds=31))
    await world.ask()
    assert [to for to, _ in world.slack.posted] == ["U1", "U2"]


async def test_an_admin_who_has_left_keeps_the_others_from_nothing() -> None:
    world = World("U1", "U2")
    await world.stores.deletions.hold("T1", ("p1",))
    world.slack.failures = [NotPosted("account_inactive")]
    assert not await world.ask()
    assert [to for to, _ in world.slack.posted] == ["U2"]


async def test_a_further_question_is_asked_anew() -> None:
    world = World("U1")
    for row in ("p1", "p2"):
        await world.stores.deletions.hold("T1", (row,))
        await world.ask()
        await world.stores.deletions.answer("T1", bring_back=False, by="U1")
        world.clock.advance(timedelta(seconds=5))
        await world.ask()
    assert len(world.slack.posted) == 2


@pytest.mark.parametrize("has_effect", [False, True])
async def test_a_process_that_dies_anywhere_leaves_every_admin_asked_once(
    has_effect: bool,  # noqa: FBT001  # a case
) -> None:
    deaths, wire = 0, Wire()
    for at in range(1, 60):
        world, wire = World("U1", "U2"), Wire(at=at, has_effect=has_effect)
        await world.stores.deletions.hold("T1", ("p1",))
        world.start(wire)
        try:
            await world.ask()
        except Killed:
            deaths += 1
        world.start()
        for _ in range(4):
            world.clock.advance(LEASE)
            await world.ask()
        assert [to for to, _ in world.slack.posted] == ["U1", "U2"], at
        if not wire.fired:
            break
    assert deaths > 8
    assert not wire.fired


async def test_without_an_admin_the_question_stays_to_be_asked() -> None:
    world = World()
    await world.stores.deletions.hold("T1", ("p1",))
    assert await world.ask()
    question = await world.stores.deletions.question("T1")
    assert isinstance(question, Question)
    assert not question.told
