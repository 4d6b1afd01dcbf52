"""News and questions: said once, whatever becomes of the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from notifications.admins import Admins
from notifications.news import ORPHANED, News
from notifications.posts import NotPosted, Posts, PostUnknown
from notifications.questions import Questions
from tasks.model import PersonId, Task
from tasks.ports import Question, Row
from tests.fakes.clock import FakeClock
from tests.fakes.stores import MemoryStores, memory_stores

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@dataclass
class Slack:
    """Takes messages, or fails as it was told to."""

    failures: list[Exception] = field(default_factory=list)
    posted: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    tried: int = 0

    async def post(self, team: str, channel: str, body: Mapping[str, Any]) -> None:
        assert team == "T1"
        self.tried += 1
        if self.failures:
            raise self.failures.pop(0)
        self.posted.append((channel, body))


async def card(task: Task) -> dict[str, Any]:
    return {"card": task.title}


async def summary(tasks: Sequence[Task]) -> dict[str, Any]:
    return {"summary": len(tasks)}


class World:
    """A channel that is told of rows, and admins that are asked."""

    def __init__(self, *admins: PersonId) -> None:
        self.clock, self.slack = FakeClock(), Slack()
        self.stores: MemoryStores = memory_stores(now=self.clock)
        posts = cast("Posts", self.slack)
        self.news = News(
            announcements=self.stores.announcements,
            turns=self.stores.turns,
            posts=posts,
            card=card,
            summary=summary,
            every=timedelta(seconds=2),
        )
        self.questions = Questions(
            deletions=self.stores.deletions,
            posts=posts,
            admins=cast("Admins", Known(admins)),
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


@dataclass
class Known:
    """Admins that are known."""

    people: tuple[PersonId, ...]

    async def of(self, team: str) -> tuple[PersonId, ...]:
        assert team == "T1"
        return self.people


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


async def test_a_message_that_may_be_there_is_not_sent_again() -> None:
    world = World()
    await world.rows("a")
    world.slack.failures = [PostUnknown()]
    assert await world.tell() == []
    assert await world.tell() == []
    assert world.slack.tried == 1


async def test_what_was_being_sent_when_a_process_died_is_not_sent_again() -> None:
    world = World()
    await world.rows("a")
    await world.stores.announcements.sending("T1", ["a"])
    assert await world.tell() == []
    assert world.slack.tried == 0


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


async def test_a_question_that_may_have_arrived_is_not_asked_again() -> None:
    world = World("U1")
    await world.stores.deletions.hold("T1", ("p1",))
    world.slack.failures = [PostUnknown()]
    assert not await world.ask()
    await world.ask()
    assert world.slack.tried == 1


async def test_without_an_admin_the_question_stays_to_be_asked() -> None:
    world = World()
    await world.stores.deletions.hold("T1", ("p1",))
    assert await world.ask()
    question = await world.stores.deletions.question("T1")
    assert isinstance(question, Question)
    assert not question.told
