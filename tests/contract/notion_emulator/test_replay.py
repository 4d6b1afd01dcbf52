"""Recorded traffic against the emulator; the rate by endpoint is printed, by file with `-rP`."""

import pytest

from tests.contract.notion_emulator.replay.recordings import load
from tests.contract.notion_emulator.replay.report import by_file, rates, share, summary
from tests.contract.notion_emulator.replay.run import Outcome, Replay
from tests.contract.notion_emulator.replay.seeds import library
from tests.shared_data import shared_data

ULTIMATE = "ultimate-notion__ultimate-notion.jsonl"
RAMNES = "ramnes__notion-sdk-py.jsonl"
# One interaction per file, of several years: what it stood on is mostly not recorded.
HKOB = "hkob__notion_ruby_mapping.jsonl"

# What has been reached, of those that could be replayed; never lower one without saying why.
FLOORS = {
    ULTIMATE: {
        "blocks": 1.0,
        "comments": 1.0,
        "data_sources": 1.0,
        "databases": 1.0,
        "pages": 1.0,
        "search": 0.98,
        "users": 1.0,
    },
    RAMNES: {
        "blocks": 1.0,
        "comments": 1.0,
        "data_sources": 1.0,
        "databases": 1.0,
        "invalid": 1.0,
        "pages": 1.0,
        "search": 1.0,
        "users": 1.0,
    },
    HKOB: {"blocks": 0.96, "pages": 0.8, "search": 1.0, "users": 1.0},
}
MOST_SKIPPED = {ULTIMATE: 4, RAMNES: 30, HKOB: 27}


async def replayed(name: str) -> list[Outcome]:
    files = load(shared_data("notion", "recordings", name))
    known = library(files)
    outcomes: list[Outcome] = []
    for interactions in files.values():
        replay = Replay(interactions=interactions, known=known, lenient=name == HKOB)
        outcomes += await replay.run()
    return outcomes


@pytest.mark.parametrize("name", [ULTIMATE, RAMNES, HKOB])
async def test_the_emulator_answers_as_notion_did(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    outcomes = await replayed(name)
    with capsys.disabled():
        print("", name, *summary(outcomes), sep="\n")  # noqa: T201 - the rate is to be seen
    report = "\n".join(by_file(outcomes))
    print(report)  # noqa: T201 - shown with -rP, or when the test fails
    skipped = sum(outcome.skipped is not None for outcome in outcomes)
    assert skipped <= MOST_SKIPPED[name], report
    reached = {
        endpoint: share(equal, different)
        for endpoint, (equal, different, _) in rates(outcomes).items()
    }
    missed = {
        e: reached.get(e, 0.0) for e, floor in FLOORS[name].items() if reached.get(e, 0.0) < floor
    }
    assert missed == {}, report
