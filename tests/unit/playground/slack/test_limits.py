import pytest

from playground.slack.errors import RateLimited
from playground.slack.limits import TIERS, RateLimits
from tests.unit.playground.slack.clock import Clock


@pytest.mark.parametrize(("tier", "calls"), sorted(TIERS.items()))
def test_a_tier_is_full_after_its_calls_a_minute(tier: str, calls: int) -> None:
    clock = Clock()
    limits = RateLimits(now=clock.now)
    for _ in range(calls):
        limits.spend("m", tier=tier, team_id="T1")

    with pytest.raises(RateLimited) as refused:
        limits.spend("m", tier=tier, team_id="T1")
    assert refused.value.retry_after == 60

    limits.spend("m", tier=tier, team_id="T2")
    limits.spend("another", tier=tier, team_id="T1")
    clock.at += 60
    limits.spend("m", tier=tier, team_id="T1")


def test_a_channel_takes_one_message_a_second() -> None:
    clock = Clock()
    limits = RateLimits(now=clock.now)
    limits.post(team_id="T1", channel_id="C1")
    clock.at += 0.5

    with pytest.raises(RateLimited) as refused:
        limits.post(team_id="T1", channel_id="C1")
    assert refused.value.retry_after == 1

    limits.post(team_id="T1", channel_id="C2")
    clock.at += 0.5
    limits.post(team_id="T1", channel_id="C1")


def test_limits_can_be_lifted() -> None:
    limits = RateLimits(now=Clock().now)
    limits.enabled = False

    for _ in range(3):
        limits.spend("m", tier="t1", team_id="T1")
        limits.post(team_id="T1", channel_id="C1")
