"""Tokens at rest: sealed for one place, under a ring of keys."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from typing import Any

import pytest

from storage.sealing import BadKey, KeyRing, SealBroken

OLD, NEW = b"o" * 32, b"n" * 32
TOKEN = "xoxb-canary"  # noqa: S105  # nobody's
HERE = "team|T1|slack|bot_token"


def flipped(text: bytes, place: int) -> bytes:
    return text[:place] + bytes([text[place] ^ 1]) + text[place + 1 :]


def test_a_sealed_token_opens_where_it_belongs_and_does_not_show_itself() -> None:
    ring = KeyRing([NEW])
    sealed = ring.seal(TOKEN, bound_to=HERE)
    assert ring.open(sealed, bound_to=HERE) == TOKEN
    assert b"xox" not in sealed["ct"]


def test_the_same_token_is_never_sealed_alike() -> None:
    ring = KeyRing([NEW])
    first, second = (ring.seal(TOKEN, bound_to=HERE) for _ in range(2))
    assert first["nonce"] != second["nonce"]
    assert first["ct"] != second["ct"]


def test_a_token_pasted_into_another_tenants_record_does_not_open() -> None:
    ring = KeyRing([NEW])
    sealed = ring.seal(TOKEN, bound_to=HERE)
    with pytest.raises(SealBroken, match="tampered"):
        ring.open(sealed, bound_to="team|T2|slack|bot_token")


@pytest.mark.parametrize("part", ["ct", "nonce"])
@pytest.mark.parametrize("place", [0, 5, -1])
def test_one_flipped_bit_is_noticed(part: str, place: int) -> None:
    ring = KeyRing([NEW])
    sealed = ring.seal(TOKEN, bound_to=HERE)
    place %= len(sealed[part])
    with pytest.raises(SealBroken):
        ring.open({**sealed, part: flipped(sealed[part], place)}, bound_to=HERE)


@pytest.mark.parametrize(
    "broken",
    [{}, {"v": 2}, {"kid": "00000000"}, {"nonce": b""}, {"nonce": None}, {"ct": b"short"}],
)
def test_a_record_that_lacks_something_is_told_apart_from_a_crash(broken: dict[str, Any]) -> None:
    ring = KeyRing([NEW])
    sealed = ring.seal(TOKEN, bound_to=HERE)
    with pytest.raises(SealBroken):
        ring.open(sealed | broken if broken else {}, bound_to=HERE)


def test_the_newest_key_seals_and_older_ones_still_open() -> None:
    before = KeyRing([OLD]).seal(TOKEN, bound_to=HERE)
    ring = KeyRing([NEW, OLD])
    assert ring.open(before, bound_to=HERE) == TOKEN
    after = ring.seal(TOKEN, bound_to=HERE)
    assert KeyRing([NEW]).open(after, bound_to=HERE) == TOKEN
    with pytest.raises(SealBroken):
        KeyRing([NEW]).open(before, bound_to=HERE)


def test_keys_are_read_in_either_base64() -> None:
    key = bytes(range(220, 252))
    sealed = KeyRing([key]).seal(TOKEN, bound_to=HERE)
    for text in (b64encode(key).decode(), urlsafe_b64encode(key).decode()):
        assert KeyRing.parse([text]).open(sealed, bound_to=HERE) == TOKEN


@pytest.mark.parametrize("keys", [[], ["short"], ["é"], [b64encode(b"k" * 31).decode()], [""]])
def test_what_is_no_key_is_refused_with_a_sentence(keys: list[str]) -> None:
    with pytest.raises(BadKey, match="32 random bytes"):
        KeyRing.parse(keys)


def test_a_ring_does_not_show_its_keys() -> None:
    assert "nnnn" not in repr(KeyRing([NEW])) + repr(vars(KeyRing([NEW])))
