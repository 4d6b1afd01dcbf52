"""Every way a task comes in, over HTTP and over Socket Mode, to the database and back."""

from playground.slack.state import Message
from tasks.ports import Feature
from tests.acceptance.world import World


async def below(world: World, message: Message, *, user: str = "U2") -> Message:
    """Wait for the answer in the thread of a message."""
    found = await world.until(
        lambda: [
            found
            for found in world.slack.messages(message.channel_id, user=user)
            if found.thread_ts == message.ts
        ]
    )
    return found[0]


async def written_back(world: World, message: Message) -> Message:
    """Wait for the answer below a message to the bot."""
    channel = message.team.channels[message.channel_id]
    found = await world.until(
        lambda: [found for found in channel.messages if found.ts > message.ts]
    )
    return found[0]


async def test_a_message_becomes_a_task_and_a_row_and_its_thread_says_so(acme: World) -> None:
    said = acme.slack.say("Book the venue\nsee <b> & @sam", user="U2")
    opened = await acme.slack.message_shortcut(said, "create_task", user="U1")
    assert opened.modal is not None
    assert (await acme.slack.submit(opened.modal)).closed
    answer = await below(acme, said)
    assert answer.plain.startswith("This is a task now: Book the venue  T-1")
    task = await acme.task(1)
    assert (task.notes, task.author, task.creator) == ("see <b> & @sam", "U2", "U1")
    row = await acme.row("Book the venue")
    assert task.source is not None
    assert row is not None


async def test_a_message_is_added_to_a_task_found_by_search(acme: World) -> None:
    await acme.slack.command("/task add Book the venue")
    said = acme.slack.say("The hall is free", user="U2")
    opened = await acme.slack.message_shortcut(said, "create_task", user="U1")
    assert opened.modal is not None
    await acme.slack.click(opened.modal, "Add to an existing task")
    form = acme.slack.modals("U1")[-1]
    found = await acme.slack.suggest(form, "task", "ven")
    assert (await acme.slack.submit(form, {"task": found.options[0]})).closed
    assert (await below(acme, said)).plain.startswith("Added to a task: Book the venue")
    assert (await acme.task(1)).notes.startswith("The hall is free\n— @sam, https://acme.slack")


async def test_a_form_opens_from_anywhere(acme: World) -> None:
    opened = await acme.slack.shortcut("new_task", user="U1")
    assert opened.modal is not None
    assert (await acme.slack.submit(opened.modal, {"Title": "Book it"})).closed
    assert (await acme.task(1)).title == "Book it"


async def test_a_reaction_offers_a_task_where_the_channel_wants_it(acme: World) -> None:
    said = acme.slack.say("Book the venue", user="U2", channel="C1")
    await acme.slack.react(said, "memo", user="U1")
    await acme.bot.stores.channels.switch("T1", "C1", {Feature.REACTIONS: True}, by="U1")
    await acme.slack.react(said, "ballot_box_with_check", user="U1", deliveries=3)
    offers = await acme.until(
        lambda: [
            found
            for found in acme.slack.messages("C1", user="U1")
            if found.plain.startswith("Make this message a task?")
        ]
    )
    assert len(offers) == 1
    opened = await acme.slack.click(offers[0], "Make it a task", user="U1")
    assert opened.modal is not None
    assert (await acme.slack.submit(opened.modal)).closed
    assert (await below(acme, said)).plain.startswith("This is a task now")
    assert (await acme.task(1)).title == "Book the venue"


async def test_p2_a_line_to_the_bot_delivered_three_times_is_one_task_and_one_answer(
    acme: World,
) -> None:
    said = await acme.slack.write_to_bot("add Book the venue", user="U1", deliveries=3)
    await written_back(acme, said)
    mentioned = await acme.slack.write(
        "@taskbridge add Buy milk", user="U1", channel="C1", deliveries=3
    )
    await below(acme, mentioned)
    listed = await acme.slack.command("/task list mine", user="U1")
    assert [listed.plain.count(title) for title in ("Book the venue", "Buy milk")] == [1, 1]
    direct = said.team.channels[said.channel_id]
    assert len([found for found in direct.messages if found.ts > said.ts]) == 1
    threads = [found.thread_ts for found in acme.slack.messages("C1", user="U2")]
    assert threads.count(mentioned.ts) == 1


async def test_a_mention_in_a_thread_is_answered_there(acme: World) -> None:
    installation = acme.slack.core.state.teams["T1"].installation
    assert installation is not None
    installation.scopes |= {"channels:read"}  # else a channel is in doubt a private one
    parent = acme.slack.say("What is open?", user="U2", channel="C1")
    await acme.slack.reply(parent, "@taskbridge add Book the venue @sam", user="U1")
    found = await acme.until(
        lambda: [
            m for m in acme.slack.messages("C1", user="U2") if m.thread_ts == parent.ts and m.bot_id
        ]
    )
    assert found[0].plain.startswith("Added T-1.\nBook the venue  T-1\nOpen · sam")
    assert found[0].pings == frozenset()
    task = await acme.task(1)
    assert (task.audience, task.channel) == (None, "C1")
    assert task.source is not None


async def test_a_workflow_makes_a_task(acme: World) -> None:
    execution = await acme.slack.run_step(
        "create_task", {"title": "Order a laptop", "assignee": "U2"}, deliveries=3
    )
    await acme.until(lambda: execution.state != "running")
    assert execution.state == "completed"
    listed = await acme.slack.command("/task list all", user="U1")
    assert listed.plain.count("Order a laptop") == 1
    # Of three deliveries at once two may have taken a number for nothing.
    assert f"{execution.outputs['task']}  Order a laptop" in listed.plain
    bad = await acme.slack.run_step("create_task", {"title": "x", "due": "soon"})
    await acme.until(lambda: bad.state != "running")
    assert bad.error.startswith("Due is “soon”: give a day")


async def test_the_same_words_twice_are_caught_by_two_processes(acme: World) -> None:
    if acme.slack.transport == "socket":
        return  # two processes share one way in over HTTP here
    async with acme.run_bot(PORT=None):
        second = acme.slack.bot_url
        answers = [await acme.slack.command("/task add Book the venue")]
        acme.slack.bot_url = f"http://127.0.0.1:{acme.bots[0].port}"
        assert acme.slack.bot_url != second
        answers.append(await acme.slack.command("/task add Book the  Venue"))
    assert answers[0].plain.startswith("Added T-1.")
    assert answers[1].plain.startswith("Already added: T-1 — add anyway?")
    await acme.slack.click(answers[1].message, "Add anyway")
    await acme.until_task(3, lambda task: task.title == "Book the  Venue")
