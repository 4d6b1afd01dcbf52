"""Notes when a key was last used: at most once a minute a key, and never in a request's way."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta

from tasks.api_keys import ApiKey
from tasks.errors import StoreError
from tasks.ports import ApiKeys

EVERY = timedelta(minutes=1)
NOTED_MAX = 10_000

log = logging.getLogger(__name__)


class LastUse:
    """Writes in the background; what fails is only a time that is not shown."""

    def __init__(self, keys: ApiKeys) -> None:
        self._keys = keys
        self._noted: dict[str, datetime] = {}
        self._writes: set[asyncio.Task[None]] = set()

    def note(self, key: ApiKey, at: datetime) -> None:
        """Say that `key` was used."""
        before = self._noted.get(key.id)
        if before is not None and at - before < EVERY:
            return
        if len(self._noted) >= NOTED_MAX:
            self._noted.clear()
        self._noted[key.id] = at
        write = asyncio.create_task(self._write(key, at))
        self._writes.add(write)
        write.add_done_callback(self._writes.discard)

    async def close(self) -> None:
        """Wait for what is being written."""
        await asyncio.gather(*self._writes)

    async def _write(self, key: ApiKey, at: datetime) -> None:
        try:
            await self._keys.used(key, at=at)
        except StoreError as error:
            kind = type(error).__name__
            log.info("api_key_use_not_noted", extra={"key_id": key.id, "error": kind})
