"""Columns that have gone are told once, by one instance for all, after a look at Notion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

import pytest

from notifications.admins import Admins
from notifications.drift import AGAIN, LEASE, DriftNotices
from notifications.posts import NotPosted, Posts, PostUnknown
from tasks.model import PersonId
from tasks.ports import CannotConnect, Drift
from tests.fakes.clock import FakeClock
from tests.fakes.stores import memory_stores

GONE = ("“Due” is missing.",)
BOTH = ("“Due” is missing.", "“Tags” is missing.")


@dataclass
class Notion(Drift):
    """What is there, and what an instance believes."""

    now: tuple[str, ...] = ()
    answers: bool = True
    looks: int = 0
    believed: tuple[str, ...] | None = ()

    def seen(self, team: str) -> tuple[str, ...] | None:
        assert team == "T1"
        return self.believed

    async def look(self, team: str) -> tuple[str, ...]:
        assert team == "T1"
        self.looks += 1
        if not self.answers:
            raise CannotConnect("Notion does not answer.")
        self.believed = self.now
        return self.now


@dataclass
class Slack:
    """Takes messages, or fails as it was told to."""

    failures: list[Exception] = field(default_factory=list)
    posted: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    async def post(self, team: str, channel: str, body: Mapping[str, Any]) -> None:
        assert team == "T1"
        if self.failures:
            raise self.failures.pop(0)
        self.posted.append((channel, body))


@dataclass
class Known:
    people: tuple[PersonId, ...]

    async def of(self, team: str) -> tuple[PersonId, ...]:
        assert team == "T1"
        return self.people


class World:
    """One Slack and one database, and any number of instances."""

    def __init__(self, *admins: PersonId) -> None:
        self.clock, self.slack = FakeClock(), Slack()
        self.stores = memory_stores(now=self.clock)
        self.admins = Known(admins)

    def instance(self, notion: Notion) -> DriftNotices:
        return DriftNotices(
            drift=notion,
            turns=self.stores.turns,
            posts=cast("Posts", self.slack),
            admins=cast("Admins", self.admins),
            render=lambda sentences: {"said": sentences},
        )

    @property
    def said(self) -> list[tuple[str, ...]]:
        return [body["said"] for _, body in self.slack.posted]


async def test_what_has_gone_is_told_once_by_all_instances_together() -> None:
    world = World("U1")
    ours, theirs = Notion(now=GONE, believed=GONE), Notion(now=GONE, believed=GONE)
    one, other = world.instance(ours), world.instance(theirs)
    for _ in range(3):
        await one.once("T1")
        await other.once("T1")
    assert world.slack.posted == [("U1", {"said": GONE})]
    assert (ours.looks, theirs.looks) == (1, 0)


async def test_each_admin_is_told_and_a_further_column_is_news() -> None:
    world = World("U1", "U2")
    notion = Notion(now=GONE, believed=GONE)
    notices = world.instance(notion)
    await notices.once("T1")
    notion.now = notion.believed = BOTH
    await notices.once("T1")
    assert world.said == [GONE, GONE, BOTH, BOTH]


async def test_a_column_that_is_back_and_goes_again_is_told_again() -> None:
    world = World("U1")
    notion = Notion(now=GONE, believed=GONE)
    notices = world.instance(notion)
    for now in (GONE, (), GONE):
        notion.now = notion.believed = now
        await notices.once("T1")
    assert world.said == [GONE, GONE]


async def test_what_an_instance_believes_is_confirmed_before_it_is_told() -> None:
    world = World("U1")
    notices = world.instance(Notion(now=(), believed=GONE))
    await notices.once("T1")
    assert world.said == []


async def test_an_instance_that_lags_behind_says_nothing_twice() -> None:
    world = World("U1")
    await world.instance(Notion(now=GONE, believed=GONE)).once("T1")
    late = Notion(now=GONE, believed=())
    await world.instance(late).once("T1")
    assert world.said == [GONE]
    assert late.believed == GONE


async def test_nothing_is_asked_while_nothing_is_known_or_all_is_well() -> None:
    world = World("U1")
    for believed in (None, ()):
        notion = Notion(now=GONE, believed=believed)
        await world.instance(notion).once("T1")
        assert notion.looks == 0


async def test_where_nobody_was_reached_it_is_tried_again_minutes_later() -> None:
    world = World("U1")
    world.slack.failures = [NotPosted("ratelimited")]
    notices = world.instance(Notion(now=GONE, believed=GONE))
    await notices.once("T1")
    await notices.once("T1")
    assert world.said == []
    world.clock.advance(AGAIN)
    await notices.once("T1")
    assert world.said == [GONE]


async def test_a_message_whose_answer_was_lost_is_not_sent_again() -> None:
    world = World("U1")
    world.slack.failures = [PostUnknown()]
    notices = world.instance(Notion(now=GONE, believed=GONE))
    for _ in range(2):
        await notices.once("T1")
        world.clock.advance(AGAIN)
    assert world.said == []


async def test_while_notion_does_not_answer_nobody_is_told() -> None:
    world = World("U1")
    notion = Notion(now=GONE, believed=GONE, answers=False)
    notices = world.instance(notion)
    await notices.once("T1")
    assert world.said == []
    notion.answers = True
    world.clock.advance(AGAIN)
    await notices.once("T1")
    assert world.said == [GONE]


async def test_killed_while_it_tells_it_is_rather_not_said_than_said_twice() -> None:
    world = World("U1")
    world.slack.failures = [RuntimeError("killed")]
    with pytest.raises(RuntimeError):
        await world.instance(Notion(now=GONE, believed=GONE)).once("T1")
    world.clock.advance(LEASE + timedelta(seconds=1))
    await world.instance(Notion(now=GONE, believed=GONE)).once("T1")
    assert world.said == []
