"""`python -m bot demo`: everything on this machine, and a walk through the main job.

A real mongod, the Slack simulator, the Notion emulator and the bot, connected as in production.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys

from bot.demo_scene import Demo, say, show
from bot.demo_stage import stage
from playground.slack.errors import Impossible
from playground.slack.state import Message

HELP = """\
Now it is yours. You are Maria, in #general:
  /task add Call the caterer @sam due tomorrow 9:00 !high #offsite
  press Done          presses a button of the last answer
  send Title=Order the cake; Notes=No nuts
                      fills in the form that is open, and sends it
  rows                shows the rows in Notion
  health              shows what a monitor sees
  quit                ends it (or Ctrl-C)
"""


async def run() -> int:
    """Walk through the main job, then serve until Ctrl-C, or `quit` at the prompt."""
    this = asyncio.current_task()
    if this is not None:  # SIGTERM ends it as Ctrl-C does, and nothing stays behind
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        async with stage() as demo:
            await _walk(demo)
            await _prompt(demo)
    return 0


async def _walk(demo: Demo) -> None:
    added = await demo.typed("/task add Book the venue @sam due tomorrow 17:00 !high #offsite")
    await demo.row(lambda line: "Book the venue" in line)
    card = await demo.pressed(added.message, "Done")
    await demo.row(lambda line: "Status: Done" in line)
    await demo.pressed(card, "Undo")
    await demo.row(lambda line: "Status: Not started" in line)
    await demo.typed("/task list all")
    await demo.health()


async def _prompt(demo: Demo) -> None:
    say(f"\n{HELP}")
    if not sys.stdin.isatty():
        await asyncio.Event().wait()
    last: Message | None = None
    while (line := await _ask()) not in ("quit", "exit"):
        try:
            last = await _obey(demo, line, last)
        except (Impossible, TimeoutError) as error:
            say(f"  {error}")


async def _obey(demo: Demo, line: str, last: Message | None) -> Message | None:
    verb, _, rest = line.partition(" ")
    if line.startswith("/"):
        await demo.put_away()
        return (await demo.typed(line)).shown or last
    match verb:
        case "":
            return last
        case "press" if last is not None and rest:
            await demo.put_away()
            return await demo.pressed(last, rest)
        case "press":
            raise Impossible("Name a button of the last answer, such as: press Done.")
        case "send":
            pairs = (part.partition("=") for part in rest.split(";") if "=" in part)
            return await demo.sent({name.strip(): value.strip() for name, _, value in pairs})
        case "rows":
            show("Notion shows", "\n".join(demo.rows()) or "no rows")
        case "health":
            await demo.health()
        case _:
            say(HELP)
    return last


async def _ask() -> str:
    """Return the next line; in the event loop, since a thread that reads outlives Ctrl-C."""
    sys.stdout.write("> ")
    sys.stdout.flush()
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(sys.stdin, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(sys.stdin)
    line = sys.stdin.readline()
    return line.strip() if line else "quit"  # nothing at all: the end of the input
