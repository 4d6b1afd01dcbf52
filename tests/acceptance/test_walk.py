"""A week of a small team, from every way in to the last look on both sides; nothing left out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest_asyncio

from playground.slack.answers import SubmitAnswer
from playground.slack.state import Message
from playground.slack.views import View
from tasks.model import Actor, Source, Status, SyncState, Task
from tests.acceptance.test_rest import API_KEYS, ask
from tests.acceptance.world import BOT_TOKEN, QUICK, SCOPES, WEBHOOK_TOKEN, World

PATIENCE = 30.0
"""Seconds; messages of one channel are a second apart, edits of one three."""
MANIFEST = Path(__file__).parents[2] / "manifest.yml"
OPTIONAL = (
    *("groups:history", "channels:read", "groups:read", "mpim:read", "im:read"),
    *("links:read", "links:write"),
)
BASE = "https://taskbridge.example.com"
MARIA, SAM, TESS, GIL, OLGA = "U1", "U2", "U3", "U4", "U5"
HERS = 5
ANYWAY = 10
"""The number before was that of the double, which was asked about."""
CHAIRS = range(11, 37)
"""So many that lists and the home tab have pages, and that a bulk is asked about."""
FROM_HOME = 37
GENERAL, EVENTS, DEAL = "C1", "C2", "C7"


class Team:
    """What people of the team do and see, in words that a script can be read in."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.slack = world.slack

    async def types(self, text: str, user: str = MARIA, channel: str = GENERAL) -> Message:
        """Type `/task …`; return the answer."""
        return (await self.slack.command(f"/task {text}", user=user, channel=channel)).message

    async def presses(
        self,
        on: Message | View,
        what: str,
        user: str,
        *,
        value: object = None,
        block: str | None = None,
    ) -> View | None:
        """Press something; return the form that is open then."""
        return (await self.slack.click(on, what, user=user, value=value, block_id=block)).modal

    async def form(self, on: Message | View, what: str, user: str, *, value: object = None) -> View:
        """Press something that opens a form."""
        found = await self.presses(on, what, user, value=value)
        assert found is not None, what
        return found

    async def sends(self, form: View, **values: object) -> SubmitAnswer:
        """Fill a form in and send it; it closes."""
        answer = await self.slack.submit(form, values)
        assert answer.closed, answer.errors
        return answer

    async def reads(self, message: Message, words: str) -> None:
        """Wait until a message says something."""
        try:
            await self.slack.until(lambda: words in message.plain, seconds=PATIENCE)
        except TimeoutError:
            raise AssertionError(f"{words!r} is not in {message.plain!r}") from None

    async def told(self, user: str, words: str) -> Message:
        """Wait for what the bot writes to somebody alone; of such messages there is one."""
        found = await self.slack.until(
            lambda: [m for m in self.slack.direct_messages(user=user) if words in m.plain],
            seconds=PATIENCE,
        )
        assert len(found) == 1
        return found[0]

    async def turns(self, home: View, what: str, words: str, *, value: object = None) -> View:
        """Use something on Maria's home tab, and wait for the next one, which says something."""
        before = home.hash
        await self.presses(home, what, MARIA, value=value)

        def seen() -> View | None:
            found = self.slack.home(MARIA)
            return found if found is not None and found.hash != before else None

        found = await self.slack.until(seen, seconds=PATIENCE)
        assert found is not None
        assert words in found.plain
        return found

    async def finds(self, words: str, user: str = MARIA, channel: str = GENERAL) -> Message:
        """Wait for a message."""

        def seen() -> list[Message]:
            found = self.slack.messages(channel, user=user)
            return [one for one in found if words in one.plain]

        try:
            return (await self.slack.until(seen, seconds=PATIENCE))[-1]
        except TimeoutError:
            shown = [one.plain for one in self.slack.messages(channel, user=user)]
            raise AssertionError(f"{words!r} is not among {shown}") from None

    async def home(self, user: str, words: str) -> View:
        """Wait until somebody's home tab says something."""

        def seen() -> View | None:
            found = self.slack.home(user)
            return found if found is not None and words in found.plain else None

        found = await self.slack.until(seen, seconds=PATIENCE)
        assert found is not None
        return found


