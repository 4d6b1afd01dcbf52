from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from handlers.http.access_tokens import BadToken, Grant, NoRights
from handlers.http.issuer_keys import IssuerUnreachable
from tasks.api_keys import Role
from tests.unit.handlers.http_api.issuer import NOW, MemoryIssuer, public_jwk, signed

SECONDS = int(NOW.timestamp())


def encoded(part: Any) -> str:  # noqa: ANN401  # any JSON
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
async def test_a_token_of_the_issuer_gives_its_team_and_role(algorithm: str) -> None:
    issuer = MemoryIssuer(public_jwk(algorithm, "k1"))
    grant = await issuer.tokens().check(signed(algorithm))
    assert grant == Grant(subject="someone", team="T1", role=Role.WRITE)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example"},
        {"iss": None},
        {"aud": "somebody-else"},
        {"aud": None},
        {"aud": []},
        {"exp": SECONDS - 31},
        {"exp": None},
        {"exp": "soon"},
        {"exp": True},
        {"exp": 1e300},
        {"exp": float("nan")},
        {"nbf": SECONDS + 31},
        {"nbf": "now"},
    ],
    ids=str,
)
async def test_a_token_with_a_wrong_claim_opens_nothing(claims: dict[str, Any]) -> None:
    issuer = MemoryIssuer(public_jwk("ES256", "k1"))
    with pytest.raises(BadToken):
        await issuer.tokens().check(signed(**claims))


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": SECONDS - 29},
        {"nbf": SECONDS + 30},
        {"aud": ["x", "taskbridge"]},
        {"iat": SECONDS + 9},
    ],
    ids=str,
)
async def test_clocks_may_differ_a_little_and_audiences_be_many(claims: dict[str, Any]) -> None:
    issuer = MemoryIssuer(public_jwk("ES256", "k1"))
    assert (await issuer.tokens().check(signed(**claims))).team == "T1"


@pytest.mark.parametrize("claims", [{"team": None}, {"team": ""}, {"team": ["T1"]}], ids=str)
async def test_a_token_without_a_workspace_has_no_rights(claims: dict[str, Any]) -> None:
    issuer = MemoryIssuer(public_jwk("ES256", "k1"))
    with pytest.raises(NoRights, match="workspace"):
        await issuer.tokens().check(signed(**claims))


@pytest.mark.parametrize("role", [None, "owner", [], {"write": 1}, 3], ids=str)
async def test_a_token_without_a_role_has_no_rights(role: Any) -> None:  # noqa: ANN401  # as claimed
    issuer = MemoryIssuer(public_jwk("ES256", "k1"))
    with pytest.raises(NoRights, match="read, write, admin"):
        await issuer.tokens().check(signed(role=role))


async def test_of_several_roles_the_greatest_counts() -> None:
    issuer = MemoryIssuer(public_jwk("ES256", "k1"))
    grant = await issuer.tokens().check(signed(role=["read", "admin", "billing"]))
    assert grant.role is Role.ADMIN


def forged(header: dict[str, Any], sign: bytes = b"") -> str:
    claims = {"iss": "x", "team": "T1", "role": "admin", "exp": SECONDS + 300}
    unsigned = f"{encoded(header)}.{encoded(claims)}"
    signature = hmac.new(sign, unsigned.encode(), hashlib.sha256).digest() if sign else b""
    return f"{unsigned}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "", None, ["ES256"], 1], ids=repr)
async def test_a_token_without_a_signature_opens_nothing(algorithm: Any) -> None:  # noqa: ANN401  # as forged
    issuer = MemoryIssuer(public_jwk("ES256", "k1"))
    with pytest.raises(BadToken):
        await issuer.tokens().check(forged({"alg": algorithm, "kid": "k1"}))
    assert issuer.asked == []


@pytest.mark.parametrize("algorithm", ["HS256", "HS512"])
async def test_a_public_key_is_no_shared_secret(algorithm: str) -> None:
    jwk = public_jwk("RS256", "k1")
    issuer = MemoryIssuer(jwk)
    for secret in (json.dumps(jwk).encode(), jwk["n"].encode()):
        with pytest.raises(BadToken):
            await issuer.tokens().check(forged({"alg": algorithm, "kid": "k1"}, secret))


async def test_a_key_is_used_with_its_own_algorithm_only() -> None:
    issuer = MemoryIssuer(public_jwk("RS256", "k1"))
    with pytest.raises(BadToken):
        await issuer.tokens().check(signed("ES256", "k1"))


async def test_a_token_of_another_key_with_the_same_id_opens_nothing() -> None:
    issuer = MemoryIssuer(public_jwk("ES256", "k1"))
    with pytest.raises(BadToken):
        await issuer.tokens().check(signed("ES256", "k2", headers={"kid": "k1"}))


async def test_one_changed_letter_opens_nothing() -> None:
    issuer = MemoryIssuer(public_jwk("ES256", "k1"))
    head, claims, signature = signed().split(".")
    middle = len(claims) // 2
    changed = claims[:middle] + ("A" if claims[middle] != "A" else "B") + claims[middle + 1 :]
    with pytest.raises(BadToken):
        await issuer.tokens().check(f"{head}.{changed}.{signature}")


@pytest.mark.parametrize(
    "headers",
    [
        {"kid": "k1", "crit": ["exp"], "exp": 1},
        {"kid": 7},
        {"kid": "k1", "b64": False, "crit": ["b64"]},
    ],
    ids=str,
)
async def test_a_header_that_we_do_not_know_how_to_obey_is_refused(
    headers: dict[str, Any],
) -> None:
    head, claims, signature = signed().split(".")
    del head
    token = f"{encoded({'alg': 'ES256', **headers})}.{claims}.{signature}"
    issuer = MemoryIssuer(public_jwk("ES256", "k1"))
    with pytest.raises(BadToken):
        await issuer.tokens().check(token)


@pytest.mark.parametrize(
    "token", ["..", "a.b.c", "x", "é.é.é", "A" * 9000, f"{encoded([1])}.e30.", "e30.e30.AA"]
)
async def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(BadToken):
        await MemoryIssuer(public_jwk("ES256", "k1")).tokens().check(token)


async def test_weak_and_foreign_keys_are_not_trusted() -> None:
    issuer = MemoryIssuer(
        public_jwk("RS256-weak", "weak"),
        public_jwk("ES384", "long"),
        public_jwk("ES256", "enc", use="enc"),
        {"kty": "oct", "k": "c2VjcmV0", "kid": "oct", "alg": "HS256"},
        {"kty": "RSA", "kid": "broken"},
    )
    tokens = issuer.tokens()
    for algorithm, kid in (("ES256", "weak"), ("ES256", "long"), ("ES256", "enc")):
        with pytest.raises(BadToken, match="does not have"):
            await tokens.check(signed(algorithm, "other", headers={"kid": kid}))


async def test_a_token_without_a_key_id_is_checked_with_the_only_key() -> None:
    issuer = MemoryIssuer(public_jwk("ES256", "k1"))
    assert (await issuer.tokens().check(signed(headers={}))).team == "T1"
    issuer.keys.append(public_jwk("ES256", "k2"))
    with pytest.raises(BadToken):
        await issuer.tokens().check(signed(headers={}))


async def test_without_its_issuer_a_token_is_neither_good_nor_bad() -> None:
    issuer = MemoryIssuer(public_jwk("ES256", "k1"))
    issuer.is_away = True
    with pytest.raises(IssuerUnreachable):
        await issuer.tokens().check(signed())
