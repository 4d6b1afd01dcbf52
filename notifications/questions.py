"""Asks a team's admins, once, whether many rows were deleted on purpose."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
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

    async def once(self, team: str) -> bool:
        """Ask what is to be asked; tell whether nobody could be reached, and it stays to do."""
        question = await self.deletions.question(team)
        if question is None or question.told:
            return False
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
