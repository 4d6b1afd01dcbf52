"""Declined tasks: whoever gave one away is told, once, and gives it to somebody else."""

from __future__ import annotations

import asyncio

import pytest

from playground.slack.answers import SubmitAnswer
from playground.slack.faults import Fault
from playground.slack.state import Message
from tests.acceptance.world import BOT_TOKEN, SCOPES, World

MAY_ASK = ("channels:read", "groups:read", "mpim:read", "im:read")
MARIA, SAM, TESS = "U1", "U2", "U3"
SLOWLY = 20.0
"""Seconds; messages of one conversation are a second apart, edits of one three."""
TITLE = "Print the badges"


@pytest.fixture(autouse=True)
def tess(empty_world: World) -> None:
    empty_world.slack.install("T1", "Acme", BOT_TOKEN, (*SCOPES, *MAY_ASK))
    empty_world.slack.add_user(TESS, "tess")


async def typed(world: World, text: str, user: str, channel: str = "C1") -> Message:
    return (await world.slack.command(f"/task {text}", user=user, channel=channel)).message


async def declined(world: World, reason: str | None, *, channel: str = "C1") -> Message:
    """Let Sam decline T-1; Slack delivers it three times. Return his card."""
    card = await typed(world, "show T-1", SAM, channel)
    form = (await world.slack.click(card, "Decline", user=SAM)).modal
    assert form is not None
    assert "Whoever gave you the task is told; its history keeps it." in form.plain
    answers: list[SubmitAnswer] = await world.slack.submit(
        form, {"Why?": reason}, user=SAM, deliveries=3
    )
    assert all(one.failure == "" for one in answers)
    await says(world, card, "nobody assigned")
    return card


async def says(world: World, message: Message, words: str) -> None:
    try:
        await world.slack.until(lambda: words in message.plain, seconds=SLOWLY)
    except TimeoutError:
        raise AssertionError(f"{words!r} is not in {message.plain!r}") from None


async def told(world: World, user: str) -> Message:
    """Wait for what the bot tells somebody alone; it is one message."""
    found = await world.slack.until(lambda: messages(world, user), seconds=SLOWLY)
    assert len(found) == 1
    return found[0]


def messages(world: World, user: str) -> list[Message]:
    return [one for one in world.slack.direct_messages(user=user) if one.bot_id]


async def settled(world: World) -> None:
    """Wait until nobody is left to be told."""
    async with asyncio.timeout(SLOWLY):
        while await world.bot.stores.places.next_due() is not None:  # noqa: ASYNC110  # tells nobody
            await asyncio.sleep(0.02)


async def test_whoever_gave_it_away_is_told_why_and_gives_it_to_somebody_else(
    http_world: World,
) -> None:
    await typed(http_world, f"add {TITLE} @sam", MARIA)
    await declined(http_world, "On *leave* <!channel> & <@U1>")
    message = await told(http_world, MARIA)
    assert message.plain == (
        "sam declined this: “On *leave* <!channel> & <@U1>”\n"
        f"{TITLE}  T-1 — nobody has it now\n"
        "[Assign]  [Claim]  [Show]"
    )
    assert message.pings == frozenset()
    form = (await http_world.slack.click(message, "Assign", user=MARIA)).modal
    assert form is not None
    assert (await http_world.slack.submit(form, {"Assignees": [TESS]}, user=MARIA)).closed
    await says(http_world, message, f"{TITLE}  T-1 — tess has it now\n[Assign]  [Show]")
    assert message.plain.startswith("sam declined this: “On *leave*")
    await typed(http_world, "done T-1", TESS)
    await says(http_world, message, f"{TITLE}  T-1 — done by tess\n[Show]")
    assert messages(http_world, MARIA) == [message]
    assert messages(http_world, SAM) == []


async def test_whoever_gave_it_away_last_is_told_and_can_take_it_over(http_world: World) -> None:
    await typed(http_world, f"add {TITLE}", MARIA)
    await typed(http_world, "assign T-1 @sam", TESS)
    await declined(http_world, None)
    message = await told(http_world, TESS)
    assert message.plain.startswith(f"sam declined this.\n{TITLE}  T-1 — nobody has it now\n")
    await http_world.slack.click(message, "Claim", user=TESS)
    await says(http_world, message, f"{TITLE}  T-1 — tess has it now\n[Assign]  [Show]")
    assert messages(http_world, MARIA) == []
    assert (await http_world.task(1)).assignees == (TESS,)


