"""A bot in a process of its own, with a test's short times, to be killed by its test."""

import asyncio
import os

from bot.loading import load
from bot.wiring import application
from tests.acceptance.world import QUICK


async def main() -> None:
    async with application(load(os.environ, None), tuning=QUICK) as bot:
        await bot.run_until_stopped()


if __name__ == "__main__":
    asyncio.run(main())
