"""What ends while people are at it: triggers, forms, channels, the app itself. Each is said."""

from __future__ import annotations

from playground.slack.faults import Fault
from playground.slack.state import Message
from playground.slack.views import View
from tests.acceptance.world import BOT_TOKEN, SCOPES, World

HOUR = 3600.0
MAY_ASK = ("channels:read", "groups:read", "mpim:read", "im:read")


async def whispered(world: World, *, user: str = "U1", words: str) -> Message:
    """Wait for what one person alone is told."""
    found = await world.slack.until(
        lambda: [
            m
            for m in world.slack.messages("C1", user=user)
            if m.ephemeral_to == user and words in m.plain
        ]
    )
    return found[-1]


async def form_of(world: World, *, user: str = "U1") -> View:
    """Add a task and open its form."""
    card = await world.slack.command("/task add Book the venue", user=user, channel="C1")
    opened = await world.slack.click(card.message, "Edit", user=user)
    assert opened.modal is not None
    return opened.modal


async def test_fault_7_a_button_whose_trigger_has_ended_is_said_and_the_form_opens_anew(
    acme: World,
) -> None:
    card = await acme.slack.command("/task add Book the venue", user="U1", channel="C1")
    acme.slack.faults.script("views.open", Fault(kind="error", code="expired_trigger_id"))
    assert (await acme.slack.click(card.message, "Edit", user="U1")).modal is None
    told = await whispered(acme, words="Slack did not wait until the form was ready")
    assert (await acme.slack.click(told, "Try again", user="U1")).modal is not None


async def test_a_form_that_was_open_for_an_hour_saves_and_its_card_still_reaches_the_person(
    acme: World,
) -> None:
    form = await form_of(acme)
    acme.slack.core.response_urls.age(HOUR)
    assert (await acme.slack.submit(form, {"Title": "Book the hall"})).closed
    await whispered(acme, words="Saved T-1.\nBook the hall  T-1")
    acme.slack.violations.clear()  # that the address has ended it can only learn by using it


async def test_p4_a_form_that_was_open_while_others_changed_the_task_shows_both(
    acme: World,
) -> None:
    form = await form_of(acme)
    await acme.slack.command("/task edit T-1 x", user="U2", channel="C1")
    other = acme.slack.modals("U2")[-1]
    assert (await acme.slack.submit(other, {"Title": "Rent the hall"})).closed
    sent = await acme.slack.submit(form, {"Title": "Book the hall"})
    assert not sent.closed
    clash = acme.slack.modals("U1")[-1]
    assert "Rent the hall" in clash.plain
    assert "Book the hall" in clash.plain
    assert (await acme.task(1)).title == "Rent the hall"


async def test_a_form_that_was_open_while_its_task_was_deleted_says_how_to_get_it_back(
    acme: World,
) -> None:
    form = await form_of(acme)
    await acme.slack.command("/task delete T-1", user="U2", channel="C1")
    sent = await acme.slack.submit(form, {"Title": "Book the hall"})
    assert "T-1 was deleted: type /task restore T-1 to bring it back." in str(sent.errors)
    assert (await acme.task(1)).title == "Book the venue"


async def test_a_form_that_was_open_while_notion_changed_another_field_loses_neither(
    acme: World,
) -> None:
    form = await form_of(acme)
    await acme.row("Book the venue")
    await acme.slack.command("/task priority T-1 high", user="U2", channel="C1")
    assert (await acme.slack.submit(form, {"Title": "Book the hall"})).closed
    await acme.row("Book the hall", Priority="High")


async def test_fault_12_a_channel_archived_while_a_form_was_open_keeps_the_task_and_says_so(
    acme: World,
) -> None:
    said = acme.slack.say("Book the venue", user="U2", channel="C1")
    opened = await acme.slack.message_shortcut(said, "create_task", user="U1")
    assert opened.modal is not None
    acme.slack.archive("C1")
    assert (await acme.slack.submit(opened.modal)).closed
    told = await whispered(acme, words="Added T-1.")
    assert "I could not say so in the thread" in told.plain


async def test_fault_12_where_the_bot_was_removed_from_the_channel_it_says_how_to_invite_it(
    acme: World,
) -> None:
    said = acme.slack.say("Book the venue", user="U2", channel="C1")
    opened = await acme.slack.message_shortcut(said, "create_task", user="U1")
    assert opened.modal is not None
    acme.slack.kick("C1")
    assert (await acme.slack.submit(opened.modal)).closed
    told = await whispered(acme, words="Added T-1.")
    assert "type /invite @taskbridge there" in told.plain


async def test_a_guest_who_presses_a_button_of_others_is_told_whom_to_ask(acme: World) -> None:
    acme.slack.add_user("U4", "guest", is_single_channel_guest=True)
    acme.slack.core.state.teams["T1"].channels["C1"].members.append("U4")
    acme.slack.install("T1", "Acme", BOT_TOKEN, (*SCOPES, *MAY_ASK))
    await acme.slack.command("/task add Book the venue", user="U1", channel="C1")
    shown = await acme.slack.command("/task show T-1", user="U4", channel="C1")
    await acme.slack.click(shown.message, "more", user="U4", value="Delete")
    told = await whispered(acme, user="U4", words="Deleting T-1 is for whoever made it")
    assert "ask one of them" in told.plain
    assert not (await acme.task(1)).deleted


async def test_fault_11_a_removed_bot_says_nothing_more_and_goes_on_once_it_is_back(
    empty_world: World,
) -> None:
    slack = empty_world.slack
    async with empty_world.run_bot():
        await slack.command("/task add Book the venue", user="U1", channel="C1")
        said = slack.say("Buy milk", user="U2", channel="C1")
        assert all(one.accepted for one in await slack.uninstall(team="T1"))
        before = len(slack.journal.calls("chat.postMessage"))
        answer = await slack.command("/task list", user="U1", channel="C1")
        assert answer.plain.startswith("Taskbridge is not installed in this workspace")
        assert len(slack.journal.calls("chat.postMessage")) == before
    slack.install("T1", "Acme", BOT_TOKEN, SCOPES)
    async with empty_world.run_bot():  # with its new token, which is the same here
        shown = await slack.command("/task list all", user="U1", channel="C1")
        assert "Book the venue" in shown.plain
        opened = await slack.message_shortcut(said, "create_task", user="U1")
        assert opened.modal is not None
        assert (await slack.submit(opened.modal)).closed
        assert (await empty_world.until_task(2, lambda _: True)).title == "Buy milk"
        await empty_world.row("Buy milk")
