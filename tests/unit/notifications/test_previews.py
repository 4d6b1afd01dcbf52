"""Previews keep Slack's pace, are tried again where that is safe, and give up in time."""

from __future__ import annotations

from datetime import timedelta

from notifications.posts import NotPosted, PostUnknown
from notifications.previews import TRIES, SlackPreviews
from tasks.ports import Pacer

BELOW, SHOWN = {"channel": "C1", "ts": "1.0"}, {"https://x.example/1": {"fallback": "x"}}


class Pace(Pacer):
    """Lets one go after so many waits."""

    def __init__(self, *waits: float) -> None:
        self.waits = list(waits)
        self.held: list[float] = []

    async def wait(self, team: str, channel: str) -> timedelta:
        assert (team, channel) == ("T1", "chat.unfurl")
        return timedelta(seconds=self.waits.pop(0) if self.waits else 0)

    async def hold(self, team: str, channel: str, *, wait: timedelta) -> None:
        assert (team, channel) == ("T1", "chat.unfurl")
        self.held.append(wait.total_seconds())
        self.waits.append(wait.total_seconds())


class Slack:
    """Answers in turn; what it has no answer for it does."""

    def __init__(self, *answers: Exception, said: dict[str, object] | None = None) -> None:
        self.answers = list(answers)
        self.said = said or {}
        self.calls: list[object] = []
        self.slept: list[float] = []

    async def token(self, team: str) -> str:
        return f"xoxb-{team}"

    async def call(self, method: str, token: str, given: object) -> dict[str, object]:
        self.calls.append((method, token, given))
        if self.answers:
            raise self.answers.pop(0)
        return self.said

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def previews(slack: Slack, pace: Pace) -> SlackPreviews:
    return SlackPreviews(slack, pacer=pace)  # type: ignore[arg-type]  # the parts of Posts that are used


async def shown(slack: Slack, pace: Pace) -> bool:
    return await previews(slack, pace).show("T1", BELOW, SHOWN)


async def test_a_preview_is_shown_once() -> None:
    slack = Slack()
    assert await shown(slack, Pace(2.0, 1.0))
    assert slack.slept == [2.0, 1.0]
    assert slack.calls == [("chat.unfurl", "xoxb-T1", {**BELOW, "unfurls": SHOWN})]


async def test_slack_that_asks_to_wait_is_waited_for_by_all_instances() -> None:
    slack, pace = Slack(NotPosted("ratelimited", wait_seconds=7.0)), Pace()
    assert await shown(slack, pace)
    assert (pace.held, slack.slept, len(slack.calls)) == ([7.0], [7.0], 2)


async def test_what_slack_refuses_is_not_tried_again() -> None:
    slack = Slack(NotPosted("cannot_unfurl_url"))
    assert not await shown(slack, Pace())
    assert len(slack.calls) == 1


async def test_a_lost_answer_is_asked_for_again_but_not_for_ever() -> None:
    slack = Slack(PostUnknown())
    assert await shown(slack, Pace())
    assert len(slack.calls) == 2
    slack = Slack(*[PostUnknown() for _ in range(TRIES + 1)])
    assert not await shown(slack, Pace())
    assert len(slack.calls) == TRIES


async def test_a_minute_later_nobody_wants_it_any_more() -> None:
    slack = Slack()
    assert not await shown(slack, Pace(40.0, 30.0))
    assert slack.calls == []
    assert slack.slept == [40.0]
