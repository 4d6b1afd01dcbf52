"""A private task that is worked on from a public channel: nobody there reads of it."""

from __future__ import annotations

from tests.contract.handlers_slack.test_shortcuts import added_to, thread
from tests.contract.handlers_slack.world import TEAM, World


async def test_what_is_added_to_ones_own_task_is_confirmed_to_oneself_alone(world: World) -> None:
    own = world.slack.core.direct_message(world.slack.core.state.teams[TEAM], "U1")
    await world.slack.command("/task add Ask for a raise", user="U1", channel=own.id)
    said = world.slack.say("We had a great year", user="U2")
    form = await added_to(world, said)
    option = (await world.slack.suggest(form, "task", "T-1")).options[0]
    sent = await world.slack.submit(form, {"task": option})
    assert sent.closed, sent
    await world.settled()
    assert "We had a great year" in world.database.records[TEAM, 1].task.notes
    assert thread(world.slack, said) == []
    assert not any("raise" in seen for seen in world.seen("U2"))
    assert await world.threads.task_of(TEAM, "C1", said.ts) is None


async def test_somebody_elses_private_task_is_not_offered(world: World) -> None:
    own = world.slack.core.direct_message(world.slack.core.state.teams[TEAM], "U2")
    await world.slack.command("/task add Ask for a raise", user="U2", channel=own.id)
    form = await added_to(world, world.slack.say("We had a great year", user="U2"))
    for typed in ("T-1", "raise"):
        assert (await world.slack.suggest(form, "task", typed)).options == ()
