"""Recorded traffic against the emulator; the rate by endpoint is printed, by file with `-rP`."""

from collections.abc import Callable

import pytest

from tests.contract.notion_emulator.replay.recordings import load
from tests.contract.notion_emulator.replay.report import by_file, summary
from tests.contract.notion_emulator.replay.run import Outcome, Replay
from tests.contract.notion_emulator.replay.seeds import library
from tests.shared_data import shared_data

ULTIMATE = "ultimate-notion__ultimate-notion.jsonl"
RAMNES = "ramnes__notion-sdk-py.jsonl"
# One interaction per file, of several years: what it stood on is mostly not recorded.
HKOB = "hkob__notion_ruby_mapping.jsonl"

# All that differs, and why; everything else that could be replayed is equal.
DIFFERENCES: dict[str, dict[str, str]] = {
    ULTIMATE: {},
    RAMNES: {},
    HKOB: {
        "spec/fixtures/create_page_parent_data_source_with_markdown.json": (
            "bodies as Markdown are not emulated"
        ),
        "spec/fixtures/query_data_source_filter_properties.json": (
            "a row's title, which its address holds, is shown nowhere in this repository"
        ),
        "spec/fixtures/retrieve_property_rollup.json": (
            "the row it rolls up is shown nowhere in this repository"
        ),
        "spec/fixtures/update_block_pdf_file_upload.json": "uploads of files are not emulated",
    },
}
# Skipped, with a reason each in the report; never raise one without saying why.
MOST_SKIPPED = {ULTIMATE: 4, RAMNES: 30, HKOB: 22}


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
    name: str, record_property: Callable[[str, object], None]
) -> None:
    outcomes = await replayed(name)
    record_property("finding", "\n".join((name, *summary(outcomes))))
    report = "\n".join(by_file(outcomes))
    print(report)  # noqa: T201 - shown with -rP, or when the test fails
    skipped = sum(outcome.skipped is not None for outcome in outcomes)
    assert skipped <= MOST_SKIPPED[name], report
    different = {o.interaction.file for o in outcomes if o.difference is not None}
    assert different == set(DIFFERENCES[name]), report
