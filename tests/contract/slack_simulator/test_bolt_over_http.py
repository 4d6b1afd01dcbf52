from collections.abc import AsyncIterator

import pytest

from playground.slack.server import serving
from playground.slack.simulator import SlackSimulator
from tests.contract.slack_simulator.bolt_app import BOT, SIGNING, bolt_app, served


@pytest.fixture
async def slack() -> AsyncIterator[SlackSimulator]:
    simulator = SlackSimulator(signing_secret=SIGNING)
    simulator.install("T1", "One", BOT)
    simulator.add_user("U1", "maria")
    simulator.add_user("U2", "sam")
    simulator.add_channel("C1", "general")
    async with serving(simulator) as url, served(bolt_app(f"{url}/api/")) as bot_url:
        simulator.bot_url = bot_url
        yield simulator


async def test_a_signed_command_is_answered_in_the_acknowledgement(slack: SlackSimulator) -> None:
    answer = await slack.command("/task Book the venue")

    assert answer.status == 200
    assert answer.text == "Saved Book the venue"
    assert answer.plain == "*Task*\nDone\nEdit"
    assert answer.message.ephemeral_to == "U1"
    assert slack.violations == []


async def test_a_bot_with_another_secret_is_shown_as_dispatch_failed() -> None:
    simulator = SlackSimulator(signing_secret=SIGNING[::-1])
    simulator.install("T1", "One", BOT)
    simulator.add_user("U1", "maria")
    simulator.add_channel("C1", "general")
    async with serving(simulator) as url, served(bolt_app(f"{url}/api/")) as bot_url:
        simulator.bot_url = bot_url
        answer = await simulator.command("/task Book the venue")

    assert answer.status == 401
    assert answer.failure == "dispatch_failed"


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
