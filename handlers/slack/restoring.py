"""Taking single values of a task's history back; what was changed again since is asked about."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.slack.blocks import words
from handlers.slack.blocks.history import overtaken
from handlers.slack.blocks.message import Message
from handlers.slack.blocks.parts import Line
from handlers.slack.cards import Cards
from handlers.slack.ids import Act
from handlers.slack.incoming import Pressed
from handlers.slack.instrument import OnAction
from tasks.commands import Saved, TakeBackValues
from tasks.errors import NothingToUndo
from tasks.model import Field, FieldChange, Task
from tasks.service import TaskService


class Restoring:
    """Gives fields the values they had."""

    def __init__(self, *, tasks: TaskService, cards: Cards) -> None:
        self._tasks = tasks
        self._cards = cards

    def actions(self) -> Mapping[str, OnAction]:
        """Return what each button does."""
        return {Act.TAKE_BACK: self.take_back, Act.TAKE_BACK_ANYWAY: self.anyway}

    async def take_back(self, pressed: Pressed) -> Message:
        """Take a value back, where nobody has changed the field since."""
        number, rev, field = _meant(pressed.value)
        task, step = await self._step(pressed, number, rev, field)
        now = task.value(field)
        if now not in (step.after, step.before):
            return overtaken(task, step, pressed.value)
        return await self._taken(pressed, number, rev, field, only_at=task.rev)

    async def anyway(self, pressed: Pressed) -> Message:
        """Take a value back, whatever came since."""
        number, rev, field = _meant(pressed.value)
        return await self._taken(pressed, number, rev, field)

    async def _step(
        self, pressed: Pressed, number: int, rev: int, field: Field
    ) -> tuple[Task, FieldChange]:
        sender = pressed.sender
        page = await self._tasks.history(
            sender.team,
            number,
            before_rev=rev + 1,
            limit=1,
            by=sender.actor,
            presence=sender.presence,
        )
        for change in page.changes[:1]:
            for step in change.fields:
                if change.rev == rev and step.field is field:
                    return page.task, step
        raise NothingToUndo

    async def _taken(
        self, pressed: Pressed, number: int, rev: int, field: Field, only_at: int | None = None
    ) -> Message:
        sender = pressed.sender
        request = TakeBackValues(
            team=sender.team,
            number=number,
            by=sender.actor,
            key=pressed.key,
            presence=sender.presence,
            rev=rev,
            fields=(field,),
            only_at=only_at,
        )
        saved = await self._tasks.take_back(request)
        return self._cards.saved(saved, sender, _lead(saved, field), kind="action")


def _lead(saved: Saved, field: Field) -> Line:
    task = saved.task
    number = words.ref(task)
    if not saved.changed or saved.repeated:
        return (f"{number} is like that already.",)
    if field is Field.DELETED:
        return (f"{number} is {'deleted' if task.deleted else 'back'}.",)
    now = words.value(field, task.value(field))
    return (f"Taken back in {number} — {words.FIELD[field]}: ", *now, ".")


def _meant(value: str) -> tuple[int, int, Field]:
    number, rev, field = value.split(":")
    return int(number), int(rev), Field(field)
