"""Six faults, each on a bot under light load, and what `/health` and the dashboard show of it.

`python -m tests.acceptance.monitoring.faults DIRECTORY` writes one file for each, under a letter
that tells nothing, and `key.json`: to be read by somebody who then says which fault it is.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import logging
import random
import string
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bot.embedded import EmbeddedMongod
from playground.notion.faults import Fault
from tests.acceptance.monitoring import scenarios
from tests.acceptance.monitoring.scenarios import Break, Stage, load, on_stage, own_mongod
from tests.acceptance.monitoring.shown import screen

HEALTHY_SECONDS = 60.0
SHOWN_SECONDS = 300.0
SMALL_BUDGET = 60
HASTE_SECONDS = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One fault, and what the bot needs for it."""

    name: str
    breaks: Break
    settings: Mapping[str, str] = field(default_factory=dict)


async def _limited(stage: Stage) -> None:
    stage.notion(Fault(match="* *", times=None, status=429, retry_after=20))


async def _poison(stage: Stage) -> None:
    """Make one task that Notion refuses, and no other."""
    stage.notion(Fault(match="POST /v1/pages", times=1, status=400, code="validation_error"))


async def _growing(stage: Stage) -> None:
    """Let people add more than Notion's budget lets through."""
    _ = asyncio.create_task(_adding(stage))  # noqa: RUF006  # it ends with the loop


async def _adding(stage: Stage) -> None:
    for number in itertools.count():
        with contextlib.suppress(Exception):
            await stage.world.slack.command(f"/task add Count sheep {number}", user="U2")
        await asyncio.sleep(HASTE_SECONDS)


TRIALS = (
    Trial(name="database slow", breaks=scenarios._mongod_slow),
    Trial(name="database gone", breaks=scenarios._mongod_hangs),
    Trial(name="Notion limiting", breaks=_limited),
    Trial(name="Notion down", breaks=scenarios._notion_down),
    Trial(name="one poison task", breaks=_poison),
    Trial(
        name="queue growing",
        breaks=_growing,
        settings={"NOTION_REQUESTS_PER_MINUTE": str(SMALL_BUDGET)},
    ),
)


async def play(trial: Trial, directory: Path, *, minutes: float) -> str:
    """Run a bot under load, break one thing, wait, and return what is to be seen then."""
    async with AsyncExitStack() as stack:
        mongod: EmbeddedMongod = await stack.enter_async_context(own_mongod(directory / "mongod"))
        stage = await stack.enter_async_context(
            on_stage(mongod, "faults", directory / "prometheus", trial.settings)
        )
        await stack.enter_async_context(load(stage.world))
        await asyncio.sleep(HEALTHY_SECONDS)
        await trial.breaks(stage)
        await asyncio.sleep(minutes * 60)
        return await screen(stage.world, stage.prometheus, seconds=SHOWN_SECONDS, now=time.time())


async def main(directory: Path, *, minutes: float) -> None:
    """Play all side by side; write them under letters."""
    seen = await asyncio.gather(
        *(play(one, directory / "data" / str(at), minutes=minutes) for at, one in enumerate(TRIALS))
    )
    shuffled = list(zip(TRIALS, seen, strict=True))
    random.SystemRandom().shuffle(shuffled)
    key = {}
    for letter, (trial, text) in zip(string.ascii_uppercase, shuffled, strict=False):
        key[letter] = trial.name
        (directory / f"{letter}.txt").write_text(text, encoding="utf-8")
    (directory / "key.json").write_text(json.dumps(key, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    logging.disable()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--minutes", type=float, default=4.0, help="how long the fault lasts")
    typed = parser.parse_args()
    typed.directory.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(typed.directory, minutes=typed.minutes))
