import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import pytest
from prometheus_client import CollectorRegistry
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.slack_body import Json
from bot.slack_dispatch import SlackDispatch
from observability import logs
from observability.admission import Admission
from observability.logs import current_request_id, request_context
from observability.metrics import Metrics

COMMAND: Json = {"command": "/task", "text": "add canary", "team_id": "T1"}
EVENT: Json = {"type": "event_callback", "team_id": "T1"}
Listener = Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]


@dataclass
class Bolt:
    """A Bolt app with one listener for everything."""

    listener: Listener

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        return await self.listener(req)


@dataclass
class Posted:
    """Takes the answers that came too late."""

    answers: list[tuple[Json, str]] = field(default_factory=list)

    async def __call__(self, body: Json, response: BoltResponse) -> None:
        self.answers.append((body, response.body))


@dataclass
class World:
    metrics: Metrics
    posted: Posted
    admission: Admission

    def dispatch(self, listener: Listener, deadline: float = 60.0) -> SlackDispatch:
        return SlackDispatch(
            bolt=Bolt(listener),
            late=lambda _: BoltResponse(status=200, body="still saving"),
            failed=lambda _: BoltResponse(status=200, body=f"sorry {current_request_id()}"),
            busy=lambda _: BoltResponse(status=200, body="busy"),
            afterwards=self.posted,
            admission=self.admission,
            metrics=self.metrics,
            deadline=deadline,
        )

    def shed(self, kind: str) -> float | None:
        name = "taskbridge_requests_shed_total"
        return self.metrics.registry.get_sample_value(name, {"kind": kind})

    def count(self, kind: str, outcome: str) -> float | None:
        labels = {"kind": kind, "outcome": outcome}
        return self.metrics.registry.get_sample_value("taskbridge_slack_requests_total", labels)


@pytest.fixture
def world() -> World:
    metrics = Metrics(CollectorRegistry())
    admission = Admission(turned_away=metrics.turned_away, at_most=2)
    return World(metrics=metrics, posted=Posted(), admission=admission)


async def saved(_: AsyncBoltRequest) -> BoltResponse:
    return BoltResponse(status=200, body="saved")


async def test_the_answer_is_bolts(world: World) -> None:
    seen: list[AsyncBoltRequest] = []

    async def listener(request: AsyncBoltRequest) -> BoltResponse:
        seen.append(request)
        return await saved(request)

    response = await world.dispatch(listener)(COMMAND, {"X-Slack-Retry-Num": "1"})
    assert response.body == "saved"
    assert seen[0].body == COMMAND
    assert list(seen[0].headers) == ["x-slack-retry-num"]
    assert world.count("command", "answered") == 1
    observed = "taskbridge_slack_ack_duration_seconds_count"
    assert world.metrics.registry.get_sample_value(observed, {"kind": "command"}) == 1


async def test_p5_work_that_is_late_is_said_to_be_so_goes_on_and_is_told_afterwards(
    world: World,
) -> None:
    database = asyncio.Event()

    async def listener(request: AsyncBoltRequest) -> BoltResponse:
        await database.wait()
        return await saved(request)

    dispatch = world.dispatch(listener, deadline=0)
    assert (await dispatch(COMMAND, {})).body == "still saving"
    assert world.posted.answers == []
    database.set()
    assert await dispatch.drain(60) == 0
    assert world.posted.answers == [(COMMAND, "saved")]
    assert world.count("command", "late") == 1


async def test_what_waits_for_nobody_is_never_late(world: World) -> None:
    assert (await world.dispatch(saved, deadline=0)(COMMAND, {})).body == "saved"


async def test_lines_on_the_way_name_the_request_the_workspace_and_what_it_came_by(
    world: World,
) -> None:
    seen: list[Mapping[str, str | int]] = []

    async def listener(request: AsyncBoltRequest) -> BoltResponse:
        seen.append(logs._CONTEXT.get())
        return await saved(request)

    with request_context(request_id="abc123"):
        await world.dispatch(listener)(EVENT, {})
    assert seen == [{"request_id": "abc123", "team_id": "T1", "surface": "event"}]


async def test_work_survives_the_caller_who_hangs_up(world: World) -> None:
    database = asyncio.Event()
    ended = asyncio.Event()

    async def listener(request: AsyncBoltRequest) -> BoltResponse:
        await database.wait()
        ended.set()
        return await saved(request)

    dispatch = world.dispatch(listener)
    caller = asyncio.create_task(dispatch(COMMAND, {}))
    await asyncio.sleep(0)
    caller.cancel()
    await asyncio.gather(caller, return_exceptions=True)
    database.set()
    assert await dispatch.drain(60) == 0
    assert ended.is_set()


