"""Puts the REST API together; a part of the wiring, from which it is handed everything."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from handlers.http.access_tokens import ROLE_CLAIM, TEAM_CLAIM, AccessTokens
from handlers.http.api_limits import ApiLimits
from handlers.http.auth import Authenticator
from handlers.http.gate import Gate
from handlers.http.issuer_keys import Fetch, IssuerKeys
from handlers.http.last_use import LastUse
from handlers.http.operations import OPERATIONS
from handlers.http.tasks import routes
from observability.admission import Admission
from observability.metrics import Metrics
from tasks.api_keys import ApiKey
from tasks.ports import ApiKeys, NewId, Now
from tasks.service import TaskService

REQUESTS_PER_MINUTE = 7200
"""Of one key on one instance, unless set otherwise: 120 a second, bursts of twice that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Whose access tokens are accepted, as the settings say."""

    url: str
    audience: str
    jwks_url: str | None = None
    """Where its keys are; None: its metadata says so."""
    team_claim: str = TEAM_CLAIM
    role_claim: str = ROLE_CLAIM


@asynccontextmanager
async def rest_routes(
    *,
    tasks: TaskService,
    keys: ApiKeys,
    metrics: Metrics,
    admission: Admission,
    now: Now,
    clock: Callable[[], float],
    new_id: NewId,
    version: str,
    configured: Sequence[ApiKey] = (),
    requests_per_minute: int = REQUESTS_PER_MINUTE,
    issuer: Issuer | None = None,
    fetch: Fetch | None = None,
) -> AsyncIterator[Sequence[web.RouteDef]]:
    """Give the routes; what they do in the background ends with the context.

    `clock` counts seconds and never goes back; `fetch` is needed with an issuer.
    """
    async with AsyncExitStack() as stack:
        last_use = LastUse(keys)
        stack.push_async_callback(last_use.close)
        tokens = None
        if issuer is not None and fetch is not None:
            issued = IssuerKeys(
                issuer=issuer.url, fetch=fetch, clock=clock, jwks_url=issuer.jwks_url
            )
            stack.push_async_callback(issued.close)
            tokens = _tokens(issuer, issued, now)
        gate = Gate(
            authenticator=Authenticator(
                keys=keys, now=now, last_use=last_use, configured=configured, tokens=tokens
            ),
            limits=ApiLimits(per_minute=requests_per_minute, clock=clock),
            metrics=metrics,
            admission=admission,
        )
        for operation in OPERATIONS:
            metrics.declare_statuses(operation.path, map(str, sorted(operation.statuses)))
        yield routes(tasks=tasks, keys=keys, gate=gate, new_id=new_id, version=version)


def _tokens(issuer: Issuer, keys: IssuerKeys, now: Now) -> AccessTokens:
    return AccessTokens(
        keys,
        issuer=issuer.url,
        audience=issuer.audience,
        now=now,
        team_claim=issuer.team_claim,
        role_claim=issuer.role_claim,
    )
