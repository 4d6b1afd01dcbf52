"""What every TaskStore promises."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.codec import APPLIED_KEYS
from tasks.commands import NOTE_WORDS_MAX, LinePage, ListTasks, Order, TaskFilter, TaskLine
from tasks.errors import BrokenCursor, NoSuchTask, StaleRevision, TaskIsDeleted
from tasks.model import Actor, Due, Field, Priority, Source, Status, Task
from tasks.patch import Patch
from tasks.ports import ChangeOrder
from tests import make
from tests.contract.storage.strategies import (
    actors,
    filters,
    milliseconds,
    patches,
    simple_filters,
    task_fields,
)
from tests.fakes.tasks import matches
from tests.storage_world import World

DONE = Patch.of({Field.STATUS: Status.DONE})
DELETE = Patch.of({Field.DELETED: True})
REOPEN = Patch.of({Field.STATUS: Status.OPEN})
RESTORE = Patch.of({Field.DELETED: False})

# The database outlives the examples; each of them works in a team or on a task of its own.
few = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


async def added(world: World, **given: Any) -> Task:  # noqa: ANN401  # fields of a task
    return (await world.tasks.add(make.task(**given), key=make.fresh("key"))).task


async def changed(
    world: World,
    task: Task,
    patch: Patch,
    **given: Any,  # noqa: ANN401  # fields of an order
) -> Task:
    return (await world.tasks.change(make.order(task, patch, **given))).task


async def test_numbers_count_up_within_each_team(world: World) -> None:
    numbers = [(await added(world, team=team)).number for team in ("T1", "T1", "T2", "T1")]
    assert numbers == [1, 2, 1, 3]


async def test_the_number_a_new_task_carries_is_ignored(world: World) -> None:
    assert (await added(world, number=77)).number == 1


@few
@given(fields=task_fields())
async def test_a_task_comes_back_as_it_was_added(world: World, fields: dict[str, Any]) -> None:
    task = make.task(**fields)
    saved = await world.tasks.add(task, key=make.fresh("key"))
    assert saved.task == replace(task, number=saved.task.number)
    assert (saved.changed, saved.repeated) == (True, False)
    assert await world.tasks.get(task.team, saved.task.number) == saved.task


async def test_the_same_key_makes_one_task_and_shows_it_as_it_is_now(world: World) -> None:
    first = await world.tasks.add(make.task(), key="k")
    done = await changed(world, first.task, DONE)
    again = await world.tasks.add(make.task(title="Something else"), key="k")
    assert again.repeated
    assert again.task == done


async def test_p2_twenty_deliveries_at_once_make_one_task(world: World) -> None:
    saved = await asyncio.gather(*(world.tasks.add(make.task(), key="k") for _ in range(20)))
    assert sorted(one.repeated for one in saved) == [False] + [True] * 19
    assert len({one.task.id for one in saved}) == 1


async def test_twenty_tasks_at_once_get_twenty_numbers(world: World) -> None:
    tasks = await asyncio.gather(*(added(world) for _ in range(20)))
    assert len({task.number for task in tasks}) == 20


async def test_the_same_key_in_another_team_is_another_action(world: World) -> None:
    await world.tasks.add(make.task(team="T1"), key="k")
    assert not (await world.tasks.add(make.task(team="T2"), key="k")).repeated


async def test_p6_another_teams_task_is_as_unknown_as_none(world: World) -> None:
    theirs = await added(world, team="T2")
    for number in (theirs.number, 99):
        with pytest.raises(NoSuchTask):
            await world.tasks.get("T1", number)
        with pytest.raises(NoSuchTask):
            await world.tasks.change(make.order(replace(theirs, team="T1", number=number), DONE))
    assert await world.tasks.get("T2", theirs.number) == theirs


@few
@given(
    fields=task_fields(),
    steps=st.lists(st.tuples(patches(), actors, milliseconds), min_size=1, max_size=3),
    undoes=st.none() | st.integers(1, 3),
)
async def test_a_change_is_exactly_what_the_task_says(
    world: World,
    fields: dict[str, Any],
    steps: list[tuple[Patch, Actor, Any]],
    undoes: int | None,
) -> None:
    task = await added(world, **fields)
    for patch, by, at in steps:
        if task.deleted and patch.values.get(Field.DELETED) is not False:
            continue
        order = make.order(task, patch, by=by, at=at, undoes=undoes, expected_rev=task.rev)
        expected = task.changed(patch, by=by, at=at, key=order.key, undoes=undoes)
        saved = await world.tasks.change(order)
        assert saved.task == expected
        assert saved.changed == (expected is not task)
        task = expected
    assert await world.tasks.get(task.team, task.number) == task


async def test_instants_are_kept_to_the_millisecond(world: World) -> None:
    at = make.NOON + timedelta(microseconds=1999)
    task = await added(world, at=at)
    done = await changed(world, task, DONE, at=at)
    assert {task.created_at, done.updated_at, done.completed_at} == {
        make.NOON + timedelta(milliseconds=1)
    }


async def test_p2_twenty_deliveries_of_one_change_change_once(world: World) -> None:
    task = await added(world)
    order = make.order(task, DONE)
    saved = await asyncio.gather(*(world.tasks.change(order) for _ in range(20)))
    assert sorted(one.repeated for one in saved) == [False] + [True] * 19
    assert {one.task.rev for one in saved} == {2}


async def test_twenty_changes_of_one_revision_make_one_and_conflicts(world: World) -> None:
    task = await added(world)

    async def attempt(number: int) -> bool:
        patch = Patch.of({Field.NOTES: f"note {number}"})
        try:
            await world.tasks.change(make.order(task, patch, expected_rev=1))
        except StaleRevision as stale:
            return stale.task.rev != 2
        return True

    outcomes = await asyncio.gather(*(attempt(number) for number in range(20)))
    assert sorted(outcomes) == [False] * 19 + [True]
    assert (await world.tasks.get(task.team, task.number)).rev == 2


async def test_twenty_tags_added_at_once_are_all_there(world: World) -> None:
    task = await added(world)
    patches_ = [Patch(added={Field.TAGS: (f"tag{number}",)}) for number in range(20)]
    await asyncio.gather(*(changed(world, task, patch) for patch in patches_))
    now = await world.tasks.get(task.team, task.number)
    assert set(now.tags) == {f"tag{number}" for number in range(20)}
    assert [change.rev for change in now.changes] == list(range(1, 22))


async def test_a_change_that_makes_no_difference_leaves_no_trace(world: World) -> None:
    task = await changed(world, await added(world), DONE)
    saved = await world.tasks.change(make.order(task, DONE, key="again"))
    assert (saved.changed, saved.repeated, saved.task) == (False, False, task)
    reopened = await changed(world, task, Patch.of({Field.STATUS: Status.OPEN}))
    assert (await world.tasks.change(make.order(task, DONE, key="again"))).task.rev > reopened.rev


async def test_a_patch_of_nothing_changes_nothing(world: World) -> None:
    task = await added(world)
    assert not (await world.tasks.change(make.order(task, Patch()))).changed


async def test_a_deleted_task_can_only_be_restored(world: World) -> None:
    task = await changed(world, await added(world), DELETE)
    for patch in (DONE, DELETE):
        with pytest.raises(TaskIsDeleted) as refused:
            await world.tasks.change(make.order(task, patch))
        assert refused.value.task == task
    assert not (await changed(world, task, RESTORE)).deleted


async def test_a_repeated_key_is_known_even_when_the_task_is_deleted_or_newer(
    world: World,
) -> None:
    task = await added(world)
    order = make.order(task, DONE, expected_rev=1)
    await world.tasks.change(order)
    deleted = await changed(world, task, DELETE)
    again = await world.tasks.change(order)
    assert (again.repeated, again.task) == (True, deleted)


async def test_a_deleted_task_is_said_to_be_deleted_rather_than_changed(world: World) -> None:
    task = await changed(world, await added(world), DELETE)
    with pytest.raises(TaskIsDeleted):
        await world.tasks.change(make.order(task, DONE, expected_rev=1))


async def test_fifty_later_changes_do_not_make_a_key_forgotten(world: World) -> None:
    task = await added(world)
    order = make.order(task, DONE)
    await world.tasks.change(order)
    for number in range(49):
        await changed(world, task, Patch.of({Field.NOTES: str(number)}))
    assert (await world.tasks.change(order)).repeated


async def test_p2_a_key_is_known_however_many_changes_have_followed(world: World) -> None:
    task = await added(world)
    order = make.order(task, DONE)
    await world.tasks.change(order)
    await changed(world, task, REOPEN)
    for number in range(APPLIED_KEYS):
        await changed(world, task, Patch.of({Field.NOTES: str(number)}))
    assert (await world.tasks.change(order)).repeated
    await world.move_history()
    again = await world.tasks.change(order)
    assert (again.repeated, again.task.is_open) == (True, True)
    assert (await world.tasks.change(make.order(task, DONE))).changed


async def test_the_key_of_a_creation_is_no_key_of_a_change(world: World) -> None:
    task = (await world.tasks.add(make.task(), key="k")).task
    for number in range(APPLIED_KEYS):
        await changed(world, task, Patch.of({Field.NOTES: str(number)}))
    await world.move_history()
    saved = await world.tasks.change(make.order(task, DONE, key=task.changes[0].key))
    assert (saved.changed, saved.repeated) == (True, False)


async def test_the_task_that_a_key_was_applied_to_is_found_among_those_touched_lately(
    world: World,
) -> None:
    task, other = await added(world), await added(world)
    await changed(world, task, DONE, key="k")
    await changed(world, other, DONE, at=make.NOON + timedelta(minutes=1))
    for number in range(30):
        task = await changed(world, task, Patch.of({Field.NOTES: str(number)}))
    await world.move_history()
    found = await world.tasks.applied("T1", "U_SAM", key="k", limit=5)
    assert found is not None
    assert found.id == task.id
    assert await world.tasks.applied("T1", "U_SAM", key="k", limit=1) is None
    assert await world.tasks.applied("T1", "U_SAM", key="other", limit=5) is None
    assert await world.tasks.applied("T2", "U_SAM", key="k", limit=5) is None


async def walked(world: World, team: str, asked: TaskFilter, limit: int) -> list[Task]:
    found: list[Task] = []
    cursor = None
    while True:
        request = ListTasks(team=team, filter=asked, cursor=cursor, limit=limit)
        page = await world.tasks.find(request)
        assert len(page.tasks) <= limit
        lines = LinePage(lines=tuple(map(TaskLine.of, page.tasks)), next=page.next)
        assert await world.tasks.lines(request) == lines
        found += page.tasks
        if page.next is None:
            return found
        assert len(page.tasks) == limit
        cursor = page.next


@few
@given(
    some=st.lists(task_fields(), max_size=7),
    deleted=st.sets(st.integers(0, 6), max_size=1),
    asked=filters | simple_filters,
    limit=st.integers(1, 4),
)
async def test_a_list_walked_by_pages_is_all_that_matches_in_order(
    world: World,
    some: list[dict[str, Any]],
    deleted: set[int],
    asked: TaskFilter,
    limit: int,
) -> None:
    team = make.fresh("team")
    tasks = [await added(world, team=team, **fields) for fields in some]
    for place in deleted & set(range(len(tasks))):
        tasks[place] = await changed(world, tasks[place], DELETE)
    found = await walked(world, team, asked, limit)
    assert sorted(task.number for task in found) == sorted(
        task.number for task in tasks if matches(asked, task)
    )
    if asked.order is Order.NEWEST:
        assert found == sorted(found, key=lambda task: -task.number)
    else:
        assert found == sorted(found, key=in_order)


def in_order(task: Task) -> tuple[float, int]:
    if task.status is Status.DONE:
        return (-task.completed_at.timestamp() if task.completed_at else 0.0, task.number)
    return (task.rank.timestamp() if task.rank else float("inf"), task.number)


async def test_lists_follow_a_change_and_leave_out_only_its_history(world: World) -> None:
    task = await added(world, title="Book the venue")
    patch = Patch(
        values={
            Field.TITLE: "Call the caterer",
            Field.ASSIGNEES: ("U_SAM",),
            Field.PRIORITY: Priority.HIGH,
        },
        added={Field.TAGS: ("food",)},
    )
    task = await changed(world, task, patch)
    now_there = [TaskFilter(words=("cater",)), TaskFilter(owner="U_SAM"), TaskFilter(tag="food")]
    now_gone = [
        TaskFilter(words=("venue",)),
        TaskFilter(owner="U_MARIA"),
        TaskFilter(unassigned=True),
    ]
    for asked in now_there:
        assert await walked(world, "T1", asked, 5) == [replace(task, changes=())]
    for asked in now_gone:
        assert await walked(world, "T1", asked, 5) == []


async def test_a_page_has_a_hundred_tasks_at_most(world: World) -> None:
    await asyncio.gather(*(added(world) for _ in range(101)))
    page = await world.tasks.find(ListTasks(team="T1", filter=TaskFilter(), limit=10_000))
    assert len(page.tasks) == 100
    assert page.next is not None


@pytest.mark.parametrize(
    "cursor",
    ["", "?", "é", "AAAA", "ZHVlOjE", "ZHVlOjpi", "ZHVlOjk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OjE="],
)
async def test_a_broken_cursor_is_refused_with_a_sentence(world: World, cursor: str) -> None:
    with pytest.raises(BrokenCursor, match="from the start"):
        await world.tasks.find(ListTasks(team="T1", filter=TaskFilter(), cursor=cursor))


async def test_a_cursor_of_another_order_is_refused(world: World) -> None:
    for _ in range(2):
        await added(world)
    page = await world.tasks.find(ListTasks(team="T1", filter=TaskFilter(), limit=1))
    with pytest.raises(BrokenCursor):
        await world.tasks.find(ListTasks(team="T1", filter=TaskFilter(done=True), cursor=page.next))


async def test_touched_are_a_persons_tasks_latest_changed_first(world: World) -> None:
    made = await added(world, by=make.SAM)
    later, deleted = await added(world), await added(world)
    await added(world)
    later = await changed(world, later, DONE, at=make.NOON + timedelta(minutes=2))
    deleted = await changed(world, deleted, DELETE, at=make.NOON + timedelta(minutes=1))
    assert await world.tasks.touched("T1", "U_SAM", limit=5) == (later, deleted, made)
    assert await world.tasks.touched("T1", "U_SAM", limit=1) == (later,)
    assert await world.tasks.touched("T2", "U_SAM", limit=5) == ()


async def test_history_reaches_back_to_the_first_change_moved_or_not(world: World) -> None:
    task = await added(world)
    for number in range(30):
        task = await changed(world, task, Patch.of({Field.NOTES: str(number)}))
    whole = tuple(reversed(task.changes))
    await world.move_history()
    assert await world.tasks.history(task, before_rev=32, limit=50) == whole
    assert await world.tasks.history(task, before_rev=15, limit=4) == whole[17:21]
    assert await world.tasks.history(task, before_rev=1, limit=4) == ()
    kept = (await world.tasks.get("T1", task.number)).changes
    assert await world.tasks.get("T1", task.number) == replace(task, changes=kept)
    assert kept == task.changes[-len(kept) :]


async def test_an_actor_without_a_person_leaves_no_hand(world: World) -> None:
    task = await added(world)
    order = ChangeOrder(
        team=task.team,
        number=task.number,
        patch=DONE,
        by=Actor(person=None, source=Source.NOTION),
        at=make.NOON,
        key="k",
    )
    done = (await world.tasks.change(order)).task
    assert done.completed_by is None
    assert await world.tasks.touched("T1", "U_MARIA", limit=5) == (done,)


async def test_only_a_task_that_is_as_expected_is_changed(world: World) -> None:
    task = await added(world)
    mine = Patch(added={Field.ASSIGNEES: ("U1",)})
    free = {Field.ASSIGNEES: ()}
    await world.tasks.change(make.order(task, mine, expected=free))
    yours = Patch(added={Field.ASSIGNEES: ("U2",)})
    with pytest.raises(StaleRevision) as stale:
        await world.tasks.change(make.order(task, yours, expected=free))
    assert stale.value.task.assignees == ("U1",)


async def test_only_a_task_whose_lists_hold_what_they_are_to_hold_is_changed(world: World) -> None:
    task = await added(world, assignees=("U1", "U$2"))
    yes = Patch(added={Field.ACCEPTED: ("U$2",)})
    theirs = {Field.ASSIGNEES: ("U$2",)}
    assert (await world.tasks.change(make.order(task, yes, holds=theirs))).changed
    assert not (await world.tasks.change(make.order(task, yes, holds=theirs))).changed
    with pytest.raises(StaleRevision) as stale:
        await world.tasks.change(make.order(task, yes, holds={Field.ASSIGNEES: ("U3",)}))
    assert stale.value.task.accepted == ("U$2",)


async def test_a_snoozed_task_is_listed_where_it_was_put_off_to(world: World) -> None:
    at = make.NOON + timedelta(hours=1)
    soon = await added(world, due=Due.local(at, "UTC"))
    later = await added(world, due=Due.local(at + timedelta(hours=1), "UTC"))
    until = Due.local(at + timedelta(days=2), "UTC")
    await world.tasks.change(make.order(soon, Patch.of({Field.SNOOZED: until})))
    assert await numbers(world, TaskFilter()) == [later.number, soon.number]
    assert await numbers(world, TaskFilter(due_before=at + timedelta(days=1))) == [later.number]
    await world.tasks.change(make.order(soon, Patch.of({Field.SNOOZED: None})))
    assert await numbers(world, TaskFilter()) == [soon.number, later.number]


async def numbers(world: World, asked: TaskFilter) -> list[int]:
    page = await world.tasks.find(ListTasks(team="T1", filter=asked))
    return [task.number for task in page.tasks]


async def found(world: World, *words: str) -> list[int]:
    page = await world.tasks.find(ListTasks(team="T1", filter=TaskFilter(words=words)))
    return [task.number for task in page.tasks]


async def test_the_words_of_title_and_notes_are_found_and_each_side_keeps_its_own(
    world: World,
) -> None:
    task = await added(world, title="Book the venue", notes="Ask Café Crème about the venue")
    await added(world, title="Call the caterer")
    assert await found(world, "ven") == await found(world, "café", "boo") == [1]
    task = await changed(world, task, Patch.of({Field.TITLE: "Book a room"}))
    assert await found(world, "venue") == [1]  # of the notes, still
    task = await changed(world, task, Patch.of({Field.NOTES: "Nothing yet"}))
    assert await found(world, "venue") == []
    assert await found(world, "room", "noth") == [1]
    await changed(world, task, Patch.of({Field.NOTES: ""}))
    assert (await found(world, "noth"), await found(world, "room")) == ([], [1])


async def test_of_long_notes_the_first_words_are_found(world: World) -> None:
    await added(world, notes=" ".join(f"word{number}" for number in range(NOTE_WORDS_MAX + 1)))
    assert await found(world, "word0", f"word{NOTE_WORDS_MAX - 1}") == [1]
    assert await found(world, f"word{NOTE_WORDS_MAX}") == []
