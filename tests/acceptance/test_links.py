"""Links to tasks and to their Notion pages: shown where they may be, with buttons that work."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from playground.slack.state import Message
from tests.acceptance.world import BOT_TOKEN, SCOPES, WEBHOOK_TOKEN, World

WANTED = ("links:read", "links:write", "channels:read", "groups:read", "mpim:read", "im:read")
BASE = "https://tasks.example.com"
LINK = f"{BASE}/t/T1/1"
TITLE = "Book the venue"


@pytest_asyncio.fixture
async def linked(empty_world: World) -> AsyncIterator[World]:
    """Give a world whose bot has a public address, and hears of links."""
    empty_world.slack.install("T1", "Acme", BOT_TOKEN, (*SCOPES, *WANTED))
    async with empty_world.run_bot(PUBLIC_URL=BASE, NOTION_WEBHOOK_TOKEN=WEBHOOK_TOKEN):
        yield empty_world


async def unfurled(world: World, message: Message, *, links: int = 1) -> str:
    """Wait for what is shown below a message; return it."""
    await world.slack.until(lambda: len(message.unfurls) == links)
    return message.plain.partition("\n")[2]


async def nothing_below(world: World, message: Message) -> None:
    """See that a message's links are left alone, once the bot has answered a later one."""
    probe = await world.slack.share(LINK.replace("/1", "/99") + " " + BASE, user="U1", channel="C1")
    assert probe.unfurls == message.unfurls == {}
    assert world.slack.journal.calls("chat.unfurl") == []


async def test_a_link_to_a_task_shows_its_card(linked: World) -> None:
    await linked.slack.command(f"/task add {TITLE} @sam due friday !high", user="U1", channel="C1")
    said = await linked.slack.share(f"see {LINK} please", user="U2", channel="C1")
    shown = await unfurled(linked, said)
    assert shown.startswith(f"{TITLE}  T-1\nOpen · sam · High priority")
    assert "Due Fri" in shown
    assert said.pings == frozenset()


async def test_a_link_to_a_tasks_notion_page_shows_its_card(linked: World) -> None:
    await linked.slack.command(f"/task add {TITLE}", user="U1", channel="C1")
    await linked.row(TITLE)
    task = await linked.until_task(1, lambda task: task.sync.url is not None)
    page = str(task.sync.url).rsplit("-", 1)[-1][-32:]
    beside = f"https://www.notion.so/acme/0f1e2d3c4b5a69788796a5b4c3d2e1f0?v=1&p={page}&pm=s"
    said = await linked.slack.share(beside, user="U2", channel="C1")
    assert (await unfurled(linked, said)).startswith(f"{TITLE}  T-1")
    other = f"https://www.notion.so/{'ab' * 16}"
    both = await linked.slack.share(f"{task.sync.url} {LINK} {other}", user="U2", channel="C1")
    await unfurled(linked, both)
    assert list(both.unfurls) == [task.sync.url]  # a task is shown once


async def test_the_buttons_below_a_link_change_the_task_and_the_card(linked: World) -> None:
    await linked.slack.command(f"/task add {TITLE}", user="U1", channel="C1")
    said = await linked.slack.share(LINK, user="U2", channel="C1")
    await unfurled(linked, said)
    await linked.slack.click(said, "Done", user="U2")
    await linked.slack.until(lambda: "Done by sam" in said.plain)
    assert (await linked.task(1)).completed_by == "U2"
    await linked.slack.click(said, "Reopen", user="U1")
    await linked.slack.until(lambda: "Done by" not in said.plain)
    opened = await linked.slack.click(said, "Edit", user="U2")
    assert opened.modal is not None
    assert (await linked.slack.submit(opened.modal, {"Title": "Book the hall"})).closed
    await linked.slack.until(lambda: "Book the hall  T-1" in said.plain)
    assert said.text == f"<{LINK}>"
    others = [m for m in linked.slack.messages("C1", user="U2") if m.is_ephemeral]
    assert others == []  # the card says it all


async def test_a_button_below_a_link_that_cannot_be_served_says_so_to_one_person(
    linked: World,
) -> None:
    await linked.slack.command(f"/task add {TITLE}", user="U1", channel="C1")
    said = await linked.slack.share(LINK, user="U2", channel="C1")
    await unfurled(linked, said)
    await linked.slack.click(said, "Done", user="U2")
    await linked.slack.until(lambda: "Done by sam" in said.plain)
    await linked.slack.command("/task delete T-1", user="U1", channel="C1")
    await linked.slack.click(said, "Reopen", user="U2")
    told = await linked.slack.until(
        lambda: [m for m in linked.slack.messages("C1", user="U2") if m.is_ephemeral]
    )
    assert told[0].plain.startswith("T-1 was deleted: type /task restore T-1")
    await linked.slack.until(lambda: "Deleted" in said.plain)


async def test_a_private_task_is_shown_in_its_own_channel_only(linked: World) -> None:
    linked.slack.add_channel("C7", "deal", kind="private", members=["U1", "U2"])
    await linked.slack.command(f"/task add {TITLE}", user="U1", channel="C7")
    elsewhere = await linked.slack.share(LINK, user="U1", channel="C1")
    unsent = await linked.slack.compose(LINK, user="U1")
    await nothing_below(linked, elsewhere)
    assert unsent.unfurls == {}
    there = await linked.slack.share(LINK, user="U1", channel="C7")
    assert TITLE in await unfurled(linked, there)
    await linked.slack.click(there, "Done", user="U2")
    await linked.slack.until(lambda: "Done by sam" in there.plain)


