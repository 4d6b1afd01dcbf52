"""OAuth 2.0 bearer tokens: JWTs of the configured issuer, checked against its keys."""

from __future__ import annotations

import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jwt
from jwt.exceptions import PyJWTError

from handlers.http.issuer_keys import ALGORITHMS, IssuerKeys
from tasks.api_keys import Role

LEEWAY_SECONDS = 30
"""By how much the issuer's clock and ours may differ."""
TOKEN_MAX = 8192
ROLE_CLAIM = "role"
TEAM_CLAIM = "team"


class BadToken(Exception):
    """The token opens nothing; the message says why, and nothing of its contents."""


class NoRights(Exception):
    """The token is good but names no workspace, or no role."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a good token gives."""

    subject: str
    team: str
    role: Role


class AccessTokens:
    """Checks tokens of one issuer for one audience."""

    def __init__(
        self,
        keys: IssuerKeys,
        *,
        issuer: str,
        audience: str,
        now: Callable[[], datetime],
        team_claim: str = TEAM_CLAIM,
        role_claim: str = ROLE_CLAIM,
    ) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._now = now
        self._team_claim = team_claim
        self._role_claim = role_claim

    async def check(self, token: str) -> Grant:
        """Return what the token gives. BadToken, NoRights, IssuerUnreachable."""
        if len(token) > TOKEN_MAX:
            raise BadToken("The token is too long.")
        try:
            header = jwt.get_unverified_header(token)
        except (PyJWTError, ValueError, RecursionError, binascii.Error):
            raise BadToken("It is neither an API key nor a JSON Web Token.") from None
        if header.get("alg") not in ALGORITHMS:
            raise BadToken(f"The token is not signed with {', '.join(ALGORITHMS)}.")
        kid = header.get("kid")
        if kid is not None and not isinstance(kid, str):
            raise BadToken("The token's key id is no text.")
        key = await self._keys.find(kid)
        if key is None:
            raise BadToken("The token is signed with a key that its issuer does not have.")
        return self._grant(self._claims(token, key))

    def _claims(self, token: str, key: jwt.PyJWK) -> Mapping[str, Any]:
        try:
            claims: Mapping[str, Any] = jwt.decode(
                token,
                key,
                algorithms=ALGORITHMS,
                audience=self._audience,
                issuer=self._issuer,
                options={
                    "require": ["exp", "iss", "aud"],
                    # By our own clock, below.
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
        except jwt.InvalidAudienceError:
            raise BadToken("The token is meant for somebody else (aud).") from None
        except jwt.InvalidIssuerError:
            raise BadToken("The token comes from another issuer (iss).") from None
        except (PyJWTError, ValueError, TypeError, RecursionError):
            raise BadToken("The token's signature or form is wrong.") from None
        self._check_times(claims)
        return claims

    def _check_times(self, claims: Mapping[str, Any]) -> None:
        now = self._now().timestamp()
        expires, begins = _instant(claims["exp"]), _instant(claims.get("nbf", 0))
        if now >= expires + LEEWAY_SECONDS:
            raise BadToken("The token has expired: get a new one.")
        if now < begins - LEEWAY_SECONDS:
            raise BadToken("The token is not valid yet.")

    def _grant(self, claims: Mapping[str, Any]) -> Grant:
        team = claims.get(self._team_claim)
        if not isinstance(team, str) or not team:
            raise NoRights(f"The token names no workspace in its claim {self._team_claim}.")
        given = claims.get(self._role_claim)
        named = given if isinstance(given, list) else [given]
        roles = [role for role in Role if role.value in named]
        if not roles:
            raise NoRights(
                f"The token names none of read, write, admin in its claim {self._role_claim}."
            )
        return Grant(subject=str(claims.get("sub", "")), team=team, role=roles[-1])


def _instant(claim: object) -> float:
    # bool is an int to Python, and JSON's NaN and Infinity compare as nothing should.
    if isinstance(claim, bool) or not isinstance(claim, int | float):
        raise BadToken("The token's times are no numbers.")
    if not -1e12 < claim < 1e12:  # noqa: PLR2004  # NaN and infinities fail this
        raise BadToken("The token's times are out of reach.")
    return float(claim)
