"""Who may change what a channel has switched on, and what of the form is kept."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack.blocks import settings as form
from handlers.slack.blocks.form import Meta
from handlers.slack.incoming import Sender, Submitted
from handlers.slack.replies import Replies
from handlers.slack.settings import NOT_FOR_GUESTS, WHO_ARE_YOU, Settings
from handlers.slack.web import Web
from observability.metrics import Metrics
from playground.slack.validate.views import problems_of_view
from tasks.permissions import Standing
from tasks.ports import Feature, Profile
from tests.fakes.clock import FakeClock
from tests.fakes.comments import MemoryChannelSettings
from tests.fakes.directories import MemoryConnections, MemoryPeople

Json = dict[str, Any]


class NoReplies(Replies):
    """Says nothing to anybody."""

    def __init__(self) -> None:
        self.wanted = 0

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        self.wanted += 1
        work.close()


class World:
    def __init__(self) -> None:
        profiles = [
            Profile(person=name, name=name, zone=None, standing=standing)
            for name, standing in (
                ("U1", Standing.MEMBER),
                ("U2", Standing.ADMIN),
                ("U3", Standing.GUEST),
                ("U4", Standing.STRANGER),
            )
        ]
        self.channels = MemoryChannelSettings(now=FakeClock())
        self.replies = NoReplies()
        self.settings = Settings(
            settings=self.channels,
            connections=MemoryConnections(),
            people=MemoryPeople({"T1": profiles}),
            replies=self.replies,
        )

    async def save(self, user: str, *ticked: str) -> Json | None:
        element = {"selected_options": [{"value": value} for value in ticked]}
        return await self.settings.save(
            Submitted(
                sender=Sender(team="T1", user=user, channel="C1"),
                form="channel_settings",
                view_id="V1",
                metadata={"channel": "C1"},
                values={"features/0": element},
                web=Web(AsyncWebClient(), metrics=Metrics(CollectorRegistry())),
            )
        )


@pytest.mark.parametrize("user", ["U1", "U2"])
async def test_members_switch_on_and_off_for_everybody(user: str) -> None:
    world = World()
    assert await world.save(user, "comments") is None
    assert set(await world.channels.of("T1", "C1")) == {Feature.COMMENTS}
    assert await world.save(user) is None
    assert await world.channels.of("T1", "C1") == {}
    assert world.replies.wanted == 2


@pytest.mark.parametrize(
    ("user", "sentence"), [("U3", NOT_FOR_GUESTS), ("U4", NOT_FOR_GUESTS), ("U9", WHO_ARE_YOU)]
)
async def test_others_are_told_why_not(user: str, sentence: str) -> None:
    world = World()
    answer = await world.save(user, "comments")
    assert answer == {"response_action": "errors", "errors": {"features/0": sentence}}
    assert await world.channels.of("T1", "C1") == {}


async def test_what_nobody_has_offered_is_not_switched_on() -> None:
    world = World()
    assert await world.save("U1", "everything", "comments") is None
    assert set(await world.channels.of("T1", "C1")) == {Feature.COMMENTS}


@pytest.mark.parametrize("on", [(), tuple(form.OPTIONS)])
@pytest.mark.parametrize("is_connected", [True, False])
def test_slack_takes_the_form(on: tuple[Feature, ...], is_connected: bool) -> None:  # noqa: FBT001  # from a table
    view = form.form(on, Meta(channel="C1"), is_connected=is_connected)
    assert problems_of_view(view) == []
    assert (form.NO_NOTION in str(view)) is not is_connected
    assert ("initial_options" in str(view)) is bool(on)