@pytest_asyncio.fixture
async def team(empty_world: World) -> AsyncIterator[Team]:
    """Give a team of three, a guest and a stranger, two channels, a private one, every scope."""
    slack = empty_world.slack
    slack.install("T1", "Acme", BOT_TOKEN, (*SCOPES, *OPTIONAL))
    slack.add_user(TESS, "tess", tz="Europe/Berlin")
    slack.add_channel(EVENTS, "events")
    slack.add_channel(DEAL, "deal", kind="private", members=[MARIA, SAM])
    slack.add_user(GIL, "gil", is_single_channel_guest=True)
    slack.add_user(OLGA, "olga", home_team="T9")
    slack.core.state.teams["T1"].channels[EVENTS].members.append(GIL)
    slack.use_manifest(MANIFEST.read_text())
    tuning = replace(QUICK, membership_seconds=20.0)  # else Slack finds that we ask too often
    async with empty_world.run_bot(
        tuning=tuning, PUBLIC_URL=BASE, NOTION_WEBHOOK_TOKEN=WEBHOOK_TOKEN, API_KEYS=API_KEYS
    ):
        empty_world.subscribe()
        yield Team(empty_world)


async def test_a_team_works_through_a_week_and_everything_is_where_it_should_be(
    team: Team,
) -> None:
    await monday_tasks_come_in_by_every_way(team)
    await tuesday_they_are_found_taken_and_put_off(team)
    await wednesday_many_change_at_once_and_back(team)
    await maria_looks_at_her_home_tab(team)
    await thursday_the_whole_team_and_notion_are_at_one_card(team)
    await friday_nobody_sees_what_is_not_theirs(team)
    await in_the_end_both_sides_agree(team)


async def monday_tasks_come_in_by_every_way(team: Team) -> None:
    slack = team.slack
    settings = await slack.command("/task settings", user=MARIA, channel=GENERAL)
    assert settings.modal is not None
    await slack.submit(settings.modal, {"features": ["reactions", "comments"]}, user=MARIA)

    card = await team.types("add Book the venue @sam due friday !high #offsite")  # T-1
    assert card.plain.startswith("Added T-1.\nBook the venue  T-1\nOpen · @sam · High priority")

    said = slack.say("The caterer wants an answer\nby noon", user=SAM, channel=GENERAL)  # T-2
    opened = await slack.message_shortcut(said, "create_task", user=TESS)
    assert opened.modal is not None
    await team.sends(opened.modal)
    await team.finds("This is a task now: The caterer wants an answer")

    said = slack.say("The hall has 80 seats", user=SAM, channel=GENERAL)  # to T-1
    opened = await slack.message_shortcut(said, "create_task", user=MARIA)
    assert opened.modal is not None
    await team.presses(opened.modal, "Add to an existing task", MARIA)
    form = slack.modals(MARIA)[-1]
    found = await slack.suggest(form, "task", "venue", user=MARIA)
    await team.sends(form, task=found.options[0])

    opened = await slack.shortcut("new_task", user=MARIA)  # T-3
    assert opened.modal is not None
    await team.sends(opened.modal, Title="Plan the offsite", Checklist="Agenda\nBudget")

    said = slack.say("Order the name tags", user=TESS, channel=GENERAL)  # T-4
    await slack.react(said, "memo", user=SAM, deliveries=3)
    offer = await team.finds("Make this message a task?", SAM)
    await team.sends(await team.form(offer, "Make it a task", SAM))
    await slack.react(said, "ballot_box_with_check", user=MARIA)  # once for a message
    await slack.react(slack.say("Any news?", user=SAM, channel=EVENTS), "memo", user=SAM)

    written = await slack.write_to_bot("add Renew my passport", user=TESS)  # T-5, hers alone
    await team.finds("Added T-5.", TESS, written.channel_id)

    question = slack.say("Who prints the badges?", user=TESS, channel=GENERAL)  # T-6
    await slack.reply(question, "@taskbridge add Print the badges @sam", user=MARIA)
    await team.finds("Print the badges  T-6", TESS)

    run = await slack.run_step("create_task", {"title": "Order a laptop", "assignee": TESS})  # T-7
    await team.world.until(lambda: run.state == "completed", seconds=PATIENCE)

    secret = await team.types("add Buy them out", MARIA, DEAL)  # T-8
    assert "🔒 Private to #deal" in secret.plain
    again = await team.types("add Buy them out", MARIA, DEAL)
    assert again.plain.startswith("Already added: T-8 — add anyway?")
    await team.presses(again, "Add anyway", MARIA)
    await team.reads(again, f"Added T-{ANYWAY}.")
    for number in CHAIRS:
        added = await team.types(f"add Carry chair {number - 10} #chairs", MARIA, DEAL)
        assert f"Added T-{number}." in added.plain
    for user, channel in ((MARIA, GENERAL), (SAM, EVENTS)):
        seen = [one.plain for one in slack.messages(channel, user=user)]
        assert not [one for one in seen if "Make this message a task?" in one]


