"""People of another workspace, in a shared channel: they look, and change only their own."""

from typing import Any

import pytest

from handlers.slack.instrument import OUTSIDER
from tests.contract.handlers_slack.world import TEAM, World


def press(action: str, value: str, ts: str, channel: str = "C1") -> dict[str, Any]:
    return {
        "type": "block_actions",
        "team": {"id": TEAM},
        "user": {"id": "UX", "team_id": "TX"},
        "channel": {"id": channel, "name": "general"},
        "container": {"channel_id": channel, "message_ts": ts},
        "actions": [{"action_id": action, "block_id": "b", "type": "button", "value": value}],
    }


async def answered(world: World, body: dict[str, Any]) -> str:
    """Press, and return what they are shown."""
    await world.dispatch(body, {})
    await world.settled()
    shown = [m for m in world.slack.messages("C1", user="UX") if m.ephemeral_to == "UX"]
    return shown[-1].plain if shown else ""


@pytest.fixture(autouse=True)
def shared(world: World) -> None:
    world.slack.add_user("UX", "xenia", team=TEAM, home_team="TX")
    world.slack.core.state.teams[TEAM].channels["C1"].members.append("UX")


async def test_they_see_the_tasks_of_the_shared_channel(world: World) -> None:
    shown = (await world.slack.command("/task add Buy milk")).message
    assert "Buy milk" in await answered(world, press("show", "1", shown.ts))
    await world.slack.command("/task add Elsewhere", channel="C9", team="T2", user="U9")
    assert "There is no T-2 here" in await answered(world, press("show", "2", shown.ts))


@pytest.mark.parametrize("action", ["done", "undo", "restore"])
async def test_they_change_nothing_that_others_made(world: World, action: str) -> None:
    shown = (await world.slack.command("/task add Buy milk")).message
    said = await answered(world, press(action, "1:1", shown.ts))
    assert "is for members of this workspace: ask one of them in this channel" in said
    assert (await world.task()).rev == 1


@pytest.mark.parametrize("action", ["edit", "assign", "new", "sync_retry", "again"])
async def test_forms_are_for_members(world: World, action: str) -> None:
    shown = (await world.slack.command("/task add Buy milk")).message
    assert await answered(world, press(action, "1", shown.ts)) == OUTSIDER
    assert (await world.task()).rev == 1


async def test_a_task_of_another_channel_is_not_there_for_them(world: World) -> None:
    world.slack.add_channel("C2", "other", team=TEAM)
    shown = (await world.slack.command("/task add Buy milk", channel="C2")).message
    assert "There is no T-1 here" in await answered(world, press("done", "1", shown.ts))
    assert (await world.task()).is_open
