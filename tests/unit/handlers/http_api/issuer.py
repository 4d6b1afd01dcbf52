"""A token issuer in memory: its keys, its metadata, its tokens."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeAlias

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from handlers.http.access_tokens import AccessTokens
from handlers.http.issuer_keys import IssuerKeys, IssuerUnreachable

ISSUER = "https://issuer.example/tenant"
AUDIENCE = "taskbridge"
JWKS = "https://keys.example/jwks"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

PrivateKey: TypeAlias = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


@cache
def private_key(algorithm: str, kid: str) -> PrivateKey:  # noqa: ARG001  # one key for each id
    """Return a private key, made once."""
    match algorithm:
        case "RS256":
            return rsa.generate_private_key(public_exponent=65537, key_size=2048)
        case "RS256-weak":
            return rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505  # to be refused
        case "ES256":
            return ec.generate_private_key(ec.SECP256R1())
        case "ES384":
            return ec.generate_private_key(ec.SECP384R1())
        case _:
            return ed25519.Ed25519PrivateKey.generate()


def public_jwk(algorithm: str, kid: str, **more: str) -> dict[str, Any]:
    """Return the public half as the issuer publishes it."""
    key = private_key(algorithm, kid)
    match key:
        case rsa.RSAPrivateKey():
            described = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
        case ec.EllipticCurvePrivateKey():
            described = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
        case _:
            described = OKPAlgorithm.to_jwk(key.public_key(), as_dict=True)
    described.pop("key_ops", None)
    return {**described, "kid": kid, **more}


class MemoryIssuer:
    """Answers what it is asked for, and counts; `gate` holds answers back."""

    def __init__(self, *keys: dict[str, Any]) -> None:
        self.keys = list(keys)
        self.metadata: dict[str, Any] = {"issuer": ISSUER, "jwks_uri": JWKS}
        self.asked: list[str] = []
        self.is_away = False
        self.begun = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()
        self.seconds = 0.0
        self.now = NOW
        self.raw: bytes | None = None

    async def fetch(self, url: str) -> bytes:
        self.asked.append(url)
        self.begun.set()
        await self.gate.wait()
        if self.is_away:
            raise IssuerUnreachable("gone")
        if url == JWKS:
            return self.raw if self.raw is not None else json.dumps({"keys": self.keys}).encode()
        if url == f"{ISSUER}/.well-known/openid-configuration":
            return json.dumps(self.metadata).encode()
        raise IssuerUnreachable("404")

    def ring(self, jwks_url: str | None = JWKS) -> IssuerKeys:
        """Return the keys as the bot sees them."""
        return IssuerKeys(
            issuer=ISSUER, fetch=self.fetch, clock=lambda: self.seconds, jwks_url=jwks_url
        )

    def tokens(self, jwks_url: str | None = JWKS) -> AccessTokens:
        """Return the check of its tokens."""
        return AccessTokens(
            self.ring(jwks_url), issuer=ISSUER, audience=AUDIENCE, now=lambda: self.now
        )


def signed(
    algorithm: str = "ES256",
    kid: str = "k1",
    *,
    headers: dict[str, Any] | None = None,
    **claims: Any,  # noqa: ANN401  # claims of a token; None leaves one out
) -> str:
    """Return a token, good unless told otherwise."""
    payload = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "someone",
        "exp": int(NOW.timestamp()) + 300,
        "team": "T1",
        "role": "write",
    } | claims
    payload = {name: value for name, value in payload.items() if value is not None}
    key = private_key(algorithm, kid)
    return jwt.encode(
        payload,
        key,
        algorithm=algorithm.removesuffix("-weak"),
        headers={"kid": kid} if headers is None else headers,
    )
