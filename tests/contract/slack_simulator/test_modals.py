from typing import Any

import pytest

from playground.slack.errors import Impossible
from playground.slack.views import View
from tests.contract.slack_simulator.bolt_app import MODAL
from tests.contract.slack_simulator.world import World


def opened(world: World, **fields: object) -> View:
    team = world.slack.core.state.teams["T1"]
    return world.slack.core.views.open(team, "U1", {**MODAL, **fields})


async def test_an_empty_answer_closes_only_this_modal(world: World) -> None:
    below = opened(world)
    above = world.slack.core.views.push(below.team, "U1", MODAL)

    answer = await world.slack.submit(above, {"title": "x"})

    assert answer.closed
    assert answer.view is below
    assert world.slack.violations == []


async def test_the_client_asks_for_required_fields_itself(world: World) -> None:
    modal = opened(world)

    answer = await world.slack.submit(modal)

    assert list(answer.errors) == ["title"]
    assert answer.ack is None
    assert world.bot.received == []


async def test_errors_stand_below_their_fields_and_text_stays(world: World) -> None:
    modal = opened(world)
    world.bot.says_json({"response_action": "errors", "errors": {"title": "Too short."}})

    answer = await world.slack.submit(modal, {"Title": "x", "Due": "2026-11-27"})

    assert answer.errors == {"title": "Too short."}
    assert not answer.closed
    assert (modal.value("title"), modal.value("due")) == ("x", "2026-11-27")
    assert modal.plain.splitlines()[-1] == "Too short."


async def test_an_update_keeps_what_was_typed(world: World) -> None:
    modal = opened(world)
    changed = {**MODAL, "title": {"type": "plain_text", "text": "Changed"}}
    world.bot.says_json({"response_action": "update", "view": changed})

    answer = await world.slack.submit(modal, {"title": "x"})

    assert answer.view is modal
    assert (modal.title, modal.value("title")) == ("Changed", "x")


async def test_a_push_and_a_clear(world: World) -> None:
    modal = opened(world)
    world.bot.says_json({"response_action": "push", "view": MODAL})
    answer = await world.slack.submit(modal, {"title": "x"})
    assert answer.view is not None
    assert answer.view.previous_view_id == modal.id

    world.bot.says_json({"response_action": "clear"})
    assert (await world.slack.submit(answer.view, {"title": "x"})).closed
    assert world.slack.modals("U1", team="T1") == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"ok": True},
        {"response_action": "close"},
        {"response_action": "errors"},
        {"response_action": "errors", "errors": {}},
        {"response_action": "errors", "errors": {"no_such_block": "x"}},
        {"response_action": "errors", "errors": {"title": 1}},
        {"response_action": "update"},
        {"response_action": "update", "view": {"type": "modal"}},
    ],
)
async def test_any_other_answer_is_an_error_and_the_modal_stays(
    world: World, body: dict[str, Any]
) -> None:
    modal = opened(world)
    world.bot.says_json(body)

    answer = await world.slack.submit(modal, {"title": "x"})

    assert answer.failure == "We had some trouble connecting. Try again?"
    assert not answer.closed
    assert modal.value("title") == "x"
    assert [violation.kind for violation in world.slack.violations] == ["view_submission"]


@pytest.mark.parametrize(("text", "status"), [("ok", 200), ("", 500), ("", 404)])
async def test_text_or_a_bad_status_is_an_error_too(world: World, text: str, status: int) -> None:
    world.bot.says(text, status=status)

    assert (await world.slack.submit(opened(world), {"title": "x"})).failure


async def test_closing_is_told_where_it_was_asked_for(world: World) -> None:
    quiet = opened(world, notify_on_close=False)
    assert await world.slack.close(quiet) is None

    loud = opened(world)
    world.slack.core.views.push(loud.team, "U1", MODAL)
    await world.slack.close(world.slack.modals("U1", team="T1")[-1], everything=True)

    (told,) = world.bot.received
    assert told["is_cleared"] is True
    assert told["view"]["id"] == loud.id
    assert world.slack.modals("U1", team="T1") == []


async def test_a_covered_modal_cannot_be_used(world: World) -> None:
    below = opened(world)
    world.slack.core.views.push(below.team, "U1", MODAL)

    with pytest.raises(Impossible):
        await world.slack.submit(below, {"title": "x"})
    with pytest.raises(Impossible):
        await world.slack.close(below)


async def test_a_double_submit_carries_the_same_view(world: World) -> None:
    modal = opened(world)

    answers = await world.slack.submit(modal, {"title": "x"}, deliveries=2)

    assert [answer.closed for answer in answers] == [True, True]
    assert [body["view"]["id"] for body in world.bot.received] == [modal.id] * 2


async def test_a_picked_channel_brings_a_response_url(world: World) -> None:
    select = {
        "type": "input",
        "block_id": "where",
        "label": {"type": "plain_text", "text": "Where"},
        "element": {
            "type": "conversations_select",
            "action_id": "where",
            "response_url_enabled": True,
        },
    }
    modal = opened(world, blocks=[select])

    await world.slack.submit(modal, {"Where": "C1"})

    (url,) = world.bot.received[0]["response_urls"]
    assert (url["block_id"], url["action_id"], url["channel_id"]) == ("where", "where", "C1")
    assert url["response_url"].startswith(world.slack.core.base_url + "/app/T1/")
