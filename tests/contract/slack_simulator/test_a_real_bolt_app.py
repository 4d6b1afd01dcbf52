from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from playground.slack.server import serving
from playground.slack.simulator import SlackSimulator
from tests.contract.slack_simulator.bolt_app import (
    SIGNING,
    bolt_app,
    one_workspace,
    served,
    socketed,
)


@pytest.fixture(params=["http", "socket"])
async def slack(request: pytest.FixtureRequest) -> AsyncIterator[SlackSimulator]:
    simulator = one_workspace(SIGNING)
    simulator.transport = request.param
    simulator.add_app_token("xapp-1")
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(serving(simulator))
        app = bolt_app(f"{url}/api/")
        simulator.bot_url = await stack.enter_async_context(served(app))
        if request.param == "socket":
            await stack.enter_async_context(socketed(app, f"{url}/api/", "xapp-1"))
        yield simulator


async def test_a_command_is_answered_in_the_acknowledgement(slack: SlackSimulator) -> None:
    answer = await slack.command("/task Book the venue")

    assert answer.status == 200
    assert answer.text == "Saved Book the venue"
    assert answer.plain == "*Task*\n[Done]  [Edit]"
    assert answer.message.ephemeral_to == "U1"
    assert slack.violations == []


async def test_a_bot_with_another_secret_is_shown_as_dispatch_failed() -> None:
    simulator = one_workspace(SIGNING[::-1])
    async with serving(simulator) as url, served(bolt_app(f"{url}/api/")) as bot_url:
        simulator.bot_url = bot_url
        answer = await simulator.command("/task Book the venue")

    assert answer.status == 401
    assert answer.failure == "dispatch_failed"
    assert [violation.kind for violation in simulator.violations] == ["dispatch_failed"]


async def test_a_click_replaces_the_ephemeral_card(slack: SlackSimulator) -> None:
    card = (await slack.command("/task Book the venue")).message

    await slack.click(card, "done")

    assert card.plain == "Done!"
    assert card.ephemeral_to == "U1"


async def test_a_modal_opens_complains_and_closes(slack: SlackSimulator) -> None:
    card = (await slack.command("/task Book the venue")).message
    modal = (await slack.click(card, "Edit")).modal
    assert modal is not None

    refused = await slack.submit(modal, {"Title": "bad"})
    assert refused.errors == {"title": "Too bad."}
    assert modal.value("title") == "bad"

    accepted = await slack.submit(modal, {"title": "good"})
    assert accepted.closed
    assert slack.modals("U1") == []
    assert slack.violations == []


async def test_blocks_slack_would_refuse_are_not_shown(slack: SlackSimulator) -> None:
    answer = await slack.command("/task broken")

    assert answer.failure == "invalid_blocks"
    assert [violation.kind for violation in slack.violations] == ["invalid_blocks"] * 2
    assert "[json-pointer:/blocks/0]" in slack.violations[0].detail


async def test_the_same_command_three_times_carries_one_trigger(slack: SlackSimulator) -> None:
    answers = await slack.command("/task x", deliveries=3)

    assert [answer.text for answer in answers] == ["Saved x"] * 3
    sent = [exchange.request["trigger_id"] for exchange in slack.journal.calls("command")]
    assert len(sent) == 3
    assert len(set(sent)) == 1


async def test_closing_the_modal_tells_the_bot(slack: SlackSimulator) -> None:
    modal = (await slack.command("/task modal")).modal
    assert modal is not None

    ack = await slack.close(modal)

    assert ack is not None
    assert ack.ok
    assert slack.journal.calls("view_closed")[0].request["is_cleared"] is False


async def test_an_event_is_taken_at_the_first_attempt(slack: SlackSimulator) -> None:
    answer = await slack.open_home(user="U1")

    assert answer.accepted
    assert len(answer.attempts) == 1
