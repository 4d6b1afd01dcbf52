"""What every Deletions promises: many deletions at once wait for one answer."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from tasks.model import Task
from tasks.ports import Judgement, Row
from tasks.ports.deletions import MANY_ROWS, WINDOW
from tests.storage_world import World

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TAKE, HOLD, BACK = Judgement.TAKE, Judgement.HOLD, Judgement.BRING_BACK


async def with_rows(world: World, count: int, team: str = "T1") -> None:
    for number in range(count):
        task = Task(
            id=f"{team}-{number}",
            team=team,
            number=0,
            title=f"Task {number}",
            created_at=NOW,
            updated_at=NOW,
        )
        await world.tasks.add(task, key=f"k{number}", row=Row(id=f"p{number}"))


async def judged(world: World, *numbers: int, team: str = "T1") -> list[Judgement]:
    return [await world.deletions.judge(team, f"p{number}", is_news=True) for number in numbers]


async def asked(world: World) -> int:
    question = await world.deletions.question("T1")
    assert question is not None
    return question.count


async def test_a_few_deletions_are_taken_and_nobody_is_asked(world: World) -> None:
    await with_rows(world, 4)
    assert await judged(world, 0, 1, 2) == [TAKE, TAKE, TAKE]
    assert await world.deletions.question("T1") is None
    assert await world.deletions.answer("T1", bring_back=True, by="U1") is None


async def test_more_than_a_tenth_of_a_table_is_asked_about(world: World) -> None:
    await with_rows(world, 30)
    assert await judged(world, 0, 1, 2, 3, 4) == [TAKE, TAKE, TAKE, HOLD, HOLD]
    question = await world.deletions.question("T1")
    assert question is not None
    assert (question.count, question.expected) == (2, 30 + 3)  # nobody has deleted a task here
    assert [task.title for task in question.preview] == ["Task 3", "Task 4"]
    assert "admin" in question.sentence


async def test_more_than_twenty_are_asked_about_however_large_the_table(world: World) -> None:
    await with_rows(world, 220)
    found = await judged(world, *range(MANY_ROWS + 2))
    assert found == [*[TAKE] * MANY_ROWS, HOLD, HOLD]


async def test_of_many_at_the_same_moment_none_slips_through(world: World) -> None:
    rows = [f"q{number}" for number in range(12)]
    found = await asyncio.gather(*(world.deletions.judge("T1", row, is_news=True) for row in rows))
    assert found.count(TAKE) <= 3
    assert found.count(HOLD) >= 9


async def test_the_same_row_counts_once(world: World) -> None:
    assert await judged(world, 0, 0, 0, 0, 0, 0) == [TAKE] * 6


async def test_what_was_deleted_a_while_ago_does_not_count(world: World) -> None:
    await judged(world, 0, 1, 2)
    await world.elapse(WINDOW + timedelta(seconds=1))
    assert await judged(world, 3, 4, 5) == [TAKE] * 3


async def test_while_somebody_is_asked_all_is_held(world: World) -> None:
    await judged(world, 0, 1, 2, 3)
    await world.elapse(timedelta(days=2))
    assert await judged(world, 4) == [HOLD]
    assert await asked(world) == 2


async def test_they_were_deleted_lets_all_through_and_begins_to_count_anew(world: World) -> None:
    await judged(world, 0, 1, 2, 3, 4)
    assert await world.deletions.answer("T1", bring_back=False, by="U1") == 2
    assert await world.deletions.question("T1") is None
    assert sorted(await world.deletions.answered("T1", limit=10)) == ["p3", "p4"]
    assert await judged(world, 3, 4) == [TAKE, TAKE]
    assert await judged(world, 5, 6, 7, 8) == [TAKE, TAKE, TAKE, HOLD]


async def test_keep_them_brings_back_what_was_let_through_before_too(world: World) -> None:
    await judged(world, 0, 1, 2, 3)
    assert await world.deletions.answer("T1", bring_back=True, by="U1") == 1
    rows = await world.deletions.answered("T1", limit=10)
    assert sorted(rows) == ["p0", "p1", "p2", "p3"]
    await world.deletions.handed_on("T1", rows[:3])
    assert await world.deletions.answered("T1", limit=10) == rows[3:]
    assert await world.deletions.judge("T1", "p0", is_news=False) is BACK
    assert await world.deletions.judge("T1", "p3", is_news=True) is BACK
    await world.deletions.settled("T1", ["p0", "p3"])
    assert await world.deletions.judge("T1", "p0", is_news=False) is TAKE


async def test_what_a_sweep_has_missed_is_held_and_let_go_when_it_is_back(world: World) -> None:
    await world.deletions.hold("T1", ("p1", "p2"))
    await world.deletions.hold("T1", ("p1", "p2"))
    assert await asked(world) == 2
    await world.deletions.settled("T1", ["p1"])
    assert await asked(world) == 1
    await world.deletions.settled("T1", ["p2"])
    assert await world.deletions.question("T1") is None


async def test_it_is_noted_that_this_very_question_was_asked(world: World) -> None:
    await world.deletions.hold("T1", ("p1",))
    first = await world.deletions.question("T1")
    assert first is not None
    assert not first.told
    await world.deletions.answer("T1", bring_back=False, by="U1")
    await world.elapse(timedelta(seconds=1))
    await world.deletions.hold("T1", ("p2",))
    await world.deletions.asked("T1", since=first.since)
    second = await world.deletions.question("T1")
    assert second is not None
    assert not second.told, "that was another one"
    await world.deletions.asked("T1", since=second.since)
    now = await world.deletions.question("T1")
    assert now is not None
    assert now.told


async def test_p6_a_question_is_one_teams(world: World) -> None:
    await world.deletions.hold("T1", ("p1",))
    assert await world.deletions.question("T2") is None
    assert await world.deletions.answer("T2", bring_back=True, by="U9") is None
    assert await world.deletions.judge("T2", "p1", is_news=True) is TAKE
    assert await asked(world) == 1
