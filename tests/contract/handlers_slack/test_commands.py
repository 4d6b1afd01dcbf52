"""What is typed behind /task, and what Slack shows for it."""

from datetime import timedelta

import pytest

from playground.slack.answers import Answer
from tasks.model import Field, Priority, Status
from tests.contract.handlers_slack.world import TEAM, World


async def typed(world: World, *lines: str) -> Answer:
    """Type some lines; return the answer to the last."""
    answers = [await world.slack.command(f"/task {line}") for line in lines]
    return answers[-1]


async def test_a_line_becomes_a_task_and_its_card(world: World) -> None:
    answer = await typed(world, "add Book the venue @sam due friday 5pm !high #offsite every month")
    task = await world.task()
    assert (task.title, task.assignees, task.tags) == ("Book the venue", ("U2",), ("offsite",))
    assert (task.priority, task.repeat, task.channel) == (Priority.HIGH, "month", "C1")
    assert answer.plain.splitlines()[:6] == [
        "Added T-1.",
        "Book the venue  T-1",
        "Open · @sam · High priority · #offsite",
        "Due Fri 27 Nov 2026, 17:00 Europe/Berlin",
        "Repeats: every month — the next one is not made automatically yet",
        "Notion: waiting",
    ]
    *buttons, rare = answer.blocks[-1]["elements"]
    shown = [element["text"]["text"] for element in buttons]
    assert shown == ["Done", "Edit", "Assign", "Snooze", "Share", "Undo"]
    assert rare["type"] == "overflow"
    assert answer.message.ephemeral_to == "U1"


async def test_the_answer_needs_no_call_to_slack(world: World) -> None:
    await typed(world, "add Book the venue", "list", "done 1", "undo", "help")
    assert [e.kind for e in world.slack.journal.exchanges if e.direction == "to_slack"] == []


@pytest.mark.parametrize("written", ["T-1", "t1", "1", "#1", "t-1", "T\u20131"])
async def test_a_task_may_be_named_in_many_ways(world: World, written: str) -> None:
    answer = await typed(world, "add Buy milk", f"show {written}")
    assert "Buy milk  T-1" in answer.plain


async def test_a_number_alone_shows_the_task(world: World) -> None:
    assert "Buy milk  T-1" in (await typed(world, "add Buy milk", "T-1")).plain


async def test_each_subcommand_changes_what_it_says(world: World) -> None:
    await typed(
        world,
        "add Buy milk",
        "assign 1 @sam me",
        "due 1 friday 9:00",
        "priority 1 urgent",
        "tag 1 #a #b",
        "tag 1 -#a c",
    )
    task = await world.task()
    assert task.assignees == ("U2", "U1")
    assert task.due is not None
    assert task.due.zone == "Europe/Berlin"
    assert (task.priority, task.tags) == (Priority.URGENT, ("b", "c"))
    await typed(world, "assign 1 nobody", "due 1 none", "priority 1 none", "done 1")
    task = await world.task()
    assert (task.assignees, task.due, task.priority) == ((), None, None)
    assert task.status is Status.DONE
    await typed(world, "reopen 1", "delete 1")
    assert (await world.task()).deleted
    await typed(world, "restore 1")
    assert (await world.task()).is_open


async def test_tags_go_with_any_dash_that_a_client_makes_of_it(world: World) -> None:
    await typed(world, "add Buy milk #a #b", "tag 1 —#a \u2013b")
    assert (await world.task()).tags == ()


async def test_commas_part_tags(world: World) -> None:
    await typed(world, "add Buy milk", "tag 1 a,#b, c")
    assert (await world.task()).tags == ("a", "b", "c")


@pytest.mark.parametrize(
    ("line", "lead"),
    [
        ("priority 1 none", "T-1 has no priority now."),
        ("tag 1 #b -#a", "T-1 has other tags now."),
        ("tag 1 #b", "T-1 has new tags."),
        ("restore 1", "T-1 was not deleted."),
    ],
)
async def test_the_answer_says_what_has_happened(world: World, line: str, lead: str) -> None:
    answer = await typed(world, "add Buy milk !high #a", line)
    assert answer.plain.startswith(lead)


async def test_undo_takes_the_latest_change_back_and_says_which(world: World) -> None:
    answer = await typed(world, "add Buy milk", "priority 1 high", "undo")
    assert (await world.task()).priority is None
    assert answer.plain.startswith("Undone in T-1 — Priority: High → nothing.")
    await typed(world, "undo")
    assert (await world.task()).deleted


async def test_undo_of_nothing_says_so(world: World) -> None:
    answer = await typed(world, "undo")
    assert answer.plain.startswith("There is nothing of yours to undo")


async def test_history_tells_who_changed_what(world: World) -> None:
    await typed(world, "add Buy milk")
    await world.slack.command("/task priority 1 high", user="U2")
    answer = await typed(world, "history 1")
    assert "@sam" in answer.plain
    assert "Priority: nothing → High" in answer.plain
    assert "@maria made it" in answer.plain


