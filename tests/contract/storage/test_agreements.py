"""Changes that a follower makes together with the base they rest on, and what they leave open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from storage.follower import LEASE
from tasks.errors import LeaseHeld, LeaseLost, NoSuchTask, StaleRevision
from tasks.model import Actor, Field, FieldChange, Source, Status, SyncState, Task
from tasks.patch import Patch
from tasks.ports import Agreement, ChangeOrder, Claim, KnownRow, Row
from tests import make
from tests.contract.storage.test_queue import ROW, added, claimed, synced
from tests.storage_world import World

NOTION = Actor(person="U_SAM", source=Source.NOTION)
BASE = {"values": {"title": "$title"}}


def agreeing(claim: Claim, patch: Patch, lost: dict[Field, object] | None = None) -> ChangeOrder:
    agreed = Agreement(fence=claim.fence, base=BASE, lost=lost or {})  # type: ignore[arg-type]  # short
    return make.order(claim.task, patch, by=NOTION, expected_rev=claim.task.rev, agreed=agreed)


async def held(world: World) -> Claim:
    await synced(world)
    claim = await world.queue.claim_row("T1", "page")
    assert claim is not None
    return claim


async def test_a_change_moves_the_base_in_the_same_write(world: World) -> None:
    claim = await held(world)
    saved = await world.tasks.change(agreeing(claim, Patch.of({Field.STATUS: Status.DONE})))
    assert (saved.task.status, saved.task.rev, saved.task.changes[-1].by) == (
        Status.DONE,
        2,
        NOTION,
    )
    await world.elapse(LEASE * 2)
    again = await claimed(world)
    assert again.row.base == BASE
    await world.queue.complete(again, replace(again.row, rev=2))
    assert (await world.tasks.get("T1", claim.task.number)).sync.state is SyncState.SYNCED


async def test_a_value_that_gives_way_is_in_the_history_and_open(world: World) -> None:
    claim = await held(world)
    patch = Patch.of({Field.STATUS: Status.DONE})
    task = (await world.tasks.change(agreeing(claim, patch, {Field.TITLE: "$theirs"}))).task
    theirs, back = task.changes[-2:]
    assert (task.title, task.status, task.rev) == (claim.task.title, Status.DONE, 3)
    assert FieldChange(field=Field.TITLE, before=task.title, after="$theirs") in theirs.fields
    assert back.fields == (FieldChange(field=Field.TITLE, before="$theirs", after=task.title),)
    assert (theirs.rev, back.rev, back.undoes, back.by.source) == (2, 3, 2, Source.SYSTEM)
    (conflict,) = task.sync.conflicts
    assert (conflict.field, conflict.value, conflict.rev) == (Field.TITLE, "$theirs", 2)
    assert task.sync.state is SyncState.CONFLICT
    before = task.at_rev(1)
    assert before is not None
    assert (before.title, before.status) == (claim.task.title, Status.OPEN)


async def open_conflict(world: World) -> Task:
    claim = await held(world)
    return (await world.tasks.change(agreeing(claim, Patch(), {Field.TITLE: "Theirs"}))).task


async def test_a_conflict_ends_when_its_field_changes_and_with_no_other(world: World) -> None:
    task = await open_conflict(world)
    task = (await world.tasks.change(make.order(task, Patch.of({Field.NOTES: "x"})))).task
    assert task.sync.state is SyncState.CONFLICT
    task = (await world.tasks.change(make.order(task, Patch.of({Field.TITLE: "Theirs"})))).task
    assert (task.sync.conflicts, task.sync.state) == ((), SyncState.WAITING)


async def test_a_conflict_ends_when_somebody_settles_it(world: World) -> None:
    task = await open_conflict(world)
    settled = await world.queue.settle("T1", task.number)
    assert (settled.sync.conflicts, settled.rev, settled.title) == ((), task.rev, task.title)
    with pytest.raises(NoSuchTask):
        await world.queue.settle("T1", 99)


async def test_a_newer_conflict_of_the_same_field_takes_the_place_of_the_older(
    world: World,
) -> None:
    task = await open_conflict(world)
    await world.elapse(LEASE * 2)
    claim = await claimed(world)
    lost: dict[Field, object] = {Field.TITLE: "Newer", Field.NOTES: "n"}
    task = (await world.tasks.change(agreeing(claim, Patch(), lost))).task
    assert [(one.field, one.value) for one in task.sync.conflicts] == [
        (Field.TITLE, "Newer"),
        (Field.NOTES, "n"),
    ]


async def test_who_lost_the_task_changes_nothing(world: World) -> None:
    late = await held(world)
    await world.elapse(LEASE * 2)
    await world.queue.claim_row("T1", "page")
    with pytest.raises(LeaseLost):
        await world.tasks.change(agreeing(late, Patch.of({Field.TITLE: "Late"})))
    assert (await world.tasks.get("T1", late.task.number)).rev == 1


async def test_a_change_that_came_first_is_told(world: World) -> None:
    claim = await held(world)
    await world.tasks.change(make.order(claim.task, Patch.of({Field.NOTES: "first"})))
    with pytest.raises(StaleRevision) as stale:
        await world.tasks.change(agreeing(claim, Patch.of({Field.TITLE: "Second"})))
    assert stale.value.task.notes == "first"


async def test_a_deleted_task_takes_what_was_changed_on_the_other_side(world: World) -> None:
    await synced(world)
    task = await world.tasks.get("T1", 1)
    await world.tasks.change(make.order(task, Patch.of({Field.DELETED: True})))
    claim = await world.queue.claim_row("T1", "page")
    assert claim is not None
    saved = await world.tasks.change(agreeing(claim, Patch.of({Field.TITLE: "Edited there"})))
    assert (saved.task.title, saved.task.deleted) == ("Edited there", True)


async def test_the_same_action_again_is_done_once(world: World) -> None:
    claim = await held(world)
    order = agreeing(claim, Patch.of({Field.TITLE: "Once"}), {Field.NOTES: "lost"})
    await world.tasks.change(order)
    again = await world.tasks.change(order)
    assert (again.repeated, again.task.rev) == (True, 3)


async def test_a_task_made_on_the_other_side_has_its_row_from_the_start(world: World) -> None:
    row = Row(id="theirs", url="https://n/1", base=BASE, remark="Two dates.")
    saved = await world.tasks.add(make.task(), key="notion:theirs", row=row)
    assert (saved.task.sync.url, saved.task.sync.remark) == ("https://n/1", "Two dates.")
    assert (await claimed(world)).row == row
    again = await world.tasks.add(make.task(), key="notion:theirs", row=row)
    assert (again.repeated, again.task.number) == (True, saved.task.number)


async def test_a_row_is_claimed_though_nothing_is_due(world: World) -> None:
    task = await synced(world)
    assert await world.queue.claim() is None
    claim = await world.queue.claim_row("T1", "page")
    assert claim is not None
    assert (claim.task.number, claim.row) == (task.number, ROW)
    await world.queue.complete(claim, ROW)
    assert await world.queue.next_due() is None


async def test_a_row_that_is_held_is_not_claimed_twice(world: World) -> None:
    await held(world)
    with pytest.raises(LeaseHeld):
        await world.queue.claim_row("T1", "page")
    await world.elapse(LEASE * 2)
    assert await world.queue.claim_row("T1", "page") is not None


async def test_a_row_is_nobodys_in_another_team_or_unknown(world: World) -> None:
    await synced(world)
    assert await world.queue.claim_row("T2", "page") is None
    assert await world.queue.claim_row("T1", "other") is None


async def test_rows_are_found_by_id_and_by_key(world: World) -> None:
    task = await synced(world)
    other = await added(world)
    assert await world.rows.known("T1", ["page", "unknown"]) == {
        "page": KnownRow(row=ROW, is_gone=False)
    }
    assert await world.rows.known("T2", ["page"]) == {}
    assert await world.rows.known("T1", []) == {}
    assert await world.rows.by_key("T1", task.id) == ROW
    assert await world.rows.by_key("T1", other.id) == Row()
    assert await world.rows.by_key("T2", task.id) is None


async def test_a_sweep_finds_what_it_has_not_met(world: World) -> None:
    for page in ("p1", "p2", "p3", "p4"):
        await world.tasks.add(make.task(), key=page, row=Row(id=page))
    await added(world)  # has no row yet
    gone = await world.queue.claim_row("T1", "p4")
    assert gone is not None
    await world.queue.set_aside(gone, state=SyncState.GONE, reason="away")
    deleted = await world.tasks.get("T1", 3)
    await world.tasks.change(make.order(deleted, Patch.of({Field.DELETED: True})))
    assert (await world.rows.known("T1", ["p4"]))["p4"].is_gone
    assert await world.rows.expected("T1") == 2
    await world.rows.meet("T1", ["p1", "unknown"], sweep=7)
    assert await world.rows.missed("T1", sweep=7, limit=10) == ("p2",)
    assert await world.rows.missed("T1", sweep=8, limit=1) == ("p1",)
    assert await world.rows.missed("T2", sweep=7, limit=10) == ()
