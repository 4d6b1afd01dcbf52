"""A task's thread in Slack and its page's comments follow each other, over HTTP on both sides."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from playground.notion import comments
from playground.notion.access import Capability
from playground.notion.comment_hands import Remark
from playground.notion.faults import Fault as NotionFault
from playground.slack.faults import Fault as SlackFault
from playground.slack.state import Message
from tasks.model import Source
from tests.acceptance.world import QUICK, WEBHOOK_TOKEN, World

SETTING = "Thread replies under a task and comments in Notion follow each other"
IMPATIENT = replace(QUICK, drain_seconds=0.1)
PATIENT = replace(QUICK, slack_settled_seconds=3.0)


class Room:
    """A task with its thread in a channel and its page, and what people see there."""

    def __init__(self, world: World, parent: Message, page: str) -> None:
        self.world = world
        self.parent = parent
        self.page = page

    @classmethod
    async def of(cls, world: World, *, title: str = "Book the venue", number: int = 1) -> "Room":
        parent = world.slack.say(f"Who does it: {title}?", user="U1", channel="C1")
        await world.slack.command(f"/task add {title}", user="U1")
        page = (await world.row(title)).id
        await world.bot.stores.threads.bind("T1", "C1", parent.ts, number)
        return cls(world, parent, page)

    async def switch(self, *, on: bool = True, user: str = "U1") -> None:
        answer = await self.world.slack.command("/task settings", user=user, channel="C1")
        assert answer.modal is not None
        values = ["comments"] if on else []
        await self.world.slack.submit(answer.modal, {"features": values}, user=user)

    async def reply(self, text: str, *, user: str = "U1", deliveries: int = 1) -> Message:
        return await self.world.slack.reply(self.parent, text, user=user, deliveries=deliveries)

    def comments(self) -> list[str]:
        return [remark.text for remark in self.remarks()]

    def remarks(self) -> list[Remark]:
        return self.world.bench.remarks(self.page)

    def posts(self) -> list[Message]:
        return [
            message
            for message in self.world.slack.messages("C1", user="U1")
            if message.thread_ts == self.parent.ts and message.bot_id
        ]

    def posted(self) -> list[str]:
        return [message.plain for message in self.posts()]

    async def until_comments(self, *wanted: str) -> None:
        await self.world.until(lambda: self.comments() == list(wanted))

    async def until_posted(self, *wanted: str) -> None:
        await self.world.until(lambda: self.posted() == list(wanted), seconds=10.0)

    async def settled(self) -> None:
        """Wait until both sides have heard all, and nothing of it is left to do."""
        copies, inbox = self.world.bot.stores.copies, self.world.bot.stores.comment_inbox
        async with asyncio.timeout(10):
            while True:
                due = [await copies.next_due(side) for side in (Source.SLACK, Source.NOTION)]
                if self._is_told() and due == [None, None] and await inbox.next_due() is None:
                    return
                await asyncio.sleep(0.02)

    def _is_told(self) -> bool:
        webhooks = self.world.notion.webhooks
        told = {one.event_id for one in webhooks.deliveries}
        return all(event.is_lost or event.id in told for event in webhooks.events)


@pytest_asyncio.fixture
async def room(empty_world: World) -> AsyncIterator[Room]:
    """Give a task whose channel has switched it on, and Notion's webhooks."""
    async with empty_world.run_bot(NOTION_WEBHOOK_TOKEN=WEBHOOK_TOKEN):
        empty_world.subscribe()
        found = await Room.of(empty_world)
        await found.switch()
        yield found


def calls_of(room: Room, pattern: str) -> int:
    return len(room.world.notion.journal.calls(pattern))


async def test_a_reply_becomes_a_comment_with_author_and_link(room: Room) -> None:
    reply = await room.reply("On it with @sam & <!channel> #general")
    await room.until_comments("maria in Slack: On it with @sam & <!channel> #general")
    (comment,) = room.world.bench.workspace.comments.values()
    link = comment.rich_text[0]["text"]["link"]["url"]
    assert f"/archives/C1/p{reply.ts.replace('.', '')}" in link


async def test_a_comment_becomes_a_reply_with_author_and_link(room: Room) -> None:
    people = room.world.bench.workspace.users.values()
    maria = next(user for user in people if user.name == "Maria")
    room.world.bench.comment(room.page, "<!channel> @here *look* <https://x|y>", by=maria)
    await room.until_posted("Maria in Notion\n<!channel> @here *look* <https://x|y>")
    (post,) = room.posts()
    assert post.pings == frozenset()
    assert (await room.world.row("Book the venue")).id.replace("-", "") in str(post.blocks)


