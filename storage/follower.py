"""The block of a task that its Notion follower works on, as update pipelines; pure.

A follower is behind exactly where `next_attempt_at` is there; it is also when a lease ends. All
instants are the database's: `$$NOW`.
"""

from __future__ import annotations

from datetime import timedelta

LEASE_SECONDS = 60  # longer than Notion's slowest answer, or two of us would push
LEASE = timedelta(seconds=LEASE_SECONDS)
DEBOUNCE = timedelta(milliseconds=300)
"""How long a change waits for the next one, so that a burst becomes one call."""
DEBOUNCE_LIMIT = timedelta(seconds=5)
"""How long a burst can hold its first change up."""
SPACING = timedelta(seconds=1)
"""The least time between two pushes of one task."""
BACKLOG_BOUND = 10_000
"""Up to how many waiting tasks are counted."""
