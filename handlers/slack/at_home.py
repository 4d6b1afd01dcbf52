"""What is used on the home tab: it is answered by the tab itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from handlers.slack import leads
from handlers.slack.blocks import form, words
from handlers.slack.blocks.home import TAG_MAX, TITLE_MAX, WORDS_MAX, Lead, Shown, Which
from handlers.slack.blocks.message import Message
from handlers.slack.blocks.parts import Line, Lines, Text
from handlers.slack.blocks.words import code
from handlers.slack.changing import On
from handlers.slack.home import Home
from handlers.slack.ids import Act
from handlers.slack.incoming import Pressed
from handlers.slack.instrument import OnAction
from handlers.slack.modals import open_view
from handlers.slack.replies import Replies
from tasks.commands import CompleteTask, ReopenTask, Saved, UndoChange
from tasks.service import TaskService

SETTINGS: tuple[str, ...] = (
    "This tab opens with the list that you picked last; times are in the zone of your Slack.",
    "What a channel has switched on: `/task settings`, typed in that channel.",
    "What of Notion somebody has to look at: `/task sync status`.",
)


class AtHome:
    """Does what was used, then shows the tab as it is after it."""

    def __init__(
        self, *, tasks: TaskService, home: Home, replies: Replies, elsewhere: OnAction
    ) -> None:
        """Take also what answers a button that is no different on a card."""
        self._tasks = tasks
        self._home = home
        self._replies = replies
        self._elsewhere = elsewhere

    def actions(self) -> Mapping[str, OnAction]:
        """Return what each button and menu does."""
        return {
            Act.HOME_TASK: self.task,
            Act.HOME_LIST: self.list,
            Act.HOME_TAG: self.tag,
            Act.HOME_FIND: self.find,
            Act.HOME_PAGE: self.page,
            Act.HOME_UNDO: self.undo,
            Act.HOME_SETTINGS: self.settings,
        }

    async def task(self, pressed: Pressed) -> Message | None:
        """Do with a task what was picked: the value is an action, a colon and its number."""
        act, _, number = pressed.value.partition(":")
        picked = pressed.again(action=act, value=number, key=pressed.key)
        match act:
            case Act.DONE:
                saved = await self._tasks.complete(CompleteTask(**_on(picked)))
                self._told(pressed, saved, leads.completed(saved, pressed.sender.user))
            case Act.REOPEN:
                saved = await self._tasks.reopen(ReopenTask(**_on(picked)))
                self._told(pressed, saved, leads.reopened(saved, pressed.sender.user))
            case _:
                return await self._elsewhere(picked)
        return None

    async def undo(self, pressed: Pressed) -> None:
        """Take back what the tab told of."""
        saved = await self._tasks.undo(UndoChange(**_on(pressed), rev=pressed.rev))
        self._show(pressed, _kept(pressed), Lead(said=leads.undone(saved)))

    async def list(self, pressed: Pressed) -> None:
        """Show another list; the words that are searched for stay."""
        which = pressed.value if pressed.value in set(Which) else Which.MINE
        self._show(pressed, replace(_kept(pressed).first(), which=which, tag=""))

    async def tag(self, pressed: Pressed) -> None:
        """Show what has a tag."""
        if pressed.value:
            tag = pressed.value[:TAG_MAX]
            self._show(pressed, replace(_kept(pressed).first(), which=Which.TAG, tag=tag))

    async def find(self, pressed: Pressed) -> None:
        """Search within the list; with no words it is shown whole."""
        typed = " ".join(pressed.value.split())[:WORDS_MAX]
        self._show(pressed, replace(_kept(pressed).first(), words=typed))

    async def page(self, pressed: Pressed) -> None:
        """Turn to another page."""
        self._show(pressed, Shown.read(pressed.value))

    async def settings(self, pressed: Pressed) -> None:
        """Say what can be set, and where."""
        lines = Lines(tuple(code(sentence) for sentence in SETTINGS))
        await open_view(pressed, form.notice("Settings", (lines,)))

    def _told(self, pressed: Pressed, saved: Saved, said: Line) -> None:
        latest = saved.task.changes[-1] if saved.task.changes else None
        can_undo = saved.changed and not saved.repeated and latest is not None
        undo = f"{saved.task.number}:{latest.rev}" if can_undo and latest else ""
        title = Text(words.short(saved.task.title, TITLE_MAX))
        self._show(pressed, _kept(pressed), Lead(said=(*said, " ", title), undo=undo))

    def _show(self, pressed: Pressed, shown: Shown, lead: Lead | None = None) -> None:
        hash_ = str(pressed.view.get("hash") or "") or None
        self._replies.later(
            self._home.publish(pressed.sender, pressed.web, shown.dumps(), hash_=hash_, lead=lead)
        )


def _kept(pressed: Pressed) -> Shown:
    return Shown.read(pressed.sender.tab)


def _on(pressed: Pressed) -> On:
    sender = pressed.sender
    return On(
        team=sender.team,
        number=pressed.number,
        by=sender.actor,
        key=pressed.key,
        presence=sender.presence,
    )
