"""What becomes of a place, by what Slack says of its message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from notifications.calls import Calls, NotDone, NotInstalled, Refused, Unclear, Unreached, Wait
from notifications.card_follower import DEAD_WAIT, GONE, CardFollower
from notifications.card_posts import EVENT, CardPosts
from notifications.declined import Declined
from notifications.readers import Readers
from observability.metrics import Metrics
from tasks.access import OpenAccess
from tasks.model import Task
from tasks.ports import Place
from tests import make
from tests.fakes.clock import FakeClock
from tests.fakes.stores import MemoryStores, memory_stores

SETTLED = timedelta(seconds=20)
READERS = Readers(access=OpenAccess())
SHARED = Place(key="V1", channel="C1", by="U1")
THERE = Place(key="C1/1.1", channel="C1", ts="1.1")
OTHER = Place(key="C2/2.2", channel="C2", ts="2.2")


class ScriptedCalls(Calls):
    """Slack that answers as a test says, and well where it says nothing."""

    def __init__(self) -> None:
        self.ends: dict[str, list[NotDone | dict[str, Any]]] = {}
        self.made: list[tuple[str, str]] = []

    def script(self, method: str, *ends: NotDone | dict[str, Any]) -> None:
        self.ends.setdefault(method, []).extend(ends)

    def count(self, method: str) -> int:
        return sum(one == method for one, _ in self.made)

    async def post(self, team: str, method: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        assert team == "T1"
        self.made.append((method, str(body["channel"])))
        end = self.ends[method].pop(0) if self.ends.get(method) else {"ts": "5.5"}
        if isinstance(end, NotDone):
            raise end
        return end

    async def get(self, team: str, method: str, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        return await self.post(team, method, asked)


class Bench:
    """A follower over memory, with a task that has places."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.stores: MemoryStores = memory_stores(now=self.clock)
        self.calls = ScriptedCalls()
        self.follower = CardFollower(
            places=self.stores.places,
            posts=CardPosts(
                calls=self.calls,
                pacer=self.stores.pacer,
                edits=self.stores.edits,
                threads=self.stores.threads,
                render=_render,
                apology=lambda task, place: {"text": f"not {task.number} in {place.channel}"},
            ),
            declined=Declined(store=self.stores.tasks, people=self.stores.people, readers=READERS),
            readers=READERS,
            settled_after=SETTLED,
            metrics=Metrics(CollectorRegistry()),
        )

    async def task(self, *places: Place) -> Task:
        task = (await self.stores.tasks.add(make.task(title="Book it"), key="add")).task
        for place in places:
            if place.ts is None:
                await self.stores.places.intend("T1", 1, place, settled_after=SETTLED)
            else:
                await self.stores.places.hurry("T1", 1, place)
        return task

    async def work(self) -> None:
        """Do what is due."""
        while (claim := await self.stores.places.claim()) is not None:
            await self.follower.do(claim)

    @property
    def places(self) -> list[Place]:
        return self.stores.database.record("T1", 1).notices.places

    async def due(self) -> timedelta | None:
        return await self.stores.places.next_due()


async def _render(task: Task, place: Place) -> dict[str, Any]:
    return {"text": f"{place.lead}{task.title}"}


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def test_what_a_place_shows_already_is_not_edited_again(bench: Bench) -> None:
    await bench.task(THERE)
    await bench.work()
    await bench.stores.places.hurry("T1", 1, THERE)
    bench.clock.advance(SETTLED)
    await bench.work()
    assert bench.calls.made == [("chat.update", "C1")]
    assert await bench.due() is None


@pytest.mark.parametrize("code", GONE)
async def test_what_is_gone_is_forgotten_and_the_others_go_on(bench: Bench, code: str) -> None:
    await bench.task(OTHER, THERE)
    bench.calls.script("chat.update", Refused(code))
    await bench.work()
    assert [(one.key, bool(one.shown)) for one in bench.places] == [("C2/2.2", True)]
    assert await bench.due() is None


async def test_what_slack_finds_wrong_with_a_card_costs_no_place(bench: Bench) -> None:
    await bench.task(OTHER, THERE)
    bench.calls.script("chat.update", Refused("invalid_blocks"))
    await bench.work()
    assert [bool(one.shown) for one in bench.places] == [True, False]
    assert await bench.due() is None


@pytest.mark.parametrize(
    ("end", "wait"),
    [
        (Refused("token_revoked"), DEAD_WAIT),
        (Refused("account_inactive"), DEAD_WAIT),
        (NotInstalled(), DEAD_WAIT),
        (Unclear(), timedelta(seconds=2)),
        (Unreached(), timedelta(seconds=2)),
        (Wait(timedelta(seconds=33)), timedelta(seconds=33)),
    ],
    ids=["revoked", "inactive", "not installed", "unclear", "unreached", "limited"],
)
async def test_what_ends_for_all_places_is_tried_again_later(
    bench: Bench, end: NotDone, wait: timedelta
) -> None:
    await bench.task(OTHER, THERE)
    bench.calls.script("chat.update", end)
    await bench.work()
    assert bench.calls.count("chat.update") == 1
    assert await bench.due() == wait
    for pause in (wait, timedelta(seconds=2)):  # after a limit they go one after the other
        bench.clock.advance(pause)
        await bench.work()
    assert all(one.shown for one in bench.places)
    assert bench.calls.count("chat.update") == 3


