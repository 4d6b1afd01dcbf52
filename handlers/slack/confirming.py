"""What is said where a message was that became a task: in its thread, else to whoever did it."""

from __future__ import annotations

from handlers.slack.aloud import Aloud
from handlers.slack.blocks import capture
from handlers.slack.blocks.form import Meta
from handlers.slack.blocks.parts import Line
from handlers.slack.cards import Cards
from handlers.slack.incoming import Sender, Submitted
from handlers.slack.replies import Replies
from tasks.commands import Saved
from tasks.model import Task
from tasks.permissions import may_be_posted
from tasks.ports import Heard, Threads

DELETE = {"delete_original": True}


class Confirming:
    """Confirms once, after the form is closed."""

    def __init__(
        self, *, aloud: Aloud, cards: Cards, replies: Replies, threads: Threads | None
    ) -> None:
        self._aloud = aloud
        self._threads = threads
        self._cards = cards
        self._replies = replies

    async def tell(
        self, submitted: Submitted, meta: Meta, saved: Saved, lead: Line, *, is_new: bool = True
    ) -> None:
        """Say in the thread what became of its message."""
        sender = submitted.sender
        if not await self._aloud.is_first(sender.team, f"form/{submitted.view_id}"):
            return
        may_say = _may_say(saved.task, sender)
        if may_say and self._threads is not None and meta.thread and has_threads(sender.channel):
            await self._threads.bind(
                sender.team, sender.channel or "", meta.thread, saved.task.number
            )
        shown = capture.confirmed(saved.task, is_new=is_new)
        heard = Heard.NOT_THERE
        if sender.channel and may_say:
            heard = await self._aloud.say(sender.team, sender.channel, shown, thread=meta.thread)
        if heard is Heard.NOT_THERE:
            said = (_why(sender) if may_say else capture.PRIVATE,)
            card = self._cards.saved(saved, sender, lead, kind="view", said=said)
            await self._replies.answer(sender, submitted.web, card, replace=meta.replace)
        elif meta.replace and sender.response_url:
            await self._replies.post(sender.response_url, DELETE)


def _may_say(task: Task, sender: Sender) -> bool:
    """Tell whether those who are there may read of the task; of a direct message it is its own."""
    channel = sender.channel
    if channel is None:
        return True
    is_own = channel.startswith("D") and task.audience == sender.user
    return is_own or may_be_posted(task, channel)


def has_threads(channel: str | None) -> bool:
    """Tell whether what is said below a message there can belong to its task."""
    return channel is not None and not channel.startswith("D")


def _why(sender: Sender) -> str:
    is_channel = (sender.channel or "").startswith("C") or sender.channel_name == "privategroup"
    return capture.INVITE if is_channel else capture.NOT_SAID
