"""The time and new ids, as the real bot hands them in; tests hand in others."""

from __future__ import annotations

import os
from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def new_id() -> str:
    """Return an id that was never given out before: 128 random bits."""
    return os.urandom(16).hex()