async def test_a_second_decline_is_told_as_well(http_world: World) -> None:
    await typed(http_world, f"add {TITLE} @sam", MARIA)
    await declined(http_world, "Not today")
    await told(http_world, MARIA)
    await typed(http_world, "assign T-1 @sam", MARIA)
    await declined(http_world, "Nor tomorrow")
    found = await http_world.slack.until(
        lambda: [one for one in messages(http_world, MARIA) if "Nor tomorrow" in one.plain],
        seconds=SLOWLY,
    )
    assert (len(found), len(messages(http_world, MARIA))) == (1, 2)


async def test_p2_an_answer_that_is_lost_makes_no_second_message(http_world: World) -> None:
    await typed(http_world, f"add {TITLE} @sam", MARIA)
    http_world.slack.faults.script("chat.postMessage", Fault(kind="drop_after"))
    await declined(http_world, "On leave")
    await told(http_world, MARIA)
    await settled(http_world)
    assert len(messages(http_world, MARIA)) == 1


async def test_a_bot_that_starts_anew_tells_what_the_last_one_could_not(
    empty_world: World,
) -> None:
    async with empty_world.run_bot():
        await typed(empty_world, f"add {TITLE} @sam", MARIA)
        limit = Fault(kind="ratelimit", retry_after=1)
        empty_world.slack.faults.script("chat.postMessage", limit, limit)
        await declined(empty_world, "On leave")
    async with empty_world.run_bot():
        await told(empty_world, MARIA)
        await settled(empty_world)
        assert len(messages(empty_world, MARIA)) == 1


async def test_whoever_has_left_the_private_channel_is_told_nothing(empty_world: World) -> None:
    slack = empty_world.slack
    slack.add_channel("C7", "deal", kind="private", members=[MARIA, SAM])
    async with empty_world.run_bot():
        await typed(empty_world, "add Buy them out @sam", MARIA, "C7")
        slack.core.state.teams["T1"].channels["C7"].members.remove(MARIA)
        await declined(empty_world, "Too dear", channel="C7")
        await settled(empty_world)
        assert messages(empty_world, MARIA) == []


async def test_what_one_has_taken_on_oneself_is_told_nobody(http_world: World) -> None:
    await typed(http_world, f"add {TITLE}", SAM)
    card = await typed(http_world, "assign T-1 me", SAM)
    assert "[Decline]" not in card.plain


@pytest.mark.parametrize(
    ("since", "said", "offers"),
    [
        ("assign T-1 nobody", "T-1 is not assigned to you any more: press Claim", "[Claim]"),
        ("assign T-1 @tess", "T-1 is assigned to @tess now: press Assign", "[Assign]"),
        ("delete T-1", "T-1 was deleted: type /task restore T-1", ""),
    ],
)
@pytest.mark.parametrize("pressed", ["Accept", "Decline"])
async def test_an_old_card_puts_nobody_back_on_a_task(
    http_world: World, since: str, said: str, offers: str, pressed: str
) -> None:
    await typed(http_world, f"add {TITLE} @sam", MARIA)
    card = await typed(http_world, "show T-1", SAM)
    await typed(http_world, since, MARIA)
    rev = (await http_world.task(1)).rev
    answer = await http_world.slack.click(card, pressed, user=SAM)
    if answer.modal is not None:
        sent = await http_world.slack.submit(answer.modal, {"Why?": "On leave"}, user=SAM)
        if not sent.closed:
            assert said in str(sent.errors)
            return
    shown = await http_world.slack.until(lambda: _saying(http_world, said))
    assert shown is not None
    assert offers in shown.plain
    assert (await http_world.task(1)).rev == rev
    assert messages(http_world, MARIA) == []


def _saying(world: World, words: str) -> Message | None:
    found = world.slack.messages("C1", user=SAM)
    return next((one for one in found if words in one.plain), None)


async def test_who_has_declined_and_presses_accept_is_told_to_claim_it(http_world: World) -> None:
    await typed(http_world, f"add {TITLE} @sam", MARIA)
    old = await typed(http_world, "show T-1", SAM)
    await declined(http_world, "On leave")
    await http_world.slack.click(old, "Accept", user=SAM)
    await says(http_world, old, "T-1 is not assigned to you any more: press Claim to take it.")
    assert (await http_world.task(1)).assignees == ()
    await http_world.slack.click(old, "Claim", user=SAM)
    await says(http_world, old, "T-1 is yours now.")
    assert (await http_world.task(1)).accepted == (SAM,)
