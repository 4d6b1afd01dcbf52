"""The version that runs; a test holds it to `pyproject.toml`."""

RELEASE = "0.1.0"
