"""Who is told that a task was declined: once, in words of theirs, and only if they may see it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from notifications.calls import Calls, NotDone, Refused, Unclear, Unreached, Wait
from notifications.card_follower import DEAD_WAIT, CardFollower
from notifications.card_posts import EVENT, CardPosts
from notifications.declined import Declined
from notifications.readers import UNSURE, Readers
from observability.metrics import Metrics
from tasks.access import Access, OpenAccess
from tasks.commands import AssignTask, CompleteTask, DeclineTask, UndoChange
from tasks.model import Actor, PersonId, Source, Task
from tasks.permissions import NOWHERE, Asker, Presence, Standing
from tasks.ports import Place, Profile
from tasks.service import TaskService
from tests import make
from tests.fakes.clock import FakeClock
from tests.fakes.directories import MemoryPeople
from tests.fakes.stores import memory_stores

TEAM = "T1"
MARIA, SAM, TESS = (Actor(person=one, source=Source.SLACK) for one in ("U1", "U2", "U3"))
NAMES = MemoryPeople({TEAM: [Profile(person="U2", name="sam", zone=None)]})


class Doubtful(OpenAccess):
    """Cannot tell who is in which conversation until `inside` is set."""

    def __init__(self) -> None:
        self.inside: frozenset[str] | None = None

    async def of(
        self,
        team: str,
        by: Actor | None,
        presence: Presence,
        *,
        surely: bool = False,
        own_list: bool = False,
    ) -> Asker:
        assert (team, surely, own_list, presence.here) == (TEAM, True, False, None)
        assert by is not None
        return Asker(
            person=by.person,
            standing=Standing.MEMBER,
            inside=self.inside or frozenset(),
            is_sure=self.inside is not None,
        )


class ToldCalls(Calls):
    """Slack that ends calls as a test says, and well where it says nothing."""

    def __init__(self) -> None:
        self.ends: list[NotDone] = []
        self.made: list[tuple[str, str, str]] = []
        self.is_blind = False
        self.there = ""
        """The name of the message that is in the conversation with Maria."""

    async def post(self, team: str, method: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        assert team == TEAM
        if method == "conversations.open":
            if self.is_blind:
                raise Refused("missing_scope")
            return {"channel": {"id": f"D{body['users']}"}}
        self.made.append((method, str(body["channel"]), str(body["text"])))
        if self.ends:
            raise self.ends.pop(0)
        return {"channel": f"D{body['channel']}", "ts": "5.5"}

    async def get(self, team: str, method: str, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        assert (team, method, asked["channel"]) == (TEAM, "conversations.history", "DU1")
        named = {"event_type": EVENT, "event_payload": {"place": self.there}}
        return {"messages": [{"ts": "4.4", "metadata": named}]}


class Bench:
    """A service whose store a follower works on."""

    def __init__(self, access: Access | None = None) -> None:
        self.clock, self.calls = FakeClock(), ToldCalls()
        self.stores = memory_stores(now=self.clock)
        self.tasks = TaskService(
            store=self.stores.tasks, now=self.clock, new_id=lambda: make.fresh("id")
        )
        readers = Readers(access=access or OpenAccess())
        self.follower = CardFollower(
            places=self.stores.places,
            posts=CardPosts(
                calls=self.calls,
                pacer=self.stores.pacer,
                edits=self.stores.edits,
                threads=self.stores.threads,
                render=_render,
                apology=lambda _task, _place: {"text": "not to be said"},
            ),
            declined=Declined(store=self.stores.tasks, people=NAMES, readers=readers),
            readers=readers,
            settled_after=timedelta(seconds=20),
            metrics=Metrics(CollectorRegistry()),
        )

    async def added(self, by: Actor = MARIA, **given: Any) -> Task:  # noqa: ANN401  # of a task
        task = make.task(by=by, assignees=("U2",), **given)
        return (await self.stores.tasks.add(task, key="add")).task

    async def assigned(self, by: Actor, *people: PersonId, presence: Presence = NOWHERE) -> None:
        request = AssignTask(
            team=TEAM,
            number=1,
            by=by,
            key=make.fresh("assign"),
            assignees=people,
            presence=presence,
        )
        await self.tasks.assign(request)

    async def declined(self, *, by: Actor = SAM, reason: str = "On leave") -> None:
        person = by.person
        assert person is not None
        request = DeclineTask(
            team=TEAM, number=1, by=by, key=make.fresh("no"), person=person, reason=reason
        )
        await self.tasks.decline(request)

    async def work(self) -> None:
        self.clock.advance(timedelta(seconds=4))  # every burst is over
        while (claim := await self.stores.places.claim()) is not None:
            await self.follower.do(claim)

    @property
    def told(self) -> list[tuple[str, str]]:
        return [(channel, text) for method, channel, text in self.calls.made if "post" in method]

    @property
    def places(self) -> list[Place]:
        return self.stores.database.record(TEAM, 1).notices.places


async def _render(task: Task, place: Place) -> dict[str, Any]:
    return {"text": f"{place.lead} ({task.title})"}


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def test_whoever_made_it_is_told_and_the_message_is_kept_right(bench: Bench) -> None:
    await bench.added()
    await bench.declined()
    assert bench.calls.made == []  # nothing is waited for
    await bench.work()
    assert bench.told == [("U1", "sam declined this: “On leave” (Book the venue)")]
    (place,) = bench.places
    assert (place.channel, place.ts, place.by) == ("DU1", "5.5", "U1")
    await bench.assigned(MARIA, "U3")
    await bench.work()
    assert [channel for _, channel, _ in bench.calls.made] == ["U1"]  # it would say the same


async def test_whoever_gave_it_away_is_told_rather_than_whoever_made_it(bench: Bench) -> None:
    await bench.added()
    await bench.assigned(TESS, "U1")
    await bench.assigned(TESS, "U1", "U2")
    await bench.declined(reason="")
    await bench.work()
    assert bench.told == [("U3", "sam declined this. (Book the venue)")]


async def test_a_gift_is_found_behind_the_changes_that_moved_away(bench: Bench) -> None:
    await bench.added()
    await bench.assigned(TESS)
    await bench.assigned(TESS, "U2")
    for number in range(40):
        await bench.assigned(MARIA, "U2", f"U{number + 10}")
    await bench.declined()
    await bench.work()
    assert [person for person, _ in bench.told] == ["U3"]


@pytest.mark.parametrize("made_by", [SAM, Actor(person=None, source=Source.NOTION)])
async def test_nobody_is_told_of_what_they_do_themselves_nor_nobody(
    bench: Bench, made_by: Actor
) -> None:
    await bench.added(by=made_by)
    await bench.declined()
    await bench.work()
    assert (bench.told, bench.places) == ([], [])


async def test_what_is_over_or_taken_back_before_it_is_told_is_not_told(bench: Bench) -> None:
    await bench.added()
    await bench.declined()
    await bench.tasks.undo(UndoChange(team=TEAM, number=1, by=SAM, key="undo"))
    await bench.work()
    await bench.declined()
    await bench.tasks.complete(CompleteTask(team=TEAM, number=1, by=MARIA, key="done"))
    await bench.work()
    assert (bench.told, bench.places) == ([], [])


async def test_whoever_may_not_see_it_any_more_is_not_told() -> None:
    access = Doubtful()
    bench = Bench(access)
    await bench.added(audience="C7", channel="C7")
    await bench.declined()
    await bench.work()
    assert await bench.stores.places.next_due() == UNSURE  # where nobody can say, it waits
    access.inside = frozenset()
    bench.clock.advance(UNSURE)
    await bench.work()
    assert (bench.told, bench.places) == ([], [])


async def test_a_message_about_a_private_task_is_left_alone_once_its_reader_has_left() -> None:
    access = Doubtful()
    access.inside = frozenset({"C7"})
    bench = Bench(access)
    await bench.added(audience="C7", channel="C7")
    await bench.declined()
    await bench.work()
    assert [person for person, _ in bench.told] == ["U1"]
    access.inside = frozenset()
    await bench.assigned(MARIA, "U3", presence=Presence(here="C7", is_proven=True))
    await bench.work()
    assert bench.places == []
    assert len(bench.calls.made) == 1


async def lost(bench: Bench, *, by_death: bool) -> str:
    """Begin to tell, so that nobody knows how that went; return the name of the message."""
    await bench.added()
    await bench.declined()
    if by_death:
        claim = await bench.stores.places.claim()
        assert claim is not None
        await bench.stores.places.sending(claim, claim.places[0].key)
    else:
        bench.calls.ends = [Unclear()]
        await bench.work()
    return bench.places[0].key


@pytest.mark.parametrize("by_death", [True, False])
async def test_p2_what_may_have_arrived_is_looked_for_and_not_sent_again(
    bench: Bench, *, by_death: bool
) -> None:
    bench.calls.there = await lost(bench, by_death=by_death)
    sent = len(bench.told)
    for _ in range(3):
        bench.clock.advance(timedelta(minutes=1))
        await bench.work()
    assert len(bench.told) == sent
    (place,) = bench.places
    assert (place.key, place.channel, place.ts, place.sends) == ("DU1/4.4", "DU1", "4.4", 0)


@pytest.mark.parametrize("by_death", [True, False])
async def test_what_did_not_arrive_is_sent_again(bench: Bench, *, by_death: bool) -> None:
    await lost(bench, by_death=by_death)
    sent = len(bench.told)
    for _ in range(3):
        bench.clock.advance(timedelta(minutes=1))
        await bench.work()
    assert len(bench.told) == sent + 1
    assert [place.key for place in bench.places] == ["DU1/5.5"]


@pytest.mark.parametrize("by_death", [True, False])
async def test_p2_where_nobody_may_look_it_is_never_sent_again(
    bench: Bench, *, by_death: bool
) -> None:
    await lost(bench, by_death=by_death)
    sent = len(bench.told)
    bench.calls.is_blind = True
    bench.clock.advance(timedelta(minutes=10))
    await bench.work()
    assert (len(bench.told), bench.places) == (sent, [])


@pytest.mark.parametrize(
    ("end", "wait"),
    [
        (Unreached(), timedelta(seconds=2)),
        (Wait(timedelta(seconds=33)), timedelta(seconds=33)),
        (Refused("token_revoked"), DEAD_WAIT),
    ],
    ids=["unreached", "limited", "revoked"],
)
async def test_what_surely_did_not_arrive_is_sent_again_and_not_at_once(
    bench: Bench, end: NotDone, wait: timedelta
) -> None:
    await bench.added()
    bench.calls.ends = [end]
    await bench.declined()
    await bench.work()
    assert await bench.stores.places.next_due() == wait
    bench.clock.advance(wait)
    await bench.work()
    assert [person for person, _ in bench.told] == ["U1", "U1"]
    assert [place.channel for place in bench.places] == ["DU1"]


async def test_whoever_cannot_be_written_to_is_let_be(bench: Bench) -> None:
    await bench.added()
    bench.calls.ends = [Refused("messages_tab_disabled")]
    await bench.declined()
    await bench.work()
    assert (len(bench.told), bench.places) == (1, [])
    assert await bench.stores.places.next_due() is None