async def test_a_long_history_goes_back_to_the_beginning(world: World) -> None:
    levels = [f"priority 1 {'high' if n % 2 else 'low'}" for n in range(17)]
    answer = await typed(world, "add Buy milk", *levels, "history 1")
    assert "made it" not in answer.plain
    assert answer.plain.count("Priority: ") == 15
    await world.slack.click(answer.message, "Earlier changes")
    await world.settled()
    assert "Priority: nothing → Low" in world.seen()[-1]
    assert "@maria made it" in world.seen()[-1]
    assert "Earlier changes" not in world.seen()[-1]


async def test_a_list_that_holds_nothing_says_where_to_look(world: World) -> None:
    answer = await typed(world, "list bananas")
    assert answer.plain.startswith("All open tasks about “bananas”: none.")
    assert "/task list all shows every open task" in answer.plain


async def test_the_bare_command_shows_your_open_tasks_and_what_can_be_typed(world: World) -> None:
    await world.slack.command("/task add Not yours", user="U2")
    answer = await typed(world, "add Buy milk", "")
    assert "T-2  Buy milk" in answer.plain
    assert "Not yours" not in answer.plain
    assert "/task add Book the venue" in answer.plain


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", {"mine"}),
        ("all", {"mine", "sams", "tagged"}),
        ("@sam", {"sams", "tagged"}),
        ("#offsite", {"tagged"}),
        ("unassigned", {"mine", "tagged"}),
        ("all tag", {"tagged"}),
        ("sams", {"sams"}),
        ("today", {"mine"}),
        ("week", {"mine"}),
        ("all week", {"mine", "sams"}),
        ("done", {"finished"}),
        ("here", {"mine", "sams", "tagged"}),
    ],
)
async def test_a_list_holds_what_was_asked_for(world: World, asked: str, found: set[str]) -> None:
    await typed(world, "add mine due today 23:00", "add sams @sam due in 3 days", "add finished")
    await typed(world, "done 3")
    await world.slack.command("/task add tagged #offsite", user="U2")
    answer = await typed(world, f"list {asked}")
    body = "\n".join(answer.plain.splitlines()[1:])
    assert {t for t in ("mine", "sams", "tagged", "finished") if t in body} == found


async def test_what_is_late_is_listed_and_marked(world: World) -> None:
    await typed(world, "add Buy milk due today 14:00")
    world.clock.advance(timedelta(hours=3))
    assert "overdue" in (await typed(world, "list overdue")).plain.splitlines()[2]
    assert (await typed(world, "show 1")).plain.splitlines()[2].endswith(" — overdue")


async def test_a_long_list_is_turned_page_by_page(world: World) -> None:
    for number in range(1, 13):
        await typed(world, f"add Task number {number}")
    first = await typed(world, "list all")
    assert "T-10 " in first.plain
    assert "T-11 " not in first.plain
    await world.slack.click(first.message, "Next page")
    await world.settled()
    assert "T-11 " in world.seen()[-1]
    assert "T-10 " not in world.seen()[-1]
    await world.slack.click(world.slack.messages("C1", user="U1")[-1], "First page")
    await world.settled()
    assert "T-10 " in world.seen()[-1]


async def test_a_task_of_a_list_opens_below_it(world: World) -> None:
    await typed(world, "add Buy milk", "add Buy bread")
    shown = await typed(world, "list")
    await world.slack.click(shown.message, "show", value="2")
    await world.settled()
    assert "Buy bread  T-2" in world.seen()[-1]
    assert "T-1  Buy milk" in world.seen()[-2]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("done T-99", "There is no T-99 here: type /task list all to see what is."),
        ("done", "Say which task: /task done T-12; /task list shows the numbers."),
        ("due 1", "Say when: /task due T-12 friday 5pm, or /task due T-12 none."),
        ("assign 1", "Say to whom: /task assign T-12 @maria, me or nobody."),
        ("assign 1 @zorro", "@zorro is nobody I know here"),
        ("list @zorro", "@zorro is nobody I know here"),
        ("priority 1 foo", "Say which: /task priority T-12 high"),
        ("tag 1", "Say which: /task tag T-12 #offsite"),
        ("tag 1 @sam", "Tags begin with #"),
        ("due 1 xyzzy", "“xyzzy” is not a date I can read: write it like friday 5pm"),
        ("undo foo", "Type /task undo for your latest change, or /task undo T-12."),
        ("sync foo", "Type /task sync status, /task sync conflicts, /task sync aside,"),
        ("add !high #tag", "A task needs a title: type /task add Book the venue"),
        (
            "lst",
            "“lst” is not something I do: did you mean /task list, or /task help for all there is?",
        ),
        ("12", "“12” is not something I do: did you mean /task show T-12, or /task help"),
        ("assign @sam 1", "Say which task: /task assign T-12 @maria; /task list"),
        ("due friday", "Say which task: /task due T-12 friday 5pm; /task list"),
        ("done 1 2", "One task at a time: /task done T-12."),
        ("assign 1 T-2 @sam", "One task at a time: /task assign T-12 @maria."),
        ("search", "Say what to look for: /task search venue."),
        ("hlep", "“hlep” is not something I do: type /task help for all there is."),
        ("subscribe #general", "Channels cannot subscribe to tasks yet: type /task list here"),
        ("Digest daily 9:00", "There are no digests yet: type /task list today, overdue or week"),
        ("export", "There is no export yet: type /task list all to see every open task"),
        ("list overdue today", "A list takes one of overdue, today and week: /task help list"),
        ("list @sam @maria", "A list takes one person: /task help list shows"),
        ("list #a #b", "A list takes one tag: /task help list shows"),
    ],
)
async def test_a_mistake_is_answered_by_what_to_type(
    world: World, line: str, sentence: str
) -> None:
    answer = await typed(world, "add Buy milk", line)
    assert answer.plain.startswith(sentence)
    assert f"/task {line}" in answer.plain
    assert sentence.replace("“", "“") in answer.text


