"""Profiles out of users.info, asked seldom and never waited for long."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from aiohttp import ClientSession, ClientTimeout
from prometheus_client import CollectorRegistry
from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack.authorize import StoredAuthorize
from handlers.slack.people import TTL_SECONDS, UNKNOWN_TTL_SECONDS, SlackPeople
from observability.metrics import Metrics
from playground.slack.faults import Fault
from tests.contract.handlers_slack.world import TEAM, World

Make = Callable[..., SlackPeople]


class Ticks:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
async def make(world: World) -> AsyncIterator[Make]:
    made: list[SlackPeople] = []
    async with ClientSession(timeout=ClientTimeout(total=5)) as session:

        def people(**given: object) -> SlackPeople:
            one = SlackPeople(
                AsyncWebClient(
                    base_url=f"{world.slack.core.base_url}/api/",
                    session=session,
                    retry_handlers=[],
                ),
                authorize=StoredAuthorize(world.installations),
                metrics=Metrics(CollectorRegistry()),
                **given,  # type: ignore[arg-type]  # keywords of SlackPeople
            )
            made.append(one)
            return one

        yield people
        for one in made:
            await one.close()


def asked(world: World) -> int:
    return len(world.slack.journal.calls("users.info"))


async def test_a_profile_has_the_zone_and_is_asked_for_once(world: World, make: Make) -> None:
    clock = Ticks()
    people = make(clock=clock)
    found = await asyncio.gather(*(people.profile(TEAM, "U1") for _ in range(5)))
    assert {(p.name, p.zone, p.email) for p in found if p} == {("maria", "Europe/Berlin", None)}
    await people.profile(TEAM, "U1")
    assert asked(world) == 1
    clock.at += TTL_SECONDS + 1
    await people.profile(TEAM, "U1")
    assert asked(world) == 2


async def test_somebody_unknown_is_nobody_and_not_asked_for_again_at_once(
    world: World, make: Make
) -> None:
    clock = Ticks()
    people = make(clock=clock)
    assert await people.profile(TEAM, "UNOBODY") is None
    assert await people.profile(TEAM, "UNOBODY") is None
    assert asked(world) == 1
    clock.at += UNKNOWN_TTL_SECONDS + 1
    await people.profile(TEAM, "UNOBODY")
    assert asked(world) == 2


async def test_a_slow_slack_is_not_waited_for(world: World, make: Make) -> None:
    world.slack.faults.script("users.info", Fault(kind="delay", seconds=0.2))
    people = make(deadline=0.01)
    assert await people.profile(TEAM, "U1") is None
    await asyncio.wait(people._flights.values())
    found = await people.profile(TEAM, "U1")
    assert found is not None
    assert asked(world) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind="drop_before"),
        Fault(kind="status", status=503),
        Fault(kind="ratelimit"),
        Fault(kind="truncate"),
        Fault(kind="error", code="invalid_auth"),
    ],
)
async def test_a_slack_in_trouble_leaves_the_zone_unknown(
    world: World, make: Make, fault: Fault
) -> None:
    for _ in range(3):  # aiohttp repeats a GET whose connection was cut
        world.slack.faults.script("users.info", fault)
    assert await make().profile(TEAM, "U1") is None


async def test_a_workspace_without_the_bot_has_no_people(make: Make) -> None:
    assert await make().profile("T404", "U1") is None
