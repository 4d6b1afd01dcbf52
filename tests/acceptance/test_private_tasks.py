"""Tasks of a private channel: seen by its members only, on every surface, at the time they ask."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from playground.slack.faults import Fault
from playground.slack.state import Channel
from tasks.api_keys import Role
from tasks.model import Source
from tests.acceptance.test_rest import API_KEYS, ask, stored_key
from tests.acceptance.world import BOT_TOKEN, SCOPES, World, free_port

MAY_ASK = ("channels:read", "groups:read", "groups:history", "mpim:read", "im:read")
SECRET, PUBLIC = "Buy them out", "Book the venue"


@pytest.fixture
async def acme(empty_world: World) -> AsyncIterator[World]:
    """Give a world with a private channel of Maria's and Sam's; Tess is not in it."""
    slack = empty_world.slack
    slack.install("T1", "Acme", BOT_TOKEN, (*SCOPES, *MAY_ASK))
    slack.add_channel("C7", "deal", kind="private", members=["U1", "U2"])
    slack.add_user("U3", "tess", tz="Europe/Berlin")
    async with empty_world.run_bot(API_KEYS=API_KEYS):
        yield empty_world


def deal(world: World) -> Channel:
    return world.slack.core.state.teams["T1"].channels["C7"]


async def said(world: World, typed: str, user: str, channel: str = "C1") -> str:
    return (await world.slack.command(typed, user=user, channel=channel)).plain


async def private_and_public(world: World) -> str:
    """Make T-1 in the private channel and T-2 in the public one; return T-1's card."""
    card = await said(world, f"/task add {SECRET}", "U1", "C7")
    await said(world, f"/task add {PUBLIC}", "U1", "C1")
    return card


async def test_the_card_says_who_sees_it_and_that_notion_does_not(acme: World) -> None:
    card = await private_and_public(acme)
    assert "🔒 Private to #deal" in card
    assert "Notion: off (private)" in card
    await acme.row(PUBLIC)
    assert acme.titles() == [PUBLIC]
    await said(acme, "/task edit T-1", "U1", "C7")
    await said(acme, "/task done T-1", "U1", "C7")
    await said(acme, "/task done T-2", "U1", "C7")
    await acme.row(PUBLIC, Status="Done")
    assert acme.titles() == [PUBLIC]


@pytest.mark.parametrize(
    "typed", ["/task list all", "/task search buy", "/task list @maria", "/task list unassigned"]
)
async def test_lists_and_search_show_it_to_members_alone(acme: World, typed: str) -> None:
    await private_and_public(acme)
    for member in ("U1", "U2"):
        assert SECRET in await said(acme, typed, member)
    assert SECRET not in await said(acme, typed, "U3")


@pytest.mark.parametrize(
    "typed",
    [
        "/task show T-1",
        "/task done T-1",
        "/task assign T-1 me",
        "/task due T-1 tomorrow",
        "/task priority T-1 high",
        "/task tag T-1 #x",
        "/task snooze T-1 2h",
        "/task delete T-1",
        "/task restore T-1",
        "/task reopen T-1",
        "/task history T-1",
        "/task undo T-1",
        "/task edit T-1",
        "/task sync retry T-1",
    ],
)
async def test_to_others_it_is_as_if_it_were_not_there(acme: World, typed: str) -> None:
    await private_and_public(acme)
    refused = await said(acme, typed, "U3")
    unknown = await said(acme, typed.replace("T-1", "T-99"), "U3")
    assert refused.replace("T-1", "T-99") == unknown
    assert "There is no T-1 here" in refused
    assert SECRET in await said(acme, "/task show T-1", "U2")


async def test_whoever_leaves_sees_it_no_more_and_whoever_joins_does(acme: World) -> None:
    await private_and_public(acme)
    deal(acme).members.remove("U1")
    assert "There is no T-1 here" in await said(acme, "/task show T-1", "U1")
    assert SECRET not in await said(acme, "/task list", "U1")
    deal(acme).members.append("U3")
    assert SECRET in await said(acme, "/task show T-1", "U3")
    assert SECRET in await said(acme, "/task list all", "U3")


async def test_whom_it_is_assigned_to_sees_it_and_may_not_delete_it(acme: World) -> None:
    await private_and_public(acme)
    await said(acme, "/task assign T-1 @tess", "U2", "C7")
    assert SECRET in await said(acme, "/task list", "U3")
    assert SECRET in await said(acme, "/task show T-1", "U3")
    refused = await said(acme, "/task delete T-1", "U3")
    assert "Deleting T-1 is for the members of its channel" in refused
    assert "Done: T-1." in await said(acme, "/task done T-1", "U3")