async def tuesday_they_are_found_taken_and_put_off(team: Team) -> None:
    task = team.world.task
    assert "The hall has 80 seats\n— @sam, https://acme.slack.com/" in (await task(1)).notes
    two = await task(2)
    assert (two.title, two.notes, two.author) == ("The caterer wants an answer", "by noon", SAM)
    assert (two.source or "").startswith("https://acme.slack.com/archives/C1/p")
    for typed, number in (
        ("list #offsite", 1),
        ("list @sam", 6),
        ("search cater", 2),
        ("list unassigned", 4),
    ):
        assert f"T-{number}" in (await team.types(typed, TESS)).plain, typed
    newest = await team.types("list mine sort:newest", MARIA, DEAL)
    assert "Carry chair 26" in newest.plain
    assert "Carry chair 16" not in newest.plain
    await team.presses(newest, "Next page", MARIA)
    await team.reads(newest, "Carry chair 16")

    sam = await team.types("show T-1", SAM)
    await team.presses(sam, "Accept", SAM)
    await team.reads(sam, "@sam ✓")
    await sam_declines_and_maria_is_told(team)

    steps = await team.types("show T-3", MARIA)
    await team.presses(steps, "tick:0", MARIA, value=["Agenda"])
    await team.reads(steps, "1/2 steps")
    form = await team.form(steps, "Edit", MARIA)
    tags = await team.slack.suggest(form, "Tags", "offsite", user=MARIA)
    await team.sends(
        form, Title="Plan the offsite in May", Priority="medium", Tags=[tags.options[0]]
    )
    await team.reads(steps, "Plan the offsite in May  T-3")

    assert "Due" in (await team.types("due T-2 tomorrow 9:00", TESS)).plain
    assert "Snoozed T-2 until" in (await team.types("snooze T-2 2d", TESS)).plain
    assert "Undone in T-2" in (await team.types("undo", TESS)).plain
    assert (await task(2)).snoozed is None
    tess = await team.types("show T-2", TESS)
    form = await team.form(tess, "Snooze", TESS)
    await team.sends(form, **{"Or on": "2031-01-07", "At": "10:30"})
    await team.reads(tess, "Snoozed until Tue 7 Jan 2031, 10:30 Europe/Berlin")
    assert "not snoozed any more" in (await team.types("snooze T-2 off", TESS)).plain
    await team.types("priority T-4 low", SAM)
    await team.types("tag T-4 #print", SAM)
    await team.types("assign T-4 @sam", SAM)
    history = await team.types("history T-4", SAM)
    await team.presses(history, "take_back", SAM, value="4:2:priority")
    await team.world.until_task(4, lambda four: four.priority is None, seconds=PATIENCE)


async def sam_declines_and_maria_is_told(team: Team) -> None:
    sam = await team.types("show T-6", SAM)
    await team.sends(await team.form(sam, "Decline", SAM), **{"Why?": "My printer is broken"})
    await team.reads(sam, "nobody assigned")
    assert "“My printer is broken”" in (await team.types("history T-6", MARIA)).plain
    told = await team.told(MARIA, "sam declined this: “My printer is broken”")
    await team.reads(told, "Print the badges  T-6 — nobody has it now\n[Assign]  [Claim]  [Show]")
    tess = await team.types("show T-6", TESS)
    await team.presses(tess, "Claim", TESS)
    await team.reads(tess, "T-6 is yours now.")
    await team.reads(told, "T-6 — tess has it now\n[Assign]  [Show]")
    form = await team.form(told, "Assign", MARIA)
    await team.sends(form, Assignees=[TESS, MARIA])
    await team.reads(told, "T-6 — tess, maria have it now")
    assert "Undone in T-6" in (await team.types("undo T-6", MARIA)).plain
    await team.reads(told, "T-6 — tess has it now")


