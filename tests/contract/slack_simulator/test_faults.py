import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from playground.slack.faults import RESPONSE_URL, Fault
from tests.contract.slack_simulator.world import World, refusal


async def test_a_dropped_answer_may_hide_an_effect(world: World) -> None:
    world.slack.faults.script("chat.postMessage", Fault(kind="drop_after"))

    with pytest.raises(aiohttp.ClientError):
        await world.one.chat_postMessage(channel="C1", text="x")

    assert len(world.slack.messages("C1", team="T1")) == 1


@pytest.mark.parametrize("kind", ["drop_before", "status"])
async def test_other_faults_have_no_effect(world: World, kind: str) -> None:
    world.slack.faults.script("chat.postMessage", Fault(kind=kind))  # type: ignore[arg-type]  # a literal

    with pytest.raises((aiohttp.ClientError, SlackApiError)):
        await world.one.chat_postMessage(channel="C1", text="x")

    assert world.slack.messages("C1", team="T1") == []


async def test_a_scripted_refusal_and_a_scripted_429(world: World) -> None:
    world.slack.faults.script(
        "auth.test",
        Fault(kind="error", code="fatal_error"),
        Fault(kind="ratelimit", retry_after=30),
    )

    assert (await refusal(world.one.auth_test()))["error"] == "fatal_error"
    with pytest.raises(SlackApiError) as refused:
        await world.one.auth_test()
    assert refused.value.response.headers["Retry-After"] == "30"
    assert (await world.one.auth_test())["ok"]


async def test_half_an_answer_is_no_json(world: World) -> None:
    world.slack.faults.script("users.info", Fault(kind="truncate"))

    with pytest.raises(SlackApiError):
        await world.one.users_info(user="U1")


async def test_a_delay_is_slept_on_the_simulators_clock(world: World) -> None:
    world.slack.faults.script("users.info", Fault(kind="delay", seconds=7))

    assert (await world.one.users_info(user="U1"))["ok"]
    assert world.clock.slept == [7]


async def test_a_response_url_fails_too(world: World) -> None:
    await world.slack.command("/task", user="U1", team="T1")
    url = world.bot.received[-1]["response_url"]
    world.slack.faults.script(RESPONSE_URL, Fault(kind="status", status=503))

    async with aiohttp.ClientSession() as session:
        async with session.post(url, json={"text": "x"}) as first:
            assert first.status == 503
        async with session.post(url, json={"text": "x"}) as second:
            assert second.status == 200
    assert len(world.slack.messages("C1", user="U1", team="T1")) == 1


async def test_a_full_minute_of_calls_is_a_429(world: World) -> None:
    for _ in range(20):
        await world.one.users_list()

    with pytest.raises(SlackApiError) as refused:
        await world.one.users_list()
    assert refused.value.response["error"] == "ratelimited"
    assert refused.value.response.headers["Retry-After"] == "60"
