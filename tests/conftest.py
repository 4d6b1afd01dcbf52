"""What every test may rely on: a clean environment, no network, one real mongod."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

pytest_plugins = ["tests.mongod"]

settings.register_profile("untimed", settings(), deadline=None)  # a busy machine is no failure
settings.load_profile("untimed")

_UNIT = Path(__file__).parent / "unit"
_OURS = ("SLACK_", "NOTION_", "MONGODB_")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")

# Before any module reads them: Bolt and the SDK do so on their own, and ignore NO_PROXY.
for _name in [name for name in os.environ if name.startswith(_OURS) or name in _PROXIES]:
    del os.environ[_name]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Deny unit tests every socket, except where one is marked `enable_socket`."""
    for item in items:
        if item.path.is_relative_to(_UNIT) and not item.get_closest_marker("enable_socket"):
            item.add_marker("disable_socket")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests recorded as `finding`: a worker's own output is not seen."""
    reports = terminalreporter.stats.get("passed", []) + terminalreporter.stats.get("failed", [])
    found = [
        text for report in reports for name, text in report.user_properties if name == "finding"
    ]
    if found:
        terminalreporter.section("findings")
        for text in found:
            terminalreporter.write_line(text)
