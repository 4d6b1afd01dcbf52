"""Shared cards over HTTP: posted once, edited in place, right in every place in the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

import pytest

from playground.slack.answers import SubmitAnswer
from playground.slack.faults import Fault
from playground.slack.state import Message
from playground.slack.views import View
from tests.acceptance.test_rest import API_KEYS, ask
from tests.acceptance.world import BOT_TOKEN, SCOPES, WEBHOOK_TOKEN, World

MAY_ASK = ("channels:read", "groups:read", "mpim:read", "im:read", "groups:history")
SLOWLY = 30.0
"""Seconds; edits of one message are three seconds apart, and slow machines take their time."""
Found = TypeVar("Found")


@pytest.fixture
async def acme(empty_world: World) -> AsyncIterator[World]:
    """Give a world with two more channels, a private one of Maria's and Sam's, and a guest."""
    slack = empty_world.slack
    slack.install("T1", "Acme", BOT_TOKEN, (*SCOPES, *MAY_ASK))
    slack.add_channel("C2", "events")
    slack.add_channel("C3", "board")
    slack.add_channel("C7", "deal", kind="private", members=["U1", "U2"])
    slack.add_user("U3", "gil", is_guest=True)
    slack.core.state.teams["T1"].channels["C2"].members.append("U3")
    async with empty_world.run_bot(API_KEYS=API_KEYS, NOTION_WEBHOOK_TOKEN=WEBHOOK_TOKEN):
        empty_world.subscribe()
        await slack.command("/task add Book the venue")
        yield empty_world


async def opened(world: World, *, user: str = "U1", channel: str = "C1") -> View:
    card = await world.slack.command("/task show 1", user=user, channel=channel)
    answer = await world.slack.click(card.message, "Share", user=user)
    assert answer.modal is not None
    return answer.modal


async def share(world: World, channel: str = "C1", words: str = "") -> SubmitAnswer:
    form = await opened(world)
    return await world.slack.submit(form, {"place": channel, "words": words})


async def shared(world: World, *channels: str) -> list[Message]:
    for channel in channels:
        assert (await share(world, channel)).closed
    return [(await card_in(world, channel))[0] for channel in channels]


async def card_in(world: World, channel: str) -> list[Message]:
    return await seen(world, lambda: cards(world, channel))


async def seen(world: World, check: Callable[[], Found]) -> Found:
    """Wait until something becomes true in Slack."""
    return await world.slack.until(check, seconds=SLOWLY)


def cards(world: World, channel: str = "C1") -> list[Message]:
    messages = world.slack.core.state.teams["T1"].channels[channel].messages
    return [one for one in messages if one.bot_id and not (one.is_ephemeral or one.deleted)]


def whispers(world: World, user: str, channel: str = "C1") -> list[str]:
    found = world.slack.messages(channel, user=user)
    return [one.plain for one in found if one.ephemeral_to == user]


def edits(world: World) -> int:
    return len(world.slack.journal.calls("chat.update"))


async def settled(world: World) -> None:
    """Wait until nothing is left to be told."""
    async with asyncio.timeout(SLOWLY):
        while await world.bot.stores.places.next_due() is not None:  # noqa: ASYNC110  # tells nobody
            await asyncio.sleep(0.02)


async def right(world: World, *wanted: Message) -> None:
    """Wait until nothing is left to do; then each of these shows the task as it is."""
    await settled(world)
    shown = [one.plain.partition("\n")[2] for one in wanted]
    task = await world.task(1)
    assert len(set(shown)) == 1, shown
    assert shown[0].startswith(f"{task.title}  T-1\n")


async def test_a_card_is_shared_and_follows_its_task(acme: World) -> None:
    assert (await share(acme, words="Who can take <this>, @sam?")).closed
    (card,) = cards(acme)
    assert card.plain.startswith("maria: Who can take <this>, @sam?\nBook the venue  T-1\nOpen")
    assert "synced" not in card.plain
    assert card.pings == frozenset()
    await acme.slack.command("/task assign T-1 @sam")
    await seen(acme, lambda: "Open · sam" in card.plain)
    assert card.pings == frozenset()
    assert cards(acme) == [card]


async def test_the_form_begins_where_it_was_opened(acme: World) -> None:
    form = await opened(acme, channel="C2")
    (select,) = [b["element"] for b in form.blocks if b.get("block_id", "").startswith("place")]
    assert select["initial_conversation"] == "C2"
    assert (await acme.slack.submit(form)).closed
    assert len(cards(acme, "C2")) == 1


async def test_p2_a_form_sent_three_times_at_once_is_one_card(acme: World) -> None:
    form = await opened(acme)
    answers = await acme.slack.submit(form, {"place": "C2"}, deliveries=3)
    assert all(one.ack is not None and one.ack.status == 200 for one in answers)
    await card_in(acme, "C2")
    await settled(acme)
    assert len(cards(acme, "C2")) == 1


async def test_where_the_bot_is_not_it_says_how_to_let_it_in(acme: World) -> None:
    acme.slack.kick("C2")
    answer = await share(acme, "C2")
    (why,) = answer.errors.values()
    assert why.startswith("I cannot write there: type /invite @taskbridge")
    assert cards(acme, "C2") == []
    await settled(acme)


async def test_two_people_and_notion_at_once_end_with_one_right_card_in_every_place(
    acme: World,
) -> None:
    row = await acme.row("Book the venue")
    found = await shared(acme, "C1", "C2", "C3")
    acme.bench.edit(row.id, {"Priority": "High"})
    await asyncio.gather(
        acme.slack.click(found[0], "Done", user="U1"),
        acme.slack.click(found[1], "Done", user="U2"),
        acme.slack.command("/task due T-1 tomorrow", user="U2"),
    )
    await acme.until_task(
        1, lambda task: not task.is_open and task.due is not None and task.priority is not None
    )
    await right(acme, *found)
    assert all("Done by" in one.plain and "High priority" in one.plain for one in found)
    told = whispers(acme, "U1") + whispers(acme, "U2", "C2")
    assert sum("already done" in one for one in told) == 1


async def test_a_button_edits_the_card_at_once_and_says_nothing_else(acme: World) -> None:
    found = await shared(acme, "C1", "C2")
    before = len(whispers(acme, "U2", "C2"))
    await acme.slack.click(found[1], "Done", user="U2")
    await seen(acme, lambda: all("Done by sam" in one.plain for one in found))
    assert len(whispers(acme, "U2", "C2")) == before
    assert "Undo" not in str(found[1].blocks)
    await right(acme, *found)


async def test_a_form_opened_from_a_shared_card_leaves_it_everybodys(acme: World) -> None:
    (card,) = await shared(acme, "C2")
    answer = await acme.slack.click(card, "Edit", user="U2")
    assert answer.modal is not None
    assert (await acme.slack.submit(answer.modal, {"Title": "Book the hall"}, user="U2")).closed
    await seen(acme, lambda: "Book the hall" in card.plain)
    assert card.plain.startswith("maria shared this task:")
    assert "Saved" not in card.plain


async def test_fifty_changes_in_a_burst_are_few_edits(acme: World) -> None:
    (card,) = await shared(acme, "C2")
    await settled(acme)
    before = edits(acme)
    for turn in range(50):
        await acme.slack.command(f"/task tag T-1 #burst{turn % 7} -#burst{(turn + 1) % 7}")
    await settled(acme)
    assert 1 <= edits(acme) - before <= 6
    task = await acme.task(1)
    assert all(f"#{tag}" in card.plain for tag in task.tags)


async def test_what_only_says_that_it_is_synced_edits_nothing(acme: World) -> None:
    await acme.row("Book the venue")
    (card,) = await shared(acme, "C2")
    await settled(acme)
    before = edits(acme)
    await acme.slack.command("/task priority T-1 high")
    await acme.row("Book the venue", Priority="High")
    await settled(acme)
    await acme.until_task(1, lambda task: task.sync.rev == task.rev)
    await settled(acme)
    assert edits(acme) - before == 1
    assert "High priority" in card.plain


async def test_an_archived_channel_is_forgotten_and_the_others_go_on(acme: World) -> None:
    found = await shared(acme, "C1", "C2", "C3")
    acme.slack.archive("C2")
    acme.slack.kick("C3")
    await acme.slack.command("/task done T-1")
    await seen(acme, lambda: "Done by maria" in found[0].plain)
    await settled(acme)
    before = edits(acme)
    await acme.slack.command("/task reopen T-1")
    await seen(acme, lambda: "Done by" not in found[0].plain)
    await settled(acme)
    assert edits(acme) - before == 1
    assert "Done by" not in found[1].plain


async def test_a_deleted_message_is_forgotten(acme: World) -> None:
    found = await shared(acme, "C1", "C2")
    found[1].deleted = True
    await acme.slack.command("/task done T-1")
    await seen(acme, lambda: "Done by maria" in found[0].plain)
    await settled(acme)
    assert (found[1].edited_ts, len(cards(acme, "C2"))) == (None, 0)


async def test_a_guest_is_told_why_not_and_the_card_stays(acme: World) -> None:
    (card,) = await shared(acme, "C2")
    await settled(acme)
    before = card.plain
    await acme.slack.click(card, "Done", user="U3")
    told = await seen(acme, lambda: whispers(acme, "U3", "C2"))
    assert "T-1" in told[-1]
    assert (await acme.task(1)).is_open
    await settled(acme)
    assert card.plain == before


async def test_whoever_may_not_see_a_task_shares_it_with_nobody(acme: World) -> None:
    (card,) = await shared(acme, "C2")
    answer = await acme.slack.click(card, "Share", user="U3")
    assert answer.modal is not None
    refused = await acme.slack.submit(answer.modal, {"place": "C2"}, user="U3")
    assert "There is no T-1 here" in str(refused.errors)
    assert cards(acme, "C2") == [card]


async def test_a_private_task_is_shown_in_its_own_channel_only(acme: World) -> None:
    await acme.slack.command("/task add Buy them out", user="U1", channel="C7")
    card = await acme.slack.command("/task show 2", user="U1", channel="C7")
    answer = await acme.slack.click(card.message, "Share", user="U1")
    assert answer.modal is not None
    refused = await acme.slack.submit(answer.modal, {"place": "C1"})
    assert "T-2 is private to another conversation" in str(refused.errors)
    assert (await acme.slack.submit(answer.modal, {"place": "C7"})).closed
    assert [one.plain.split("\n")[1] for one in cards(acme, "C7")] == ["Buy them out  T-2"]
    assert cards(acme, "C1") == []


async def test_a_lost_answer_makes_no_second_card(acme: World) -> None:
    acme.slack.faults.script("chat.postMessage", Fault(kind="drop_after"))
    assert (await share(acme, "C2")).closed
    (card,) = await card_in(acme, "C2")
    await settled(acme)
    await acme.slack.command("/task done T-1")
    await seen(acme, lambda: "Done by maria" in card.plain)
    assert cards(acme, "C2") == [card]


async def test_what_was_not_posted_for_slack_was_busy_is_posted_later(acme: World) -> None:
    acme.slack.faults.script("chat.postMessage", Fault(kind="ratelimit", retry_after=1))
    assert (await share(acme, "C2")).closed
    assert "T-1 will be in #events in a moment" in str(whispers(acme, "U1"))
    assert len(await card_in(acme, "C2")) == 1
    await settled(acme)
    assert len(cards(acme, "C2")) == 1


async def test_whoever_was_promised_a_card_hears_that_it_cannot_be_shown(acme: World) -> None:
    acme.slack.faults.script(
        "chat.postMessage",
        Fault(kind="ratelimit", retry_after=1),
        Fault(kind="error", code="restricted_action"),
    )
    assert (await share(acme, "C2")).closed
    told = await seen(acme, lambda: acme.slack.direct_messages(user="U1"))
    assert told[-1].plain.startswith("T-1 is not in #events. I cannot write there: type /invite")
    await settled(acme)
    assert cards(acme, "C2") == []


async def test_slack_that_asks_to_wait_is_left_alone(acme: World) -> None:
    found = await shared(acme, "C1", "C2")
    await settled(acme)
    before = edits(acme)
    acme.slack.faults.script("chat.update", Fault(kind="ratelimit", retry_after=2))
    await acme.slack.command("/task done T-1")
    await seen(acme, lambda: all("Done by" in one.plain for one in found))
    assert edits(acme) - before == 3


async def test_a_dead_token_makes_cards_wait(acme: World) -> None:
    (card,) = await shared(acme, "C2")
    acme.slack.faults.script("chat.update", Fault(kind="error", code="token_revoked"))
    before = edits(acme)
    await acme.slack.command("/task done T-1")
    await seen(acme, lambda: edits(acme) > before)
    await acme.slack.command("/task reopen T-1")
    await acme.slack.command("/task done T-1")
    await seen(acme, lambda: "Done by" in card.plain)


async def test_a_killed_bot_leaves_no_second_card(empty_world: World) -> None:
    world, slack = empty_world, empty_world.slack
    slack.add_channel("C2", "events")
    async with world.bot_process() as process:
        await slack.command("/task add Book the venue")
        form = await opened(world)
        slack.faults.script("chat.postMessage", Fault(kind="delay_after", seconds=1.0))
        sharing = asyncio.create_task(slack.submit(form, {"place": "C2"}))
        await card_in(world, "C2")
        process.kill()
        await process.wait()
        await asyncio.wait({sharing})
        slack.journal.violations.clear()  # of the killed one's answer, which never came
    async with world.run_bot():
        await settled(world)
        (card,) = cards(world, "C2")
        await slack.command("/task done T-1")
        await seen(world, lambda: "Done by maria" in card.plain)
        assert cards(world, "C2") == [card]


async def test_two_processes_edit_a_card_once(acme: World) -> None:
    async with acme.run_bot(PORT=None, API_KEYS=API_KEYS):
        (card,) = await shared(acme, "C2")
        await settled(acme)
        before = edits(acme)
        await acme.slack.command("/task done T-1")
        await seen(acme, lambda: "Done by maria" in card.plain)
        await settled(acme)
        assert edits(acme) - before == 1


async def test_what_was_said_of_a_task_in_a_thread_follows_it(acme: World) -> None:
    said = acme.slack.say("The hall is free", user="U2", channel="C2")
    answer = await acme.slack.message_shortcut(said, "create_task", user="U1")
    assert answer.modal is not None
    assert (await acme.slack.submit(answer.modal)).closed
    (line,) = await card_in(acme, "C2")
    assert line.plain.startswith("This is a task now: The hall is free  T-2")
    await acme.slack.command("/task done T-2", user="U2")
    await seen(acme, lambda: "— done by sam" in line.plain)
    assert line.plain.startswith("This is a task now: The hall is free  T-2")


async def test_an_answer_to_a_mention_follows_its_task(acme: World) -> None:
    await acme.slack.write("@taskbridge add Buy milk", user="U1", channel="C2")
    (card,) = await card_in(acme, "C2")
    await acme.slack.command("/task done T-2", user="U2")
    await seen(acme, lambda: "Done by sam" in card.plain)
    assert card.plain.startswith("Added T-2.\nBuy milk  T-2")
    assert card.pings == frozenset()


async def test_a_card_in_the_bots_own_conversation_stays_its_readers(acme: World) -> None:
    said = await acme.slack.write_to_bot("add Buy milk", user="U2")
    (card,) = await card_in(acme, said.channel_id)
    await acme.slack.click(card, "Done", user="U2")
    await seen(acme, lambda: "Done by sam" in card.plain)
    assert "Undo" in str(card.blocks)
    assert len(cards(acme, said.channel_id)) == 1


async def test_rest_changes_what_is_shown(acme: World) -> None:
    (card,) = await shared(acme, "C2")
    answer = await ask(acme, "PATCH", "/1", {"title": "Book the hall"})
    assert answer.status == 200
    await seen(acme, lambda: "Book the hall" in card.plain)


async def test_replies_under_a_shared_card_belong_to_its_task(acme: World) -> None:
    (card,) = await shared(acme, "C2")
    assert await acme.bot.stores.threads.task_of("T1", "C2", card.ts) == 1


async def test_a_reply_under_a_shared_card_is_kept_as_a_note(acme: World) -> None:
    (card,) = await shared(acme, "C2")
    reply = await acme.slack.reply(card, "The hall has 80 seats", user="U2")
    answer = await acme.slack.message_shortcut(reply, "create_task", user="U1")
    assert answer.modal is not None
    await acme.slack.click(answer.modal, "Keep as a note of T-1")
    form = acme.slack.modals("U1")[-1]
    assert (await acme.slack.submit(form)).closed
    task = await acme.until_task(1, lambda task: bool(task.notes))
    assert task.notes.startswith("The hall has 80 seats\n— @sam, https://acme.slack.com/")
    await seen(acme, lambda: "The hall has 80 seats" in card.plain)


async def test_a_task_is_given_away_and_done_on_its_shared_card(acme: World) -> None:
    (card,) = await shared(acme, "C2")
    answer = await acme.slack.click(card, "Assign", user="U2")
    assert answer.modal is not None
    assert (await acme.slack.submit(answer.modal, {"assignees": ["U2"]}, user="U2")).closed
    await seen(acme, lambda: "Open · sam" in card.plain)
    await acme.slack.click(card, "Done", user="U2")
    await seen(acme, lambda: "Done by sam" in card.plain)
    assert card.plain.startswith("maria shared this task:")
    assert whispers(acme, "U2", "C2") == []
