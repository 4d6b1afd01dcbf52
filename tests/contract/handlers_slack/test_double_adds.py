"""The same words twice within two minutes: caught, named, and added on request."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.contract.handlers_slack.world import World

CAUGHT = "Already added: T-1 — add anyway?"


@pytest.mark.parametrize("again", ["Book the venue", "book  THE venue ", "\tBook the venue"])
async def test_the_same_words_are_caught(world: World, again: str) -> None:
    await world.slack.command("/task add Book the venue")
    answer = await world.slack.command(f"/task add {again}")
    assert answer.plain.startswith(CAUGHT)
    assert len(world.database.records) == 1


async def test_a_button_adds_it_all_the_same_and_once(world: World) -> None:
    await world.slack.command("/task add Book the venue @sam !high")
    answer = await world.slack.command("/task add Book the venue @sam !high")
    await world.slack.click(answer.message, "Add anyway", deliveries=3)
    await world.settled()
    assert sorted(number for _, number in world.database.records) == [1, 2]
    assert (await world.task(2)).assignees == ("U2",)


async def test_other_words_other_people_and_later_ones_are_not(world: World) -> None:
    await world.slack.command("/task add Book the venue")
    await world.slack.command("/task add Book the venue tomorrow!")
    await world.slack.command("/task add Book the venue", user="U2")
    world.clock.advance(timedelta(minutes=2))
    await world.slack.command("/task add Book the venue")
    assert len(world.database.records) == 4


async def test_p2_the_same_command_delivered_twice_is_no_double_add(world: World) -> None:
    answers = await world.slack.command("/task add Book the venue", deliveries=2)
    assert not any(answer.plain.startswith("Already") for answer in answers)
    assert len(world.database.records) == 1


async def test_a_form_asks_back_in_place_and_adds_when_it_is_sent_again(world: World) -> None:
    answers = []
    for _ in range(2):
        modal = (await world.slack.command("/task add")).modal
        assert modal is not None
        given = {"Title": "Book the venue", "Notes": "soon"}
        answers.append(await world.slack.submit(modal, given))
    answer = answers[-1]
    assert answer.view is not None
    assert not answer.closed
    assert CAUGHT in answer.view.plain
    assert (await world.slack.submit(answer.view)).closed
    await world.settled()
    assert (await world.task(2)).notes == "soon"
    assert len(world.database.records) == 2
