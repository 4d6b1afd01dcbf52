"""Working on a task: put off, ticked step by step, claimed, accepted, declined."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from playground.slack.state import Message
from playground.slack.views import View
from tests.acceptance.world import World

BERLIN = ZoneInfo("Europe/Berlin")


async def typed(world: World, text: str, user: str = "U1") -> Message:
    return (await world.slack.command(f"/task {text}", user=user)).message


async def card_says(world: World, card: Message, words: str) -> str:
    await world.slack.until(lambda: words in card.plain)
    return card.plain


async def make_checklist(world: World, *steps: str) -> Message:
    asked = await world.slack.command("/task add", user="U1")
    assert asked.modal is not None
    sent = await world.slack.submit(
        asked.modal, {"Title": "Offsite", "Checklist": "\n".join(steps)}
    )
    assert sent.closed
    return await found(world, "Added T-1")


async def found(world: World, words: str, user: str = "U1") -> Message:
    """Wait for a message."""
    message = await world.slack.until(lambda: _with(world, words, user))
    assert message is not None
    return message


def _with(world: World, words: str, user: str = "U1") -> Message | None:
    return next((m for m in world.slack.messages("C1", user=user) if words in m.plain), None)


async def test_a_task_is_put_off_by_words_and_not_any_more(http_world: World) -> None:
    await typed(http_world, "add Book the venue due today")
    before = datetime.now(UTC)
    card = await typed(http_world, "snooze T-1 2h")
    assert "Snoozed T-1 until " in card.plain
    until = (await http_world.task(1)).snoozed
    assert until is not None
    assert abs(until.marker - before - timedelta(hours=2)) < timedelta(minutes=2)
    assert "snoozed until" in (await typed(http_world, "list")).plain
    card = await typed(http_world, "snooze T-1 tomorrow")
    morning = (await http_world.task(1)).snoozed
    assert morning is not None
    assert morning.at is not None
    assert morning.at.astimezone(BERLIN).hour == 9
    card = await typed(http_world, "snooze T-1 off")
    assert "T-1 is not snoozed any more." in card.plain
    assert (await http_world.task(1)).snoozed is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("yesterday", " is over: type /task snooze"),
        ("", "Say until when: /task snooze T-12 2h"),
        ("xyzzy", "is not a date I can read"),
    ],
)
async def test_what_puts_nothing_off_is_said_in_a_sentence(
    http_world: World, words: str, said: str
) -> None:
    await typed(http_world, "add Book the venue")
    assert said in (await typed(http_world, f"snooze T-1 {words}")).plain
    assert (await http_world.task(1)).snoozed is None


async def test_the_button_offers_instants_and_three_deliveries_are_one_change(
    http_world: World,
) -> None:
    card = await typed(http_world, "add Book the venue")
    form = (await http_world.slack.click(card, "Snooze")).modal
    assert form is not None
    tomorrow = _option(form, "Tomorrow")
    answers = await http_world.slack.submit(form, {"Until": tomorrow}, deliveries=3)
    assert all(answer.failure == "" for answer in answers)
    await card_says(http_world, card, "Snoozed until ")
    task = await http_world.task(1)
    assert (task.rev, task.snoozed and task.snoozed.zone) == (2, "Europe/Berlin")
    await http_world.slack.click(card, "Undo")
    await card_says(http_world, card, "Undone in T-1")
    assert (await http_world.task(1)).snoozed is None


def _option(form: View, words: str) -> str:
    options = form.blocks[0]["element"]["options"]
    return str(next(o["value"] for o in options if o["text"]["text"].startswith(words)))


async def test_a_time_of_ones_own_is_picked_and_one_that_is_over_refused(http_world: World) -> None:
    card = await typed(http_world, "add Book the venue")
    form = (await http_world.slack.click(card, "Snooze")).modal
    assert form is not None
    sent = await http_world.slack.submit(form, {"Or on": "2020-01-01"})
    assert "That is over by now" in str(sent.errors)
    sent = await http_world.slack.submit(form, {"Or on": "2031-01-07", "At": "10:30"})
    assert sent.closed
    shown = await card_says(http_world, card, "Snoozed until ")
    assert "Snoozed until Tue 7 Jan 2031, 10:30 Europe/Berlin" in shown


async def test_two_people_tick_steps_of_cards_of_different_age(http_world: World) -> None:
    maria = await make_checklist(http_world, "- [ ] Call", "* Pay", "Book")
    assert (await http_world.task(1)).checklist == ("Call", "Pay", "Book")
    sam = await typed(http_world, "show T-1", user="U2")
    await http_world.slack.click(maria, "tick:0", value=["Call"], deliveries=3)
    await card_says(http_world, maria, "T-1: 1/3 steps.")
    # Sam's card shows no tick yet; his click must not take Maria's away.
    await http_world.slack.click(sam, "tick:0", value=["Pay"])
    await card_says(http_world, sam, "2/3")
    assert set((await http_world.task(1)).ticked) == {"Call", "Pay"}
    await http_world.slack.click(sam, "tick:0", value=["Call"])
    await card_says(http_world, sam, "T-1: 1/3 steps.")
    assert (await http_world.task(1)).ticked == ("Call",)
    assert "1/3" in (await typed(http_world, "list all")).plain
    assert "no step any more" not in (await typed(http_world, "history T-1")).plain


async def test_two_who_edit_the_checklist_at_once_both_count(http_world: World) -> None:
    card = await make_checklist(http_world, "Call", "Pay")
    form = (await http_world.slack.click(card, "Edit")).modal
    other = (await http_world.slack.command("/task edit T-1", user="U2")).modal
    assert form is not None
    assert other is not None
    assert (await http_world.slack.submit(form, {"Checklist": "Call\nPay\nBook"})).closed
    assert (await http_world.slack.submit(other, {"Checklist": "Pay\nInvite"})).closed
    assert (await http_world.task(1)).checklist == ("Pay", "Book", "Invite")


async def test_a_step_too_long_is_said_at_the_field(http_world: World) -> None:
    asked = await http_world.slack.command("/task add", user="U1")
    assert asked.modal is not None
    sent = await http_world.slack.submit(asked.modal, {"Title": "x", "Checklist": "y" * 76})
    assert "A step has 1 to 75 characters" in str(sent.errors)


async def test_of_two_who_claim_a_task_one_has_it_and_the_other_is_told(http_world: World) -> None:
    await typed(http_world, "add Book the venue", user="U1")
    http_world.slack.add_user("U3", "tess")
    sam = await typed(http_world, "show T-1", user="U2")
    tess = await typed(http_world, "show T-1", user="U3")
    await asyncio.gather(
        http_world.slack.click(sam, "Claim"), http_world.slack.click(tess, "Claim")
    )
    task = await http_world.until_task(1, lambda task: bool(task.assignees))
    loser, name = ("U3", "sam") if task.assignees == ("U2",) else ("U2", "tess")
    told = f"T-1 is taken already, by @{name}"
    await found(http_world, told, loser)
    winner = sam if loser == "U3" else tess
    assert f"@{name} ✓" in await card_says(http_world, winner, "T-1 is yours now.")
    assert "[Claim]" not in winner.plain


async def test_who_made_a_task_claims_it_behind_the_dots(http_world: World) -> None:
    card = await typed(http_world, "add Book the venue")
    await http_world.slack.click(card, "more", value="Claim", deliveries=3)
    await card_says(http_world, card, "@maria ✓")
    assert (await http_world.task(1)).rev == 2


async def test_an_assignee_accepts_or_declines_with_a_reason(http_world: World) -> None:
    await typed(http_world, "add Book the venue @sam", user="U1")
    mine = await typed(http_world, "show T-1", user="U1")
    assert "[Accept]" not in mine.plain
    card = await typed(http_world, "show T-1", user="U2")
    await http_world.slack.click(card, "Accept", deliveries=3)
    assert "[Accept]" not in await card_says(http_world, card, "@sam ✓")
    await typed(http_world, "add Pay for it @sam", user="U1")
    card = await typed(http_world, "show T-2", user="U2")
    form = (await http_world.slack.click(card, "Decline")).modal
    assert form is not None
    await http_world.slack.submit(form, {"Why?": "On leave <!channel>"}, deliveries=3)
    await card_says(http_world, card, "nobody assigned")
    history = (await typed(http_world, "history T-2")).plain
    assert "“On leave <!channel>”" in history
    assert (await http_world.task(2)).rev == 2


async def test_any_value_of_the_history_comes_back_and_later_ones_are_asked_about(
    http_world: World,
) -> None:
    await typed(http_world, "add First")
    for title in ("Second", "Third"):
        form = (await http_world.slack.command("/task edit T-1", user="U2")).modal
        assert form is not None
        await http_world.slack.submit(form, {"Title": title})
    await typed(http_world, "priority T-1 high")
    shown = await typed(http_world, "history T-1")
    offered = _offered(shown)
    assert offered == {
        "Priority: nothing": "1:4:priority",
        "Title: Second": "1:3:title",
        "Title: First": "1:2:title",
    }
    await http_world.slack.click(shown, "take_back", value="1:2:title")
    asked = await card_says(http_world, shown, "T-1 was changed again since.")
    assert "Title now: Third" in asked
    assert "Title then: First" in asked
    await http_world.slack.click(shown, "Leave it")
    await card_says(http_world, shown, "History of T-1")
    assert (await http_world.task(1)).title == "Third"
    await http_world.slack.click(shown, "take_back", value="1:2:title")
    await card_says(http_world, shown, "T-1 was changed again since.")
    await http_world.slack.click(shown, "Take it back all the same", deliveries=3)
    await http_world.until_task(1, lambda task: task.title == "First")
    await card_says(http_world, shown, "First  T-1")
    task = await http_world.task(1)
    assert (task.rev, task.priority) == (5, "high")
    await http_world.slack.click(shown, "Undo")
    await card_says(http_world, shown, "Undone in T-1 — Title: First → Third.")


async def test_a_value_that_still_stands_as_changed_comes_back_at_once(http_world: World) -> None:
    await typed(http_world, "add First @sam")
    await typed(http_world, "assign T-1 nobody")
    shown = await typed(http_world, "history T-1", user="U2")
    assert _offered(shown) == {"Assignees: 1 person": "1:2:assignees"}
    await http_world.slack.click(shown, "take_back", value="1:2:assignees", deliveries=3)
    await http_world.until_task(1, lambda task: task.assignees == ("U2",))
    assert (await http_world.task(1)).rev == 3


async def test_the_history_is_there_from_the_card(http_world: World) -> None:
    card = await typed(http_world, "add First")
    await http_world.slack.click(card, "more", value="History")
    assert "maria" in (await found(http_world, "History of T-1")).plain
    await http_world.slack.click(card, "more", value="Delete")
    await card_says(http_world, card, "Deleted T-1.")


def _offered(message: Message) -> dict[str, str]:
    menu = message.blocks[-1]["elements"][0]
    return {one["text"]["text"]: one["value"] for one in menu["options"]}


async def test_on_a_shared_card_people_tick_claim_and_snooze_and_it_stays_everybodys(
    http_world: World,
) -> None:
    mine = await make_checklist(http_world, "Call", "Pay")
    form = (await http_world.slack.click(mine, "Share")).modal
    assert form is not None
    assert (await http_world.slack.submit(form, {"place": "C1", "words": ""})).closed
    shared = await http_world.slack.until(lambda: _shared(http_world))
    assert shared is not None
    await asyncio.gather(
        http_world.slack.click(shared, "tick:0", user="U1", value=["Call"]),
        http_world.slack.click(shared, "tick:0", user="U2", value=["Pay"]),
    )
    await http_world.until(lambda: "2/2" in shared.plain, seconds=12)
    await http_world.slack.click(shared, "Claim", user="U2")
    await http_world.until(lambda: "sam ✓" in shared.plain, seconds=12)
    form = (await http_world.slack.click(shared, "Snooze", user="U1")).modal
    assert form is not None
    assert (await http_world.slack.submit(form, {"Or on": "2031-01-07"})).closed
    await http_world.until(lambda: "Snoozed until Tue 7 Jan 2031" in shared.plain, seconds=12)
    assert "[Undo]" not in shared.plain
    assert "You" not in shared.plain


def _shared(world: World) -> Message | None:
    seen = world.slack.messages("C1", user="U2")
    return next((one for one in seen if one.bot_id and not one.is_ephemeral), None)
