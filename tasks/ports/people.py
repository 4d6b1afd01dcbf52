"""Who is who, and where the bot is installed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from tasks.model import PersonId
from tasks.permissions import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What is known of a person."""

    person: PersonId
    name: str
    zone: str | None
    """IANA name."""
    email: str | None = None
    is_bot: bool = False
    standing: Standing = Standing.MEMBER


class People(Protocol):
    """The people of a workspace."""

    async def profile(self, team: str, person: PersonId) -> Profile | None:
        """Return a profile, cached for minutes; None when unknown or not to be had in time."""

    async def by_email(self, team: str, email: str) -> PersonId | None:
        """Return who has this address, cached for minutes; None when unknown or not to be had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """The bot in one workspace of the chat platform or, without a team, in an organisation."""

    team: str | None
    enterprise: str | None = None
    bot_token: str = field(repr=False)
    bot_id: str | None = None
    bot_user: PersonId | None = None
    scopes: tuple[str, ...] = ()


class Installations(Protocol):
    """Where the bot is installed, and its tokens, encrypted at rest."""

    async def find(self, *, team: str | None, enterprise: str | None) -> Installation | None:
        """Return the workspace's installation, or its organisation's; None: not installed."""

    async def save(self, installation: Installation) -> None:
        """Keep it, in place of an earlier one."""

    async def remove(self, *, team: str | None, enterprise: str | None) -> None:
        """Forget the tokens; no error where there are none."""