async def test_an_edit_of_a_reply_follows(room: Room) -> None:
    reply = await room.reply("On it")
    await room.until_comments("maria in Slack: On it")
    await room.world.slack.edit_message(reply, "Done with it", deliveries=2)
    await room.until_comments("maria in Slack: Done with it")


async def test_an_edit_of_a_comment_follows(room: Room) -> None:
    comment = room.world.bench.comment(room.page, "Look here")
    await room.world.until(room.posted)
    room.world.bench.edit_comment(comment, "Look there")
    await room.world.until(lambda: "Look there" in room.posted()[0])
    assert len(room.posts()) == 1


async def test_a_deletion_of_a_reply_follows(room: Room) -> None:
    reply = await room.reply("On it")
    await room.until_comments("maria in Slack: On it")
    await room.world.slack.delete_message(reply, deliveries=2)
    await room.until_comments()


async def test_a_deleted_reply_that_was_answered_in_notion_does_not_take_the_answers_along(
    room: Room,
) -> None:
    reply = await room.reply("On it")
    await room.until_comments("maria in Slack: On it")
    (ours,) = room.remarks()
    room.world.bench.comment(room.page, "Thanks", discussion_id=ours.discussion_id)
    await room.world.until(room.posted)
    await room.world.slack.delete_message(reply)
    await room.until_comments("This reply was deleted in Slack.", "Thanks")


async def test_a_deletion_of_a_comment_follows(room: Room) -> None:
    comment = room.world.bench.comment(room.page, "Look here")
    await room.world.until(room.posted)
    room.world.bench.delete_comment(comment)
    await room.until_posted()


async def test_a_comment_that_cannot_be_asked_for_keeps_no_other_from_going(room: Room) -> None:
    first = room.world.bench.comment(room.page, "Look here")
    await room.world.until(lambda: len(room.posted()) == 1)
    second = room.world.bench.comment(room.page, "Look there")
    await room.world.until(lambda: len(room.posted()) == 2)
    fault = NotionFault(match=f"GET /v1/comments/{second}", times=None, status=500)
    held = room.world.notion.faults.add(fault)
    room.world.bench.delete_comment(first)  # and the whole discussion with it
    await room.world.until(lambda: len(room.posted()) == 1)
    assert "Look there" in room.posted()[0]
    room.world.notion.faults.remove(held)
    await room.world.until(lambda: room.posted() == [], seconds=30.0)


async def test_a_resolved_comment_stays_in_the_thread(room: Room) -> None:
    room.world.bench.comment(room.page, "Look here")
    await room.world.until(room.posted)
    room.world.bench.resolve(room.remarks()[0].discussion_id)
    room.world.bench.comment(room.page, "Another")
    await room.world.until(lambda: len(room.posted()) == 2)
    await room.settled()
    assert len(room.posted()) == 2


async def test_nothing_comes_back(room: Room) -> None:
    await room.reply("On it")
    room.world.bench.comment(room.page, "Look here")
    await room.world.until(lambda: len(room.comments()) == 2)
    await room.world.until(room.posted)
    for post in room.posts():
        await room.world.slack.tell_of(post)
    await room.settled()
    assert sorted(room.comments()) == ["Look here", "maria in Slack: On it"]
    assert len(room.posts()) == 1
    assert calls_of(room, "POST /v1/comments") == 1


async def test_another_tool_of_the_same_bot_is_heard(room: Room) -> None:
    bot = room.world.bench.workspace.users[room.world.connection.bot_id]
    room.world.bench.comment(room.page, "Build 12 is green", by=bot)
    await room.world.until(lambda: [p for p in room.posted() if "Build 12 is green" in p])


async def test_events_that_come_often_make_one_comment(room: Room) -> None:
    await room.reply("On it", deliveries=4)
    await room.until_comments("maria in Slack: On it")
    await room.settled()
    assert room.comments() == ["maria in Slack: On it"]


async def test_webhooks_that_come_often_and_in_disorder_make_one_reply_each(room: Room) -> None:
    webhooks = room.world.notion.webhooks
    webhooks.weather = replace(
        webhooks.weather, duplicate=1.0, reorder=0.5, reorder_seconds=0.3, delay_seconds=(0.0, 0.2)
    )
    for text in ("one", "two", "three"):
        room.world.bench.comment(room.page, text)
    await room.world.until(lambda: len(room.posted()) == 3, seconds=15.0)
    await room.settled()
    assert [text.rsplit("\n", 1)[1] for text in room.posted()] == ["one", "two", "three"]


