"""`Share`: a task's card for everybody in a conversation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.slack.blocks import shared
from handlers.slack.blocks.errors import said
from handlers.slack.blocks.form import Meta
from handlers.slack.blocks.parts import Channel, Line
from handlers.slack.blocks.words import ref
from handlers.slack.explain import sentence
from handlers.slack.filled import Filled
from handlers.slack.ids import Act, Form, Input
from handlers.slack.incoming import Pressed, Submitted
from handlers.slack.instrument import Instrument, OnAction
from handlers.slack.modals import open_view
from handlers.slack.replies import Replies
from handlers.slack.router import Kind, Router
from tasks import text
from tasks.errors import CannotTell, NoSuchTask, NotAllowed
from tasks.model import Task
from tasks.permissions import may_be_posted
from tasks.ports import Place, Shared, Sharing, Told
from tasks.service import TaskService

Json = dict[str, Any]
INVITE = "I cannot write there: type /invite @taskbridge in that channel, then press Share again."
PRIVATE = "{} is private to another conversation: pick that one, for it can be shown only there."
DELETED = "{0} was deleted: type /task restore {0}, then press Share again."
PICK = "Pick a channel."


class ShareForms:
    """Asks where, and shows the task there."""

    def __init__(self, *, tasks: TaskService, sharing: Sharing, replies: Replies) -> None:
        self._tasks = tasks
        self._sharing = sharing
        self._replies = replies

    async def press(self, pressed: Pressed) -> None:
        """Open the form; nothing is waited for before it."""
        sender, number = pressed.sender, pressed.number
        channel = sender.channel if sender.channel and sender.channel[0] in "CG" else None
        meta = Meta(
            number=number,
            channel=sender.channel,
            channel_name=sender.channel_name,
            response_url=sender.response_url,
        )
        await open_view(pressed, shared.form(number, channel, meta))

    async def share(self, submitted: Submitted) -> Json | None:
        """Post the card, or say in the form why that cannot be."""
        meta, sender = Meta.of(submitted.metadata), submitted.sender
        filled = Filled(submitted.values)
        block = filled.block_of(Input.PLACE)
        channel = str(submitted.values.get(block, {}).get("selected_conversation") or "")
        if not channel:
            return _error(block, PICK)
        try:
            task = await self._tasks.get(
                sender.team, meta.number, by=sender.actor, presence=sender.presence
            )
        except (NoSuchTask, CannotTell, NotAllowed) as error:
            return _error(block, sentence(error))
        if (why_not := _why_not(task, channel)) is not None:
            return _error(block, why_not)
        words = " ".join(text.clean(filled.text_of(Input.WORDS)).split())
        key = f"share/{submitted.view_id}"
        place = Place(key=key, channel=channel, lead=words, by=sender.user)
        done = await self._sharing.share(task, place)
        if done.told is Told.NOT_THERE:
            return _error(block, INVITE)
        if (told := _told(task, channel, done)) is not None:
            self._replies.later(self._replies.answer(sender, submitted.web, said(told)))
        return None


def _why_not(task: Task, channel: str) -> str | None:
    if not may_be_posted(task, channel):
        return PRIVATE.format(ref(task))
    return DELETED.format(ref(task)) if task.deleted else None


def _told(task: Task, channel: str, done: Shared) -> Line | None:
    """Return what the person is told beside what they see there."""
    found: Line = ()
    if done.told is Told.SOON:
        found = (f"{ref(task)} will be in ", Channel(channel), " in a moment. ")
    if done.let_go is not None:
        found += (
            f"{ref(task)} is shown in many places: the oldest card, in ",
            Channel(done.let_go),
            ", stays as it is from now on.",
        )
    return found or None


def _error(block: str, why: str) -> Json:
    return {"response_action": "errors", "errors": {block: why}}


def actions(sharing: ShareForms | None) -> Mapping[str, OnAction]:
    """Return what its button does; nothing where tasks cannot be shown to others."""
    return {} if sharing is None else {Act.SHARE: sharing.press}


def register(router: Router, *, sharing: ShareForms | None, instrument: Instrument) -> None:
    """Listen to the submitted form."""
    if sharing is None:
        return
    router.on(Kind.FORM, Form.SHARE, instrument.form(sharing.share))
