import pytest

from playground.slack.errors import Refused
from playground.slack.ids import Ids
from playground.slack.response_urls import ResponseUrls
from playground.slack.state import Team
from tests.unit.playground.slack.clock import Clock

TEAM = Team(id="T1", name="One", domain="one")


def issued(clock: Clock) -> tuple[ResponseUrls, str]:
    urls = ResponseUrls(ids=Ids(now=clock.now), now=clock.now)
    return urls, urls.issue("actions", team=TEAM, channel_id="C1", user_id="U1", message=None)


def test_it_works_five_times() -> None:
    urls, path = issued(Clock())
    for _ in range(5):
        urls.look(path).uses += 1

    with pytest.raises(Refused, match="used_url"):
        urls.look(path)


def test_it_works_for_thirty_minutes() -> None:
    clock = Clock()
    urls, path = issued(clock)

    clock.at += 30 * 60
    urls.look(path)
    clock.at += 1
    with pytest.raises(Refused, match="expired_url"):
        urls.look(path)


def test_an_invented_one_is_unknown() -> None:
    urls, path = issued(Clock())

    with pytest.raises(Refused, match="no_service"):
        urls.look(path + "x")