async def test_replies_keep_their_order(room: Room) -> None:
    texts = [f"reply {number}" for number in range(8)]
    for text in texts:
        await room.reply(text)
    await room.until_comments(*(f"maria in Slack: {text}" for text in texts))


async def test_without_the_switch_nothing_follows(empty_world: World) -> None:
    async with empty_world.run_bot(NOTION_WEBHOOK_TOKEN=WEBHOOK_TOKEN):
        empty_world.subscribe()
        room = await Room.of(empty_world)
        await room.reply("On it")
        room.world.bench.comment(room.page, "Look here")
        await room.settled()
        assert room.comments() == ["Look here"]
        assert room.posted() == []
        assert calls_of(room, "GET /v1/comments") == 0


async def test_what_was_said_before_stays_where_it_is_and_off_is_off(room: Room) -> None:
    await room.reply("On it")
    await room.until_comments("maria in Slack: On it")
    await room.switch(on=False)
    await room.reply("Not this")
    await room.settled()
    assert room.comments() == ["maria in Slack: On it"]


async def test_a_task_made_from_a_message_has_the_thread_under_it(room: Room) -> None:
    slack = room.world.slack
    message = slack.say("Order the cake", user="U1", channel="C1")
    form = (await slack.message_shortcut(message, "create_task", user="U1")).modal
    assert form is not None
    await slack.submit(form, {}, user="U1")
    page = (await room.world.row("Order the cake")).id
    await slack.reply(message, "With candles", user="U2")
    cake = Room(room.world, message, page)
    await cake.until_comments("sam in Slack: With candles")
    room.world.bench.comment(page, "How many?")
    await room.world.until(lambda: [text for text in cake.posted() if "How many?" in text])


async def test_a_thread_of_no_task_is_nobodys_business(room: Room) -> None:
    other = room.world.slack.say("Lunch?", user="U1", channel="C1")
    await room.world.slack.reply(other, "Yes", user="U2")
    await room.settled()
    assert room.comments() == []


@pytest.mark.parametrize(
    "fault",
    [
        NotionFault(match="POST /v1/comments", saved=True, reset=True),
        NotionFault(match="POST /v1/comments", saved=True, status=503),
        NotionFault(match="POST /v1/comments", saved=True, truncated=True),
        NotionFault(match="POST /v1/comments", reset=True),
        NotionFault(match="POST /v1/comments", status=500),
        NotionFault(match="POST /v1/comments", status=409),
    ],
    ids=["lost-after", "503-saved", "cut-off", "lost-before", "500", "409"],
)
async def test_a_comment_whose_answer_was_lost_is_made_once(room: Room, fault: NotionFault) -> None:
    room.world.notion.faults.add(fault)
    await room.reply("On it")
    await room.world.until(room.comments)
    await room.settled()
    assert room.comments() == ["maria in Slack: On it"]
    assert room.posted() == []


async def test_a_quotation_of_a_reply_is_not_taken_for_its_copy(room: Room) -> None:
    room.world.notion.faults.add(NotionFault(match="POST /v1/comments", reset=True))
    reply = await room.reply("On it")
    await room.world.until(lambda: calls_of(room, "POST /v1/comments"))
    bench = room.world.bench
    maria = next(user for user in bench.workspace.users.values() if user.name == "Maria")
    link = f"https://acme.slack.com/archives/C1/p{reply.ts.replace('.', '')}"
    quote = {"type": "text", "text": {"content": "See this", "link": {"url": link}}}
    parent = {"type": "page_id", "page_id": room.page}
    comments.create(bench._call(by=maria, body={"parent": parent, "rich_text": [quote]}))
    await room.until_comments("See this", "maria in Slack: On it")
    await room.world.until(lambda: len(room.posts()) == 1)


@pytest.mark.parametrize("kind", ["drop_after", "drop_before", "truncate", "ratelimit"])
async def test_a_reply_whose_answer_was_lost_is_posted_once(room: Room, kind: str) -> None:
    room.world.slack.faults.script("chat.postMessage", SlackFault(kind=kind))  # type: ignore[arg-type]  # one of them
    room.world.bench.comment(room.page, "Look here")
    await room.world.until(room.posted, seconds=10.0)
    await room.settled()
    assert len(room.posted()) == 1
    assert room.comments() == ["Look here"]


