"""The calls of one connection, shared by all instances."""

from __future__ import annotations

from datetime import timedelta

from tasks.ports import Lane

WINDOW = timedelta(milliseconds=61_500)
"""Notion's 60 s, and what calls can bunch up by on the way."""
RESERVED = {Lane.PERSON: 0.0, Lane.WEBHOOK: 0.05, Lane.POLL: 0.10, Lane.BACKFILL: 0.20}
"""Which part of the budget a lane leaves to those before it."""


def limit_of(lane: Lane, requests_per_minute: int) -> int:
    """Return how many calls of the last window a lane may find and still add one."""
    return max(1, requests_per_minute - round(requests_per_minute * RESERVED[lane]))
