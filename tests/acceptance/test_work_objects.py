"""Links to tasks as Slack's own Work Objects: below the link, in the details, and kept right."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from playground.slack.faults import Fault
from playground.slack.panes import Pane
from playground.slack.state import Message
from tests.acceptance.test_links import BASE, LINK, TITLE, WANTED
from tests.acceptance.world import BOT_TOKEN, SCOPES, WEBHOOK_TOKEN, World


@pytest_asyncio.fixture
async def world(empty_world: World) -> AsyncIterator[World]:
    """Give a world whose app has Work Objects switched on, and whose bot is told so."""
    empty_world.slack.install("T1", "Acme", BOT_TOKEN, (*SCOPES, *WANTED))
    empty_world.slack.core.work_objects = True
    async with empty_world.run_bot(
        PUBLIC_URL=BASE, NOTION_WEBHOOK_TOKEN=WEBHOOK_TOKEN, SLACK_WORK_OBJECTS="true"
    ):
        yield empty_world
    assert empty_world.slack.violations == []


async def posted(world: World, *, channel: str = "C1", text: str = LINK) -> Message:
    """Post a link and wait for the object below it."""
    said = await world.slack.share(text, user="U2", channel=channel)
    await world.slack.until(lambda: said.objects)
    return said


async def answered(world: World, pane: Pane) -> str:
    await world.slack.until(lambda: pane.plain)
    return pane.plain


async def test_a_link_to_a_task_is_an_object_with_its_fields_and_buttons(world: World) -> None:
    await world.slack.command(
        f"/task add {TITLE} @sam due friday !high #offsite", user="U1", channel="C1"
    )
    said = await posted(world)
    lines = said.plain.split("\n")[1:]
    assert lines[:3] == [f"{TITLE}  T-1", "Status: Open", "Assignee: sam"]
    assert "Priority: High" in lines
    assert "Tags: offsite" in lines
    assert lines[-2:] == ["[Done]  [Edit]", "[Assign]  [Snooze]  [History]  [Delete]"]
    assert said.pings == frozenset()
    assert "unfurls" not in world.slack.journal.calls("chat.unfurl")[0].request


async def test_a_link_to_a_tasks_notion_page_is_an_object_too(world: World) -> None:
    await world.slack.command(f"/task add {TITLE}", user="U1", channel="C1")
    await world.row(TITLE)
    task = await world.until_task(1, lambda task: task.sync.url is not None)
    said = await posted(world, text=f"{task.sync.url}?pvs=4")
    (entity,) = said.objects.values()
    assert (entity["url"], entity["external_ref"]["id"]) == (LINK, "T1-1")
    assert f"In Notion: {task.sync.url}" in said.plain


async def test_what_is_still_being_written_shows_its_writer_an_object(world: World) -> None:
    await world.slack.command(f"/task add {TITLE}", user="U1", channel="C1")
    draft = await world.slack.compose(LINK, user="U2")
    await world.slack.until(lambda: draft.objects)
    assert draft.plain.startswith(f"{TITLE}  T-1")


async def test_its_buttons_change_the_task_and_the_object(world: World) -> None:
    await world.slack.command(f"/task add {TITLE}", user="U1", channel="C1")
    said = await posted(world)
    await world.slack.click(said, "Done", user="U2")
    await world.slack.until(lambda: "Done by: sam" in said.plain)
    assert (await world.task(1)).completed_by == "U2"
    await world.slack.click(said, "Reopen", user="U1")
    await world.slack.until(lambda: "Status: Open" in said.plain)
    form = await world.slack.click(said, "Edit", user="U2")
    assert form.modal is not None
    assert (await world.slack.submit(form.modal, {"Title": "Book the hall"})).closed
    await world.slack.until(lambda: "Book the hall  T-1" in said.plain)
    others = [m for m in world.slack.messages("C1", user="U2") if m.is_ephemeral]
    assert others == []  # the object says it all


async def test_a_member_who_opens_it_sees_the_same_as_below_the_link(world: World) -> None:
    await world.slack.command(f"/task add {TITLE}", user="U1", channel="C1")
    said = await posted(world)
    pane = await world.slack.open_details(said, user="U1")
    assert await answered(world, pane) == said.plain.partition("\n")[2]


async def test_p2_details_that_are_asked_for_three_times_are_shown_once(world: World) -> None:
    await world.slack.command(f"/task add {TITLE}", user="U1", channel="C1")
    said = await posted(world)
    pane = await world.slack.open_details(said, user="U1", deliveries=3)
    assert TITLE in await answered(world, pane)
    calls = world.slack.journal.calls
    await world.slack.until(lambda: len(calls("entity.presentDetails")) == 3)
    answers = [one.answer for one in calls("entity.presentDetails")]
    assert answers.count({"ok": True}) == 1


async def test_done_in_the_details_is_done_below_the_link_as_well(world: World) -> None:
    await world.slack.command(f"/task add {TITLE}", user="U1", channel="C1")
    said = await posted(world)
    pane = await world.slack.open_details(said, user="U2")
    await answered(world, pane)
    await world.slack.click(pane, "Done")
    await world.slack.until(lambda: "Done by: sam" in pane.plain)
    await world.slack.until(lambda: "Done by: sam" in said.plain)
    assert (await world.task(1)).completed_by == "U2"
    assert [m for m in world.slack.messages("C1", user="U2") if m.is_ephemeral] == []


async def test_where_the_bot_is_not_the_details_are_right_all_the_same(world: World) -> None:
    world.slack.add_channel("C8", "board", kind="private", members=["U1", "U2"], with_bot=False)
    await world.slack.command(f"/task add {TITLE}", user="U1", channel="C1")
    said = await posted(world, channel="C8")
    pane = await world.slack.open_details(said, user="U2")
    await answered(world, pane)
    await world.slack.click(pane, "Done")
    await world.slack.until(lambda: "Done by: sam" in pane.plain)
    await world.slack.until(lambda: len(world.slack.journal.calls("chat.unfurl")) == 2)
    await world.slack.click(pane, "Reopen")
    await world.slack.until(lambda: "Status: Open" in pane.plain)
    await world.slack.until(lambda: len(world.slack.journal.calls("chat.unfurl")) == 3)
    assert world.slack.direct_messages(user="U2") == []
    assert [m for m in world.slack.messages("C8", user="U2") if m.is_ephemeral] == []


async def test_edit_in_the_details_opens_the_form_of_the_card(world: World) -> None:
    await world.slack.command(f"/task add {TITLE}", user="U1", channel="C1")
    said = await posted(world)
    pane = await world.slack.open_details(said, user="U2")
    await answered(world, pane)
    form = await world.slack.click(pane, "Edit")
    assert form.modal is not None
    assert (await world.slack.submit(form.modal, {"Title": "Book the hall"})).closed
    await world.slack.until(lambda: "Book the hall  T-1" in said.plain)


async def test_what_fails_in_the_details_is_said_to_whoever_pressed(world: World) -> None:
    await world.slack.command(f"/task add {TITLE}", user="U1", channel="C1")
    said = await posted(world)
    pane = await world.slack.open_details(said, user="U2")
    await answered(world, pane)
    await world.slack.click(pane, "Done")
    await world.slack.until(lambda: "[Reopen]" in pane.plain)
    await world.slack.command("/task delete T-1", user="U1", channel="C1")
    await world.slack.click(pane, "Reopen")
    told = await world.slack.until(
        lambda: [m for m in world.slack.messages("C1", user="U2") if m.is_ephemeral]
    )
    assert told[0].plain.startswith("T-1 was deleted: type /task restore T-1")


async def test_who_may_not_see_a_private_task_is_told_no_more_than_elsewhere(world: World) -> None:
    world.slack.add_user("U3", "kim")
    world.slack.add_channel("C7", "deal", kind="private", members=["U1", "U2", "U3"])
    await world.slack.command(f"/task add {TITLE}", user="U1", channel="C7")
    said = await posted(world, channel="C7")
    member = await world.slack.open_details(said, user="U1")
    assert TITLE in await answered(world, member)
    world.slack.kick("C7", user="U3")
    stranger = await world.slack.open_details(said, user="U3")
    there = await answered(world, stranger)
    missing = await answered(world, await world.slack.find_details(f"{BASE}/t/T1/99", user="U3"))
    assert there == missing.replace("T-99", "T-1")
    assert there.startswith("Nothing to show\nThere is no T-1 here")
    assert TITLE not in there
    refused = world.slack.journal.calls("entity.presentDetails")[-2].request
    assert "metadata" not in refused


async def test_out_of_a_search_the_same_rule_holds(world: World) -> None:
    world.slack.add_user("U3", "kim")
    world.slack.add_channel("C7", "deal", kind="private", members=["U1"])
    await world.slack.command(f"/task add {TITLE}", user="U1", channel="C7")
    assert TITLE in await answered(world, await world.slack.find_details(LINK, user="U1"))
    assert TITLE not in await answered(world, await world.slack.find_details(LINK, user="U3"))
    found = await world.slack.find_details(LINK, user="U1")
    await answered(world, found)
    await world.slack.click(found, "Done")
    await world.slack.until(lambda: "Done by: maria" in found.plain)
    foreign = await world.slack.find_details(f"{BASE}/t/T2/1", user="U1")
    assert await answered(world, foreign) == "Nothing to show\nThis is no task of this workspace."


async def test_people_of_another_workspace_see_what_the_rule_gives_them(world: World) -> None:
    world.slack.add_user("U7", "olga", home_team="T9")
    world.slack.add_channel("C6", "with-initech", members=["U1", "U2", "U7"])
    await world.slack.command("/task add Send the offer", user="U1", channel="C6")
    await world.slack.command("/task add Ask the board", user="U1", channel="C1")
    said = await posted(world, channel="C6")
    pane = await world.slack.open_details(said, user="U7")
    assert (await answered(world, pane)).startswith("Send the offer  T-1")
    await world.slack.click(pane, "Done")
    told = await world.slack.until(
        lambda: [m for m in world.slack.messages("C6", user="U7") if m.is_ephemeral]
    )
    assert "is for members of this workspace" in told[0].plain
    other = await world.slack.find_details(f"{BASE}/t/T1/2", user="U7")
    assert "There is no T-2 here" in await answered(world, other)


async def test_an_object_that_is_asked_for_anew_stands_there_once(world: World) -> None:
    await world.slack.command(f"/task add {TITLE}", user="U1", channel="C1")
    said = await posted(world)
    await world.slack.refresh_object(said)
    await world.slack.until(lambda: len(world.slack.journal.calls("chat.unfurl")) >= 2)
    await world.slack.command("/task done T-1", user="U1", channel="C1")
    await world.slack.until(lambda: "Status: Done" in said.plain)
    assert len(said.objects) == len(said.unfurls) == 1


async def test_an_object_follows_its_task_whoever_changes_it(world: World) -> None:
    await world.slack.command(f"/task add {TITLE}", user="U1", channel="C1")
    said = await posted(world)
    await world.slack.command("/task assign T-1 @sam", user="U1", channel="C1")
    await world.slack.until(lambda: "Assignee: sam" in said.plain)
    world.subscribe()
    row = await world.row(TITLE)
    world.bench.edit(row.id, {"Name": "Book the hall"})
    await world.slack.until(lambda: "Book the hall  T-1" in said.plain, seconds=10.0)
    assert said.objects
    assert world.slack.journal.calls("chat.update") == []


@pytest.mark.parametrize("code", ["feature_not_enabled", "error_processing_metadata"])
async def test_where_slack_takes_no_object_the_card_is_shown(world: World, code: str) -> None:
    await world.slack.command(f"/task add {TITLE}", user="U1", channel="C1")
    world.slack.faults.script("chat.unfurl", Fault(kind="error", code=code))
    said = await world.slack.share(LINK, user="U2", channel="C1")
    await world.slack.until(lambda: said.unfurls)
    assert said.objects == {}
    assert "Open · nobody assigned" in said.plain


async def test_with_them_off_in_the_app_cards_are_shown_and_kept_right(world: World) -> None:
    world.slack.core.work_objects = False
    await world.slack.command(f"/task add {TITLE}", user="U1", channel="C1")
    said = await world.slack.share(LINK, user="U2", channel="C1")
    await world.slack.until(lambda: said.unfurls)
    await world.slack.click(said, "Done", user="U2")
    await world.slack.until(lambda: "Done by sam" in said.plain)
    await world.slack.command("/task reopen T-1", user="U1", channel="C1")
    await world.slack.until(lambda: "Open · " in said.plain)
    assert said.objects == {}


async def test_without_the_setting_no_object_is_offered(empty_world: World) -> None:
    world = empty_world
    world.slack.install("T1", "Acme", BOT_TOKEN, (*SCOPES, *WANTED))
    world.slack.core.work_objects = True
    async with world.run_bot(PUBLIC_URL=BASE):
        await world.slack.command(f"/task add {TITLE}", user="U1", channel="C1")
        said = await world.slack.share(LINK, user="U2", channel="C1")
        await world.slack.until(lambda: said.unfurls)
        assert said.objects == {}
        assert "Open · nobody assigned" in said.plain
