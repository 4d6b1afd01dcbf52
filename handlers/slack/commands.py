"""`/task`: one listener and a table of subcommands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches

from handlers.slack.adding import Adding
from handlers.slack.blocks.errors import said
from handlers.slack.blocks.message import Message
from handlers.slack.blocks.words import code, ref
from handlers.slack.changing import Changing
from handlers.slack.ids import Command
from handlers.slack.incoming import Typed
from handlers.slack.instrument import Instrument, OnCommand
from handlers.slack.modals import Modals
from handlers.slack.reading import Reading
from handlers.slack.router import Kind, Router
from handlers.slack.subcommands import ALIASES, NOT_YET
from handlers.slack.syncing import Syncing
from handlers.slack.text import number_of
from handlers.slack.troubles import UnknownWord, Usage
from handlers.slack.working import Working

_NEAREST = 2


def routes(
    *,
    adding: Adding,
    changing: Changing,
    reading: Reading,
    modals: Modals,
    syncing: Syncing,
    working: Working,
) -> dict[str, OnCommand]:
    """Return what each subcommand does; those most used first."""

    async def add(typed: Typed) -> Message | None:
        return await (adding.add if typed.rest.strip() else modals.open_new)(typed)

    return {
        "": reading.bare,
        "add": add,
        "list": reading.list,
        "done": changing.done,
        "show": reading.show,
        "edit": modals.open_edit,
        "assign": changing.assign,
        "due": changing.due,
        "priority": changing.priority,
        "tag": changing.tag,
        "snooze": working.snooze,
        "reopen": changing.reopen,
        "delete": changing.delete,
        "restore": changing.restore,
        "undo": changing.undo,
        "history": reading.history,
        "search": reading.search,
        "sync": syncing.sync,
        "help": reading.help,
        **dict.fromkeys(NOT_YET, not_yet),
    }


async def not_yet(typed: Typed) -> Message | None:
    """Refuse what is still to be built. Usage: what to type until then."""
    raise Usage(NOT_YET[typed.word.casefold()])


class Commands:
    """Finds the handler of what was typed."""

    def __init__(self, table: Mapping[str, OnCommand]) -> None:
        self._table = table

    async def task(self, typed: Typed) -> Message | None:
        """Answer `/task …`."""
        word = typed.word.casefold()
        handle = self._table.get(ALIASES.get(word, word))
        if handle is not None:
            return await handle(typed)
        if not typed.rest and number_of(word) is not None and word[0] in "t#":
            return await self._table["show"](_showing(typed))
        known = [name for name in self._table if name]
        nearest = get_close_matches(word, [*known, *ALIASES], n=_NEAREST, cutoff=0.6)
        found = dict.fromkeys(ALIASES.get(name, name) for name in nearest)
        if not typed.rest and (number := number_of(word)) is not None:
            found = {f"show {ref(number)}": None}
        raise UnknownWord(typed.word, tuple(found))

    async def unknown(self, _typed: Typed) -> Message | None:
        """Answer a slash command that the manifest does not name."""
        return said(code(f"I only know `{Command.TASK}`: type `{Command.TASK} help`."))


def _showing(typed: Typed) -> Typed:
    return replace(typed, text=f"show {typed.text}")


def register(router: Router, *, commands: Commands, instrument: Instrument) -> None:
    """Listen to the one command first, to any other last."""
    router.on(Kind.COMMAND, Command.TASK, instrument.command(commands.task))
    router.on_others(Kind.COMMAND, instrument.command(commands.unknown))
