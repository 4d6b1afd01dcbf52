from datetime import UTC, datetime

import pytest

from benchmarks.notion_lags import kind_of
from benchmarks.notion_watch import Lag
from playground.notion.journal import Entry


def entry(method: str, path: str) -> Entry:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    return Entry(at=0, time=now, method=method, path=path, token="t", inside_pause=False)  # noqa: S106  # no secret


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("POST", "/v1/data_sources/ds/query", "poll"),
        ("GET", "/v1/data_sources/ds", "poll"),
        ("GET", "/v1/users/me", "health"),
        ("GET", "/v1/pages/p", "GET /v1/pages/p"),
        ("PATCH", "/v1/pages/p", "PATCH /v1/pages/p"),
        ("GET", "/v1/users", "GET /v1/users"),
    ],
)
def test_a_quiet_bots_calls_are_told_from_all_others(method: str, path: str, kind: str) -> None:
    assert kind_of(entry(method, path)) == kind


def test_a_lag_is_said_in_quantiles() -> None:
    lag = Lag(name="there", seconds=tuple(number / 10 for number in range(1, 101)))
    assert lag.p50 == pytest.approx(5, abs=0.1)
    assert lag.p95 == pytest.approx(9.5, abs=0.1)
    assert "p95   9.50 s" in str(lag)
