"""Tells how many connections to the database are in use."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from pymongo import monitoring

OnInUse: TypeAlias = Callable[[float], None]
"""Is told by how many the connections in use have become more; must neither wait nor raise."""


class InUse(monitoring.ConnectionPoolListener):
    """Hears of each connection that is taken and given back; of the rest it wants nothing."""

    def __init__(self, tell: OnInUse) -> None:
        self._tell = tell

    def connection_checked_out(self, event: monitoring.ConnectionCheckedOutEvent) -> None:  # noqa: ARG002  # the driver's signature, as all here
        """Count it."""
        self._tell(1)

    def connection_checked_in(self, event: monitoring.ConnectionCheckedInEvent) -> None:  # noqa: ARG002
        """Count it no more."""
        self._tell(-1)

    def pool_created(self, event: monitoring.PoolCreatedEvent) -> None:
        """Do nothing."""

    def pool_ready(self, event: monitoring.PoolReadyEvent) -> None:
        """Do nothing."""

    def pool_cleared(self, event: monitoring.PoolClearedEvent) -> None:
        """Do nothing."""

    def pool_closed(self, event: monitoring.PoolClosedEvent) -> None:
        """Do nothing."""

    def connection_created(self, event: monitoring.ConnectionCreatedEvent) -> None:
        """Do nothing."""

    def connection_ready(self, event: monitoring.ConnectionReadyEvent) -> None:
        """Do nothing."""

    def connection_closed(self, event: monitoring.ConnectionClosedEvent) -> None:
        """Do nothing."""

    def connection_check_out_started(
        self, event: monitoring.ConnectionCheckOutStartedEvent
    ) -> None:
        """Do nothing."""

    def connection_check_out_failed(self, event: monitoring.ConnectionCheckOutFailedEvent) -> None:
        """Do nothing."""
