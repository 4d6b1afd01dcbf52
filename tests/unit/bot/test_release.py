"""The version is written twice, and both must agree."""

import tomllib
from pathlib import Path

from bot.release import RELEASE

PYPROJECT = Path(__file__).resolve().parents[3] / "pyproject.toml"


def test_the_version_that_runs_is_the_one_of_the_project() -> None:
    assert tomllib.loads(PYPROJECT.read_text())["project"]["version"] == RELEASE
