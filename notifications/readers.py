"""Who may read what the bot writes to them alone: asked at the time it is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from notifications.calls import Wait
from tasks.access import Access
from tasks.model import Actor, PersonId, Source, Task
from tasks.permissions import NOWHERE, may_view

UNSURE = timedelta(seconds=30)
"""When it is asked again who is in which conversation, where that could not be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """Asks the rule for people who have not asked anything themselves."""

    access: Access

    async def may_see(self, task: Task, person: PersonId) -> bool:
        """Tell whether somebody may see a task now. Wait: that cannot be told yet."""
        if person == task.audience:
            return True
        by = Actor(person=person, source=Source.SLACK)
        is_private = task.audience is not None
        asker = await self.access.of(task.team, by, NOWHERE, surely=is_private)
        if may_view(asker, task):
            return True
        if not asker.is_sure:
            raise Wait(UNSURE)
        return False
