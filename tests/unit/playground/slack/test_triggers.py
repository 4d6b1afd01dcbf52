import pytest

from playground.slack.errors import Refused
from playground.slack.ids import Ids
from playground.slack.triggers import Triggers
from tests.unit.playground.slack.clock import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def triggers(clock: Clock) -> Triggers:
    return Triggers(ids=Ids(now=clock.now), now=clock.now)


def test_a_fresh_trigger_can_be_exchanged(triggers: Triggers) -> None:
    trigger_id = triggers.issue(team_id="T1", user_id="U1")

    assert triggers.look(trigger_id, team_id="T1").user_id == "U1"
    assert trigger_id.count(".") == 2


def test_a_trigger_lives_three_seconds(triggers: Triggers, clock: Clock) -> None:
    trigger_id = triggers.issue(team_id="T1", user_id="U1")

    clock.at += 3.0
    triggers.look(trigger_id, team_id="T1")
    clock.at += 0.001
    with pytest.raises(Refused, match="expired_trigger_id"):
        triggers.look(trigger_id, team_id="T1")


def test_a_trigger_works_once(triggers: Triggers) -> None:
    trigger_id = triggers.issue(team_id="T1", user_id="U1")
    triggers.look(trigger_id, team_id="T1").used = True

    with pytest.raises(Refused, match="exchanged_trigger_id"):
        triggers.look(trigger_id, team_id="T1")


@pytest.mark.parametrize("trigger_id", ["", None, "1.2.abc"])
def test_an_invented_trigger_is_invalid(triggers: Triggers, trigger_id: object) -> None:
    with pytest.raises(Refused, match="invalid_trigger_id"):
        triggers.look(trigger_id, team_id="T1")


def test_another_workspace_cannot_use_it(triggers: Triggers) -> None:
    trigger_id = triggers.issue(team_id="T1", user_id="U1")

    with pytest.raises(Refused, match="invalid_trigger_id"):
        triggers.look(trigger_id, team_id="T2")
