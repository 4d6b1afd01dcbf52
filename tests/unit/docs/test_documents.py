"""The documents say what is: every setting, every link, one recipe."""

import re
from pathlib import Path

import pytest

from bot.config import Settings, is_secret, names

ROOT = Path(__file__).parents[3]
REFERENCE = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
DOCUMENTS = [
    path
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
    if path.name != "CHANGELOG.md"
]


def row_of(name: str) -> str:
    """Return the row of the table that names a setting first."""
    rows = re.findall(rf"^\|[^|]*`{name}`.*$", REFERENCE, re.MULTILINE)
    assert len(rows) == 1, f"{name} has {len(rows)} rows"
    return str(rows[0])


@pytest.mark.parametrize("name", list(names()))
def test_every_setting_is_in_the_reference_with_its_default(name: str) -> None:
    row = row_of(name)
    assert ("°" in row.split(f"`{name}`")[1][:1]) == is_secret(name)
    default = Settings.model_fields[name.lower()].default
    if default not in (None, ()):
        written = str(default).lower() if isinstance(default, bool) else default
        assert f"`{written}`" in row.split("|")[2]


def test_the_reference_has_no_setting_that_is_none() -> None:
    named = re.findall(r"^\| (`[^|]*)\|", REFERENCE, re.MULTILINE)
    found = {name for cell in named for name in re.findall(r"`([A-Z_]+)`", cell)}
    assert found == set(names())


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_within_the_repository_leads_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!https?://|#)([^)#]+)", text)
    assert [target for target in targets if not (document.parent / target).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_recipe_that_is_named_exists(document: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    text = document.read_text(encoding="utf-8")
    code = re.findall(r"`[^`]+`|^```.*?^```", text, re.MULTILINE | re.DOTALL)
    named = {name for span in code for name in re.findall(r"\bmake ([a-z]+)", span)}
    assert named <= targets
