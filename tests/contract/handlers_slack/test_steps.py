"""The step that workflows make tasks with."""

from __future__ import annotations

from datetime import date

import pytest

from playground.slack.core import Execution
from tasks.errors import NotSaved
from tasks.model import Priority
from tests.contract.handlers_slack.world import World


async def run(world: World, **inputs: str) -> Execution:
    return await repeated(world, inputs, deliveries=1)


async def repeated(world: World, inputs: dict[str, str], *, deliveries: int) -> Execution:
    execution = await world.slack.run_step("create_task", inputs, deliveries=deliveries)
    await world.settled()
    return execution


async def test_a_workflow_makes_a_task_and_goes_on_with_its_number(world: World) -> None:
    execution = await run(
        world,
        title="Order a laptop",
        notes="for <@U2>",
        assignee="U2",
        due="2026-11-27",
        priority="High",
        tags="onboarding, it",
    )
    assert execution.state == "completed"
    assert execution.outputs["task"] == "T-1"
    assert execution.outputs["url"].startswith("https://slack.com/app_redirect?app=A")
    task = await world.task()
    assert task.title == "Order a laptop"
    assert (task.assignees, task.tags) == (("U2",), ("onboarding", "it"))
    assert task.priority is Priority.HIGH
    assert task.due is not None
    assert task.due.day == date(2026, 11, 27)


async def test_p2_three_deliveries_make_one_task(world: World) -> None:
    execution = await repeated(world, {"title": "Order a laptop"}, deliveries=3)
    assert execution.state == "completed"
    assert len(world.database.records) == 1


async def test_two_runs_with_the_same_words_are_two_tasks(world: World) -> None:
    for _ in range(2):
        await run(world, title="Order a laptop")
    assert len(world.database.records) == 2


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"title": " "}, "A task needs a title: type"),
        ({"title": "x", "due": "soon"}, "Due is “soon”: give a day like 2026-11-27."),
        ({"title": "x", "priority": "top"}, "Priority is “top”: give low, medium, high or urgent."),
        ({"title": "x", "tags": "t" * 61}, "A tag has 1 to 60 characters: try again"),
    ],
    ids=["title", "due", "priority", "tags"],
)
async def test_what_cannot_be_taken_ends_the_step_with_the_reason(
    world: World, inputs: dict[str, str], said: str
) -> None:
    execution = await run(world, **inputs)
    assert execution.state == "failed"
    assert execution.error.startswith(said)
    assert not world.database.records


async def test_fault_2_the_database_is_away_and_slack_brings_it_again(world: World) -> None:
    world.database.fail_next(NotSaved())
    execution = await run(world, title="Order a laptop")
    assert execution.state == "completed"
    assert len(world.database.records) == 1
