from aiohttp import web

from tests.contract.slack_simulator.world import World, refusal


async def test_a_refused_event_comes_again_at_once_and_after_one_and_five_minutes(
    world: World,
) -> None:
    world.bot.says("no", status=500)

    answer = await world.slack.event({"type": "reaction_added"}, team="T1")

    assert not answer.accepted
    assert world.clock.slept == [0.0, 60.0, 300.0]
    numbers = [headers.get("X-Slack-Retry-Num") for headers in world.bot.headers]
    assert numbers == [None, "1", "2", "3"]
    assert world.bot.headers[1]["X-Slack-Retry-Reason"] == "http_error"
    assert {body["event_id"] for body in world.bot.received} == {answer.event_id}
    assert [violation.kind for violation in world.slack.violations] == ["event"]


async def test_an_event_taken_at_the_second_attempt_is_taken(world: World) -> None:
    async def second_time(_body: object, request: web.Request) -> web.Response:
        return web.Response(status=200 if "X-Slack-Retry-Num" in request.headers else 500)

    world.bot.answer = second_time
    answer = await world.slack.event({"type": "reaction_added"}, team="T1")

    assert [attempt.status for attempt in answer.attempts] == [500, 200]
    assert answer.accepted


async def test_no_retry_counts_on_a_refusal(world: World) -> None:
    async def never(_body: object, _request: object) -> web.Response:
        return web.Response(status=500, headers={"X-Slack-No-Retry": "1"})

    world.bot.answer = never
    answer = await world.slack.event({"type": "reaction_added"}, team="T1")

    assert len(answer.attempts) == 1


async def test_an_envelope_names_the_installation(world: World) -> None:
    await world.slack.event({"type": "reaction_added"}, team="T2", deliveries=2)

    first, second = world.bot.received
    assert first == second
    assert first["authorizations"][0]["team_id"] == "T2"
    assert first["type"] == "event_callback"


async def test_an_uninstalled_app_has_a_dead_token_and_both_events(world: World) -> None:
    answers = await world.slack.uninstall(team="T1")

    assert [answer.accepted for answer in answers] == [True, True]
    types = [body["event"]["type"] for body in world.bot.received]
    assert types == ["tokens_revoked", "app_uninstalled"]
    assert (await refusal(world.one.auth_test()))["error"] == "account_inactive"
    assert (await world.two.auth_test())["ok"]


async def test_the_challenge_must_come_back(world: World) -> None:
    assert not await world.slack.verify_url()

    async def echo(body: dict[str, str], _request: object) -> web.Response:
        return web.json_response({"challenge": body["challenge"]})

    world.bot.answer = echo
    assert await world.slack.verify_url()
