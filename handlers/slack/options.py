"""Menus whose options are searched for while somebody types: one listener and a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.slack.blocks.capture import named
from handlers.slack.ids import Input
from handlers.slack.incoming import Searched
from handlers.slack.instrument import Instrument, OnSearch
from handlers.slack.router import Kind, Router
from handlers.slack.tag_menus import TagMenus
from handlers.slack.text import number_of
from tasks.commands import ListTasks, TaskFilter
from tasks.errors import CannotTell, NoSuchTask
from tasks.model import Task
from tasks.service import TaskService

Json = dict[str, Any]
LENGTH = 50
"""Slack takes a hundred; nobody reads so many."""


class Options:
    """Offers what fits."""

    def __init__(self, *, tasks: TaskService, others: Mapping[str, OnSearch]) -> None:
        self._tasks = tasks
        self._table: dict[str, OnSearch] = {
            Input.TASK: self.tasks,
            **TagMenus(tasks).searches(),
            **others,
        }

    async def of(self, searched: Searched) -> list[Json]:
        """Return the options of whichever menu it is; none for one that is not ours."""
        search = self._table.get(searched.what)
        return await search(searched) if search else []

    async def tasks(self, searched: Searched) -> list[Json]:
        """Return the task of that number, then open ones by words; the person's own at first."""
        found = [*await self._numbered(searched), *await self._named(searched)]
        unique = {task.number: task for task in found}
        return [named(task) for task in unique.values()][:LENGTH]

    async def _numbered(self, searched: Searched) -> list[Task]:
        number, sender = number_of(searched.words), searched.sender
        if number is None:
            return []
        try:
            task = await self._tasks.get(
                sender.team, number, by=sender.actor, presence=sender.presence
            )
        except (NoSuchTask, CannotTell):
            return []
        return [] if task.deleted else [task]

    async def _named(self, searched: Searched) -> list[Task]:
        sender, terms = searched.sender, tuple(searched.words.split())
        wanted = TaskFilter(words=terms, owner=None if terms else sender.user)
        page = await self._tasks.list(
            ListTasks(
                team=sender.team,
                filter=wanted,
                limit=LENGTH,
                by=sender.actor,
                presence=sender.presence,
            )
        )
        return list(page.tasks)


def register(router: Router, *, options: Options, instrument: Instrument) -> None:
    """Listen to every menu."""
    router.on_others(Kind.OPTIONS, instrument.options(options.of))
