"""The one workspace that `SLACK_BOT_TOKEN` belongs to; which one that is, Slack says once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack.web import refusal
from tasks.errors import NotSaved
from tasks.ports import Installation, Installations

IDENTIFY_SECONDS = 1.5
"""Within an answer's time; at start nobody waits and it is asked again."""


ASK_AGAIN_SECONDS = 10.0
"""So often, at most, it is asked whether an app that was removed is there again."""
CANNOT_ASK = "Slack cannot be asked who we are right now: try again."
DEAD = (
    "access_denied",
    "account_inactive",
    "enterprise_is_restricted",
    "invalid_auth",
    "no_permission",
    "not_allowed_token_type",
    "not_authed",
    "org_login_required",
    "team_access_not_granted",
    "token_expired",
    "token_revoked",
)
"""What Slack says of a token that opens nothing; all else passes by itself."""


class TokenRefused(Exception):
    """Slack does not take the bot token."""


class SingleWorkspace(Installations):
    """Knows its installation after the first `identify`; any other team is not installed here."""

    def __init__(
        self, client: AsyncWebClient, *, token: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._gone_since: float | None = None
        self._client = client
        self._token = token
        self._known: Installation | None = None
        self._asking = asyncio.Lock()

    @property
    def known(self) -> Installation | None:
        """The installation, once Slack has told."""
        return self._known

    async def identify(self) -> Installation:
        """Ask Slack once whose token it is. TokenRefused; NotSaved: Slack cannot be reached."""
        async with self._asking:
            if self._known is None:
                self._known = await self._asked()
            return self._known

    async def find(
        self,
        *,
        team: str | None,
        enterprise: str | None,  # noqa: ARG002  # the port's signature
    ) -> Installation | None:
        """Return the one installation to its own team. NotSaved: Slack has not told yet."""
        if self._gone_since is not None and not await self._is_back():
            return None
        try:
            own = self._known or await self.identify()
        except TokenRefused:
            return None
        return own if team == own.team else None

    async def save(self, installation: Installation) -> None:  # noqa: ARG002  # the port's
        """Refuse: there is nothing to save."""
        raise TypeError("the token of a single workspace comes from the settings")

    async def remove(self, *, team: str | None, enterprise: str | None) -> None:
        """Take in that Slack has ended the token; who they are is known still.

        Installed again, the app may have the same token: that is asked every 10 s, if need be.
        """
        own = self._known
        if own is None or team == own.team or (enterprise and enterprise == own.enterprise):
            self._gone_since = self._clock()

    async def _is_back(self) -> bool:
        async with self._asking:
            if self._gone_since is None:
                return True
            if self._clock() - self._gone_since < ASK_AGAIN_SECONDS:
                return False
            self._gone_since = self._clock()
            try:
                self._known = await self._asked()
            except (TokenRefused, NotSaved):
                return False
            self._gone_since = None
            return True

    async def _asked(self) -> Installation:
        try:
            async with asyncio.timeout(IDENTIFY_SECONDS):
                answer = await self._client.auth_test(token=self._token)
        except SlackApiError as error:
            code, _ = refusal(error)
            if code not in DEAD:
                raise NotSaved(CANNOT_ASK) from error
            raise TokenRefused(f"Slack refuses SLACK_BOT_TOKEN: {code}.") from error
        except (SlackClientError, TimeoutError, ClientError, OSError, ValueError) as error:
            raise NotSaved(CANNOT_ASK) from error
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Installation(
            team=answer["team_id"],
            enterprise=answer.get("enterprise_id"),
            bot_token=self._token,
            bot_id=answer.get("bot_id"),
            bot_user=answer.get("user_id"),
            scopes=tuple(filter(None, headers.get("x-oauth-scopes", "").split(","))),
        )


class Nowhere(Installations):
    """Stands in where neither a bot token nor keys for stored ones are set: installed nowhere."""

    async def find(
        self,
        *,
        team: str | None,  # noqa: ARG002  # the port's signature
        enterprise: str | None,  # noqa: ARG002  # the port's signature
    ) -> Installation | None:
        """Return none."""
        return None

    async def save(self, installation: Installation) -> None:  # noqa: ARG002  # the port's
        """Refuse: there is no key to seal a token with."""
        raise TypeError("ENCRYPTION_KEYS are not set")

    async def remove(self, *, team: str | None, enterprise: str | None) -> None:
        """Forget nothing: nothing is kept."""
