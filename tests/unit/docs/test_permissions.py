"""The rule in the documents is the rule in the code."""

from pathlib import Path

from tasks.permissions import table

DOCUMENT = Path(__file__).parents[3] / "docs" / "permissions.md"


def test_the_table_is_the_one_that_is_checked() -> None:
    assert table() in DOCUMENT.read_text(encoding="utf-8")
