"""What every Announcements promises: what is to be told stays so until it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tasks.model import Task
from tasks.ports import Row
from tasks.ports.announcements import LATELY
from tests.storage_world import World

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


async def noted(world: World, *rows: str) -> None:
    await world.announcements.choose("T1", "C1")
    for row in rows:
        await world.announcements.note("T1", row)


async def new(world: World, team: str = "T1") -> list[str]:
    return [one.row_id for one in await world.announcements.news(team, limit=10)]


async def test_nothing_is_noted_where_a_team_is_told_nowhere(world: World) -> None:
    await world.announcements.note("T1", "p")
    await world.announcements.choose("T1", None)
    await world.announcements.note("T1", "p")
    assert await new(world) == []
    assert await world.announcements.channel("T1") is None


async def test_news_has_the_task_once_it_is_made(world: World) -> None:
    await noted(world, "p")
    (before,) = await world.announcements.news("T1", limit=10)
    assert before.task is None
    task = Task(id="t", team="T1", number=0, title="Made there", created_at=NOW, updated_at=NOW)
    await world.tasks.add(task, key="notion:p", row=Row(id="p"))
    await world.elapse(timedelta(seconds=30))
    (after,) = await world.announcements.news("T1", limit=10)
    assert after.task is not None
    assert (after.task.title, after.task.number) == ("Made there", 1)
    assert after.age >= timedelta(seconds=30)


async def test_what_was_sent_is_no_news_again_and_counts_for_a_minute(world: World) -> None:
    await noted(world, "p", "p", "q")
    await world.announcements.sent("T1", ["p"])
    await world.announcements.note("T1", "p")
    assert await new(world) == ["q"]
    assert await world.announcements.told_lately("T1") == 1
    await world.elapse(LATELY + timedelta(seconds=1))
    assert await world.announcements.told_lately("T1") == 0


async def test_p6_news_are_one_teams(world: World) -> None:
    await noted(world, "p")
    assert await new(world, "T2") == []
    assert await world.announcements.channel("T2") is None