async def test_a_connection_that_may_not_comment_says_so_and_tasks_go_on(room: Room) -> None:
    room.world.connection.capabilities -= {Capability.INSERT_COMMENTS}
    await room.reply("On it")
    await room.world.slack.command("/task add Another", user="U1")
    await room.world.row("Another")
    await room.world.until(lambda: calls_of(room, "POST /v1/comments"))
    status = ""
    while "Comments do not follow" not in status:  # the test's own time limit ends it
        status = (await room.world.slack.command("/task sync status", user="U1")).plain
    assert room.comments() == []


async def test_what_is_said_while_the_bot_is_down_is_copied_afterwards(empty_world: World) -> None:
    world = empty_world
    async with world.run_bot(NOTION_WEBHOOK_TOKEN=WEBHOOK_TOKEN):
        world.subscribe()
        room = await Room.of(world)
        await room.switch()
        world.notion.faults.add(NotionFault(match="POST /v1/comments", times=None, status=503))
        await room.reply("On it")
        await world.until(lambda: calls_of(room, "POST /v1/comments"))
    world.notion.faults.clear()
    async with world.run_bot(NOTION_WEBHOOK_TOKEN=WEBHOOK_TOKEN):
        await room.world.until(room.comments, seconds=15.0)
        assert room.comments() == ["maria in Slack: On it"]


async def test_a_bot_that_dies_before_it_noted_a_comment_makes_no_second(
    empty_world: World,
) -> None:
    world = empty_world
    async with world.run_bot():
        room = await Room.of(world)
        await room.switch()
        world.notion.faults.add(NotionFault(match="POST /v1/comments", saved=True, hang=True))
        await room.reply("On it")
        await world.until(room.comments)
    world.notion.faults.clear()
    async with world.run_bot():
        await room.reply("Done")
        await room.until_comments("maria in Slack: On it", "maria in Slack: Done")
        await room.settled()
        assert calls_of(room, "POST /v1/comments") == 2


async def test_a_bot_that_dies_before_it_noted_a_reply_posts_no_second(empty_world: World) -> None:
    world = empty_world
    async with world.run_bot(NOTION_WEBHOOK_TOKEN=WEBHOOK_TOKEN, tuning=IMPATIENT):
        world.subscribe()
        room = await Room.of(world)
        await room.switch()
        world.slack.faults.script("chat.postMessage", SlackFault(kind="delay", seconds=1.0))
        room.world.bench.comment(room.page, "Look here")
        async with asyncio.timeout(10):
            while not await is_sent(world):  # noqa: ASYNC110  # the database tells nobody
                await asyncio.sleep(0.02)
    async with world.run_bot(NOTION_WEBHOOK_TOKEN=WEBHOOK_TOKEN, tuning=PATIENT):
        await world.until(room.posted, seconds=15.0)
        await room.settled()
        assert len(room.posted()) == 1
        kinds = [exchange.kind for exchange in world.slack.journal.exchanges]
        assert kinds.count("chat.postMessage") == 1
        assert kinds.count("conversations.replies") == 1


async def is_sent(world: World) -> bool:
    """Tell whether a message is on its way, as the bot has noted it."""
    claim = await world.bot.stores.copies.next_due(Source.NOTION)
    return claim is not None and claim.total_seconds() > 0


async def test_a_comment_links_to_its_reply_where_slack_does_not_tell_its_address(
    room: Room,
) -> None:
    room.world.slack.faults.script("chat.getPermalink", SlackFault(kind="error"))
    reply = await room.reply("On it")
    await room.until_comments("maria in Slack: On it")
    (comment,) = room.world.bench.workspace.comments.values()
    link = comment.rich_text[0]["text"]["link"]["url"]
    assert link.startswith(f"https://slack.com/archives/C1/p{reply.ts.replace('.', '')}")


async def test_guests_cannot_change_what_a_channel_has_switched_on(empty_world: World) -> None:
    empty_world.slack.add_user("U3", "gus", is_guest=True)
    empty_world.slack.core.state.teams["T1"].channels["C1"].members.append("U3")
    async with empty_world.run_bot():
        answer = await empty_world.slack.command("/task settings", user="U3", channel="C1")
        assert answer.modal is not None
        assert "Guests cannot change" in answer.modal.plain
        answer = await empty_world.slack.command("/task settings", user="U1", channel="C1")
        assert answer.modal is not None
        assert SETTING in str(answer.modal.given)
        assert "Anyone in this channel but guests" in answer.modal.plain
