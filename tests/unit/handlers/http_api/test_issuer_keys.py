from __future__ import annotations

import asyncio

import pytest

from handlers.http.issuer_keys import (
    FAILED_SECONDS,
    FRESH_SECONDS,
    KEPT_SECONDS,
    UNKNOWN_ID_SECONDS,
    IssuerUnreachable,
)
from tests.unit.handlers.http_api.issuer import JWKS, MemoryIssuer, public_jwk

K1, K2 = public_jwk("ES256", "k1"), public_jwk("ES256", "k2")


async def test_keys_are_fetched_once_while_fresh() -> None:
    issuer = MemoryIssuer(K1)
    ring = issuer.ring()
    for _ in range(3):
        assert await ring.find("k1") is not None
    issuer.seconds += FRESH_SECONDS - 1
    await ring.find("k1")
    assert issuer.asked == [JWKS]
    issuer.seconds += 1
    await ring.find("k1")
    assert issuer.asked == [JWKS] * 2


async def test_a_hundred_at_once_make_one_request() -> None:
    issuer = MemoryIssuer(K1)
    ring = issuer.ring()
    found = await asyncio.gather(*(ring.find("k1") for _ in range(100)))
    assert all(found)
    assert issuer.asked == [JWKS]


async def test_a_new_key_is_met_by_its_unknown_id() -> None:
    issuer = MemoryIssuer(K1)
    ring = issuer.ring()
    await ring.find("k1")
    issuer.keys = [K2]
    issuer.seconds += UNKNOWN_ID_SECONDS
    assert await ring.find("k2") is not None
    assert await ring.find("k1") is None


async def test_made_up_ids_do_not_make_us_ask_and_ask() -> None:
    issuer = MemoryIssuer(K1)
    ring = issuer.ring()
    for at in range(50):
        assert await ring.find(f"made-up-{at}") is None
    assert issuer.asked == [JWKS]
    issuer.seconds += UNKNOWN_ID_SECONDS
    await ring.find("again")
    assert issuer.asked == [JWKS] * 2


async def test_while_the_issuer_is_away_the_keys_are_kept_for_an_hour() -> None:
    issuer = MemoryIssuer(K1)
    ring = issuer.ring()
    await ring.find("k1")
    issuer.is_away = True
    issuer.seconds += KEPT_SECONDS
    assert await ring.find("k1") is not None
    issuer.seconds += FAILED_SECONDS
    with pytest.raises(IssuerUnreachable):
        await ring.find("k1")
    issuer.is_away = False
    issuer.seconds += FAILED_SECONDS
    assert await ring.find("k1") is not None


async def test_an_issuer_that_is_away_is_not_asked_by_every_request() -> None:
    issuer = MemoryIssuer(K1)
    issuer.is_away = True
    ring = issuer.ring()
    for _ in range(20):
        with pytest.raises(IssuerUnreachable):
            await ring.find("k1")
    assert issuer.asked == [JWKS]


async def test_known_keys_are_given_while_a_refresh_hangs() -> None:
    issuer = MemoryIssuer(K1)
    ring = issuer.ring()
    await ring.find("k1")
    issuer.gate.clear()
    issuer.begun.clear()
    issuer.seconds += UNKNOWN_ID_SECONDS
    hanging = asyncio.create_task(ring.find("k2"))
    await issuer.begun.wait()
    assert await ring.find("k1") is not None
    issuer.gate.set()
    assert await hanging is None


async def test_whoever_leaves_does_not_end_the_request_of_others() -> None:
    issuer = MemoryIssuer(K1)
    issuer.gate.clear()
    ring = issuer.ring()
    first, second = (asyncio.create_task(ring.find("k1")) for _ in range(2))
    await issuer.begun.wait()
    first.cancel()
    issuer.gate.set()
    assert await second is not None
    assert issuer.asked == [JWKS]


async def test_closing_ends_the_request_under_way() -> None:
    issuer = MemoryIssuer(K1)
    issuer.gate.clear()
    ring = issuer.ring()
    waiting = asyncio.create_task(ring.find("k1"))
    await issuer.begun.wait()
    await ring.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_the_metadata_says_where_the_keys_are() -> None:
    issuer = MemoryIssuer(K1)
    assert await issuer.ring(jwks_url=None).find("k1") is not None
    assert issuer.asked[-1] == JWKS


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://other.example", "jwks_uri": JWKS},
        {"issuer": "https://issuer.example/tenant", "jwks_uri": "http://keys.example/jwks"},
        {"issuer": "https://issuer.example/tenant", "jwks_uri": "file:///etc/passwd"},
        {"issuer": "https://issuer.example/tenant"},
    ],
    ids=str,
)
async def test_metadata_of_another_or_to_an_unsafe_place_is_not_followed(
    metadata: dict[str, str],
) -> None:
    issuer = MemoryIssuer(K1)
    issuer.metadata = metadata
    with pytest.raises(IssuerUnreachable):
        await issuer.ring(jwks_url=None).find("k1")
    assert JWKS not in issuer.asked


@pytest.mark.parametrize("raw", [b"<html>", b"[]", b"{}", b'{"keys": 7}', b"[" * 100_000])
async def test_an_answer_that_is_no_key_set_counts_as_none(raw: bytes) -> None:
    issuer = MemoryIssuer(K1)
    issuer.raw = raw
    with pytest.raises(IssuerUnreachable):
        await issuer.ring().find("k1")
