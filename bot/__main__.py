"""`python -m bot`: puts the commands together and runs the one that was typed."""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.cli import Commands, main
from bot.config import Settings
from bot.doctor import doctor
from bot.garbage import settle
from bot.keys_command import keys
from bot.notion_import import notion_import
from bot.notion_setup import notion_setup
from bot.notion_webhook_command import notion_webhook
from bot.reconcile import reconcile
from bot.release import RELEASE
from bot.wiring import Application, application
from observability.tracing import exporting


@asynccontextmanager
async def _traced(settings: Settings) -> AsyncIterator[Application]:
    async with exporting(os.environ, version=RELEASE), application(settings) as bot:
        settle()
        yield bot


async def _demo() -> int:
    from bot import demo  # noqa: PLC0415  # production never loads the playground

    return await demo.run()


COMMANDS = Commands(
    application=_traced,
    demo=_demo,
    doctor=doctor,
    notion_setup=notion_setup,
    notion_import=notion_import,
    notion_webhook=notion_webhook,
    reconcile=reconcile,
    keys=keys,
)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], COMMANDS, environ=os.environ))
