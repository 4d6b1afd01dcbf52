"""Where the recorded traffic and the official schemas lie; tests skip, saying why, without them."""

import os
from pathlib import Path

import pytest

_BESIDE_THE_REPOSITORY = Path(__file__).resolve().parents[2] / "shared"


def shared_data(*parts: str) -> Path:
    """Return a path below `shared/data`: beside the repository, or in `TASKBRIDGE_SHARED`."""
    path = shared_path(*parts)
    if not path.exists():
        pytest.skip(f"recorded data is not here: {path.name} of shared/data is missing")
    return path


def shared_path(*parts: str) -> Path:
    """Return where something of the shared data lies, if it is here."""
    root = Path(os.environ.get("TASKBRIDGE_SHARED", str(_BESIDE_THE_REPOSITORY)))
    return root.joinpath("data", *parts)