async def wednesday_many_change_at_once_and_back(team: Team) -> None:
    listed = await team.types("list all", MARIA)
    form = await team.form(listed, "Select several…", MARIA)
    await team.sends(form, **{"Tasks": ["2", "4", "7"], "What to do": "done"})
    await team.reads(listed, "Done: 3 tasks.")
    await team.presses(listed, "Undo", MARIA)
    await team.reads(listed, "Undone in 3 tasks.")
    assert [(await team.world.task(n)).status for n in (2, 4, 7)] == [Status.OPEN] * 3
    await team.types("done T-7", TESS)
    await team.types("delete T-4", SAM)
    assert "T-4 was deleted" in (await team.types("done T-4", MARIA)).plain
    await team.types("restore T-4", SAM)

    twelve = [str(number) for number in CHAIRS[:12]]
    for deed, values, said in (
        ("assign", {"To": [SAM, MARIA]}, "Assigned: 12 tasks."),
        ("due", {"Due on": "2031-01-08"}, "New due date: 12 tasks."),
        ("tag", {"Tags": "big hall"}, "Tagged: 12 tasks."),
        ("done", {}, "Done: 12 tasks."),
    ):
        listed = await team.types("list here #chairs", MARIA, DEAL)
        form = await team.form(listed, "Select several…", MARIA)
        asked = await team.slack.submit(form, {"Tasks": twelve, "What to do": deed}, user=MARIA)
        assert asked.view is not None
        assert "12 tasks?" in asked.view.plain
        await team.sends(asked.view, **values)
        await team.reads(listed, said)
    chair = await seen(team.world, CHAIRS[0], SAM)
    assert (chair.status, chair.assignees, chair.tags) == (
        Status.DONE,
        (SAM, MARIA),
        ("chairs", "big hall"),
    )
    await team.types("undo", MARIA, DEAL)
    await team.finds("Undone in 12 tasks.", MARIA, DEAL)
    assert (await seen(team.world, CHAIRS[0], SAM)).status is Status.OPEN


async def maria_looks_at_her_home_tab(team: Team) -> None:
    slack = team.slack
    await slack.open_home(user=MARIA)
    home = await team.home(MARIA, "No date")
    assert "Carry chair 26" not in home.plain
    home = await team.turns(home, "home_page:1", "No date (continued)")
    home = await team.turns(home, "home_page:0", "Next page")
    home = await team.turns(home, "home_list", "Print the badges", value="given")
    assert "Plan the offsite in May" not in home.plain
    home = await team.turns(home, "home_list", "The caterer wants an answer", value="team")
    home = await team.turns(home, "home_find", "The team's tasks about “cater”", value="cater")
    assert "Print the badges" not in home.plain
    home = await team.turns(home, "home_find", "Print the badges", value="")
    found = await slack.suggest(home, "home_tag", "offs", user=MARIA)
    home = await team.turns(home, "home_tag", "Book the venue", value=found.options[0])
    assert "Print the badges" not in home.plain
    assert "Notion" in home.plain.rpartition("Book the venue")[2]
    settings = await team.form(home, "Settings", MARIA)
    assert "/task settings" in settings.plain
    await slack.close(settings, user=MARIA)
    form = await team.form(home, "New task", MARIA)
    await team.sends(form, Title="Thank everybody", Tags=[found.options[0]])  # T-36
    home = await team.home(MARIA, "Thank everybody")
    await team.presses(
        home, "home_task", MARIA, value=f"done:{FROM_HOME}", block=f"task/{FROM_HOME}"
    )
    home = await team.home(MARIA, f"Done: T-{FROM_HOME}")
    home = await team.turns(home, "home_undo", f"Undone in T-{FROM_HOME}")
    assert "Thank everybody" in home.plain


async def thursday_the_whole_team_and_notion_are_at_one_card(team: Team) -> None:
    slack, world = team.slack, team.world
    shown = await team.types("show T-1", MARIA)
    form = await team.form(shown, "Share", MARIA)
    await team.sends(form, place=EVENTS, words="Who comes along?")
    card = await team.finds("maria: Who comes along?", SAM, EVENTS)

    await team.presses(shown, "more", MARIA, value="Copy link")
    await team.finds(f"{BASE}/t/T1/1", MARIA)
    linked = await slack.share(f"{BASE}/t/T1/2 is urgent", user=SAM, channel=EVENTS)
    await team.reads(linked, "The caterer wants an answer  T-2")
    await team.presses(linked, "Done", SAM)
    await team.reads(linked, "Done by sam")
    six = await world.until_task(6, lambda six: six.sync.url is not None, seconds=PATIENCE)
    of_page = await slack.share(str(six.sync.url), user=TESS, channel=EVENTS)
    await team.reads(of_page, "Print the badges  T-6")

    row = await world.row("Book the venue", seconds=PATIENCE)
    world.bench.edit(row.id, {"Name": "Book the big venue"})
    await team.reads(card, "Book the big venue  T-1")
    read = await ask(world, "GET", "/1")
    urgent = {"priority": "urgent"}
    await ask(world, "PATCH", "/1", urgent, If_Match=read.headers["ETag"])
    await team.reads(card, "Urgent priority")

    await slack.command("/task settings", user=MARIA, channel=EVENTS)
    await slack.submit(slack.modals(MARIA)[-1], {"features": ["comments"]}, user=MARIA)
    reply = await slack.reply(card, "I bring the beamer", user=TESS)
    await world.until(
        lambda: (
            [one.text for one in world.bench.remarks(row.id)]
            == ["tess in Slack: I bring the beamer"]
        ),
        seconds=PATIENCE,
    )
    people = world.bench.workspace.users.values()
    maria = next(user for user in people if user.name == "Maria")
    world.bench.comment(row.id, "The beamer is broken", by=maria)
    answer = await team.finds("Maria in Notion\nThe beamer is broken", SAM, EVENTS)
    assert answer.thread_ts == card.ts
    opened = await slack.message_shortcut(reply, "create_task", user=MARIA)
    assert opened.modal is not None
    await team.presses(opened.modal, "Keep as a note of T-1", MARIA)
    await team.sends(slack.modals(MARIA)[-1])
    await team.reads(card, "I bring the beamer")

    await slack.open_home(user=SAM)
    home = await team.home(SAM, "Book the big venue")
    await team.presses(home, "home_task", SAM, value="done:1", block="task/1")
    await team.home(SAM, "Done: T-1")
    await slack.until(lambda: "Done by sam" in card.plain, seconds=PATIENCE)


