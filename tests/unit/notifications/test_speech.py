"""What is said aloud is said once; what Slack was too busy for is said a little later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from notifications.posts import NotPosted, Posts, PostUnknown
from notifications.speech import TRIES, SlackSpeech
from tasks.errors import NotSaved
from tasks.ports import Heard


class ScriptedPosts(Posts):
    """Posts that end as a test says, the last way for ever."""

    def __init__(self, *ends: Exception | None) -> None:
        self.ends = list(ends)
        self.posted = 0
        self.slept: list[float] = []
        self.sleep = self._sleep

    async def post(self, team: str, channel: str, body: Mapping[str, Any]) -> str | None:
        assert (team, channel, body) == ("T1", "C1", {"text": "x"})
        self.posted += 1
        end = self.ends.pop(0) if len(self.ends) > 1 else self.ends[0]
        if end is not None:
            raise end
        return "1.1"

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


BUSY = NotPosted("ratelimited", wait_seconds=7)


@pytest.mark.parametrize(
    ("ends", "heard", "posted", "slept"),
    [
        ((None,), Heard.YES, 1, []),
        ((BUSY, None), Heard.YES, 2, [7]),
        ((BUSY,), Heard.NOT_THERE, TRIES, [7] * TRIES),
        ((NotPosted("ratelimited", wait_seconds=600),), Heard.NOT_THERE, 1, []),
        ((NotPosted("not_in_channel"),), Heard.NOT_THERE, 1, []),
        ((PostUnknown(),), Heard.UNKNOWN, 1, []),
        ((NotSaved(),), Heard.UNKNOWN, 1, []),
    ],
    ids=["said", "busy", "busy for ever", "too long", "not there", "lost", "no token to be had"],
)
async def test_it_ends_as_slack_says(
    ends: tuple[Exception | None, ...], heard: Heard, posted: int, slept: list[float]
) -> None:
    posts = ScriptedPosts(*ends)
    spoken = await SlackSpeech(posts).say("T1", "C1", {"text": "x"})
    assert (spoken.heard, spoken.ts) == (heard, "1.1" if heard is Heard.YES else None)
    assert (posts.posted, posts.slept) == (posted, slept)
