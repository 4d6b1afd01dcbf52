"""Secrets at rest: AES-256-GCM under a ring of keys, each bound to the record it belongs to."""

from __future__ import annotations

import binascii
import os
from base64 import b64decode, urlsafe_b64decode
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tasks.errors import StoreError

_KEY_BYTES = 32
_NONCE_BYTES = 12
_VERSION = 1


class BadKey(ValueError):
    """A key is 32 random bytes, written in base64."""

    def __str__(self) -> str:
        return self.__doc__ or ""


class SealBroken(StoreError):
    """A stored token cannot be opened: its key is missing, or it was tampered with."""


class KeyRing:
    """The newest key seals, all of them open."""

    def __init__(self, keys: Iterable[bytes]) -> None:
        self._keys = {_name(key): AESGCM(key) for key in keys}
        if not self._keys:
            raise BadKey
        self.newest = next(iter(self._keys))
        """The id of the key that seals."""

    @classmethod
    def parse(cls, keys: Iterable[str]) -> KeyRing:
        """Read keys in base64, newest first. BadKey."""
        return cls([_read(key) for key in keys])

    def seal(self, secret: str, *, bound_to: str) -> dict[str, Any]:
        """Return the secret as it can be stored; it opens only where it is bound to."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._keys[self.newest].encrypt(nonce, secret.encode(), bound_to.encode())
        return {"v": _VERSION, "kid": self.newest, "nonce": nonce, "ct": sealed}

    def open(self, sealed: Mapping[str, Any], *, bound_to: str) -> str:
        """Return the secret. SealBroken."""
        key = self._keys.get(sealed.get("kid", ""))
        if key is None or sealed.get("v") != _VERSION:
            raise SealBroken
        try:
            return key.decrypt(sealed["nonce"], sealed["ct"], bound_to.encode()).decode()
        except (InvalidTag, KeyError, TypeError, ValueError) as error:
            raise SealBroken from error


def _read(text: str) -> bytes:
    try:
        decoded = urlsafe_b64decode(text) if set(text) & set("-_") else b64decode(text)
    except (binascii.Error, ValueError) as error:
        raise BadKey from error
    if len(decoded) != _KEY_BYTES:
        raise BadKey
    return decoded


def _name(key: bytes) -> str:
    if len(key) != _KEY_BYTES:
        raise BadKey
    return sha256(b"taskbridge key id" + key).hexdigest()[:8]
