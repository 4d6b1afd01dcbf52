"""The public keys of the token issuer: fetched when needed, kept, fetched anew on an unknown id."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from tasks.addresses import is_safe

Fetch: TypeAlias = Callable[[str], Awaitable[bytes]]
"""Get an address within 2 s, without following redirects, up to 1 MiB. IssuerUnreachable."""

ALGORITHMS = ("RS256", "ES256", "EdDSA")
"""What a signature may be; `none` and all that share a secret are not here."""

FRESH_SECONDS = 600.0
KEPT_SECONDS = 3600.0
"""How long keys are used while the issuer cannot be reached."""
UNKNOWN_ID_SECONDS = 30.0
"""An id that nobody knows makes us ask at most this often: anyone can make one up."""
FAILED_SECONDS = 5.0
RSA_BITS_MIN = 2048
KEYS_MAX = 50

_DISCOVERY = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server")

log = logging.getLogger(__name__)


class IssuerUnreachable(Exception):
    """The issuer's keys cannot be had right now."""


class IssuerKeys:
    """The issuer's signing keys by their id."""

    def __init__(
        self,
        *,
        issuer: str,
        fetch: Fetch,
        clock: Callable[[], float],
        jwks_url: str | None = None,
    ) -> None:
        """`clock` counts seconds; without `jwks_url` the issuer's metadata says where they are."""
        self._issuer = issuer
        self._fetch = fetch
        self._clock = clock
        self._url = jwks_url
        self._keys: Mapping[str, PyJWK] = {}
        self._fetched: float | None = None
        self._tried: float | None = None
        self._flight: asyncio.Task[None] | None = None

    async def find(self, kid: str | None) -> PyJWK | None:
        """Return the key with this id, or the only one where a token names none.

        IssuerUnreachable: there are no keys, and none can be had.
        """
        if self._is_due(known=self._pick(kid) is not None):
            await self._refreshed()
        if self._fetched is None or self._clock() - self._fetched > KEPT_SECONDS:
            raise IssuerUnreachable
        return self._pick(kid)

    async def close(self) -> None:
        """End the request under way."""
        if self._flight is not None:
            self._flight.cancel()
            await asyncio.gather(self._flight, return_exceptions=True)

    def _pick(self, kid: str | None) -> PyJWK | None:
        if kid is not None:
            return self._keys.get(kid)
        return next(iter(self._keys.values())) if len(self._keys) == 1 else None

    def _is_due(self, *, known: bool) -> bool:
        now = self._clock()
        if self._flight is not None:
            return not known
        fresh = self._fetched is not None and now - self._fetched < FRESH_SECONDS
        if fresh and known:
            return False
        since = now - self._tried if self._tried is not None else float("inf")
        return since >= (UNKNOWN_ID_SECONDS if fresh else FAILED_SECONDS)

    async def _refreshed(self) -> None:
        if self._flight is None:
            self._tried = self._clock()
            self._flight = asyncio.create_task(self._refresh())
            self._flight.add_done_callback(self._landed)
        await asyncio.shield(self._flight)  # whoever leaves does not end it for the others

    def _landed(self, _: asyncio.Task[None]) -> None:
        self._flight = None

    async def _refresh(self) -> None:
        try:
            url = self._url or await self._discover()
            keys = _usable(_object(await self._fetch(url)))
        except IssuerUnreachable as error:
            log.warning("issuer_keys_not_fetched", extra={"why": str(error)})
            return
        self._keys = keys
        self._fetched = self._clock()

    async def _discover(self) -> str:
        base = self._issuer.rstrip("/")
        for path in _DISCOVERY:
            try:
                metadata = _object(await self._fetch(base + path))
            except IssuerUnreachable:
                continue
            url = metadata.get("jwks_uri")
            if metadata.get("issuer") == self._issuer and isinstance(url, str) and is_safe(url):
                return url
        raise IssuerUnreachable("its metadata names no keys, or another issuer")


def _object(raw: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        raise IssuerUnreachable("it answered something else than JSON") from None
    if not isinstance(found, dict):
        raise IssuerUnreachable("it answered something else than an object")
    return found


def _usable(jwks: Mapping[str, Any]) -> Mapping[str, PyJWK]:
    entries = jwks.get("keys")
    if not isinstance(entries, list):
        raise IssuerUnreachable("there are no keys in its key set")
    found: dict[str, PyJWK] = {}
    for entry in entries[:KEYS_MAX]:
        key = _signing_key(entry)
        if key is not None:
            found[str(entry.get("kid", ""))] = key
    return found


def _signing_key(entry: object) -> PyJWK | None:
    """Return a key that we would trust; those for other purposes are passed over."""
    if not isinstance(entry, dict) or entry.get("use", "sig") != "sig":
        return None
    try:
        key = PyJWK(entry)
    except (PyJWTError, ValueError, TypeError, KeyError):
        return None
    if key.algorithm_name not in ALGORITHMS:
        return None
    weak = isinstance(key.key, RSAPublicKey) and key.key.key_size < RSA_BITS_MIN
    return None if weak else key
