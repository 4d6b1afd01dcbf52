"""The subcommands that change one task: `done`, `assign`, `due`, `priority`, `tag` and so on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias, TypedDict

from handlers.slack import leads
from handlers.slack.blocks.message import Message
from handlers.slack.blocks.parts import Line
from handlers.slack.cards import Cards
from handlers.slack.incoming import Sender, Typed
from handlers.slack.text import number_of, split_first, tokens
from handlers.slack.troubles import UnknownPeople, Usage
from handlers.slack.when import Dates
from tasks.commands import (
    AssignTask,
    CompleteTask,
    DeleteTask,
    PrioritiseTask,
    ReopenTask,
    RestoreTask,
    Saved,
    ScheduleTask,
    TagTask,
    UndoChange,
)
from tasks.errors import PartOfBulk
from tasks.model import Actor, PersonId, Priority
from tasks.permissions import Presence
from tasks.quick_add import Mention
from tasks.service import TaskService

EXAMPLES = {
    "assign": "assign T-12 @maria",
    "due": "due T-12 friday 5pm",
    "priority": "priority T-12 high",
    "tag": "tag T-12 #offsite",
    "snooze": "snooze T-12 2h",
}
NONE = ("none", "nothing", "never", "no", "-")
ASSIGNED = "Assigned {}."
FREED = "{} is nobody's now."
NOBODY = ("nobody", "none", "noone")
DASHES = "-‐‑‒–—−"  # noqa: RUF001  # Apple's clients make others out of the one typed
_SHORT = {"l": Priority.LOW, "m": Priority.MEDIUM, "h": Priority.HIGH, "u": Priority.URGENT}


UndoBulk: TypeAlias = Callable[[Typed, str], Awaitable[Message]]
"""Takes back the bulk of that key."""


class On(TypedDict):
    """What every request on one task carries."""

    team: str
    number: int
    by: Actor
    key: str
    presence: Presence


class Changing:
    """Changes tasks and shows them as they are then."""

    def __init__(
        self, *, tasks: TaskService, dates: Dates, cards: Cards, undo_bulk: UndoBulk
    ) -> None:
        self._tasks = tasks
        self._undo_bulk = undo_bulk
        self._dates = dates
        self._cards = cards

    async def done(self, typed: Typed) -> Message:
        """Tick a task off."""
        saved = await self._tasks.complete(CompleteTask(**on(typed, "done")))
        return self._shown(saved, typed, leads.completed(saved, typed.sender.user))

    async def reopen(self, typed: Typed) -> Message:
        """Make a task open again."""
        saved = await self._tasks.reopen(ReopenTask(**on(typed, "reopen")))
        return self._shown(saved, typed, leads.reopened(saved, typed.sender.user))

    async def assign(self, typed: Typed) -> Message:
        """Give a task to exactly these people."""
        subject, people = on(typed, "assign"), _people(typed)
        saved = await self._tasks.assign(AssignTask(**subject, assignees=people))
        return self._shown(saved, typed, leads.changed(saved, ASSIGNED if people else FREED))

    async def due(self, typed: Typed) -> Message:
        """Set or clear the due date of a task."""
        subject, words = on(typed, "due"), behind_number(typed)
        if not words:
            raise Usage("Say when: `/task due T-12 friday 5pm`, or `/task due T-12 none`.")
        if words.casefold() in NONE:
            saved = await self._tasks.schedule(ScheduleTask(**subject, due=None))
            return self._shown(saved, typed, leads.changed(saved, "{} has no due date now."))
        due, said = await self._dates.read(words, typed.sender, typed.leave)
        saved = await self._tasks.schedule(ScheduleTask(**subject, due=due))
        return self._shown(saved, typed, leads.changed(saved, "{} has a new due date."), said)

    async def priority(self, typed: Typed) -> Message:
        """Set or clear the priority of a task."""
        subject, priority = on(typed, "priority"), _priority(typed)
        saved = await self._tasks.prioritise(PrioritiseTask(**subject, priority=priority))
        said = "{} has a new priority." if priority else "{} has no priority now."
        return self._shown(saved, typed, leads.changed(saved, said))

    async def tag(self, typed: Typed) -> Message:
        """Add tags to a task, or take off those with a dash before them."""
        subject, (added, removed) = on(typed, "tag"), _tags(typed)
        saved = await self._tasks.tag(TagTask(**subject, add=added, remove=removed))
        said = "{} has other tags now." if removed else "{} has new tags."
        return self._shown(saved, typed, leads.changed(saved, said))

    async def delete(self, typed: Typed) -> Message:
        """Put a task away."""
        saved = await self._tasks.delete(DeleteTask(**on(typed, "delete")))
        return self._shown(saved, typed, leads.changed(saved, "Deleted {}."))

    async def restore(self, typed: Typed) -> Message:
        """Bring a deleted task back."""
        saved = await self._tasks.restore(RestoreTask(**on(typed, "restore")))
        return self._shown(saved, typed, leads.restored(saved))

    async def undo(self, typed: Typed) -> Message:
        """Take back the person's latest change, of one task or of any."""
        number = number_of(typed.rest) if typed.rest else None
        if typed.rest and number is None:
            raise Usage("Type `/task undo` for your latest change, or `/task undo T-12`.")
        sender = typed.sender
        request = UndoChange(
            team=sender.team,
            by=sender.actor,
            key=typed.key,
            number=number,
            presence=sender.presence,
        )
        try:
            saved = await self._tasks.undo(request)
        except PartOfBulk as bulk:
            return await self._undo_bulk(typed, bulk.key)
        return self._shown(saved, typed, leads.undone(saved))

    def _shown(self, saved: Saved, typed: Typed, lead: Line, said: tuple[str, ...] = ()) -> Message:
        return self._cards.saved(saved, typed.sender, lead, kind="command", said=said)


