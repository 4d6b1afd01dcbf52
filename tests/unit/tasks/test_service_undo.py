"""Taking a change back, where nobody changed the same since."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tasks.commands import Saved
from tasks.errors import NothingToUndo, NotSaved, OvertakenSince, StaleRevision
from tasks.model import Change, Field, Priority, Status
from tasks.patch import undo
from tasks.ports import ChangeOrder
from tests.fakes.tasks import MemoryTaskStore
from tests.unit.tasks.world import MARIA, NOW, SAM, TEAM, ForgetfulStore, Office, a_task


async def test_undo_takes_back_the_persons_own_latest_change(office: Office) -> None:
    await office.add("One")
    await office.add("Two")
    office.clock.advance(timedelta(minutes=1))
    await office.complete(number=1)
    office.clock.advance(timedelta(minutes=1))
    await office.complete(SAM, number=2)
    undone = await office.undo()
    assert (undone.task.number, undone.task.status) == (1, Status.OPEN)
    assert undone.task.changes[-1].undoes == 2
    assert (await office.service.get(TEAM, 2)).status is Status.DONE


async def test_undo_goes_back_step_by_step_and_ends_with_the_creation(office: Office) -> None:
    await office.add()
    for priority in (Priority.LOW, Priority.HIGH):
        office.clock.advance(timedelta(minutes=1))
        await office.prioritise(priority=priority)
    assert (await office.undo()).task.priority is Priority.LOW
    assert (await office.undo()).task.priority is None
    assert (await office.undo()).task.deleted
    with pytest.raises(NothingToUndo):
        await office.undo()


async def test_undo_of_a_deletion_brings_the_task_back(office: Office) -> None:
    await office.add()
    office.clock.advance(timedelta(minutes=1))
    await office.delete()
    assert not (await office.undo()).task.deleted


async def test_undo_of_a_form_takes_every_field_back_at_once(office: Office) -> None:
    await office.add("Old")
    await office.edit({Field.TITLE: "New", Field.NOTES: "n", Field.TAGS: ("t",)}, seen=1)
    task = (await office.undo(number=1)).task
    assert (task.title, task.notes, task.tags, task.rev) == ("Old", "", (), 3)


async def test_undo_leaves_alone_what_somebody_changed_since(office: Office) -> None:
    await office.add("Old")
    await office.edit({Field.TITLE: "Mine", Field.NOTES: "mine"}, seen=1)
    await office.edit({Field.TITLE: "Theirs"}, seen=2, by=SAM)
    task = (await office.undo(number=1)).task
    assert (task.title, task.notes) == ("Theirs", "")


async def test_undo_of_a_change_wholly_overtaken_is_refused(office: Office) -> None:
    await office.add("Old")
    await office.edit({Field.TITLE: "Mine"}, seen=1)
    await office.edit({Field.TITLE: "Theirs"}, seen=2, by=SAM)
    with pytest.raises(OvertakenSince) as refusal:
        await office.undo(number=1)
    assert refusal.value.task.title == "Theirs"


async def test_undo_of_one_task_takes_the_persons_own_change_there(office: Office) -> None:
    await office.add()
    await office.complete(MARIA)
    await office.prioritise(SAM, priority=Priority.HIGH)
    task = (await office.undo(MARIA, number=1)).task
    assert (task.status, task.priority) == (Status.OPEN, Priority.HIGH)


async def test_a_named_change_is_undone_whoever_made_it(office: Office) -> None:
    await office.add()
    await office.complete(MARIA)
    await office.prioritise(SAM, priority=Priority.HIGH)
    task = (await office.undo(SAM, number=1, rev=2)).task
    assert (task.status, task.priority) == (Status.OPEN, Priority.HIGH)
    again = await office.undo(SAM, number=1, rev=2)
    assert (again.repeated, again.task) == (True, task)


async def test_an_undo_repeated_is_done_once(office: Office) -> None:
    await office.add()
    office.clock.advance(timedelta(minutes=1))
    await office.complete()
    await office.undo(key="press")
    again = await office.undo(key="press")
    assert (again.repeated, again.task.rev, again.task.deleted) == (True, 3, False)


async def test_p2_an_undo_repeated_after_many_changes_takes_no_other_back() -> None:
    office = Office(store_kind=ForgetfulStore)
    for title in ("One", "Two"):
        await office.add(title)
    for number in (2, 1):
        office.clock.advance(timedelta(minutes=1))
        await office.complete(number=number)
    assert (await office.undo(key="press")).task.number == 1
    for priority in (*Priority, None):
        await office.prioritise(SAM, number=1, priority=priority)
    again = await office.undo(key="press")
    assert (again.repeated, again.task.number) == (True, 1)
    assert (await office.service.get(TEAM, 2)).status is Status.DONE


async def test_a_named_change_of_long_ago_is_said_to_be_overtaken() -> None:
    office = Office(store_kind=ForgetfulStore)
    await office.add()
    await office.complete()
    for priority in Priority:
        await office.prioritise(SAM, priority=priority)
    with pytest.raises(OvertakenSince):
        await office.undo(number=1, rev=2)


def test_a_change_whose_fields_only_a_newer_version_knows_is_no_creation() -> None:
    task = a_task()
    unknown = Change(rev=2, by=MARIA, at=NOW)
    assert undo(replace(task, rev=2, changes=(*task.changes, unknown)), unknown).fields == ()


async def test_a_stranger_has_nothing_to_undo(office: Office) -> None:
    await office.add()
    for by, facts in ((SAM, {}), (SAM, {"number": 1}), (MARIA, {"team": "T2"})):
        with pytest.raises(NothingToUndo):
            await office.undo(by, **facts)


async def test_the_latest_change_is_undone_within_a_day_only_unless_its_task_is_named(
    office: Office,
) -> None:
    await office.add()
    await office.complete()
    office.clock.advance(timedelta(hours=24, seconds=1))
    with pytest.raises(NothingToUndo):
        await office.undo()
    assert (await office.undo(number=1)).task.status is Status.OPEN


class OvertakenStore(MemoryTaskStore):
    """Lets somebody else win the first few times."""

    losses = 0

    async def change(self, order: ChangeOrder) -> Saved:
        if order.undoes is not None and self.losses:
            self.losses -= 1
            raise StaleRevision(await self.get(order.team, order.number))
        return await super().change(order)


@pytest.fixture
async def contested() -> Office:
    """Give an office with a change to undo, where others may win."""
    office = Office(store_kind=OvertakenStore)
    await office.add()
    await office.complete()
    return office


async def test_undo_tries_again_where_another_change_came_first(
    contested: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contested.store, "losses", 3)
    assert (await contested.undo(number=1)).task.status is Status.OPEN


async def test_undo_gives_up_truthfully_where_others_always_win(
    contested: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contested.store, "losses", 4)
    with pytest.raises(NotSaved, match="try again"):
        await contested.undo(number=1)
    assert (await contested.service.get(TEAM, 1)).status is Status.DONE
