"""`python -m bot`: puts the commands together and runs the one that was typed."""

import os
import sys

from bot import wiring
from bot.cli import Commands, main


async def _demo() -> int:
    from bot import demo  # noqa: PLC0415  # production never loads the playground

    return await demo.run()


COMMANDS = Commands(
    application=wiring.application,
    demo=_demo,
    doctor=wiring.doctor,
    notion_setup=wiring.notion_setup,
)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], COMMANDS, environ=os.environ))
