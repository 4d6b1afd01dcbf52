"""Columns that have gone are told once, by one instance for all, after a look at Notion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import cast

import pytest

from notifications.admins import Admins
from notifications.drift import AGAIN, LEASE, DriftNotices
from notifications.each_once import EachOnce
from notifications.posts import NotPosted, Posts, PostUnknown
from notifications.said_once import SETTLED_AFTER, SaidOnce
from tasks.model import PersonId
from tasks.ports import CannotConnect, Drift
from tests.fakes.clock import FakeClock
from tests.fakes.stores import memory_stores
from tests.unit.notifications.told import Killed, Known, Slack, Wire

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


class World:
    """One Slack and one database, and any number of instances."""

    def __init__(self, *admins: PersonId) -> None:
        self.clock = FakeClock()
        self.slack = Slack(self.clock)
        self.stores = memory_stores(now=self.clock)
        self.admins = Known(admins)

    def instance(self, notion: Notion, wire: Wire | None = None) -> DriftNotices:
        wire = wire or Wire()
        turns = wire.around(self.stores.turns)
        said = SaidOnce(turns=turns, posts=cast("Posts", wire.around(self.slack)), now=self.clock)
        return DriftNotices(
            drift=notion,
            turns=turns,
            each=EachOnce(once=said),
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


async def test_a_message_whose_answer_was_lost_is_looked_for_before_it_is_sent_again() -> None:
    world = World("U1")
    world.slack.lost = [PostUnknown()]
    notices = world.instance(Notion(now=GONE, believed=GONE))
    for _ in range(3):
        await notices.once("T1")
        world.clock.advance(SETTLED_AFTER)
    assert world.said == [GONE]
    assert world.slack.looks == 1


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


@pytest.mark.parametrize("has_effect", [False, True])
async def test_a_process_that_dies_anywhere_leaves_every_admin_told_once(
    has_effect: bool,  # noqa: FBT001  # a case
) -> None:
    deaths, wire = 0, Wire()
    for at in range(1, 60):
        world, wire = World("U1", "U2"), Wire(at=at, has_effect=has_effect)
        try:
            await world.instance(Notion(now=GONE, believed=GONE), wire).once("T1")
        except Killed:
            deaths += 1
        other = world.instance(Notion(now=GONE, believed=GONE))
        for _ in range(4):
            world.clock.advance(LEASE + timedelta(seconds=1))
            await other.once("T1")
        assert world.said == [GONE, GONE], at
        if not wire.fired:
            break
    assert deaths > 8
    assert not wire.fired
