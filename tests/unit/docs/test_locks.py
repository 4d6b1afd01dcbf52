"""The lock files: what pyproject.toml asks for, pinned with hashes, from nowhere in particular."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[3]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
ASKED = {
    "run": PROJECT["dependencies"],
    "demo": PROJECT["dependencies"] + EXTRAS["embedded"],
    "dev": PROJECT["dependencies"] + EXTRAS["embedded"] + EXTRAS["dev"],
}


def text_of(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")


def locked(name: str) -> dict[str, str]:
    """Return the versions by package."""
    return dict(re.findall(r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==([^ ;]+)", text_of(name), re.MULTILINE))


@pytest.mark.parametrize("name", ASKED)
def test_everything_asked_for_is_locked_as_asked(name: str) -> None:
    """`make lock` mends it."""
    versions = locked(name)
    for asked in map(Requirement, ASKED[name]):
        package = canonicalize_name(asked.name)
        assert package in versions, f"{package} is not in requirements/{name}.txt"
        assert asked.specifier.contains(versions[package]), f"{package} {versions[package]}"


@pytest.mark.parametrize("name", ASKED)
def test_every_line_is_a_pin_with_hashes_and_no_address(name: str) -> None:
    text = text_of(name)
    assert "://" not in text
    assert "--index" not in text
    starts = re.findall(r"^[^ #\n].*$", text, re.MULTILINE)
    assert len(starts) == len(locked(name))
    assert all(line.endswith("\\") for line in starts)  # its hashes follow


def test_each_file_holds_the_one_before() -> None:
    assert locked("run").items() <= locked("demo").items() <= locked("dev").items()
