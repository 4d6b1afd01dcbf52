"""`python -m bot`: puts the commands together and runs the one that was typed."""

import os
import sys

from bot.cli import Commands, main
from bot.doctor import doctor
from bot.notion_setup import notion_setup
from bot.wiring import application


async def _demo() -> int:
    from bot import demo  # noqa: PLC0415  # production never loads the playground

    return await demo.run()


COMMANDS = Commands(
    application=application,
    demo=_demo,
    doctor=doctor,
    notion_setup=notion_setup,
)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], COMMANDS, environ=os.environ))
