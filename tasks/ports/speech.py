"""Saying something where others talk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Protocol


class Heard(Enum):
    """What became of it."""

    YES = auto()
    NOT_THERE = auto()
    """Surely not: the bot is not in that conversation, or nobody can write there."""
    UNKNOWN = auto()
    """It may have been heard: it is not said again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What became of a message, and which one it is."""

    heard: Heard
    ts: str | None = None
    """None where it was not posted, or that is not known."""


class Speech(Protocol):
    """Says things at most once each, at the pace that the platform allows."""

    async def say(self, team: str, channel: str, body: Mapping[str, Any]) -> Spoken:
        """Post a message as the platform takes it. Never raises what the caller could mend."""