async def test_what_raises_is_answered_with_the_request_id_and_logged_without_the_body(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    async def listener(_: AsyncBoltRequest) -> BoltResponse:
        raise KeyError("x")

    with request_context(request_id="abc123"):
        response = await world.dispatch(listener)(COMMAND, {})
    assert response.body == "sorry abc123"
    assert world.count("command", "failed") == 1
    assert "slack_request_failed" in caplog.text
    assert "canary" not in caplog.text


async def test_without_a_request_id_one_is_made(world: World) -> None:
    async def listener(_: AsyncBoltRequest) -> BoltResponse:
        return BoltResponse(status=200, body=current_request_id() or "none")

    assert len((await world.dispatch(listener)(COMMAND, {})).body) == 10


@pytest.mark.parametrize("status", [301, 404, 500])
async def test_an_answer_that_slack_would_not_take_becomes_an_apology(
    world: World, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    async def listener(_: AsyncBoltRequest) -> BoltResponse:
        return BoltResponse(status=status, body="canary")

    response = await world.dispatch(listener)(COMMAND, {})
    assert response.status == 200
    assert response.body.startswith("sorry")
    assert "slack_request_unanswered" in caplog.text


async def test_an_event_may_ask_slack_to_send_it_again(world: World) -> None:
    async def listener(_: AsyncBoltRequest) -> BoltResponse:
        return BoltResponse(status=500)

    assert (await world.dispatch(listener)(EVENT, {})).status == 500
    assert world.count("event", "failed") == 1


async def test_a_late_answer_that_cannot_be_posted_is_logged(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    gate = asyncio.Event()

    async def listener(request: AsyncBoltRequest) -> BoltResponse:
        await gate.wait()
        return await saved(request)

    async def unreachable(_body: Json, _response: BoltResponse) -> None:
        raise OSError

    dispatch = world.dispatch(listener, deadline=0)
    dispatch._afterwards = unreachable
    await dispatch(COMMAND, {})
    gate.set()
    await dispatch.drain(60)
    assert "slack_late_answer_lost" in caplog.text


async def test_a_drain_gives_up_and_says_how_much_is_left(world: World) -> None:
    gate = asyncio.Event()

    async def listener(request: AsyncBoltRequest) -> BoltResponse:
        await gate.wait()
        return await saved(request)

    dispatch = world.dispatch(listener, deadline=0)
    await dispatch(COMMAND, {})
    assert await dispatch.drain(0.001) == 2  # the work, and the one who will tell
    gate.set()
    assert await dispatch.drain(60) == 0


async def unwanted(_: AsyncBoltRequest) -> BoltResponse:
    raise AssertionError


async def test_slacks_own_questions_never_reach_a_listener(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    dispatch = world.dispatch(unwanted)
    challenge = await dispatch({"type": "url_verification", "challenge": "c"}, {})
    assert challenge.body == '{"challenge": "c"}'
    assert (await dispatch({"ssl_check": "1", "token": "t"}, {})).body == ""
    with caplog.at_level(logging.WARNING):
        assert (await dispatch({"type": "app_rate_limited"}, {})).status == 200
    assert "slack_events_rate_limited" in caplog.text
    labels = {"source": "slack"}
    assert world.metrics.registry.get_sample_value("rate_limit_hits_total", labels) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"type": "block_actions", "actions": []},
        {"type": "block_actions", "actions": "x", "user": 3},
        {"type": "event_callback", "event": None},
        {"type": "view_submission", "view": []},
        {"command": ["x"], "authorizations": 1},
        {"type": {"$gt": ""}},
    ],
)
async def test_odd_bodies_never_raise(world: World, body: Json) -> None:
    assert (await world.dispatch(saved)(body, {})).status == 200


async def test_p5_what_is_too_much_is_turned_away_and_never_reaches_bolt(world: World) -> None:
    database = asyncio.Event()
    begun: list[AsyncBoltRequest] = []

    async def listener(request: AsyncBoltRequest) -> BoltResponse:
        begun.append(request)
        await database.wait()
        return await saved(request)

    dispatch = world.dispatch(listener)
    under_way = [asyncio.create_task(dispatch(COMMAND, {})) for _ in range(2)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)  # the tasks begin, then Bolt's
    assert len(begun) == 2
    assert (await dispatch(COMMAND, {})).body == "busy"
    assert (await dispatch({"type": "url_verification", "challenge": "x"}, {})).body
    database.set()
    assert {(await one).body for one in under_way} == {"saved"}
    assert len(begun) == 2
    assert (await dispatch(COMMAND, {})).body == "saved"
    assert world.shed("people") == 1
    assert world.count("command", "answered") == 3


async def test_late_work_counts_until_it_is_done(world: World) -> None:
    database = asyncio.Event()

    async def listener(request: AsyncBoltRequest) -> BoltResponse:
        await database.wait()
        return await saved(request)

    dispatch = world.dispatch(listener, deadline=0)
    assert [(await dispatch(COMMAND, {})).body for _ in range(3)] == [*["still saving"] * 2, "busy"]
    database.set()
    await dispatch.drain(60)
    assert world.admission.under_way == 0


@pytest.mark.parametrize("before", [1800.0, 1799.9])
async def test_p5_the_later_the_loop_the_sooner_the_answer_even_if_it_has_become_late_since(
    world: World, before: float
) -> None:
    async def listener(_: AsyncBoltRequest) -> BoltResponse:
        world.admission.felt(1800.0)  # nothing is left of an hour
        return await asyncio.Event().wait()  # type: ignore[return-value]  # never returns

    world.admission.felt(before)
    assert (await world.dispatch(listener, deadline=3600.0)(COMMAND, {})).body == "still saving"
