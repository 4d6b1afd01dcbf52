"""A real process, killed between what the other side did and our note of it: once, all the same."""

import asyncio
import signal
from collections.abc import Awaitable, Callable

from bot.wiring import Application
from playground.notion.faults import Fault as NotionFault
from playground.slack.faults import Fault as SlackFault
from playground.slack.state import Message
from tests.acceptance.world import WEBHOOK_TOKEN, World

ROWS = 8
HELD_SECONDS = 3.0
"""How long Slack keeps its answer back: by then there is nobody to have it."""
SLOW = 30.0
"""Seconds that are enough on a busy machine."""
HELD = SlackFault(kind="delay_after", seconds=HELD_SECONDS)


async def killed(process: asyncio.subprocess.Process) -> None:
    process.send_signal(signal.SIGKILL)
    await process.wait()


def calls(world: World, method: str) -> list[dict[str, object]]:
    return [one.request for one in world.slack.journal.exchanges if one.kind == method]


async def until(check: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(SLOW):
        while not await check():  # noqa: ASYNC110  # the database tells nobody
            await asyncio.sleep(0.05)


async def is_told(bot: Application) -> bool:
    question = await bot.stores.deletions.question("T1")
    return question is not None and question.told


async def is_announced(bot: Application) -> bool:
    return not await bot.stores.announcements.news("T1", limit=9)


def asked(world: World) -> list[Message]:
    messages = world.slack.direct_messages(user="U3")
    return [one for one in messages if "deleted on purpose" in one.plain]


async def test_an_admin_is_asked_once_whatever_dies_after_slack_has_posted_the_question(
    empty_world: World,
) -> None:
    world = empty_world
    world.slack.add_user("U3", "ada", is_admin=True)
    async with world.bot_process(NOTION_WEBHOOK_TOKEN=WEBHOOK_TOKEN) as process:
        world.subscribe()
        for number in range(ROWS):
            await world.slack.command(f"/task add Task {number}", user="U1")
        await world.until(lambda: len(world.rows()) == ROWS, seconds=SLOW)
        await world.notion.webhooks.settle(within_seconds=10)
        world.slack.faults.script("chat.postMessage", HELD)
        for row in world.rows():
            world.bench.trash(row.id)
        await world.until(lambda: asked(world), seconds=SLOW)
        await killed(process)
    before = len(calls(world, "conversations.history"))
    async with world.run_bot(NOTION_WEBHOOK_TOKEN=WEBHOOK_TOKEN) as bot:
        await until(lambda: is_told(bot))
        assert len(asked(world)) == 1
        assert len(calls(world, "conversations.history")) == before + 1
        status = await world.slack.command("/task sync status", user="U1")
        assert "until an admin says" in status.plain


async def test_a_row_is_announced_once_whatever_dies_after_slack_has_posted_it(
    empty_world: World,
) -> None:
    world = empty_world

    def announced() -> list[Message]:
        messages = world.slack.messages("C1", user="U1")
        return [one for one in messages if "New in Notion" in one.plain]

    async with world.bot_process(NOTION_WEBHOOK_TOKEN=WEBHOOK_TOKEN) as process:
        world.subscribe()
        await world.slack.command("/task sync announce #general", user="U1")
        world.slack.faults.script("chat.postMessage", HELD)
        world.bench.add_row(world.database.data_source_id, {"Name": "Made in Notion"})
        await world.until(announced, seconds=SLOW)
        await killed(process)
    async with world.run_bot(NOTION_WEBHOOK_TOKEN=WEBHOOK_TOKEN) as bot:
        await until(lambda: is_announced(bot))
        (message,) = announced()
        await world.slack.click(message, "Done", user="U2")
        await world.slack.until(lambda: "Reopen" in message.plain, seconds=SLOW)
        assert len(announced()) == 1


class Thread:
    """A task made from a message, the thread under that, and its page."""

    def __init__(self, world: World, message: Message, page: str) -> None:
        self.world = world
        self.message = message
        self.page = page

    @classmethod
    async def begun(cls, world: World) -> "Thread":
        answer = await world.slack.command("/task settings", user="U1", channel="C1")
        assert answer.modal is not None
        await world.slack.submit(answer.modal, {"features": ["comments"]}, user="U1")
        message = world.slack.say("Order the cake", user="U1", channel="C1")
        form = (await world.slack.message_shortcut(message, "create_task", user="U1")).modal
        assert form is not None
        await world.slack.submit(form, {}, user="U1")
        return cls(world, message, (await world.row("Order the cake", seconds=SLOW)).id)

    def comments(self) -> list[str]:
        return [one.text for one in self.world.bench.remarks(self.page)]

    def replies(self, words: str) -> list[Message]:
        return [
            one
            for one in self.world.slack.messages("C1", user="U1")
            if one.thread_ts == self.message.ts and one.bot_id and words in one.plain
        ]


async def test_a_reply_is_one_comment_whatever_dies_after_notion_has_made_it(
    empty_world: World,
) -> None:
    world = empty_world
    async with world.bot_process() as process:
        thread = await Thread.begun(world)
        fault = NotionFault(match="POST /v1/comments", saved=True, hang=True)
        held = world.notion.faults.add(fault)
        await world.slack.reply(thread.message, "With candles", user="U2")
        await asyncio.wait_for(held.reached.wait(), SLOW)
        await killed(process)
    held.release.set()
    async with world.run_bot():
        await world.slack.reply(thread.message, "And cream", user="U2")
        wanted = ["sam in Slack: With candles", "sam in Slack: And cream"]
        await world.until(lambda: thread.comments() == wanted, seconds=SLOW)
        assert len(world.notion.journal.calls("POST /v1/comments")) == 2


async def test_a_comment_is_one_reply_whatever_dies_after_slack_has_posted_it(
    empty_world: World,
) -> None:
    world = empty_world
    async with world.bot_process(NOTION_WEBHOOK_TOKEN=WEBHOOK_TOKEN) as process:
        world.subscribe()
        thread = await Thread.begun(world)
        # Twice: the first may come too soon after the task's card, and be told to wait.
        world.slack.faults.script("chat.postMessage", HELD, HELD)
        world.bench.comment(thread.page, "How many?")
        await world.until(lambda: thread.replies("How many?"), seconds=SLOW)
        await killed(process)
    world.slack.faults.clear()
    looks = len(calls(world, "conversations.replies"))
    async with world.run_bot(NOTION_WEBHOOK_TOKEN=WEBHOOK_TOKEN):
        world.notion.webhooks.subscriptions.clear()
        world.subscribe()
        world.bench.comment(thread.page, "Ten?")
        await world.until(lambda: thread.replies("Ten?"), seconds=SLOW)
        assert len(thread.replies("How many?")) == 1
        assert len(calls(world, "conversations.replies")) == looks + 1
        assert thread.comments() == ["How many?", "Ten?"]
