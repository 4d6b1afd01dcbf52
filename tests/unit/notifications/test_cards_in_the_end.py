"""Whatever happens when: in the end each share is one message, and each shows the task as it is."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from notifications.calls import Calls, NotDone, Unclear, Unreached, Wait
from notifications.card_follower import CardFollower
from notifications.card_posts import CardPosts
from notifications.declined import Declined
from notifications.readers import Readers
from notifications.sharing import SharedCards
from observability.metrics import Metrics
from storage.follower import LEASE
from tasks.access import OpenAccess
from tasks.model import Field, Task
from tasks.patch import Patch
from tasks.ports import Place
from tests import make
from tests.fakes.clock import FakeClock
from tests.fakes.stores import memory_stores

SETTLED = timedelta(seconds=20)
READERS = Readers(access=OpenAccess())
CHANNELS = ("C1", "C2", "C3")
TROUBLES = ("", "", "", "before", "after", "limit", "dies before", "dies after")
STEPS = st.one_of(
    st.tuples(st.just("change"), st.just("")),
    st.tuples(st.just("share"), st.sampled_from(CHANNELS)),
    st.tuples(st.just("press"), st.sampled_from(CHANNELS)),
    st.tuples(st.just("work"), st.just("")),
    st.tuples(st.just("trouble"), st.sampled_from(TROUBLES)),
    st.tuples(st.just("wait"), st.sampled_from(("0.5", "1", "3", "20", "61"))),
)


class Dies(Exception):
    """The process ends here."""


class Slack(Calls):
    """Messages, and the trouble that the next calls have."""

    def __init__(self) -> None:
        self.messages: dict[tuple[str, str], dict[str, Any]] = {}
        self.troubles: list[str] = []

    async def post(self, team: str, method: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        assert team == "T1"
        trouble = self.troubles.pop(0) if self.troubles else ""
        if trouble in ("before", "limit"):
            raise Unreached if trouble == "before" else Wait(timedelta(seconds=5))
        if trouble == "dies before":
            raise Dies
        answer = self._done(method, body)
        if trouble == "after":
            raise Unclear
        if trouble == "dies after":
            raise Dies
        return answer

    def _done(self, method: str, body: Mapping[str, Any]) -> dict[str, Any]:
        channel = str(body["channel"])
        if method == "chat.postMessage":
            ts = f"{len(self.messages) + 1}.1"
            self.messages[channel, ts] = {**body, "ts": ts}
            return {"ts": ts}
        self.messages[channel, str(body["ts"])] |= {"text": body["text"]}
        return {}

    async def get(self, team: str, method: str, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        assert (team, method) == ("T1", "conversations.history")
        found = [one for (channel, _), one in self.messages.items() if channel == asked["channel"]]
        return {"messages": found}


async def _render(task: Task, place: Place) -> dict[str, Any]:
    return {"text": f"{place.lead}{task.title}"}


class Bench:
    """One task, what shows it, and what keeps that right."""

    def __init__(self) -> None:
        self.clock, self.slack, self.shares = FakeClock(), Slack(), 0
        self.stores = memory_stores(now=self.clock)
        posts = CardPosts(
            calls=self.slack,
            pacer=self.stores.pacer,
            edits=self.stores.edits,
            threads=self.stores.threads,
            render=_render,
            apology=lambda _task, _place: {"text": "Sorry"},
        )
        self.follower = CardFollower(
            places=self.stores.places,
            posts=posts,
            declined=Declined(store=self.stores.tasks, people=self.stores.people, readers=READERS),
            readers=READERS,
            settled_after=SETTLED,
            metrics=Metrics(CollectorRegistry()),
        )
        self.sharing = SharedCards(
            places=self.stores.places,
            posts=posts,
            settled_after=SETTLED,
            on_due=lambda: None,
            answer_seconds=5,
        )

    async def task(self) -> Task:
        return await self.stores.tasks.get("T1", 1)

    async def step(self, name: str, value: str) -> None:
        match name:
            case "change":
                patch = Patch.of({Field.TITLE: make.fresh("title")})
                await self.stores.tasks.change(make.order(await self.task(), patch))
            case "share":
                self.shares += 1
                place = Place(key=f"V{self.shares}", channel=value, by="U1")
                await self._survived(self.sharing.share(await self.task(), place))
            case "press":
                for channel, ts in list(self.slack.messages):
                    if channel == value:
                        place = Place(key=f"{channel}/{ts}", channel=channel, ts=ts)
                        await self.sharing.touched(await self.task(), place)
            case "work":
                await self.work()
            case "trouble":
                self.slack.troubles.append(value)
            case _:
                self.clock.advance(timedelta(seconds=float(value)))

    async def work(self) -> None:
        while (claim := await self.stores.places.claim()) is not None:
            await self._survived(self.follower.do(claim))

    async def _survived(self, work: Any) -> None:  # noqa: ANN401  # any coroutine
        try:
            await work
        except Dies:
            pass
        except NotDone as error:
            raise AssertionError from error

    async def settle(self) -> None:
        """Let everything work again, and all the time pass that it takes."""
        self.slack.troubles.clear()
        for _ in range(50):
            await self.work()
            if await self.stores.places.next_due() is None:
                return
            self.clock.advance(LEASE / 3)
        raise AssertionError("still something to do")


async def _run(steps: list[tuple[str, str]]) -> None:
    bench = Bench()
    await bench.stores.tasks.add(make.task(), key="add")
    for name, value in steps:
        await bench.step(name, value)
    await bench.settle()
    title = (await bench.task()).title
    assert [one["text"] for one in bench.slack.messages.values()] == [title] * bench.shares
    marks = [one["metadata"]["event_payload"]["place"] for one in bench.slack.messages.values()]
    assert sorted(marks) == sorted(f"V{n + 1}" for n in range(bench.shares))


@settings(max_examples=200, deadline=None)
@given(steps=st.lists(STEPS, max_size=14))
def test_each_share_is_one_message_and_right_in_the_end(steps: list[tuple[str, str]]) -> None:
    asyncio.run(_run(steps))
