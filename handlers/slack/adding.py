"""`/task add`: one line to a task."""

from __future__ import annotations

from handlers.slack import leads
from handlers.slack.audiences import Audiences
from handlers.slack.blocks.message import Message
from handlers.slack.cards import Cards
from handlers.slack.incoming import Typed
from handlers.slack.text import pieces
from handlers.slack.troubles import UnknownPeople
from handlers.slack.when import Dates
from tasks import quick_add
from tasks.commands import AddTask
from tasks.model import Due, Task
from tasks.ports import Threads
from tasks.quick_add import Literal, Piece, QuickAdd
from tasks.service import TaskService


class Adding:
    """Makes tasks from lines of text."""

    def __init__(
        self,
        *,
        tasks: TaskService,
        dates: Dates,
        cards: Cards,
        audiences: Audiences,
        threads: Threads | None,
    ) -> None:
        self._tasks = tasks
        self._dates = dates
        self._cards = cards
        self._audiences = audiences
        self._threads = threads

    async def add(self, typed: Typed) -> Message:
        """Make a task and show its card."""
        line = _read(typed)
        due, said = await self._due(line, typed)
        audience = await self._audiences.of(typed.sender)
        saved = await self._tasks.add(_request(line, due, typed, audience.of))
        await self._bind(typed, saved.task)
        lead = leads.added(saved)
        said = (*audience.said, *said)
        return self._cards.saved(saved, typed.sender, lead, kind="command", said=said)

    async def _bind(self, typed: Typed, task: Task) -> None:
        """Let the thread that a task was asked for in belong to it."""
        sender = typed.sender
        if self._threads is not None and typed.thread and sender.channel:
            await self._threads.bind(sender.team, sender.channel, typed.thread, task.number)

    async def _due(self, line: QuickAdd, typed: Typed) -> tuple[Due | None, tuple[str, ...]]:
        if line.due is None:
            return None, ()
        return await self._dates.read(line.due, typed.sender, typed.leave)


def _read(typed: Typed) -> QuickAdd:
    given = pieces(typed.rest)
    line = quick_add.parse(_all_title(given) if typed.leave.verbatim else given)
    if line.unknown_people and not typed.leave.strangers:
        raise UnknownPeople(line.unknown_people, can_skip=True)
    return line


def _all_title(given: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Return the pieces so that nothing but a mention is taken out of the title."""
    return tuple(Literal(piece) if isinstance(piece, str) else piece for piece in given)


def _request(line: QuickAdd, due: Due | None, typed: Typed, audience: str | None) -> AddTask:
    return AddTask(
        team=typed.sender.team,
        by=typed.sender.actor,
        key=typed.key,
        title=line.title,
        assignees=line.assignees,
        due=due,
        priority=line.priority,
        tags=line.tags,
        repeat=line.repeat,
        channel=typed.sender.channel,
        audience=audience,
        source=typed.source,
        said="" if typed.leave.anyway else typed.rest,
    )
