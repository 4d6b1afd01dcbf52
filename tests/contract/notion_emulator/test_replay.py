"""Recorded traffic against the emulator; the report is printed (`pytest -s`)."""

import pytest

from tests.contract.notion_emulator.replay.recordings import load
from tests.contract.notion_emulator.replay.report import lines, rates, share
from tests.contract.notion_emulator.replay.run import Outcome, Replay
from tests.contract.notion_emulator.replay.seeds import library
from tests.shared_data import shared_data


async def replayed(name: str) -> list[Outcome]:
    files = load(shared_data("notion", "recordings", name))
    known = library(files)
    outcomes: list[Outcome] = []
    for interactions in files.values():
        outcomes += await Replay(interactions=interactions, known=known).run()
    print("", *lines(outcomes), sep="\n")  # noqa: T201 - the report is the point
    return outcomes


@pytest.mark.parametrize(
    "name", ["ultimate-notion__ultimate-notion.jsonl", "ramnes__notion-sdk-py.jsonl"]
)
async def test_the_emulator_answers_as_notion_did(name: str) -> None:
    outcomes = await replayed(name)
    assert outcomes
