"""What a channel has switched on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from tasks.model import PersonId


class Feature(StrEnum):
    """What people can switch on for a channel; everything is off at first."""

    COMMENTS = "comments"
    """Replies under a task and comments on its page follow each other."""
    REACTIONS = "reactions"
    """A reaction to a message offers to make a task of it."""


class ChannelSettings(Protocol):
    """What each channel has switched on."""

    async def of(self, team: str, channel: str) -> Mapping[Feature, datetime]:
        """Return what is on, and since when by the database's clock."""

    async def switch(
        self, team: str, channel: str, wanted: Mapping[Feature, bool], *, by: PersonId
    ) -> None:
        """Switch on or off what is named, and leave the rest; what is on stays on since then."""
