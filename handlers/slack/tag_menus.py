"""Menus of tags: what there is by how it begins, and in a form whatever else is typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.slack.blocks.parts import option
from handlers.slack.ids import Act, Input
from handlers.slack.incoming import Searched
from handlers.slack.instrument import OnSearch
from tasks import text
from tasks.errors import Refused
from tasks.service import TaskService

Json = dict[str, Any]
LENGTH = 20
"""Each tag is a question of its own to the database."""


class TagMenus:
    """Offers tags."""

    def __init__(self, tasks: TaskService) -> None:
        self._tasks = tasks

    def searches(self) -> Mapping[str, OnSearch]:
        """Return what each menu offers."""
        return {Input.TAGS: self.any, Act.HOME_TAG: self.known}

    async def known(self, searched: Searched) -> list[Json]:
        """Return the tags there are that begin so."""
        return [option(f"#{tag}", tag) for tag in await self._known(searched, _kept(searched))]

    async def any(self, searched: Searched) -> list[Json]:
        """Return the same, and first the one that was typed where it is none of them."""
        typed = _kept(searched)
        known = await self._known(searched, typed)
        new = [option(f"Create #{typed}", typed)] if typed and typed not in known else []
        return [*new, *(option(f"#{tag}", tag) for tag in known)]

    async def _known(self, searched: Searched, beginning: str) -> tuple[str, ...]:
        sender = searched.sender
        return await self._tasks.tags(
            sender.team, beginning, limit=LENGTH, by=sender.actor, presence=sender.presence
        )


def _kept(searched: Searched) -> str:
    """Return what was typed as a tag is kept; empty where it can be none."""
    try:
        return text.tag(searched.words)
    except Refused:
        return ""