async def test_the_home_tab_follows_the_membership(acme: World) -> None:
    await private_and_public(acme)
    await acme.slack.open_home(user="U1")
    home = await acme.slack.until(lambda: acme.slack.home("U1"))
    assert home is not None
    assert SECRET in home.plain
    deal(acme).members.remove("U1")
    await acme.slack.open_home(user="U1")
    await acme.slack.until(lambda: SECRET not in _home(acme))
    assert PUBLIC in _home(acme)


def _home(world: World) -> str:
    home = world.slack.home("U1")
    return home.plain if home is not None else ""


async def test_a_button_pressed_after_leaving_changes_nothing(acme: World) -> None:
    card = await acme.slack.command(f"/task add {SECRET}", user="U1", channel="C7")
    deal(acme).members.remove("U1")
    await acme.slack.click(card.message, "Done", user="U1")
    dm = await acme.slack.until(
        lambda: [m for m in _all_seen(acme, "U1") if "There is no T-1 here" in m]
    )
    assert dm
    assert "Open" in await said(acme, "/task show T-1", "U2")


def _all_seen(world: World, user: str) -> list[str]:
    team = world.slack.core.state.teams["T1"]
    return [
        message.plain
        for channel in team.channels.values()
        for message in channel.messages
        if message.ephemeral_to in (None, user)
    ]


async def test_a_form_sent_after_leaving_saves_nothing_and_says_so(acme: World) -> None:
    card = await acme.slack.command(f"/task add {SECRET}", user="U1", channel="C7")
    opened = await acme.slack.click(card.message, "Edit", user="U1")
    assert opened.modal is not None
    deal(acme).members.remove("U1")
    sent = await acme.slack.submit(opened.modal, {"Title": "Sell"})
    assert not sent.closed
    assert "There is no T-1 here" in str(sent.body)
    assert SECRET in await said(acme, "/task show T-1", "U2")


async def test_a_form_that_makes_a_task_keeps_its_channels_privacy(acme: World) -> None:
    asked = await acme.slack.command("/task add", user="U1", channel="C7")
    assert asked.modal is not None
    made = await acme.slack.submit(asked.modal, {"Title": SECRET})
    assert made.closed
    assert "There is no T-1 here" in await said(acme, "/task show T-1", "U3")
    assert "🔒 Private to #deal" in await said(acme, "/task show T-1", "U2")


async def test_undo_does_not_reach_into_a_channel_that_was_left(acme: World) -> None:
    await private_and_public(acme)
    await said(acme, "/task done T-1", "U2", "C7")
    deal(acme).members.remove("U2")
    assert "nothing of yours to undo" in await said(acme, "/task undo", "U2")
    assert "Done" in await said(acme, "/task show T-1", "U1")
    deal(acme).members.append("U2")
    assert "Undone in T-1" in await said(acme, "/task undo", "U2")


async def test_no_key_sees_it_over_rest_whatever_its_role(acme: World) -> None:
    await private_and_public(acme)
    for role in Role:
        key = (await stored_key(acme, team="T1", role=role)).token
        listed = await ask(acme, "GET", token=key)
        assert [one["title"] for one in listed.body["tasks"]] == [PUBLIC]
        for path in ("/1", "/1/history"):
            refused = await ask(acme, "GET", path, token=key)
            assert refused.problem == (404, "no_such_task")
            assert (
                refused.body["detail"]
                == ((await ask(acme, "GET", path.replace("1", "99"), token=key)).body["detail"])
            )
        if role is Role.READ:
            continue
        for method, path in (
            ("POST", "/1/complete"),
            ("DELETE", "/1"),
            ("PATCH", "/1"),
            ("POST", "/1/restore"),
        ):
            body = {"title": "Sell"} if method == "PATCH" else None
            refused = await ask(acme, method, path, json=body, token=key)
            assert refused.problem == (404, "no_such_task")
    assert SECRET in await said(acme, "/task show T-1", "U1")


async def test_while_slack_cannot_be_asked_private_tasks_are_left_out_and_it_is_said(
    acme: World,
) -> None:
    await private_and_public(acme)
    down = Fault(kind="error", code="internal_error")
    acme.slack.faults.randomly("users.conversations", down, chance=1.0, seed=1)
    shown = await said(acme, "/task list all", "U2")
    assert PUBLIC in shown
    assert SECRET not in shown
    assert "Tasks of private channels are left out" in shown
    refused = await said(acme, "/task show T-1", "U2")
    assert "Slack does not tell me which private channels you are in" in refused
    assert refused.replace("T-1", "T-99") == await said(acme, "/task show T-99", "U2")
    assert "Done: T-2." in await said(acme, "/task done T-2", "U2")
    assert SECRET in await said(acme, "/task show T-1", "U2", "C7")  # there Slack lets nobody else
    acme.slack.faults.clear()


