"""Who is in which conversation, asked of the chat platform at the time of the action."""

from __future__ import annotations

from typing import Protocol

from tasks.model import PersonId
from tasks.permissions import Presence, Standing


class Memberships(Protocol):
    """Asked for seconds at most, and never raises: who cannot be asked about is let in nowhere."""

    async def standing(self, team: str, person: PersonId) -> Standing:
        """Return what they are, cached for minutes; a member where it cannot be had in time."""

    async def inside(
        self, team: str, person: PersonId, presence: Presence, *, public_too: bool
    ) -> frozenset[str] | None:
        """Return the private conversations they are in now, cached for seconds.

        Only those that the bot can look into, and the one they act in. With `public_too` the
        public channels as well. None: it could not be asked in time.
        """


class Confined(Protocol):
    """Which workspaces have tasks that only the members of a conversation see."""

    def has_any(self, team: str) -> bool:
        """Tell it without asking anybody; may lag seconds behind other instances."""

    def note(self, team: str) -> None:
        """Take in that there is one now."""
