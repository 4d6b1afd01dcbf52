"""Keys that let programs in: what one is, how its token looks, what is kept of it; pure.

A token is shown once. What is kept is its SHA-256: 32 random bytes need no slow hash.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import TypeAlias

RandomBytes: TypeAlias = Callable[[int], bytes]
"""That many bytes nobody can foresee, such as `secrets.token_bytes`."""

SECRET_BYTES = 32
ID_BYTES = 6
NAME_MAX = 80
STORED_ONLY = "stored"
"""The word in place of configured keys: only those made with `keys create` count."""

_TOKEN = re.compile(r"tb_([0-9a-f]{12})_[A-Za-z0-9_-]{43}")
_CONFIGURED = re.compile(
    r"(?P<role>[a-z]+):(?P<team>[A-Za-z0-9_.-]{1,64}):(?P<digest>[0-9a-f]{64})"
)


class Role(StrEnum):
    """What a caller may do; each may all that the ones before may."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"

    def allows(self, needed: Role) -> bool:
        """Tell whether this role is enough where `needed` is asked for."""
        order = tuple(Role)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key as it is kept, bound to one team."""

    id: str
    """Part of the token, no secret: names the key in lists and logs."""
    team: str
    role: Role
    name: str
    """What the key is for, in the words of who made it."""
    digest: str = field(repr=False)
    """SHA-256 of the whole token, in hexadecimal."""
    created_at: datetime
    last_used_at: datetime | None = None
    """To the minute."""
    expires_at: datetime | None = None
    """From when on it opens nothing; a revoked key has this in the past."""

    def opens(self, now: datetime) -> bool:
        """Tell whether it is neither expired nor revoked."""
        return self.expires_at is None or now < self.expires_at


def digest_of(token: str) -> str:
    """Return what is kept of a token."""
    return sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def id_of(token: str) -> str | None:
    """Return the id of the key that a token names; None where it is none of ours."""
    match = _TOKEN.fullmatch(token)
    return match[1] if match else None


def issue(
    *, team: str, role: Role, name: str, now: datetime, random: RandomBytes
) -> tuple[ApiKey, str]:
    """Return a new key and its token, which is told to its owner and kept nowhere."""
    key_id = random(ID_BYTES).hex()
    secret = urlsafe_b64encode(random(SECRET_BYTES)).decode().rstrip("=")
    token = f"tb_{key_id}_{secret}"
    key = ApiKey(
        id=key_id, team=team, role=role, name=name, digest=digest_of(token), created_at=now
    )
    return key, token


def configured(text: str) -> tuple[ApiKey, ...]:
    """Read the setting: `role:team:sha256hex`, comma-separated, or `stored`.

    ValueError says, without repeating it, which part is wrong and what is expected.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        raise ValueError("there is no key in it")
    return tuple(_configured(part, at) for at, part in enumerate(parts, 1) if part != STORED_ONLY)


def _configured(part: str, at: int) -> ApiKey:
    match = _CONFIGURED.fullmatch(part)
    if match is None or match["role"] not in set(Role):
        raise ValueError(
            f"part {at} is not role:team:sha256hex, where role is read, write or admin"
            " and the last is the SHA-256 of the key in 64 lower-case hexadecimal digits"
        )
    return ApiKey(
        id=f"env-{match['digest'][:8]}",
        team=match["team"],
        role=Role(match["role"]),
        name="API_KEYS",
        digest=match["digest"],
        created_at=datetime(1970, 1, 1, tzinfo=UTC),
    )
