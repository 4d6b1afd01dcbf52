"""Claiming, declining, ticking, putting off, and taking single values back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tasks.commands import (
    AcceptTask,
    ClaimTask,
    DeclineTask,
    SnoozeTask,
    TakeBackValues,
    TickSteps,
)
from tasks.errors import AlreadyTaken, NotAssigned, NothingToUndo, Refused
from tasks.model import Actor, Due, Field, Priority
from tests.unit.tasks.world import MARIA, NOW, SAM, TEAM, ForgetfulStore, Office


def asked(by: Actor, key: str = "own-1", **given: Any) -> dict[str, Any]:  # noqa: ANN401  # of a request
    return {"team": TEAM, "number": 1, "by": by, "key": key, **given}


def of(by: Actor, key: str = "own-1", **given: Any) -> dict[str, Any]:  # noqa: ANN401  # as above
    return asked(by, key, person=by.person, **given)


async def test_who_claims_a_task_has_it_and_has_accepted_it(office: Office) -> None:
    await office.add()
    task = (await office.service.claim(ClaimTask(**of(SAM)))).task
    assert (task.assignees, task.accepted) == (("U2",), ("U2",))


async def test_of_two_who_claim_a_task_one_has_it(office: Office) -> None:
    await office.add()
    await office.service.claim(ClaimTask(**of(SAM)))
    with pytest.raises(AlreadyTaken) as taken:
        await office.service.claim(ClaimTask(**of(MARIA, "own-2")))
    assert taken.value.task.assignees == ("U2",)
    again = await office.service.claim(ClaimTask(**of(SAM, "own-3")))
    assert not again.changed


async def test_a_claim_delivered_twice_is_one(office: Office) -> None:
    await office.add()
    await office.service.claim(ClaimTask(**of(SAM)))
    assert (await office.service.claim(ClaimTask(**of(SAM)))).repeated


async def test_accepting_and_declining_with_a_reason(office: Office) -> None:
    await office.add(assignees=("U1", "U2"))
    accepted = (await office.service.accept(AcceptTask(**of(SAM)))).task
    assert (accepted.assignees, accepted.accepted) == (("U1", "U2"), ("U2",))
    declined = (
        await office.service.decline(DeclineTask(**of(SAM, "own-2", reason=" On leave\n")))
    ).task
    assert (declined.assignees, declined.accepted) == (("U1",), ())
    assert declined.changes[-1].reason == "On leave"


async def test_two_who_tick_different_steps_both_count(office: Office) -> None:
    await office.add()
    await office.edit({Field.CHECKLIST: ("Call ", "Pay", "Call")}, seen=1)
    await office.service.tick(TickSteps(**asked(SAM, done=("Call",))))
    task = (await office.service.tick(TickSteps(**asked(MARIA, "own-2", done=("Pay",))))).task
    assert (task.checklist, task.progress) == (("Call", "Pay"), (2, 2))
    task = (await office.service.tick(TickSteps(**asked(MARIA, "own-3", undone=("Pay",))))).task
    assert task.progress == (1, 2)


@pytest.mark.parametrize("steps", [("",), ("x" * 76,), tuple(map(str, range(51)))])
async def test_a_checklist_has_bounds(office: Office, steps: tuple[str, ...]) -> None:
    await office.add()
    with pytest.raises(Refused):
        await office.edit({Field.CHECKLIST: steps}, seen=1)


async def test_snoozing_changes_the_rank_and_not_the_due_date(office: Office) -> None:
    due = Due.local(NOW, "UTC")
    await office.add(due=due)
    until = Due.local(NOW + timedelta(days=1), "UTC")
    task = (await office.service.snooze(SnoozeTask(**asked(SAM, until=until)))).task
    assert (task.due, task.rank) == (due, until.at)
    task = (await office.service.snooze(SnoozeTask(**asked(SAM, "own-2", until=None)))).task
    assert task.rank == due.at


async def test_a_value_of_old_can_be_taken_back_whatever_came_since() -> None:
    office = Office(store_kind=ForgetfulStore)
    await office.add("First")
    await office.edit({Field.TITLE: "Second", Field.PRIORITY: Priority.HIGH}, seen=1)
    await office.edit({Field.TITLE: "Third"}, seen=2)
    await office.edit({Field.TITLE: "Fourth"}, seen=3)
    wanted = TakeBackValues(**asked(SAM, rev=2, fields=(Field.TITLE,)))
    task = (await office.service.take_back(wanted)).task
    assert (task.title, task.priority) == ("First", Priority.HIGH)
    nothing = TakeBackValues(**asked(SAM, "own-2", rev=3, fields=(Field.PRIORITY,)))
    with pytest.raises(NothingToUndo):
        await office.service.take_back(nothing)
    with pytest.raises(NothingToUndo):
        await office.service.take_back(
            TakeBackValues(**asked(SAM, "own-3", rev=99, fields=(Field.TITLE,)))
        )


async def test_nobody_answers_for_a_task_that_is_not_theirs(office: Office) -> None:
    await office.add(assignees=("U1",))
    with pytest.raises(NotAssigned) as refused:
        await office.service.accept(AcceptTask(**of(SAM)))
    assert (refused.value.task.assignees, refused.value.task.rev) == (("U1",), 1)
    with pytest.raises(NotAssigned):
        await office.service.decline(DeclineTask(**of(SAM)))