@pytest.mark.parametrize("line", ["subscribe #general", "digest daily", "export", "help export"])
async def test_what_is_not_there_yet_is_not_offered_as_a_task(world: World, line: str) -> None:
    answer = await typed(world, line)
    assert " yet: type /task list" in answer.plain
    assert "as a task" not in answer.plain
    assert "not something I do" not in answer.plain


async def test_what_is_no_subcommand_becomes_a_task_by_one_press(world: World) -> None:
    answer = await typed(world, "Get oat milk due friday")
    assert "“Get” is not something I do:" in answer.plain
    await world.slack.click(answer.message, "Add “Get oat milk due friday” as a task")
    await world.settled()
    task = await world.task()
    assert task.title == "Get oat milk"
    assert task.due is not None
    assert world.seen()[-1].startswith("Added T-1.")


async def test_a_deleted_task_says_how_to_get_it_back(world: World) -> None:
    answer = await typed(world, "add Buy milk", "delete 1", "done 1")
    assert answer.plain.startswith("T-1 was deleted: type /task restore T-1 to bring it back.")


async def test_sync_status_says_how_far_behind_notion_is(world: World) -> None:
    answer = await typed(world, "add Buy milk", "sync status")
    assert answer.plain == "Notion sync: 1 task waits, the oldest for 0 s."


async def test_without_a_connection_sync_says_that_it_is_off(world: World) -> None:
    world.connections.by_team.clear()
    for line in ("sync status", "sync retry 1"):
        answer = await typed(world, line)
        assert answer.plain.startswith("Notion sync is off")


async def test_sync_retry_makes_a_task_due_again(world: World) -> None:
    await typed(world, "add Buy milk")
    world.database.records[TEAM, 1].follower.next_attempt_at = None
    answer = await typed(world, "sync retry T-1")
    assert answer.plain.startswith("Notion is tried again.")
    assert world.database.records[TEAM, 1].follower.next_attempt_at is not None


async def test_fault_64_text_is_shown_as_it_was_typed_and_notifies_nobody(world: World) -> None:
    title = "<!channel> *bold* & `code` https://evil.example/?a=1&b=2 &amp; \u202etfel"
    answer = await typed(world, f"add {title}")
    assert (await world.task()).title == title
    assert title in answer.plain
    assert "<!" not in answer.text
    assert "@channel" not in answer.plain


@pytest.mark.parametrize(
    "title", ["👩‍👩‍👧‍👦 Ünïcode", "שלום עולם", "x" * 3000, "payload user channel", "a & + % é́ b"]
)
async def test_fault_63_any_title_is_kept_whole(world: World, title: str) -> None:
    await typed(world, f"add {title}")
    task = await world.task()
    assert title in (task.title, task.notes)


async def test_fault_63_what_no_screen_can_hold_is_left_out(world: World) -> None:
    answer = await typed(world, "add Buy\x00 milk\x07 \u200fnow")
    assert (await world.task()).title == "Buy milk \u200fnow"
    assert answer.plain.startswith("Added T-1.")


async def test_a_repeat_is_kept_in_the_task(world: World) -> None:
    await typed(world, "add Water the plants every 2 weeks")
    assert (await world.task()).value(Field.REPEAT) == "2 weeks"


async def test_ones_own_tasks_can_be_listed_newest_first_page_by_page(world: World) -> None:
    for number in range(12):
        await world.slack.command(f"/task add Task {number} due friday")
    shown = (await world.slack.command("/task list mine sort:newest")).message
    assert shown.plain.startswith("Your open tasks, newest first")
    places = [shown.plain.index(f"T-{number} ") for number in range(12, 2, -1)]
    assert places == sorted(places)
    await world.slack.click(shown, "Next page")
    await world.settled()
    assert shown.plain.index("T-2 ") < shown.plain.index("T-1 ")


@pytest.mark.parametrize("words", ["all", "done mine", "mine venue", "#offsite", "overdue mine"])
async def test_no_other_list_can_be_sorted(world: World, words: str) -> None:
    answer = await world.slack.command(f"/task list {words} sort:newest")
    assert "sort:newest goes with mine, @person and unassigned alone" in answer.plain
    unknown = await world.slack.command("/task list mine sort:title")
    assert "sort:due or sort:newest" in unknown.plain
