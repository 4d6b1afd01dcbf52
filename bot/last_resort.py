"""An end for sure: a process that was asked to stop does so, whatever still hangs in it."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

STOP_SECONDS = 28.0
"""More than all that ends in order may take, less than the half minute that Kubernetes gives."""
STUCK = 1
"""Exit code of a process that had to be ended."""

log = logging.getLogger(__name__)


@contextmanager
def last_resort(
    *, seconds: float = STOP_SECONDS, end: Callable[[int], object] = os._exit
) -> Iterator[Callable[[], None]]:
    """Give what starts the countdown; leaving the context calls it off.

    A driver can lose a lock for good when it is cancelled while the database hangs, and who waits
    for that lock cannot be cancelled any more. All that was promised is saved by then, and leases
    end by themselves.
    """

    def give_up() -> None:
        log.critical("stopped_hard", extra={"seconds": seconds})
        end(STUCK)

    timer = threading.Timer(seconds, give_up)
    timer.daemon = True
    try:
        yield timer.start
    finally:
        timer.cancel()
