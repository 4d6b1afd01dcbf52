"""What Slack does not tell: it is said to whoever it concerns, and to whoever runs the bot."""

from __future__ import annotations

import json

import pytest

from bot.doctor import doctor
from bot.loading import load
from bot.manifest import read_template
from bot.scopes import COSTS
from handlers.slack.audiences import IN_DOUBT
from handlers.slack.blocks.listing import NOT_WHOLE
from playground.slack.faults import Fault
from playground.slack.state import Message
from playground.slack.views import View
from tests.acceptance.world import BOT_TOKEN, SCOPES, World

MAY_ASK = ("channels:read", "groups:read", "mpim:read", "im:read")
MARIA, SAM = "U1", "U2"


async def answer_to(world: World, question: Message) -> Message:
    def seen() -> list[Message]:
        found = world.slack.messages("C1", user=SAM)
        return [one for one in found if one.thread_ts == question.ts and one.bot_id]

    return (await world.slack.until(seen, seconds=20))[0]


async def test_a_mention_in_a_channel_of_unknown_kind_says_why_its_task_is_private(
    http_world: World,
) -> None:
    question = http_world.slack.say("Who books the venue?", user=SAM, channel="C1")
    await http_world.slack.reply(question, "@taskbridge add Book the venue", user=MARIA)
    card = await answer_to(http_world, question)
    assert card.plain.startswith("Added T-1.\nBook the venue  T-1\n")
    assert "🔒 Private to #general" in card.plain
    assert IN_DOUBT in card.plain
    typed = await http_world.slack.command("/task add Book the band", user=MARIA, channel="C1")
    assert "🔒" not in typed.plain  # as the sentence says
    assert IN_DOUBT not in typed.plain


async def test_a_mention_in_a_channel_known_to_be_public_says_nothing_of_it(
    empty_world: World,
) -> None:
    empty_world.slack.install("T1", "Acme", BOT_TOKEN, (*SCOPES, *MAY_ASK))
    async with empty_world.run_bot():
        question = empty_world.slack.say("Who books the venue?", user=SAM, channel="C1")
        await empty_world.slack.reply(question, "@taskbridge add Book the venue", user=MARIA)
        card = await answer_to(empty_world, question)
        assert "🔒" not in card.plain
        assert IN_DOUBT not in card.plain


async def test_the_doctor_says_what_each_missing_scope_costs(
    empty_world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    scopes = (*SCOPES, "channels:history", "groups:read", "links:read", "links:write")
    empty_world.slack.install("T1", "Acme", BOT_TOKEN, scopes)
    assert await doctor(load(dict(empty_world.environ), None), as_json=True) == 0
    found = {one["about"]: one for one in json.loads(capsys.readouterr().out)["findings"]}
    missing = {"channels:read", "groups:history", "im:read", "mpim:read"}
    assert {about.removeprefix("Slack scope ") for about in found if "Slack scope " in about} == (
        missing
    )
    for scope in missing:
        one = found[f"Slack scope {scope}"]
        assert one["level"] == "warn"
        assert one["sentence"].startswith(f"Not granted, so {COSTS[scope]}: ")
    assert "made by a mention" in found["Slack scope channels:read"]["sentence"]


def test_the_doctor_knows_what_each_optional_scope_is_for() -> None:
    assert set(COSTS) == set(read_template()["oauth_config"]["scopes"]["bot_optional"])


async def test_home_says_as_lists_do_that_private_tasks_are_left_out(empty_world: World) -> None:
    slack = empty_world.slack
    slack.install("T1", "Acme", BOT_TOKEN, (*SCOPES, *MAY_ASK))
    slack.add_channel("C7", "deal", kind="private", members=[MARIA, SAM])
    async with empty_world.run_bot():
        await slack.command("/task add Buy them out", user=MARIA, channel="C7")
        await slack.command("/task add Book the venue", user=MARIA, channel="C1")
        home = await home_with(empty_world, "Buy them out")
        assert NOT_WHOLE not in home.plain
        slack.faults.randomly(
            "users.conversations", Fault(kind="error", code="fatal_error"), chance=1.0, seed=1
        )
        listed = await slack.command("/task list mine", user=MARIA, channel="C1")
        assert NOT_WHOLE in listed.plain
        home = await home_with(empty_world, NOT_WHOLE)
        assert "Buy them out" not in home.plain
        assert "Book the venue" in home.plain
        slack.faults.clear()
        await home_with(empty_world, "Buy them out")


async def home_with(world: World, words: str) -> View:
    """Open Maria's home tab until it says something."""

    def seen() -> View | None:
        found = world.slack.home(MARIA)
        return found if found is not None and words in found.plain else None

    await world.slack.open_home(user=MARIA)
    found = await world.slack.until(seen, seconds=10)
    assert found is not None
    return found
