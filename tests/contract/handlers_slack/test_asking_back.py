"""What is in doubt is asked back, and nothing typed is lost meanwhile."""

import pytest

from playground.slack.errors import Impossible
from tasks.model import Due
from tests.contract.handlers_slack.world import World


async def test_a_date_in_doubt_offers_each_reading(world: World) -> None:
    answer = await world.slack.command("/task add Buy milk @sam due 9/12")
    assert answer.plain.startswith(
        "“9/12” can be read in more than one way: press Wed 9 Dec 2026 or Sun 12 Sep 2027, "
        "or type it in full.\n/task add Buy milk @sam due 9/12\n"
    )
    readings = [element["text"]["text"] for element in answer.blocks[-1]["elements"]]
    assert readings == ["Wed 9 Dec 2026", "Sun 12 Sep 2027"]
    assert world.database.records == {}
    await world.slack.click(answer.message, "Wed 9 Dec 2026")
    await world.settled()
    task = await world.task()
    assert (task.title, task.assignees) == ("Buy milk", ("U2",))
    assert str(task.due and task.due.day) == "2026-12-09"
    assert world.seen()[-1].startswith("Added T-1.")


async def test_a_date_that_is_over_is_taken_only_when_meant(world: World) -> None:
    answer = await world.slack.command("/task add Buy milk due yesterday")
    assert answer.plain.startswith("Sun 22 Nov 2026 is in the past: press the button")
    assert world.database.records == {}
    await world.slack.click(answer.message, "Take it all the same")
    await world.settled()
    assert str((await world.task()).due) == str(Due.on((await world.task()).due.day))  # type: ignore[union-attr]  # fails just as well
    assert "Due Sun 22 Nov 2026 — overdue" in world.seen()[-1]


async def test_a_date_asked_back_for_one_task_changes_that_task(world: World) -> None:
    await world.slack.command("/task add Buy milk")
    answer = await world.slack.command("/task due 1 9/12")
    await world.slack.click(answer.message, "Sun 12 Sep 2027")
    await world.settled()
    due = (await world.task()).due
    assert str(due and due.day) == "2027-09-12"


async def test_words_that_are_no_date_can_stay_in_the_title(world: World) -> None:
    answer = await world.slack.command("/task add Pay the rent due 31 feb")
    await world.slack.click(answer.message, "Add it with these words in the title")
    await world.settled()
    assert (await world.task()).title == "Pay the rent due 31 feb"


async def test_an_unknown_person_is_asked_about(world: World) -> None:
    answer = await world.slack.command("/task add Buy milk @zorro @sam !high")
    assert answer.plain.splitlines()[0] == (
        "@zorro is nobody I know here: type @ and pick the name that Slack offers."
    )
    assert world.database.records == {}
    await world.slack.click(answer.message, "Go on without")
    await world.settled()
    task = await world.task()
    assert (task.title, task.assignees) == ("Buy milk", ("U2",))


async def test_pressing_a_reading_twice_makes_one_task(world: World) -> None:
    answer = await world.slack.command("/task add Buy milk due 9/12")
    await world.slack.click(answer.message, "Wed 9 Dec 2026", deliveries=3)
    await world.settled()
    assert len(world.database.records) == 1


async def test_a_zone_nobody_knows_is_said_to_be_utc(world: World) -> None:
    answer = await world.slack.command("/task add Buy milk due friday 5pm", user="U2")
    assert "Due Fri 27 Nov 2026, 17:00 UTC" in answer.plain
    assert "Your time zone is not known to me, so I read the time as UTC: change it" in answer.plain


async def test_text_too_long_for_a_button_is_echoed_to_be_typed_again(world: World) -> None:
    answer = await world.slack.command(f"/task add {'milk ' * 500} due 9/12")
    assert "The text is too long for a button" in answer.plain
    assert "milk milk" in answer.plain
    with pytest.raises(Impossible):
        await world.slack.click(answer.message, "Wed 9 Dec 2026")
