"""Asks a team's admins, once, whether many rows were deleted on purpose."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from notifications.admins import Admins
from notifications.posts import NotPosted, Posts, PostUnknown
from tasks.ports import Deletions, Question

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """Writes to each of the admins; who surely was not reached is tried again with the next."""

    deletions: Deletions
    posts: Posts
    admins: Admins
    render: Callable[[Question], Mapping[str, Any]]
    _counts: dict[str, int] = field(default_factory=dict)

    async def once(self, team: str) -> bool:
        """Ask what is to be asked; tell whether nobody could be reached, and it stays to do."""
        question = await self.deletions.question(team)
        if question is None or question.told:
            self._counts.pop(team, None)
            return False
        before, self._counts[team] = self._counts.get(team), question.count
        if before != question.count:
            return False  # more is still coming in: whoever is asked shall see all of it
        people = await self.admins.of(team)
        if not people or not await self.deletions.claim_question(team):
            return not people
        if any([await self._told(team, person, question) for person in people]):
            return False
        await self.deletions.give_back_question(team)
        return True

    async def _told(self, team: str, person: str, question: Question) -> bool:
        """Tell whether the person may have been reached."""
        try:
            await self.posts.post(team, person, self.render(question))
        except NotPosted as refused:
            log.warning("not asked", extra={"action": "ask", "error_code": refused.code})
            return False
        except PostUnknown:
            log.warning("perhaps asked", extra={"action": "ask"})
        return True