async def test_edits_are_paced_over_all_channels(bench: Bench) -> None:
    await bench.task(*(replace(THERE, key=f"{n}", channel=f"C{n}") for n in range(12)))
    await bench.work()
    assert bench.calls.count("chat.update") == 10
    for _ in range(4):
        bench.clock.advance(timedelta(seconds=1.5))
        await bench.work()
    assert bench.calls.count("chat.update") == 12
    assert await bench.due() is None


async def test_an_intent_that_nobody_noted_is_looked_for_and_found(bench: Bench) -> None:
    await bench.task(SHARED)
    named = {"event_type": EVENT, "event_payload": {"place": "V1"}}
    strange = {"event_type": EVENT, "event_payload": {"place": "V0"}}
    found = [{"ts": "4.4", "metadata": strange}, {"ts": "7.7", "metadata": named}, {"ts": "8.8"}]
    bench.calls.script("conversations.history", {"messages": found})
    bench.clock.advance(SETTLED)
    await bench.work()
    assert [one.ts for one in bench.places] == ["7.7"]
    assert bench.calls.made == [("conversations.history", "C1"), ("chat.update", "C1")]
    assert await bench.stores.threads.task_of("T1", "C1", "7.7") == 1


async def test_an_intent_that_is_not_there_is_posted(bench: Bench) -> None:
    await bench.task(SHARED)
    bench.calls.script("conversations.history", {"messages": []})
    bench.clock.advance(SETTLED)
    await bench.work()
    assert [(one.ts, bool(one.shown), one.sends) for one in bench.places] == [("5.5", True, 0)]
    assert await bench.due() is None


async def test_where_nobody_may_look_it_is_never_posted_twice(bench: Bench) -> None:
    await bench.task(SHARED)
    bench.calls.script("conversations.history", Refused("missing_scope"))
    bench.clock.advance(SETTLED)
    await bench.work()
    assert bench.places == []
    assert bench.calls.count("chat.postMessage") == 0


async def test_a_posting_of_unknown_outcome_is_looked_for_before_it_is_repeated(
    bench: Bench,
) -> None:
    await bench.task(SHARED)
    await bench.stores.places.unsent("T1", 1, "V1")
    bench.calls.script("chat.postMessage", Unclear())
    await bench.work()
    assert bench.calls.made == [("chat.postMessage", "C1")]
    assert await bench.due() == SETTLED
    bench.calls.script("conversations.history", {"messages": []})
    bench.clock.advance(SETTLED)
    await bench.work()
    assert bench.calls.made[1:] == [("conversations.history", "C1"), ("chat.postMessage", "C1")]
    assert [one.ts for one in bench.places] == ["5.5"]


async def test_whoever_shared_it_is_told_that_it_cannot_be_there(bench: Bench) -> None:
    await bench.task(SHARED)
    await bench.stores.places.unsent("T1", 1, "V1")
    bench.calls.script("chat.postMessage", Refused("not_in_channel"))
    await bench.work()
    assert bench.calls.made == [("chat.postMessage", "C1"), ("chat.postMessage", "U1")]
    assert bench.places == []


@pytest.mark.parametrize("end", [Wait(timedelta(seconds=30)), Unreached()])
async def test_whoever_could_not_be_told_is_told_later(bench: Bench, end: NotDone) -> None:
    await bench.task(SHARED)
    await bench.stores.places.unsent("T1", 1, "V1")
    for one in (Refused("not_in_channel"), end, Refused("not_in_channel")):
        bench.calls.script("chat.postMessage", one)
    await bench.work()
    assert [place.key for place in bench.places] == ["V1"]
    bench.clock.advance(timedelta(minutes=1))
    await bench.work()
    assert bench.calls.made[-2:] == [("chat.postMessage", "C1"), ("chat.postMessage", "U1")]
    assert bench.places == []


async def test_a_channel_at_its_pace_is_waited_for_and_the_others_are_not(bench: Bench) -> None:
    await bench.task(OTHER, SHARED)
    await bench.stores.places.unsent("T1", 1, "V1")
    await bench.stores.pacer.hold("T1", "C1", wait=timedelta(seconds=4))
    await bench.work()
    assert bench.calls.made == [("chat.update", "C2")]
    bench.clock.advance(timedelta(seconds=4))
    await bench.work()
    assert bench.calls.made[1:] == [("chat.postMessage", "C1")]
