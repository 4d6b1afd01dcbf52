"""Where somebody is, asked of Slack: once at a time, for a short time, and never in vain."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from aiohttp import ClientSession, ClientTimeout
from prometheus_client import CollectorRegistry
from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack.audiences import IN_DOUBT, Audiences
from handlers.slack.authorize import StoredAuthorize
from handlers.slack.incoming import Sender
from handlers.slack.memberships import (
    FAILURE_TTL_SECONDS,
    STANDING_TTL_SECONDS,
    TTL_SECONDS,
    SlackMemberships,
)
from handlers.slack.people import SlackPeople
from observability.metrics import Metrics
from playground.slack.faults import Fault
from tasks.access import Access
from tasks.model import Actor, Source
from tasks.permissions import NOWHERE, Presence, Standing
from tasks.ports import Confined, Profile
from tests.contract.handlers_slack.test_people import Ticks
from tests.contract.handlers_slack.world import SCOPES, TEAM, World
from tests.fakes.directories import MemoryPeople

MAY_ASK = ("channels:read", "groups:read", "mpim:read", "im:read")
Make = Callable[..., SlackMemberships]


@pytest.fixture
async def make(world: World) -> AsyncIterator[Make]:
    slack = world.slack
    slack.install(TEAM, "Acme", f"xoxb-{TEAM}", (*SCOPES, *MAY_ASK))
    slack.add_channel("C7", "deal", team=TEAM, kind="private", members=["U1"])
    slack.add_channel("C8", "board", team=TEAM, kind="private", members=["U1"], with_bot=False)
    slack.add_user("U4", "guest", team=TEAM, is_guest=True)
    made: list[SlackMemberships] = []
    async with ClientSession(timeout=ClientTimeout(total=5)) as session:
        client = AsyncWebClient(
            base_url=f"{slack.core.base_url}/api/", session=session, retry_handlers=[]
        )
        authorize, metrics = StoredAuthorize(world.installations), Metrics(CollectorRegistry())
        people = SlackPeople(client, authorize=authorize, metrics=metrics)

        def memberships(**given: object) -> SlackMemberships:
            keywords = {"people": people, "authorize": authorize, "metrics": metrics} | given
            one = SlackMemberships(client, **keywords)  # type: ignore[arg-type]  # its keywords
            made.append(one)
            return one

        yield memberships
        for one in made:
            await one.close()
        await people.close()


def asked(world: World, method: str = "users.conversations") -> int:
    return len(world.slack.journal.calls(method))


async def inside(
    one: SlackMemberships, presence: Presence = NOWHERE, user: str = "U1"
) -> set[str] | None:
    found = await one.inside(TEAM, user, presence, public_too=False)
    return None if found is None else set(found)


async def test_it_is_asked_once_for_many_and_again_after_seconds(world: World, make: Make) -> None:
    clock = Ticks()
    one = make(clock=clock)
    assert await asyncio.gather(*(inside(one) for _ in range(10))) == [{"C7"}] * 10
    assert asked(world) == 1
    clock.at = TTL_SECONDS - 1
    await inside(one)
    assert asked(world) == 1
    world.slack.core.state.teams[TEAM].channels["C7"].members.remove("U1")
    clock.at = TTL_SECONDS
    assert await inside(one) == set()


async def test_pages_are_turned(world: World, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.slack.memberships.PAGE", 2)
    for number in range(20, 25):
        world.slack.add_channel(f"C{number}", f"c{number}", kind="private", members=["U1"])
    assert await inside(make()) == {"C7", *(f"C{number}" for number in range(20, 25))}
    assert asked(world) == 3


async def test_who_cannot_be_asked_about_is_nowhere_and_it_is_not_tried_at_once_again(
    world: World, make: Make
) -> None:
    clock = Ticks()
    one = make(clock=clock)
    world.slack.faults.script("users.conversations", Fault(kind="error", code="internal_error"))
    assert await inside(one) is None
    assert await inside(one) is None
    assert asked(world) == 1
    clock.at = FAILURE_TTL_SECONDS
    assert await inside(one) == {"C7"}


async def test_a_slow_slack_is_not_waited_for_but_heard_later(world: World, make: Make) -> None:
    world.slack.faults.script("users.conversations", Fault(kind="delay", seconds=0.3))
    one = make(deadline=0.01)
    assert await inside(one) is None
    patient = make(deadline=5)
    assert await inside(patient) == {"C7"}
    async with asyncio.timeout(30):
        while await inside(one) is None:  # noqa: ASYNC110  # the flight tells nobody
            await asyncio.sleep(0.01)
    assert await inside(one) == {"C7"}


async def test_without_the_scopes_nobody_is_anywhere(world: World, make: Make) -> None:
    one = make()
    world.slack.install(TEAM, "Acme", f"xoxb-{TEAM}", SCOPES)
    assert await inside(one) is None


async def test_a_button_counts_as_presence_only_where_the_bot_cannot_look(
    world: World, make: Make
) -> None:
    pressed = Presence(here="C8", is_private=True)
    assert await inside(make(), pressed) == {"C7", "C8"}
    world.slack.core.state.teams[TEAM].channels["C7"].members.remove("U1")
    assert await inside(make(), Presence(here="C7", is_private=True)) == set()


async def test_a_public_channel_costs_no_question(world: World, make: Make) -> None:
    assert await inside(make(), Presence(here="C1")) == {"C7"}
    assert asked(world, "conversations.info") == 0


async def test_guests_are_known_and_asked_for_public_channels_too(world: World, make: Make) -> None:
    one = make()
    assert await one.standing(TEAM, "U1") is Standing.MEMBER
    assert await one.standing(TEAM, "U4") is Standing.GUEST
    world.slack.add_channel("C5", "fair", team=TEAM, members=["U4"])
    assert await one.inside(TEAM, "U4", NOWHERE, public_too=True) == frozenset({"C5"})


class Fading(MemoryPeople):
    """People who are known once, and then not to be had any more."""

    def __init__(self) -> None:
        guest = Profile(person="U4", name="guest", zone=None, standing=Standing.GUEST)
        super().__init__({TEAM: [guest]})
        self.asked = 0

    async def profile(self, team: str, person: str) -> Profile | None:
        self.asked += 1
        return await super().profile(team, person) if self.asked == 1 else None


async def test_a_guest_stays_one_while_slack_cannot_be_asked_again(make: Make) -> None:
    clock, people = Ticks(), Fading()
    one = make(clock=clock, people=people)
    for at in (0, STANDING_TTL_SECONDS - 1):
        clock.at = at
        assert await one.standing(TEAM, "U4") is Standing.GUEST
    assert people.asked == 1
    clock.at = STANDING_TTL_SECONDS
    assert await one.standing(TEAM, "U4") is Standing.GUEST  # the old answer, at once
    await asyncio.sleep(0)
    assert people.asked == 2
    assert await one.standing(TEAM, "U4") is Standing.GUEST


class NoConfined(Confined):
    """No workspace has private tasks."""

    def has_any(self, team: str) -> bool:
        return team == "nowhere"

    def note(self, team: str) -> None:
        """Keep nothing."""


async def test_where_no_task_is_private_memberships_are_not_asked_for(
    world: World, make: Make
) -> None:
    access = Access(memberships=make(), confined=NoConfined())
    maria = Actor(person="U1", source=Source.SLACK)
    assert (await access.of(TEAM, maria, NOWHERE)).inside == frozenset()
    assert asked(world) == 0
    assert (await access.of(TEAM, maria, NOWHERE, surely=True)).inside == frozenset({"C7"})


@pytest.mark.parametrize(
    ("channel", "name", "audience"),
    [
        (None, None, None),
        ("C1", "general", None),
        ("C7", "privategroup", "C7"),
        ("G7", "mpdm-a--b-1", "G7"),
        ("D7", "directmessage", "U1"),
        ("C1", None, None),
        ("C7", None, "C7"),
        ("C8", None, "C8"),
        ("C404", None, "C404"),
    ],
)
async def test_who_sees_a_new_task_follows_from_where_it_is_made(
    make: Make, channel: str | None, name: str | None, audience: str | None
) -> None:
    audiences = Audiences(make().is_private)
    sender = Sender(team=TEAM, user="U1", channel=channel, channel_name=name)
    assert (await audiences.of(sender)).of == audience


@pytest.mark.parametrize(
    ("channel", "name", "is_said"),
    [("C1", None, False), ("C7", None, False), ("C7", "privategroup", False), ("C404", None, True)],
)
async def test_that_a_task_is_private_in_doubt_is_said(
    make: Make, channel: str, name: str | None, *, is_said: bool
) -> None:
    sender = Sender(team=TEAM, user="U1", channel=channel, channel_name=name)
    audience = await Audiences(make().is_private).of(sender)
    assert audience.said == ((IN_DOUBT,) if is_said else ())


async def test_slack_is_asked_only_where_the_request_does_not_tell(
    world: World, make: Make
) -> None:
    audiences = Audiences(make().is_private)
    await audiences.of(Sender(team=TEAM, user="U1", channel="C7", channel_name="privategroup"))
    await audiences.of(Sender(team=TEAM, user="U1", channel="C1", channel_name="general"))
    assert asked(world, "conversations.info") == 0


async def test_a_slow_slack_makes_nobody_a_guest_nor_anybody_wait(world: World, make: Make) -> None:
    world.slack.faults.script("users.info", Fault(kind="delay", seconds=0.3))
    one = make(deadline=0.01)
    assert await one.standing(TEAM, "U4") is Standing.MEMBER
    async with asyncio.timeout(30):
        while await one.standing(TEAM, "U4") is not Standing.GUEST:  # noqa: ASYNC110  # as above
            await asyncio.sleep(0.01)
