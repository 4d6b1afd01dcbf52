"""Events, the home tab, and everything nobody acts on."""

import pytest
from aiohttp import web

from bot.server import listening
from playground.slack.faults import Fault
from tests.contract.handlers_slack.world import OTHER_TEAM, TEAM, World


async def test_the_home_tab_shows_your_open_tasks(world: World) -> None:
    await world.slack.command("/task add Buy milk due friday")
    await world.slack.command("/task add Not yours", user="U2")
    await world.slack.open_home(user="U1")
    await world.settled()
    home = world.slack.home("U1")
    assert home is not None
    assert "This week\nT-1  Buy milk\nFri 27 Nov" in home.plain
    assert "Not yours" not in home.plain


async def test_a_task_made_on_the_home_tab_appears_there(world: World) -> None:
    await world.slack.open_home(user="U1")
    await world.settled()
    home = world.slack.home("U1")
    assert home is not None
    assert "Nothing to do: New task adds one." in home.plain
    modal = (await world.slack.click(home, "New task")).modal
    assert modal is not None
    await world.slack.submit(modal, {"Title": "Buy milk"})
    await world.settled()
    home = world.slack.home("U1")
    assert home is not None
    assert "T-1  Buy milk" in home.plain
    modal = (await world.slack.click(home, "home_task", value="edit:1")).modal
    assert modal is not None
    await world.slack.submit(modal, {"Title": "Buy bread"})
    await world.settled()
    home = world.slack.home("U1")
    assert home is not None
    assert "T-1  Buy bread" in home.plain


async def test_fault_11_an_uninstalled_bot_forgets_its_token(world: World) -> None:
    await world.slack.command("/task add Buy milk", user="U9", team=OTHER_TEAM)
    answers = await world.slack.uninstall(team=OTHER_TEAM)
    assert all(answer.accepted for answer in answers)
    assert await world.installations.find(team=OTHER_TEAM, enterprise=None) is None
    assert await world.installations.find(team=TEAM, enterprise=None) is not None
    assert set(world.forgotten) == {OTHER_TEAM}
    answer = await world.slack.command("/task list", user="U9", team=OTHER_TEAM)
    assert answer.plain.startswith("Taskbridge is not installed")


async def test_a_persons_revoked_token_is_not_the_bots(world: World) -> None:
    await world.slack.event({"type": "tokens_revoked", "tokens": {"oauth": ["U1"]}}, team=TEAM)
    assert await world.installations.find(team=TEAM, enterprise=None) is not None


async def test_a_home_tab_that_slack_refuses_harms_nobody(world: World) -> None:
    world.slack.faults.script("views.publish", Fault(kind="error", code="not_enabled"))
    assert (await world.slack.open_home(user="U1")).accepted
    await world.settled()
    assert world.slack.home("U1") is None


@pytest.mark.parametrize(
    "body",
    [
        {"type": "event_callback", "event": {"type": "made_up"}},
        {"type": "event_callback", "event": {"type": "message", "subtype": "bot_message"}},
        {"type": "shortcut", "callback_id": "nobodys"},
        {"type": "message_action", "callback_id": "nobodys"},
        {"type": "view_submission", "view": {"id": "V1", "callback_id": "nobodys"}},
        {"type": "view_closed", "view": {"id": "V1", "callback_id": "nobodys"}},
        {"type": "block_suggestion", "action_id": "nobodys", "value": "x"},
        {
            "type": "block_actions",
            "actions": [{"action_id": "nobodys", "block_id": "b", "type": "button"}],
        },
        {"type": "block_actions", "actions": []},
        {"type": "view_submission", "view": {}},
        {"command": "/other", "text": ""},
        {"type": "nonsense"},
    ],
)
async def test_what_nobody_acts_on_is_acknowledged(
    world: World, body: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    whole = {"team_id": TEAM, "team": {"id": TEAM}, "user": {"id": "U1"}, **body}
    response = await world.dispatch(whole, {})
    assert response.status == 200
    caplog.clear()


async def test_nothing_is_posted_to_a_stranger_s_address(world: World) -> None:
    visits: list[str] = []

    async def visited(request: web.Request) -> web.Response:
        visits.append(request.path)
        return web.Response()

    strange = web.Application()
    strange.router.add_post("/{any:.*}", visited)
    async with listening(strange, "127.0.0.1", 0) as port:
        shown = (await world.slack.command("/task add Buy milk")).message
        body = {
            "type": "block_actions",
            "team": {"id": TEAM},
            "user": {"id": "U1", "team_id": TEAM},
            "channel": {"id": "C1"},
            "container": {"channel_id": "C1", "message_ts": shown.ts},
            "response_url": f"http://127.0.0.1:{port}/commands/T1/1/x",
            "actions": [{"action_id": "done", "block_id": "b", "type": "button", "value": "1"}],
        }
        await world.dispatch(body, {})
        await world.settled()
    assert visits == []
    assert world.seen()[-1].startswith("Done: T-1.")


async def test_fault_17_a_stranger_in_a_shared_channel_changes_nothing(world: World) -> None:
    shown = (await world.slack.command("/task add Buy milk")).message
    body = {
        "type": "block_actions",
        "team": {"id": TEAM},
        "user": {"id": "UX", "team_id": "TX"},
        "channel": {"id": "C1"},
        "container": {"channel_id": "C1", "message_ts": shown.ts},
        "actions": [
            {"action_id": "done", "block_id": "b", "type": "button", "value": "1"},
        ],
    }
    world.slack.faults.script("chat.postEphemeral", Fault(kind="error", code="user_not_in_channel"))
    world.slack.faults.script("chat.postMessage", Fault(kind="error", code="user_not_found"))
    await world.dispatch(body, {})
    await world.settled()
    assert (await world.task()).is_open
