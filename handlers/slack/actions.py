"""Buttons and menus: one listener and a table."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.slack import leads
from handlers.slack.again import AgainPressed, AgainTyped, unpack
from handlers.slack.blocks.listing import turned
from handlers.slack.blocks.message import Message
from handlers.slack.blocks.parts import Line
from handlers.slack.cards import Cards
from handlers.slack.changing import On
from handlers.slack.commands import Commands
from handlers.slack.ids import Act
from handlers.slack.incoming import Pressed
from handlers.slack.instrument import Instrument, OnAction
from handlers.slack.modals import Modals
from handlers.slack.reading import Reading
from handlers.slack.replies import Replies
from handlers.slack.router import Kind, Router
from handlers.slack.syncing import Syncing
from handlers.slack.troubles import Trouble
from tasks.commands import CompleteTask, ReopenTask, RestoreTask, Saved, TakeOther, UndoChange
from tasks.errors import TaskError
from tasks.model import Field
from tasks.service import TaskService


class Actions:
    """What the buttons of our messages do; the message returned takes the place of theirs."""

    def __init__(
        self,
        *,
        tasks: TaskService,
        cards: Cards,
        commands: Commands,
        reading: Reading,
        modals: Modals,
        syncing: Syncing,
        replies: Replies,
        instrument: Instrument,
        others: Mapping[str, OnAction],
    ) -> None:
        self._tasks = tasks
        self._cards = cards
        self._commands = commands
        self._reading = reading
        self._replies = replies
        self._instrument = instrument
        self._modals = modals
        self._table: dict[str, OnAction] = {
            Act.DONE: self.done,
            Act.EDIT: modals.press,
            Act.UNDO: self.undo,
            Act.ASSIGN: self.assign,
            Act.REOPEN: self.reopen,
            Act.RESTORE: self.restore,
            Act.SHOW: self.show,
            Act.PAGE: self.page,
            Act.EARLIER: self.earlier,
            Act.HISTORY: self.history,
            Act.MORE: self.more,
            Act.AGAIN: self.again,
            Act.NEW: modals.press_new,
            Act.SYNC_RETRY: syncing.retry,
            Act.SYNC_TAKE: self.take,
            Act.SYNC_KEEP: syncing.keep,
            **syncing.actions(),
            **others,
        }

    async def pressed(self, pressed: Pressed) -> Message | None:
        """Do what was pressed; what is not ours, or only opens a page, is left alone."""
        handle = self._table.get(pressed.action)
        return await handle(pressed) if handle else None

    async def done(self, pressed: Pressed) -> Message:
        """Tick the task off; who comes second is told who was first."""
        saved = await self._tasks.complete(CompleteTask(**_on(pressed)))
        return self._shown(saved, pressed, leads.completed(saved, pressed.sender.user))

    async def reopen(self, pressed: Pressed) -> Message:
        """Make the task open again."""
        saved = await self._tasks.reopen(ReopenTask(**_on(pressed)))
        return self._shown(saved, pressed, leads.reopened(saved, pressed.sender.user))

    async def restore(self, pressed: Pressed) -> Message:
        """Bring the task back."""
        saved = await self._tasks.restore(RestoreTask(**_on(pressed)))
        return self._shown(saved, pressed, leads.restored(saved))

    async def take(self, pressed: Pressed) -> Message:
        """Take Notion's values where both sides had changed the same."""
        saved = await self._tasks.take_other(TakeOther(**_on(pressed)))
        if saved.changed and not saved.repeated:
            self._instrument.took_other()
        return self._shown(saved, pressed, leads.changed(saved, "Took Notion's value in {}."))

    async def undo(self, pressed: Pressed) -> Message:
        """Take back the change that the card told of."""
        saved = await self._tasks.undo(UndoChange(**_on(pressed), rev=pressed.rev))
        return self._shown(saved, pressed, leads.undone(saved))

    async def assign(self, pressed: Pressed) -> None:
        """Ask who should do it."""
        await self._modals.press(pressed, (Field.ASSIGNEES,))

    async def show(self, pressed: Pressed) -> None:
        """Show a task of a list, below the list."""
        sender = pressed.sender
        task = await self._tasks.get(
            sender.team, pressed.number, by=sender.actor, presence=sender.presence
        )
        card = self._cards.of(task, pressed.sender)
        self._replies.later(self._replies.answer(pressed.sender, pressed.web, card))

    async def page(self, pressed: Pressed) -> Message:
        """Turn to another page of a list."""
        words, cursor = turned(pressed.value)
        return await self._reading.page(words, pressed.sender, cursor=cursor)

    async def earlier(self, pressed: Pressed) -> Message:
        """Go further back in a task's history."""
        return await self._reading.changes(pressed.sender, pressed.number, before_rev=pressed.rev)

    async def history(self, pressed: Pressed) -> None:
        """Show who changed what, below the card."""
        found = await self._reading.changes(pressed.sender, pressed.number, before_rev=None)
        self._replies.later(self._replies.answer(pressed.sender, pressed.web, found))

    async def more(self, pressed: Pressed) -> Message | None:
        """Do what was picked behind the three dots."""
        action, _, value = pressed.value.partition(":")
        if action == Act.MORE:
            return None
        return await self.pressed(pressed.again(action=action, value=value, key=pressed.key))

    async def again(self, pressed: Pressed) -> Message | None:
        """Repeat what the button carries, under its first key."""
        match unpack(pressed.value):
            case AgainTyped() as again:
                typed = pressed.typed(again)
                try:
                    return await self._commands.task(typed)
                except (TaskError, Trouble) as error:
                    return self._instrument.failed_command(error, typed)
            case AgainPressed(action=action, value=value, key=key):
                return await self.pressed(pressed.again(action=action, value=value, key=key))
            case None:
                return None

    def _shown(self, saved: Saved, pressed: Pressed, lead: Line) -> Message:
        return self._cards.saved(saved, pressed.sender, lead, kind="action")


def _on(pressed: Pressed) -> On:
    sender = pressed.sender
    return On(
        team=sender.team,
        number=pressed.number,
        by=sender.actor,
        key=pressed.key,
        presence=sender.presence,
    )


def register(router: Router, *, actions: Actions, instrument: Instrument) -> None:
    """Listen to every button and menu."""
    router.on_others(Kind.ACTION, instrument.action(actions.pressed))
