"""A key that a client chose twice for different things is told so, and changes nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tasks.errors import KeyReused
from tasks.model import Actor, Change, Field, Source, Task
from tasks.patch import Patch
from tests import make
from tests.storage_world import World

TITLE = Patch.of({Field.TITLE: "Another title"})
BY = Actor(person=None, source=Source.REST)


def asked(key: str, fingerprint: str) -> Task:
    task = make.task()
    creation = Change(rev=1, by=BY, at=task.created_at, key=key, fingerprint=fingerprint)
    return replace(task, changes=(creation,))


async def test_the_same_key_and_fingerprint_make_one_task(world: World) -> None:
    first = await world.tasks.add(asked("k", "a"), key="k")
    again = await world.tasks.add(asked("k", "a"), key="k")
    assert again.repeated
    assert again.task.number == first.task.number


async def test_another_creation_under_the_same_key_is_refused_and_makes_nothing(
    world: World,
) -> None:
    first = await world.tasks.add(asked("k", "a"), key="k")
    with pytest.raises(KeyReused):
        await world.tasks.add(asked("k", "b"), key="k")
    assert (await world.tasks.get(first.task.team, first.task.number)).rev == 1


async def test_without_a_fingerprint_the_key_alone_decides(world: World) -> None:
    await world.tasks.add(asked("k", "a"), key="k")
    assert (await world.tasks.add(asked("k", ""), key="k")).repeated
    await world.tasks.add(asked("l", ""), key="l")
    assert (await world.tasks.add(asked("l", "a"), key="l")).repeated


async def test_a_change_remembers_what_was_asked_under_its_key(world: World) -> None:
    task = (await world.tasks.add(asked("k", "a"), key="k")).task
    order = make.order(task, TITLE, key="c", fingerprint="x")
    saved = (await world.tasks.change(order)).task
    assert saved.changes[-1].fingerprint == "x"
    assert (await world.tasks.change(order)).repeated
    with pytest.raises(KeyReused):
        await world.tasks.change(replace(order, fingerprint="y"))
    assert (await world.tasks.get(task.team, task.number)).rev == 2


async def test_a_fingerprint_is_found_when_its_change_was_moved_to_the_history(
    world: World,
) -> None:
    task = (await world.tasks.add(asked("k", "a"), key="k")).task
    first = make.order(task, TITLE, key="c", fingerprint="x")
    await world.tasks.change(first)
    for at in range(30):
        await world.tasks.change(make.order(task, Patch.of({Field.NOTES: str(at)})))
    await world.move_history()
    assert (await world.tasks.change(first)).repeated
    with pytest.raises(KeyReused):
        await world.tasks.change(replace(first, fingerprint="y"))
    with pytest.raises(KeyReused):
        await world.tasks.add(asked("k", "b"), key="k")
