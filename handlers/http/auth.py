"""Who asks: an API key, or a token of the configured issuer."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aiohttp import web

from handlers.http.access_tokens import AccessTokens, BadToken, NoRights
from handlers.http.issuer_keys import IssuerUnreachable
from handlers.http.last_use import LastUse
from handlers.http.problems import Code, Problem
from tasks.api_keys import ApiKey, Role, digest_of, id_of
from tasks.ports import ApiKeys, Now

CHALLENGE = 'Bearer realm="taskbridge"'
_NO_DIGEST = "0" * 64
_WRONG = "This key or token opens nothing: it is wrong, has expired or was revoked."


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks, for which team, and what they may."""

    id: str
    """Names the key or the token's subject in limits and logs; never a secret."""
    team: str
    role: Role


class Authenticator:
    """Tells callers by the one header `Authorization`."""

    def __init__(
        self,
        *,
        keys: ApiKeys,
        now: Now,
        last_use: LastUse,
        configured: Sequence[ApiKey] = (),
        tokens: AccessTokens | None = None,
    ) -> None:
        self._keys = keys
        self._now = now
        self._last_use = last_use
        self._configured = tuple(configured)
        self._tokens = tokens

    async def caller(self, request: web.Request) -> Caller:
        """Return who asks. Problem: nobody we know."""
        token = _bearer(request.headers.getall("Authorization", []))
        if (key := _matching(self._configured, token)) is not None:
            return _as_caller(key)
        if (key_id := id_of(token)) is not None:
            return await self._by_stored_key(key_id, token)
        if self._tokens is not None and token.count(".") == 2:  # noqa: PLR2004  # a JWT's parts
            return await self._by_token(self._tokens, token)
        raise _refused(_WRONG)

    async def _by_stored_key(self, key_id: str, token: str) -> Caller:
        key = await self._keys.find(key_id)
        now = self._now()
        # Compared even where there is none, so that time does not tell which ids exist.
        kept = key.digest if key is not None else _NO_DIGEST
        if not hmac.compare_digest(kept, digest_of(token)) or key is None or not key.opens(now):
            raise _refused(_WRONG)
        self._last_use.note(key, now)
        return _as_caller(key)

    async def _by_token(self, tokens: AccessTokens, token: str) -> Caller:
        try:
            grant = await tokens.check(token)
        except BadToken as error:
            raise _refused(str(error)) from None
        except NoRights as error:
            raise Problem(Code.NO_WORKSPACE, str(error)) from None
        except IssuerUnreachable:
            raise Problem(
                Code.UNAVAILABLE, "The token cannot be checked: its issuer does not answer."
            ) from None
        # With the team: a subject is one person's, its limit counts per workspace.
        return Caller(
            id=f"sub:{grant.team}:{digest_of(grant.subject)[:16]}",
            team=grant.team,
            role=grant.role,
        )


def require(caller: Caller, needed: Role) -> None:
    """Raise a Problem where the caller's role is not enough."""
    if not caller.role.allows(needed):
        raise Problem(
            Code.ROLE_TOO_SMALL,
            f"This needs the role {needed}, and the key has {caller.role}.",
            headers={"WWW-Authenticate": f'{CHALLENGE}, error="insufficient_scope"'},
        )


def _bearer(headers: Sequence[str]) -> str:
    if not headers:
        raise Problem(
            Code.UNAUTHENTICATED,
            "Send your API key: Authorization: Bearer tb_….",
            headers={"WWW-Authenticate": CHALLENGE},
        )
    scheme, _, token = headers[0].partition(" ")
    token = token.strip()
    if len(headers) > 1 or scheme.lower() != "bearer" or not token:
        raise _refused("Authorization must stand there once, as: Bearer and the key.")
    return token


def _matching(keys: Iterable[ApiKey], token: str) -> ApiKey | None:
    """Return the key of a token; all are compared, whichever it is."""
    digest = digest_of(token)
    found = None
    for key in keys:
        if hmac.compare_digest(key.digest, digest):
            found = key
    return found


def _as_caller(key: ApiKey) -> Caller:
    return Caller(id=f"key:{key.id}", team=key.team, role=key.role)


def _refused(detail: str) -> Problem:
    return Problem(
        Code.UNAUTHENTICATED,
        detail,
        headers={"WWW-Authenticate": f'{CHALLENGE}, error="invalid_token"'},
    )
