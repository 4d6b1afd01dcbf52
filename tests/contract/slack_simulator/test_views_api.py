from typing import Any

import pytest

from tests.contract.slack_simulator.bolt_app import MODAL
from tests.contract.slack_simulator.world import World, refusal

HOME: dict[str, Any] = {
    "type": "home",
    "blocks": [
        {
            "type": "actions",
            "block_id": "b",
            "elements": [
                {"type": "button", "action_id": "new", "text": {"type": "plain_text", "text": "+"}}
            ],
        }
    ],
}


def trigger(world: World, *, team: str = "T1", view_id: str | None = None) -> str:
    return world.slack.core.triggers.issue(team_id=team, user_id="U1", view_id=view_id)


async def test_a_modal_opens_for_the_person_who_triggered(world: World) -> None:
    opened = await world.one.views_open(trigger_id=trigger(world), view=MODAL)

    (modal,) = world.slack.modals("U1", team="T1")
    assert opened["view"]["id"] == modal.id
    assert opened["view"]["hash"] == modal.hash
    assert opened["view"]["root_view_id"] == modal.id
    assert opened["view"]["state"]["values"]["due"]["due"]["selected_date"] is None
    assert world.slack.modals("U2", team="T1") == []


async def test_a_trigger_opens_one_modal(world: World) -> None:
    trigger_id = trigger(world)
    await world.one.views_open(trigger_id=trigger_id, view=MODAL)

    body = await refusal(world.one.views_open(trigger_id=trigger_id, view=MODAL))
    assert body["error"] == "exchanged_trigger_id"


async def test_a_late_trigger_is_expired(world: World) -> None:
    trigger_id = trigger(world)
    world.clock.at += 3.1

    body = await refusal(world.one.views_open(trigger_id=trigger_id, view=MODAL))
    assert body["error"] == "expired_trigger_id"


async def test_another_workspaces_trigger_is_invalid(world: World) -> None:
    body = await refusal(world.two.views_open(trigger_id=trigger(world), view=MODAL))

    assert body["error"] == "invalid_trigger_id"


async def test_a_refused_view_leaves_the_trigger_unused(world: World) -> None:
    trigger_id = trigger(world)

    body = await refusal(world.one.views_open(trigger_id=trigger_id, view={"type": "modal"}))

    assert body["error"] == "invalid_arguments"
    assert "[json-pointer:/view]" in body["response_metadata"]["messages"][0]
    assert [violation.kind for violation in world.slack.violations] == ["invalid_arguments"]
    assert (await world.one.views_open(trigger_id=trigger_id, view=MODAL))["ok"]


async def test_only_the_modals_own_trigger_pushes(world: World) -> None:
    opened = await world.one.views_open(trigger_id=trigger(world), view=MODAL)

    body = await refusal(world.one.views_push(trigger_id=trigger(world), view=MODAL))
    assert body["error"] == "invalid_trigger_id"

    own = trigger(world, view_id=opened["view"]["id"])
    pushed = await world.one.views_push(trigger_id=own, view=MODAL)
    assert pushed["view"]["previous_view_id"] == opened["view"]["id"]


async def test_an_update_with_an_old_hash_conflicts(world: World) -> None:
    opened = (await world.one.views_open(trigger_id=trigger(world), view=MODAL))["view"]
    await world.one.views_update(view_id=opened["id"], hash=opened["hash"], view=MODAL)

    late = world.one.views_update(view_id=opened["id"], hash=opened["hash"], view=MODAL)
    assert (await refusal(late))["error"] == "hash_conflict"


@pytest.mark.parametrize("client", ["two", "gone"])
async def test_a_view_that_is_not_there_cannot_be_updated(world: World, client: str) -> None:
    opened = (await world.one.views_open(trigger_id=trigger(world), view=MODAL))["view"]
    if client == "gone":
        world.slack.core.views.clear("T1", "U1")
    caller = world.two if client == "two" else world.one

    body = await refusal(caller.views_update(view_id=opened["id"], view=MODAL))
    assert body["error"] == "not_found"


async def test_a_home_tab_is_shown_and_clicked(world: World) -> None:
    await world.one.views_publish(user_id="U1", view=HOME)
    shown = world.slack.home("U1", team="T1")
    assert shown is not None

    await world.slack.click(shown, "new")

    body = world.bot.received[-1]
    assert body["container"] == {"type": "view", "view_id": shown.id}
    assert body["view"]["type"] == "home"
    assert world.slack.home("U1", team="T2") is None


async def test_the_home_tab_comes_with_the_second_opening(world: World) -> None:
    await world.slack.open_home(user="U1", team="T1")
    await world.one.views_publish(user_id="U1", view=HOME)
    await world.slack.open_home(user="U1", team="T1")

    first, second = (body["event"] for body in world.bot.received)
    assert "view" not in first
    assert second["view"]["type"] == "home"
    assert second["tab"] == "home"


async def test_without_a_home_tab_nothing_is_published(world: World) -> None:
    world.slack.core.home_tab_enabled = False

    body = await refusal(world.one.views_publish(user_id="U1", view=HOME))
    assert body["error"] == "not_enabled"


async def test_a_view_may_come_as_text_in_a_form(world: World) -> None:
    form = {"user_id": "U1", "view": '{"type": "home", "blocks": [{"type": "divider"}]}'}

    assert (await world.one.api_call("views.publish", data=form))["ok"]
