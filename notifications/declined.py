"""That somebody will not do a task: for whoever gave it to them, in a message to them alone."""

from __future__ import annotations

from dataclasses import dataclass, replace

from notifications.readers import Readers
from tasks import handing
from tasks.model import Change, Task
from tasks.ports import People, Place, TaskStore

CHANGES_MAX = 500
"""Looked through for who gave it to them; where it is longer ago whoever made it is told."""
SOMEBODY = "Somebody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declined:
    """Finds out whom such a message is for, and what it says."""

    store: TaskStore
    people: People
    readers: Readers

    async def addressed(self, task: Task, place: Place) -> Place | None:
        """Return the message that a task is to be declined by; None: nobody is to be told.

        Wait: whether they may see the task cannot be told yet. StoreError.
        """
        changes = await self.store.history(task, before_rev=task.rev + 1, limit=CHANGES_MAX)
        found = handing.to_be_told(task, changes, place)
        if found is None:
            return None
        giver, change = found
        if not await self.readers.may_see(task, giver):
            return None
        said = await self._said(task.team, change)
        return replace(place, channel=giver, by=giver, lead=said)

    async def _said(self, team: str, change: Change) -> str:
        person = change.by.person
        profile = await self.people.profile(team, person) if person else None
        who = profile.name if profile else SOMEBODY
        return (
            f"{who} declined this: “{change.reason}”" if change.reason else f"{who} declined this."
        )
