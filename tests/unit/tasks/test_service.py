"""What a person can ask of tasks: every method of the service, over memory."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tasks.commands import ListTasks, TaskFilter
from tasks.errors import NoSuchTask, NotSaved, OutcomeUnknown, Refused, TaskIsDeleted
from tasks.model import Due, Field, Priority, Status
from tests.unit.tasks.world import MARIA, NOW, SAM, TEAM, ForgetfulStore, Office

FRIDAY = Due.local(datetime(2026, 11, 27, 16, 0, tzinfo=UTC), "Europe/Berlin")


async def test_an_added_task_has_everything_that_was_asked_for(office: Office) -> None:
    saved = await office.add(
        "  Book the\nvenue ",
        notes="By the lake",
        assignees=("U2", "U1", "U2"),
        due=FRIDAY,
        priority=Priority.HIGH,
        tags=("#Offsite", "offsite", "q1"),
        repeat="month",
        channel="C1",
        source="https://example.org/m1",
    )
    task = saved.task
    assert (task.id, task.team, task.number, task.rev) == ("id-1", TEAM, 1, 1)
    assert (task.title, task.notes) == ("Book the venue", "By the lake")
    assert task.assignees == ("U2", "U1")
    assert (task.due, task.priority, task.tags) == (FRIDAY, Priority.HIGH, ("offsite", "q1"))
    assert (task.repeat, task.channel, task.source) == ("month", "C1", "https://example.org/m1")
    assert (task.creator, task.status, task.completed_at) == ("U1", Status.OPEN, None)
    assert (task.created_at, task.updated_at) == (NOW, NOW)
    assert [(change.rev, change.fields) for change in task.changes] == [(1, ())]
    assert await office.service.get(TEAM, 1) == task


async def test_a_task_may_be_added_done(office: Office) -> None:
    task = (await office.add(status=Status.DONE)).task
    assert (task.completed_at, task.completed_by) == (NOW, "U1")


async def test_numbers_go_up_in_each_workspace(office: Office) -> None:
    numbers = [(await office.add()).task.number for _ in range(3)]
    other = await office.add(team="T2")
    assert (numbers, other.task.number) == ([1, 2, 3], 1)


async def test_the_same_action_adds_one_task(office: Office) -> None:
    first = await office.add(key="same")
    await office.complete()
    again = await office.add(key="same")
    assert (first.repeated, again.repeated) == (False, True)
    assert again.task.number == first.task.number
    assert again.task.status is Status.DONE  # as it is now
    assert len(office.told) == 2


@pytest.mark.parametrize("title", ["", "  \n ", "\x00\x07", "\ud83d"])
async def test_a_task_without_a_title_is_refused(office: Office, title: str) -> None:
    with pytest.raises(Refused, match="needs a title") as refusal:
        await office.add(title)
    assert refusal.value.field is Field.TITLE
    assert not office.database.records


async def test_a_title_too_long_is_shortened_and_kept_whole_in_the_notes(office: Office) -> None:
    long = "word " * 2000
    saved = await office.add(long, notes="mine")
    assert len(saved.task.title) <= 250
    assert saved.task.notes == f"{long.strip()}\n\nmine"
    assert saved.notes == (
        "The title was too long: it is shortened, and the full text is in the notes.",
    )


async def test_a_title_is_kept_literally(office: Office) -> None:
    title = "<!channel> $secret 🎉 שלום <https://example.org|x> {{y}}"
    assert (await office.add(title)).task.title == title


async def test_only_what_changed_is_told_to_followers(office: Office) -> None:
    await office.add()
    await office.complete()
    await office.complete()
    await office.complete(key="k2")
    assert len(office.told) == 2


async def test_done_and_reopened(office: Office) -> None:
    await office.add()
    office.clock.advance(timedelta(hours=1))
    done = (await office.complete(SAM)).task
    assert (done.status, done.completed_by, done.rev) == (Status.DONE, "U2", 2)
    assert done.completed_at == done.updated_at == NOW + timedelta(hours=1)
    assert not done.is_open
    reopened = (await office.reopen()).task
    assert (reopened.status, reopened.completed_by, reopened.completed_at) == (
        Status.OPEN,
        None,
        None,
    )


async def test_done_by_two_people_is_done_once_and_said_to_the_second(office: Office) -> None:
    await office.add()
    first, second = await office.complete(MARIA), await office.complete(SAM)
    assert (first.changed, second.changed) == (True, False)
    assert (second.task.completed_by, second.task.rev) == ("U1", 2)


async def test_an_action_repeated_later_has_no_second_effect(office: Office) -> None:
    await office.add()
    await office.complete(key="press")
    await office.reopen()
    again = await office.complete(key="press")
    assert again.repeated
    assert (again.task.status, again.task.rev) == (Status.OPEN, 3)


async def test_assigned_means_to_exactly_these(office: Office) -> None:
    await office.add(assignees=("U1",))
    assert (await office.assign("U2", "U3", "U2")).task.assignees == ("U2", "U3")
    nobody = (await office.assign()).task
    assert (nobody.assignees, nobody.owners) == ((), ("U1",))


async def test_too_many_people_are_refused(office: Office) -> None:
    await office.add()
    with pytest.raises(Refused, match="at most 20") as refusal:
        await office.assign(*(f"U{n}" for n in range(21)))
    assert refusal.value.field is Field.ASSIGNEES


async def test_due_and_priority_are_set_and_cleared(office: Office) -> None:
    await office.add()
    assert (await office.schedule(due=FRIDAY)).task.due == FRIDAY
    assert (await office.schedule(due=None)).task.due is None
    assert (await office.prioritise(priority=Priority.LOW)).task.priority is Priority.LOW
    assert (await office.prioritise(priority=None)).task.priority is None


async def test_tags_are_added_and_taken_off(office: Office) -> None:
    await office.add(tags=("a",))
    assert (await office.tag("#B", "a", "c")).task.tags == ("a", "b", "c")
    assert (await office.tag(off=("C", "A", "z"))).task.tags == ("b",)
    assert (await office.tag("d", off=("b",))).task.tags == ("d",)
    assert not (await office.tag("d")).changed


async def test_a_deleted_task_can_be_seen_and_restored_but_not_changed(office: Office) -> None:
    await office.add()
    assert (await office.delete()).task.deleted
    assert (await office.service.get(TEAM, 1)).deleted
    with pytest.raises(TaskIsDeleted) as refusal:
        await office.complete()
    assert refusal.value.task.number == 1
    assert not (await office.restore()).task.deleted
    assert (await office.complete()).changed


async def test_an_unknown_task_is_said_to_be_unknown(office: Office) -> None:
    await office.add()
    for asked in (
        office.complete(number=2),
        office.reopen(team="T2"),
        office.undo(number=2),
        office.service.get("T2", 1),
        office.service.history(TEAM, 2),
        office.edit({Field.TITLE: "x"}, seen=1, number=2),
    ):
        with pytest.raises(NoSuchTask):
            await asked


async def test_a_list_is_of_one_workspace_and_goes_on_at_its_cursor(office: Office) -> None:
    for day in (3, 1, 2):
        await office.add(f"Day {day}", due=Due.on(date(2026, 12, day)))
    await office.add("Elsewhere", team="T2")
    asked = ListTasks(team=TEAM, filter=TaskFilter(), limit=2)
    page = await office.service.list(asked)
    assert [task.title for task in page.tasks] == ["Day 1", "Day 2"]
    rest = await office.service.list(
        ListTasks(team=TEAM, filter=TaskFilter(), limit=2, cursor=page.next)
    )
    assert ([task.title for task in rest.tasks], rest.next) == (["Day 3"], None)


async def test_history_is_newest_first_and_says_whether_there_is_more(office: Office) -> None:
    await office.add()
    for title in ("B", "C", "D"):
        rev = (await office.service.get(TEAM, 1)).rev
        await office.edit({Field.TITLE: title}, seen=rev)
    page = await office.service.history(TEAM, 1, limit=2)
    assert [change.rev for change in page.changes] == [4, 3]
    assert page.has_more
    rest = await office.service.history(TEAM, 1, before_rev=3)
    assert [change.rev for change in rest.changes] == [2, 1]
    assert not rest.has_more
    assert (await office.service.history(TEAM, 1, before_rev=1)).changes == ()


async def test_history_joins_what_the_task_keeps_with_what_was_moved_away() -> None:
    office = Office(store_kind=ForgetfulStore)
    await office.add()
    for priority in (Priority.LOW, Priority.HIGH, Priority.URGENT, None):
        await office.prioritise(priority=priority)
    page = await office.service.history(TEAM, 1, limit=4)
    assert [change.rev for change in page.changes] == [5, 4, 3, 2]
    assert page.has_more
    assert [c.rev for c in (await office.service.history(TEAM, 1)).changes] == [5, 4, 3, 2, 1]


async def test_what_the_database_says_reaches_the_person_unchanged(office: Office) -> None:
    office.database.fail_next(NotSaved())
    with pytest.raises(NotSaved):
        await office.add()
    assert (office.database.records, office.told) == ({}, [])


async def test_an_action_of_unknown_outcome_is_done_once_when_it_is_sent_again(
    office: Office,
) -> None:
    office.database.fail_next(OutcomeUnknown(), after_effect=True)
    with pytest.raises(OutcomeUnknown):
        await office.add(key="same")
    again = await office.add(key="same")
    assert (again.repeated, again.task.number) == (True, 1)
    assert len(office.database.records) == 1