async def test_whoever_may_not_see_a_task_learns_nothing_by_a_link(linked: World) -> None:
    linked.slack.add_user("U4", "guest", is_single_channel_guest=True)
    linked.slack.add_channel("C5", "fair", members=["U1", "U4"])
    await linked.slack.command(f"/task add {TITLE}", user="U1", channel="C1")
    said = await linked.slack.share(LINK, user="U4", channel="C5")
    await nothing_below(linked, said)


async def test_p6_a_link_of_another_workspace_shows_nothing(linked: World) -> None:
    await linked.slack.command(f"/task add {TITLE}", user="U1", channel="C1")
    said = await linked.slack.share(f"{BASE}/t/T2/1", user="U1", channel="C1")
    await nothing_below(linked, said)


async def test_where_strangers_are_only_the_channels_own_tasks_are_shown(linked: World) -> None:
    linked.slack.add_user("U7", "olga", home_team="T9")
    linked.slack.add_channel("C6", "with-initech", members=["U1", "U7"])
    await linked.slack.command(f"/task add {TITLE}", user="U1", channel="C1")
    await linked.slack.command("/task add Send the offer", user="U1", channel="C6")
    for who in ("U1", "U7"):
        said = await linked.slack.share(f"{LINK} {BASE}/t/T1/2", user=who, channel="C6")
        assert (await unfurled(linked, said)).startswith("Send the offer  T-2")
        assert TITLE not in said.plain


async def test_what_is_still_being_written_shows_public_tasks_to_its_writer(linked: World) -> None:
    await linked.slack.command(f"/task add {TITLE}", user="U1", channel="C1")
    draft = await linked.slack.compose(LINK, user="U2")
    await unfurled(linked, draft)
    assert draft.plain.startswith(f"{TITLE}  T-1")


async def test_p2_an_event_that_comes_three_times_is_answered_once(linked: World) -> None:
    await linked.slack.command(f"/task add {TITLE}", user="U1", channel="C1")
    said = await linked.slack.share(LINK, user="U2", channel="C1", deliveries=3)
    await unfurled(linked, said)
    later = await linked.slack.share(LINK, user="U2", channel="C1")
    await unfurled(linked, later)
    assert len(linked.slack.journal.calls("chat.unfurl")) == 2


async def test_a_link_is_copied_from_the_card_and_leads_into_slack(linked: World) -> None:
    card = await linked.slack.command(f"/task add {TITLE}", user="U1", channel="C1")
    await linked.slack.click(card.message, "more", user="U1", value="Copy link")
    told = await linked.slack.until(
        lambda: [m for m in linked.slack.messages("C1", user="U1") if LINK in m.plain]
    )
    assert told[0].plain == f"{TITLE}  T-1\n{LINK}"
    assert await followed(linked, "/t/T1/1") == (
        302,
        "https://slack.com/app_redirect?app=A0TASKBRIDGE&team=T1",
    )
    assert await followed(linked, "/t/T1/99") == await followed(linked, "/t/T1/1")
    assert (await followed(linked, "/t/evil.example/1"))[0] == 404


async def followed(world: World, path: str) -> tuple[int, str | None]:
    """Follow a link of ours, one step."""
    url = f"http://127.0.0.1:{world.bot.port}{path}"
    async with world.session.get(url, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("Location")


async def test_without_a_public_address_there_is_no_link_and_nobody_leads_there(
    http_world: World,
) -> None:
    card = await http_world.slack.command(f"/task add {TITLE}", user="U1", channel="C1")
    assert "Copy link" not in card.plain
    assert (await followed(http_world, "/t/T1/1"))[0] == 404


async def test_a_card_below_a_link_follows_its_task_whoever_changes_it(linked: World) -> None:
    await linked.slack.command(f"/task add {TITLE}", user="U1", channel="C1")
    said = await linked.slack.share(LINK, user="U2", channel="C1")
    await unfurled(linked, said)
    await linked.slack.command("/task assign T-1 @sam", user="U1", channel="C1")
    await linked.slack.until(lambda: "Open · sam" in said.plain)
    assert said.pings == frozenset()
    linked.subscribe()
    row = await linked.row(TITLE)
    linked.bench.edit(row.id, {"Name": "Book the hall"})
    await linked.slack.until(lambda: "Book the hall  T-1" in said.plain, seconds=10.0)
    assert said.text == f"<{LINK}>"
    assert linked.slack.journal.calls("chat.update") == []


async def test_what_is_said_below_a_message_with_a_link_is_not_about_the_task(
    linked: World,
) -> None:
    await linked.slack.command(f"/task add {TITLE}", user="U1", channel="C1")
    said = await linked.slack.share(LINK, user="U2", channel="C1")
    await unfurled(linked, said)
    await linked.slack.command("/task done T-1", user="U1", channel="C1")
    await linked.slack.until(lambda: "Done by maria" in said.plain)
    assert await linked.bot.stores.threads.task_of("T1", "C1", said.ts) is None


async def test_where_the_bot_cannot_renew_a_card_whoever_pressed_is_shown_it(linked: World) -> None:
    linked.slack.add_channel("C8", "board", kind="private", members=["U1", "U2"], with_bot=False)
    await linked.slack.command(f"/task add {TITLE}", user="U1", channel="C1")
    said = await linked.slack.share(LINK, user="U2", channel="C8")
    await unfurled(linked, said)
    await linked.slack.click(said, "Done", user="U2")
    told = await linked.slack.until(
        lambda: [m for m in linked.slack.messages("C8", user="U2") if m.ephemeral_to == "U2"]
    )
    assert "Done by @sam" in told[0].plain
    assert "Done by" not in said.plain