async def test_in_a_channel_without_the_bot_it_is_seen_there_and_nowhere_else(acme: World) -> None:
    acme.slack.add_channel("C8", "board", kind="private", members=["U1", "U2"], with_bot=False)
    card = await acme.slack.command(f"/task add {SECRET}", user="U1", channel="C8")
    assert "🔒" in card.plain
    assert SECRET in await said(acme, "/task list here", "U2", "C8")
    assert SECRET not in await said(acme, "/task list all", "U2", "C1")
    await acme.slack.click(card.message, "Done", user="U1")
    await acme.slack.until(lambda: "Reopen" in card.message.plain)


async def test_what_is_written_to_the_bot_is_its_writers_own(acme: World) -> None:
    acme.slack.core.direct_message(acme.slack.core.state.teams["T1"], "U1")
    im = acme.slack.core.state.teams["T1"].im_with("U1")
    assert im is not None
    card = await said(acme, f"/task add {SECRET}", "U1", im.id)
    assert "🔒 Private to @maria" in card
    assert SECRET in await said(acme, "/task list", "U1")
    assert SECRET in await said(acme, "/task list all", "U1")
    assert SECRET not in await said(acme, "/task list all", "U2")
    assert "There is no T-1 here" in await said(acme, "/task done T-1", "U2")
    # Nobody has to be asked who that is.
    assert acme.slack.journal.calls("users.conversations") == []


async def test_a_guest_sees_the_tasks_of_their_channels_and_their_own(acme: World) -> None:
    acme.slack.add_user("U4", "guest", is_single_channel_guest=True)
    acme.slack.add_channel("C5", "fair", members=["U1", "U4"])
    await said(acme, "/task add Paint the booth", "U1", "C5")
    await said(acme, "/task add Fire the agency", "U1", "C1")
    await said(acme, "/task add Send the logo @guest", "U1", "C1")
    shown = await said(acme, "/task list all", "U4", "C5")
    assert "Paint the booth" in shown
    assert "Fire the agency" not in shown
    assert "Send the logo" in await said(acme, "/task list", "U4", "C5")
    assert "There is no T-2 here" in await said(acme, "/task show T-2", "U4", "C5")
    assert "There is no T-2 here" in await said(acme, "/task done T-2", "U4", "C5")
    assert "Done: T-1." in await said(acme, "/task done T-1", "U4", "C5")
    refused = await said(acme, "/task delete T-3", "U4", "C5")
    assert "Deleting T-3 is for whoever made it" in refused


async def test_where_no_task_is_private_nobody_is_asked_where_people_are(acme: World) -> None:
    await said(acme, f"/task add {PUBLIC}", "U1")
    for typed in ("/task list all", "/task show T-1", "/task done T-1", "/task search book"):
        await said(acme, typed, "U2")
    assert acme.slack.journal.calls("users.conversations") == []
    assert acme.slack.journal.calls("conversations.info") == []
    assert len(acme.slack.journal.calls("users.info")) == 1  # once a person


async def test_ones_own_list_and_home_tab_wait_for_nobody(acme: World) -> None:
    await said(acme, f"/task add {PUBLIC}", "U1")
    assert PUBLIC in await said(acme, "/task list", "U1")
    assert PUBLIC in await said(acme, "/task", "U1")
    await acme.slack.open_home(user="U1")
    await acme.slack.until(lambda: PUBLIC in _home(acme))
    for method in ("users.conversations", "conversations.info"):
        assert acme.slack.journal.calls(method) == []


async def test_a_thread_about_it_is_not_copied_to_notion(acme: World) -> None:
    parent = acme.slack.say("Who buys them?", user="U1", channel="C7")
    await private_and_public(acme)
    await acme.row(PUBLIC)
    copies = acme.bot.stores.copies
    await acme.bot.stores.threads.bind("T1", "C7", parent.ts, 1)
    asked = await acme.slack.command("/task settings", user="U1", channel="C7")
    assert asked.modal is not None
    await acme.slack.submit(asked.modal, {"features": ["comments"]}, user="U1")
    heard = await acme.slack.reply(parent, "I do", user="U2")
    assert heard is not None
    async with asyncio.timeout(30):
        while await copies.next_due(Source.SLACK) is not None:  # noqa: ASYNC110  # it tells nobody
            await asyncio.sleep(0.02)
    assert acme.bench.workspace.comments == {}


async def test_a_second_instance_learns_of_it_before_it_has_looked(acme: World) -> None:
    async with acme.run_bot(PORT=str(free_port())):
        other = acme.bots[-1]
        acme.slack.bot_url = f"http://127.0.0.1:{acme.bots[0].port}"
        await private_and_public(acme)
        acme.slack.bot_url = f"http://127.0.0.1:{other.port}"
        assert "There is no T-1 here" in await said(acme, "/task show T-1", "U3")
        assert "Done: T-1." in await said(acme, "/task done T-1", "U2")
        assert SECRET not in await said(acme, "/task list all", "U3")
