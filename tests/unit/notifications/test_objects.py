"""Objects are offered where there are any; where Slack wants none, attachments are shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from notifications.calls import Calls, NotDone, Refused, Unclear, Wait
from notifications.card_posts import CardPosts, EditsPaused
from notifications.objects import OBJECT, WHY_MAX, is_unwanted, was_dropped, why
from notifications.posts import NotPosted, PostUnknown
from tasks.model import Task
from tasks.ports import Place
from tests import make
from tests.fakes.clock import FakeClock
from tests.fakes.stores import memory_stores
from tests.unit.notifications.test_previews import BELOW, SHOWN, Pace, Slack, previews

LINK = "https://x.example/1"
ENTITY = {"app_unfurl_url": LINK, "url": LINK}
PLACE = Place(key="C1/1.1", channel="C1", ts="1.1", link=LINK)
OBJECTS = {**BELOW, "metadata": {"entities": [ENTITY]}}
ATTACHED = {**BELOW, "unfurls": SHOWN}
DROPPED = {"ok": True, "warning": "missing_charset,invalid_metadata_format"}


async def shown(slack: Slack) -> bool:
    return await previews(slack, Pace()).show("T1", BELOW, SHOWN, objects=[ENTITY])


def given_to(slack: Slack) -> list[object]:
    return [call[2] for call in slack.calls if isinstance(call, tuple)]


async def test_an_object_takes_the_place_of_the_attachment() -> None:
    slack = Slack()
    assert await shown(slack)
    assert given_to(slack) == [OBJECTS]


@pytest.mark.parametrize(
    "code", ["feature_not_enabled", "error_processing_metadata", "invalid_metadata_format"]
)
async def test_where_slack_wants_no_object_the_attachment_is_shown(code: str) -> None:
    slack = Slack(NotPosted(code))
    assert await shown(slack)
    assert given_to(slack) == [OBJECTS, ATTACHED]


async def test_where_slack_left_the_object_out_the_attachment_is_shown() -> None:
    slack = Slack(said=DROPPED)
    assert await shown(slack)
    assert given_to(slack) == [OBJECTS, ATTACHED]


async def test_what_is_refused_for_another_reason_is_not_tried_as_an_attachment() -> None:
    slack = Slack(NotPosted("cannot_unfurl_url"))
    assert not await shown(slack)
    assert given_to(slack) == [OBJECTS]


async def test_an_object_whose_answer_was_lost_is_shown_again() -> None:
    slack = Slack(PostUnknown())
    assert await shown(slack)
    assert given_to(slack) == [OBJECTS, OBJECTS]


def test_slack_says_in_one_of_two_places_that_it_left_something_out() -> None:
    assert was_dropped({"response_metadata": {"warnings": ["invalid_metadata_format"]}})
    assert not was_dropped({"warning": "missing_charset", "response_metadata": {"warnings": None}})
    assert not is_unwanted("cannot_find_message")


class Response:
    """An answer of the SDK's, as far as it is looked at."""

    def __init__(self) -> None:
        fault = "missing required field: url"
        self.data = {"ok": False, "response_metadata": {"messages": [fault] * 99}}


def test_where_the_fault_is_stands_in_the_log() -> None:
    assert why(Response()).startswith("missing required field: url; ")
    assert len(why(Response())) == WHY_MAX
    assert [why(one) for one in (None, {}, {"response_metadata": {"messages": None}})] == [""] * 3


async def test_a_refusal_is_logged_with_what_slack_says_of_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    error = NotPosted("error_processing_metadata")
    error.__cause__ = SlackApiError("no", Response())  # type: ignore[no-untyped-call]  # the SDK's
    assert await shown(Slack(error))
    (record,) = [one for one in caplog.records if one.message == "work_object_refused"]
    assert vars(record)["why"].startswith("missing required field: url")


class Wire(Calls):
    """Answers in turn, well where nothing is said."""

    def __init__(self, *ends: NotDone | dict[str, Any]) -> None:
        self.ends = list(ends)
        self.given: list[Mapping[str, Any]] = []

    async def post(self, team: str, method: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        assert (team, method) == ("T1", "chat.unfurl")
        self.given.append(body)
        end = self.ends.pop(0) if self.ends else {}
        if isinstance(end, NotDone):
            raise end
        return end


async def _render(_task: Task, _place: Place) -> dict[str, Any]:
    return {"text": "x", "blocks": [], OBJECT: ENTITY}


async def edited(wire: Wire) -> list[set[str]]:
    """Renew a card below a link; return what was sent, call by call."""
    stores = memory_stores(now=FakeClock())
    posts = CardPosts(
        calls=wire,
        pacer=stores.pacer,
        edits=stores.edits,
        threads=stores.threads,
        render=_render,
        apology=lambda _task, _place: {},
    )
    body, _ = await posts.body(make.task(), PLACE)
    try:
        await posts.edit(make.task(), PLACE, body)
    finally:
        assert all((one["channel"], one["ts"]) == ("C1", "1.1") for one in wire.given)
    return [set(one) - {"channel", "ts"} for one in wire.given]


async def test_a_card_that_follows_its_task_is_an_object_too() -> None:
    assert await edited(Wire()) == [{"metadata"}]


@pytest.mark.parametrize("end", [Refused("error_processing_metadata"), DROPPED])
async def test_it_becomes_an_attachment_at_once_where_slack_wants_no_object(
    end: NotDone | dict[str, Any],
) -> None:
    wire = Wire(end)
    assert await edited(wire) == [{"metadata"}, {"unfurls"}]
    assert wire.given[1]["unfurls"] == {LINK: {"blocks": [], "fallback": "x"}}


@pytest.mark.parametrize("end", [Refused("cannot_find_message"), Unclear()])
async def test_a_message_that_is_gone_is_not_tried_again(end: NotDone) -> None:
    wire = Wire(end)
    with pytest.raises(type(end)):
        await edited(wire)
    assert len(wire.given) == 1


async def test_slack_that_asks_to_wait_is_waited_for() -> None:
    wire = Wire(Wait(timedelta(seconds=7)))
    with pytest.raises(EditsPaused):
        await edited(wire)
    assert len(wire.given) == 1
