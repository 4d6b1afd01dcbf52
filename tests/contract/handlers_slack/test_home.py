"""The home tab: lists under headings, pages, search, and what is done on it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from playground.slack.faults import Fault
from playground.slack.views import View
from tasks.commands import AddTask
from tasks.errors import NotSaved
from tasks.model import Actor, Due, Source
from tests.contract.handlers_slack.world import TEAM, World

MARIA = Actor(person="U1", source=Source.SLACK)
ZONE = "Europe/Berlin"


async def add(world: World, title: str, **given: object) -> None:
    request = AddTask(team=TEAM, by=MARIA, key=title, title=title)
    for name, value in given.items():
        object.__setattr__(request, name, value)
    await world.tasks.add(request)


async def opened(world: World, user: str = "U1") -> View:
    await world.slack.open_home(user=user)
    return await shown(world, user)


async def shown(world: World, user: str = "U1") -> View:
    await world.settled()
    home = world.slack.home(user)
    assert home is not None
    return home


async def used(world: World, action: str, value: object = None) -> View:
    home = world.slack.home("U1")
    assert home is not None
    await world.slack.click(home, action, user="U1", value=value)
    return await shown(world)


async def pick(world: World, number: int, act: str) -> View:
    home = world.slack.home("U1")
    assert home is not None
    value = f"{act}:{number}"
    block = f"task/{number}"
    await world.slack.click(home, "home_task", user="U1", value=value, block_id=block)
    return await shown(world)


def headings(home: View) -> list[str]:
    return [one["text"]["text"] for one in home.blocks if one["type"] == "header"]


def numbers(home: View) -> list[int]:
    ids = [str(one["block_id"]) for one in home.blocks if one["type"] == "section"]
    return [int(one.removeprefix("task/")) for one in ids if one.startswith("task/")]


async def test_tasks_stand_under_the_day_of_their_viewer(world: World) -> None:
    today = world.clock().date()
    for title, days in (("late", -3), ("now", 0), ("soon", 6), ("far", 7)):
        await add(world, title, due=Due.on(today + timedelta(days)))
    await add(world, "whenever")
    await add(world, "finished")
    await world.slack.command("/task done 6")
    home = await opened(world)
    assert headings(home) == [
        *("Overdue", "Today", "This week", "Later", "No date"),
        "Recently done",
    ]
    assert numbers(home) == [1, 2, 3, 4, 5, 6]


async def test_an_instant_belongs_to_the_viewers_day_and_a_snoozed_task_to_its_new_one(
    world: World,
) -> None:
    now = world.clock()
    late = now.replace(hour=23, minute=30)  # in Berlin that is tomorrow
    await add(world, "abroad", due=Due.local(late, "UTC"))
    await add(world, "put off", due=Due.on(now.date() - timedelta(5)))
    await world.slack.command("/task snooze 2 3d")
    home = await opened(world)
    assert headings(home) == ["This week"]
    assert "tomorrow, 00:30" in home.plain
    assert "snoozed until" in home.plain


async def test_what_was_due_earlier_today_says_that_it_is_overdue(world: World) -> None:
    await add(world, "call", due=Due.local(world.clock() - timedelta(hours=2), ZONE))
    home = await opened(world)
    assert headings(home) == ["Today"]
    assert "overdue" in home.plain


async def test_pages_go_on_under_the_same_heading_and_show_every_task_once(world: World) -> None:
    day = world.clock().date() + timedelta(3)
    for number in range(60):
        await add(world, f"task {number}", due=Due.on(day) if number < 40 else None)
    seen, titles, home = [], [], await opened(world)
    while True:
        seen += numbers(home)
        titles.append(headings(home))
        if "Next page" not in home.plain:
            break
        home = await used(world, "home_page:1")
    assert seen == list(range(1, 61))
    assert titles == [
        ["This week"],
        ["This week (continued)", "No date"],
        ["No date (continued)"],
    ]
    home = await used(world, "home_page:0")
    assert numbers(home)[0] == 1


async def test_a_page_of_which_nothing_is_left_is_the_first_one(world: World) -> None:
    for number in range(26):
        await add(world, f"task {number}")
    await opened(world)
    assert numbers(await used(world, "home_page:1")) == [26]
    home = await pick(world, 26, "done")
    assert numbers(home)[:25] == list(range(1, 26))
    assert "(continued)" not in home.plain


async def test_a_task_is_done_and_taken_back_on_the_tab_itself(world: World) -> None:
    await add(world, "Buy milk")
    await opened(world)
    home = await pick(world, 1, "done")
    assert home.plain.strip().count("T-1") >= 2
    assert "Done: T-1." in home.plain
    assert headings(home) == ["Recently done"]
    assert not (await world.task()).is_open
    home = await used(world, "home_undo")
    assert headings(home) == ["No date"]
    assert (await world.task()).is_open
    assert world.slack.direct_messages(user="U1") == []


async def test_a_done_task_is_reopened(world: World) -> None:
    await add(world, "Buy milk")
    await world.slack.command("/task done 1")
    await opened(world)
    home = await pick(world, 1, "reopen")
    assert "Reopened: T-1." in home.plain
    assert (await world.task()).is_open


async def test_lists_of_what_one_gave_of_the_team_and_of_a_tag(world: World) -> None:
    await add(world, "mine", tags=("offsite",))
    await add(world, "given", assignees=("U2",))
    await add(world, "shared", assignees=("U1", "U2"))
    await world.slack.command("/task add theirs", user="U2")
    assert numbers(await opened(world)) == [1, 3]
    home = await used(world, "home_list", "given")
    assert numbers(home) == [2]
    assert "@sam" in home.plain
    assert numbers(await used(world, "home_list", "team")) == [1, 2, 3, 4]
    # Opened again it still shows the list that was picked.
    assert numbers(await opened(world)) == [1, 2, 3, 4]
    assert numbers(await used(world, "home_list", "done")) == []
    home = await shown(world)
    offered = (await world.slack.suggest(home, "home_tag", "off", user="U1")).options
    assert numbers(await used(world, "home_tag", offered[0])) == [1]


async def test_a_search_stays_within_the_list_until_its_words_are_taken_away(world: World) -> None:
    await add(world, "Book the venue")
    await add(world, "Call the caterer")
    await add(world, "Book a band", assignees=("U2",))
    await opened(world)
    assert numbers(await used(world, "home_find", "boo")) == [1]
    assert numbers(await used(world, "home_list", "given")) == [3]
    home = await used(world, "home_find", "nonsense")
    assert "Nothing found: search for other words" in home.plain
    await used(world, "home_find", "")
    assert numbers(await used(world, "home_list", "mine")) == [1, 2]


async def test_the_list_stays_while_a_task_is_edited(world: World) -> None:
    await add(world, "given", assignees=("U2",))
    await opened(world)
    await used(world, "home_list", "given")
    await pick(world, 1, "edit")
    (modal,) = world.slack.modals("U1")
    await world.slack.submit(modal, {"Title": "handed over"})
    home = await shown(world)
    assert "T-1  handed over" in home.plain
    assert numbers(home) == [1]


async def test_settings_are_told(world: World) -> None:
    home = await opened(world)
    modal = (await world.slack.click(home, "Settings", user="U1")).modal
    assert modal is not None
    assert "/task settings" in modal.plain


async def test_of_several_at_once_the_latest_state_is_what_stands_there(world: World) -> None:
    for number in range(5):
        await add(world, f"task {number}")
    home = await opened(world)
    await asyncio.gather(
        *(
            world.slack.click(home, "home_task", user="U1", value=f"done:{n}", block_id=f"task/{n}")
            for n in range(1, 5)
        ),
        world.slack.open_home(user="U1"),
    )
    home = await shown(world)
    assert headings(home) == ["No date", "Recently done"]
    assert numbers(home)[0] == 5


async def test_a_tab_that_another_instance_has_published_since_is_read_anew(world: World) -> None:
    await add(world, "Buy milk")
    await opened(world)
    world.slack.faults.script("views.publish", Fault(kind="error", code="hash_conflict"))
    before = len(world.slack.journal.calls("views.publish"))
    home = await pick(world, 1, "done")
    assert "Done: T-1." in home.plain
    refused, published = world.slack.journal.calls("views.publish")[before:]
    assert refused.answer == {"ok": False, "error": "hash_conflict"}
    assert "hash" not in published.request


async def test_a_tab_that_cannot_be_read_says_so_and_can_be_asked_for_again(world: World) -> None:
    await add(world, "Buy milk")
    world.database.fail_next(NotSaved())
    home = await opened(world)
    assert "Your tasks cannot be read right now: try again in a moment." in home.plain
    assert numbers(await used(world, "Try again")) == [1]
