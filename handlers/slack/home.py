"""The home tab: your open tasks and what you can do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from handlers.slack.blocks.home import home
from handlers.slack.blocks.sync import Standing
from handlers.slack.incoming import Sender
from handlers.slack.web import Web
from tasks.commands import ListTasks, TaskFilter
from tasks.ports import Now
from tasks.service import TaskService

LENGTH = 20


class Home:
    """Publishes home tabs."""

    def __init__(
        self,
        *,
        tasks: TaskService,
        now: Now,
        standing: Callable[[Sender], Awaitable[Standing | None]],
    ) -> None:
        """Take what tells how the sync stands."""
        self._standing = standing
        self._tasks = tasks
        self._now = now

    async def publish(self, sender: Sender, web: Web) -> None:
        """Show a person their home tab as it is now."""
        mine = ListTasks(
            team=sender.team,
            filter=TaskFilter(owner=sender.user),
            limit=LENGTH,
            by=sender.actor,
            presence=sender.presence,
        )
        page, standing = await self._tasks.list(mine), await self._standing(sender)
        await web.publish_home(sender.user, home(page, standing, now=self._now()))
