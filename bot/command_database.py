"""The database for one command of the command line, beside a running bot or without one."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from bot.config import Settings
from bot.data_directory import DirectoryInUse
from bot.embedded import embedded_mongod
from storage.client import Database, Driver, connect

log = logging.getLogger(__name__)


@asynccontextmanager
async def command_database(settings: Settings, data_dir: Path) -> AsyncIterator[Database]:
    """Give the bot's database while the context lasts."""
    async with AsyncExitStack() as stack:
        uri = await _address(settings, data_dir, stack)
        driver = Driver(settings.mongodb_driver)
        database = connect(uri, database=settings.mongodb_database, driver=driver)
        yield await stack.enter_async_context(database)


async def _address(settings: Settings, data_dir: Path, stack: AsyncExitStack) -> str:
    """Return where the bot's database is; one that a running bot has started is used with it."""
    if settings.mongodb_uri is not None:
        return settings.mongodb_uri.get_secret_value()
    try:
        own = await stack.enter_async_context(embedded_mongod(data_dir, log=log))
    except DirectoryInUse as used:
        if used.port is None:
            raise
        return f"mongodb://127.0.0.1:{used.port}/?directConnection=true"
    return own.uri
