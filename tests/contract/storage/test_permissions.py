"""Who sees and changes what, in the queries and the writes of every backend as in the rule."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tasks.commands import ListTasks, TaskFilter
from tasks.errors import OutOfReach
from tasks.model import Field, Status, SyncState, Task
from tasks.patch import Patch
from tasks.permissions import ANYBODY, Asker, Right, Standing, is_listed, may, reach
from tests import make
from tests.fakes.tasks import matches
from tests.storage_world import World

MEMBER = Asker(person="U1", standing=Standing.MEMBER)
INSIDE = replace(MEMBER, inside=frozenset({"C1"}))
ASKERS = (
    ANYBODY,
    MEMBER,
    INSIDE,
    Asker(person="U2", standing=Standing.ADMIN),
    Asker(person="U2", standing=Standing.MEMBER, inside=frozenset({"C1", "C2"})),
    Asker(person="U1", standing=Standing.GUEST, inside=frozenset({"C2"})),
    Asker(person="U3", standing=Standing.GUEST),
    Asker(person="U3", standing=Standing.STRANGER, inside=frozenset({"C1"})),
)
FILTERS = (
    TaskFilter(),
    TaskFilter(done=True),
    TaskFilter(owner="U1"),
    TaskFilter(owner="U2"),
    TaskFilter(owner="U1", unassigned=True),
    TaskFilter(unassigned=True),
    TaskFilter(handed_by="U1"),
    TaskFilter(done=True, owner="U1"),
    TaskFilter(channel="C1"),
    TaskFilter(tag="all"),
    TaskFilter(words=("book",)),
)


def every_kind() -> list[Task]:
    return [
        make.task(
            creator=creator,
            assignees=assignees,
            channel=channel,
            audience=audience,
            tags=("all",),
            status=status,
        )
        for status in (Status.OPEN, Status.DONE)
        for creator in ("U1", "U2")
        for assignees in ((), ("U1",), ("U2", "U3"))
        for channel, audience in (
            (None, None),
            ("C1", None),
            ("C2", None),
            ("C1", "C1"),
            ("C2", "C2"),
            ("D1", creator),
        )
    ]


@pytest.fixture
async def kept(world: World) -> list[Task]:
    return [(await world.tasks.add(task, key=make.fresh("key"))).task for task in every_kind()]


async def listed(world: World, asked: TaskFilter, asker: Asker) -> list[int]:
    found: list[int] = []
    cursor = None
    while True:
        request = ListTasks(team="T1", filter=asked, asker=asker, cursor=cursor, limit=7)
        page = await world.tasks.find(request)
        found += [task.number for task in page.tasks]
        if page.next is None:
            return found
        cursor = page.next


async def test_every_list_shows_each_person_what_the_rule_lets_them_see(
    world: World, kept: list[Task]
) -> None:
    for asker in ASKERS:
        for asked in FILTERS:
            expected = {
                task.number
                for task in kept
                if matches(asked, task) and is_listed(asker, task, owner=asked.owner)
            }
            found = await listed(world, asked, asker)
            assert len(found) == len(set(found))
            assert set(found) == expected, (asker, asked)


async def test_a_change_is_made_where_the_rule_allows_it_and_nowhere_else(
    world: World, kept: list[Task]
) -> None:
    patch = Patch.of({Field.NOTES: "changed"})
    for asker in ASKERS:
        for right in (Right.EDIT, Right.DELETE):
            for task in kept[:36:5]:
                order = make.order(task, patch, reach=reach(asker, right))
                if may(asker, task, right):
                    await world.tasks.change(order)
                else:
                    before = await world.tasks.get("T1", task.number)
                    with pytest.raises(OutOfReach):
                        await world.tasks.change(order)
                    assert await world.tasks.get("T1", task.number) == before


async def test_a_repeated_change_of_somebody_who_has_left_is_refused(world: World) -> None:
    task = (await world.tasks.add(make.task(audience="C1"), key="k")).task
    order = make.order(task, Patch.of({Field.NOTES: "x"}), reach=reach(INSIDE, Right.EDIT))
    await world.tasks.change(order)
    with pytest.raises(OutOfReach):
        await world.tasks.change(replace(order, reach=reach(MEMBER, Right.EDIT)))


async def test_a_private_task_is_never_behind_whatever_happens_to_it(world: World) -> None:
    private = (await world.tasks.add(make.task(audience="C1"), key="k")).task
    assert private.sync.state is SyncState.OFF
    await world.tasks.change(make.order(private, Patch.of({Field.NOTES: "x"})))
    asked_again = await world.queue.requeue("T1", private.number)
    assert asked_again.sync.state is SyncState.OFF
    assert await world.queue.claim() is None
    assert await world.queue.next_due() is None
    assert (await world.queue.backlog("T1")).behind == 0


async def test_the_creator_leaves_the_owners_list_with_the_channel(world: World) -> None:
    task = (await world.tasks.add(make.task(creator="U1", audience="C1"), key="k")).task
    mine = TaskFilter(owner="U1")
    assert await listed(world, mine, INSIDE) == [task.number]
    assert await listed(world, mine, MEMBER) == []
    given_to = Patch.of({Field.ASSIGNEES: ("U1",)})
    await world.tasks.change(make.order(task, given_to))
    assert await listed(world, mine, MEMBER) == [task.number]
    await world.tasks.change(make.order(task, Patch.of({Field.ASSIGNEES: ()})))
    assert await listed(world, mine, MEMBER) == []
    assert await listed(world, mine, INSIDE) == [task.number]


async def test_an_audience_outlives_storage(world: World) -> None:
    for audience in (None, "C1", "U_MARIA"):
        task = (await world.tasks.add(make.task(audience=audience), key=make.fresh("k"))).task
        assert task.audience == audience
        assert (await world.tasks.get("T1", task.number)).audience == audience
