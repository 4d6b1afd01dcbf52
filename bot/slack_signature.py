"""Is this request from Slack? Judged on raw bytes, before anything is parsed."""

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass

WINDOW_SECONDS = 300
_STAMP = re.compile(r"[0-9]{10}")  # \d would take other scripts' digits
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Why a request is refused (None: it is Slack's), and our clock less Slack's where known."""

    rejection: str | None
    skew_seconds: float | None = None


def judge(
    raw: bytes,
    *,
    stamps: Sequence[str],
    signatures: Sequence[str],
    secrets: Sequence[bytes],
    now: float,
) -> Verdict:
    """Judge a body by the values of its two headers, one each, under any of `secrets`."""
    if not (_one(stamps, _STAMP) and _one(signatures, _SIGNATURE)):
        return Verdict(rejection="headers")
    skew = now - int(stamps[0])
    if not _is_signed(raw, stamps[0].encode(), signatures[0].encode(), secrets):
        return Verdict(rejection="stale" if abs(skew) > WINDOW_SECONDS else "signature")
    # A stale one that is signed tells of a wrong clock (ours) or of a replay.
    return Verdict(rejection="stale" if abs(skew) > WINDOW_SECONDS else None, skew_seconds=skew)


def sign(raw: bytes, stamp: bytes, secret: bytes) -> bytes:
    """Return the signature that Slack gives `raw` at `stamp`."""
    digest = hmac.new(secret, b"v0:" + stamp + b":" + raw, hashlib.sha256).hexdigest()
    return b"v0=" + digest.encode()


def _one(values: Sequence[str], shape: re.Pattern[str]) -> bool:
    return len(values) == 1 and shape.fullmatch(values[0]) is not None


def _is_signed(raw: bytes, stamp: bytes, signature: bytes, secrets: Sequence[bytes]) -> bool:
    return any(hmac.compare_digest(sign(raw, stamp, s), signature) for s in secrets)
