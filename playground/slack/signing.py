"""How Slack signs what it sends."""

import hashlib
import hmac


def signature(raw: bytes, *, stamp: str, secret: str) -> str:
    """Return the `X-Slack-Signature` of a raw body."""
    base = b"v0:" + stamp.encode() + b":" + raw
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def signed_headers(raw: bytes, *, now: float, secret: str) -> dict[str, str]:
    """Return the two headers that prove a request comes from Slack."""
    stamp = str(int(now))
    return {
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": signature(raw, stamp=stamp, secret=secret),
    }