def on(typed: Typed, name: str) -> On:
    """Read which task is meant; one at a time. Usage."""
    sender: Sender = typed.sender
    first, rest = split_first(typed.rest)
    number = number_of(first)
    example = EXAMPLES.get(name, f"{name} T-12")
    if number is None:
        raise Usage(f"Say which task: `/task {example}`; `/task list` shows the numbers.")
    if name != "edit" and any(_is_number(w, alone=name not in EXAMPLES) for w in rest.split()):
        raise Usage(f"One task at a time: `/task {example}`.")
    return On(
        team=sender.team, number=number, by=sender.actor, key=typed.key, presence=sender.presence
    )


def _is_number(word: str, *, alone: bool) -> bool:
    """Tell whether a word names a task; `3` does so only where nothing else can follow."""
    return number_of(word) is not None and (alone or word[0] in "tT")


def behind_number(typed: Typed) -> str:
    """Return the words behind the number of the task; `due` and `by` are none of the date."""
    words = " ".join(w for w in tokens(split_first(typed.rest)[1]) if isinstance(w, str))
    return words.removeprefix("due ").removeprefix("by ").strip('"“” ')


def _people(typed: Typed) -> tuple[PersonId, ...]:
    given = tokens(split_first(typed.rest)[1])
    found: list[PersonId] = []
    strangers: list[str] = []
    for word in given:
        if isinstance(word, Mention):
            found.append(word.person)
        elif word.casefold().strip(",@") == "me":
            found.append(typed.sender.user)
        elif word.casefold().strip(",") not in (*NOBODY, "and", "&", "to"):
            strangers.append(word.strip(",").removeprefix("@"))
    if strangers:
        raise UnknownPeople(tuple(strangers))
    if not given:
        raise Usage("Say to whom: `/task assign T-12 @maria`, `me` or `nobody`.")
    return tuple(found)


def _priority(typed: Typed) -> Priority | None:
    word = behind_number(typed).casefold().removeprefix("!")
    if word in NONE:
        return None
    matching = [priority for priority in Priority if word and priority.startswith(word)]
    if not matching:
        raise Usage("Say which: `/task priority T-12 high` (low, medium, high, urgent or none).")
    return _SHORT[word[0]]


def _tags(typed: Typed) -> tuple[tuple[str, ...], tuple[str, ...]]:
    added: list[str] = []
    removed: list[str] = []
    for word in tokens(split_first(typed.rest)[1]):
        if isinstance(word, Mention):
            raise Usage("Tags begin with `#`: `/task tag T-12 #offsite`, or `-#offsite` to drop.")
        for bare in filter(None, word.split(",")):
            is_off = bare[0] in DASHES
            name = bare.lstrip(DASHES).removeprefix("#") if is_off else bare.removeprefix("#")
            if name:
                (removed if is_off else added).append(name)
    if not added and not removed:
        raise Usage("Say which: `/task tag T-12 #offsite`, or `-#offsite` to take one off.")
    return tuple(added), tuple(removed)