async def friday_nobody_sees_what_is_not_theirs(team: Team) -> None:
    slack = team.slack
    assert "There is no T-8 here" in (await team.types("show T-8", TESS)).plain
    assert "Buy them out" not in (await team.types("list all buy", TESS)).plain
    assert "Buy them out" in (await team.types("list all buy", SAM)).plain
    assert "There is no T-5 here" in (await team.types("show T-5", MARIA)).plain
    assert (await ask(team.world, "GET", "/8")).status == 404
    assert (await ask(team.world, "GET", "/2")).status == 200
    elsewhere = await slack.share(f"{BASE}/t/T1/8", user=MARIA, channel=GENERAL)
    there = await slack.share(f"{BASE}/t/T1/8", user=SAM, channel=DEAL)
    await team.reads(there, "Buy them out  T-8")
    assert elsewhere.unfurls == {}
    refused = await team.types("show T-3", GIL, EVENTS)
    assert "There is no T-3 here" in refused.plain
    slack.core.state.teams["T1"].channels[EVENTS].members.append(OLGA)
    shared = await team.finds("Who comes along?", OLGA, EVENTS)
    await team.presses(shared, "Reopen", OLGA)
    await team.finds("There is no T-1 here", OLGA, EVENTS)  # made in another channel


async def in_the_end_both_sides_agree(team: Team) -> None:
    world = team.world
    public = {1, 2, 3, 4, 6, 7, FROM_HOME}
    numbers = [*range(1, 9), *range(ANYWAY, FROM_HOME + 1)]
    tasks = {
        number: await seen(world, number, TESS if number == HERS else SAM) for number in numbers
    }
    private = {n: task.audience for n, task in tasks.items() if n not in public}
    assert private == {5: TESS, 8: DEAL, ANYWAY: DEAL} | dict.fromkeys(CHAIRS, DEAL)
    assert (tasks[1].title, tasks[1].status) == ("Book the big venue", Status.DONE)
    assert tasks[1].changes[-1].by.person == SAM
    assert Source.NOTION in {change.by.source for change in tasks[1].changes}
    assert tasks[3].progress == (1, 2)
    assert (tasks[6].assignees, tasks[6].accepted) == ((TESS,), (TESS,))
    for number in public:
        task = await world.until_task(number, is_in_step, seconds=PATIENCE)
        row = await world.row(task.title, seconds=PATIENCE, Status=IN_NOTION[task.status])
        assert set(row.properties["Tags"] or ()) == set(task.tags)
    assert sorted(world.titles()) == sorted(tasks[number].title for number in public)
    for number in (9, FROM_HOME + 1):  # and there is no other
        none = f"There is no T-{number} here"
        assert none in (await team.types(f"show T-{number}", MARIA)).plain


async def seen(world: World, number: int, person: str) -> Task:
    """Return a task as somebody who may see it does."""
    return await world.bot.tasks.get("T1", number, by=Actor(person=person, source=Source.SLACK))


IN_NOTION = {Status.OPEN: "Not started", Status.IN_PROGRESS: "In progress", Status.DONE: "Done"}


def is_in_step(task: Task) -> bool:
    """Tell whether Notion shows the task as it is."""
    return task.sync.state is SyncState.SYNCED and task.sync.rev == task.rev
