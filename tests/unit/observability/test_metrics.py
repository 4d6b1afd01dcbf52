import re
from datetime import UTC, datetime

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from observability.metrics import Metrics, known, notion_status

KEPT = {
    "http_request_duration_seconds": {"endpoint"},
    "http_requests": {"endpoint", "status"},
    "notion_api_calls": {"operation", "status"},
    "rate_limit_hits": {"source"},
}


@pytest.fixture
def metrics() -> Metrics:
    made = Metrics(CollectorRegistry(), version="1.2.3", commit="abc")
    made.declare_endpoints(["/slack/events", "/health"])
    return made


def rendered(metrics: Metrics) -> str:
    return generate_latest(metrics.registry).decode()


def test_the_kept_names_have_their_labels(metrics: Metrics) -> None:
    families = {family.name: family for family in text_string_to_metric_families(rendered(metrics))}
    for name, labels in KEPT.items():
        samples = families[name].samples
        assert samples
        assert {key for sample in samples for key in sample.labels} - {"le"} == labels


def test_every_other_name_is_prefixed_and_in_base_units(metrics: Metrics) -> None:
    for family in text_string_to_metric_families(rendered(metrics)):
        assert family.name in KEPT or family.name.startswith("taskbridge_")
        assert family.documentation.endswith(".")
        assert not re.search(r"milli|_ms$|minutes|hours|percent", family.name)
        if family.type == "histogram":
            assert family.name.endswith("_seconds")


def test_counters_end_in_total_and_no_created_series_are_shown(metrics: Metrics) -> None:
    text = rendered(metrics)
    assert "_created" not in text
    counters = re.findall(r"^# TYPE (\S+) counter$", text, re.MULTILINE)
    assert counters
    assert all(name.endswith("_total") for name in counters)


def test_every_child_exists_from_the_start_at_zero(metrics: Metrics) -> None:
    for family in text_string_to_metric_families(rendered(metrics)):
        assert family.samples, f"{family.name} has no series"
        if family.type == "counter":
            assert {sample.value for sample in family.samples} == {0.0}


def test_labels_have_few_values_and_the_process_few_series(metrics: Metrics) -> None:
    samples = [s for f in text_string_to_metric_families(rendered(metrics)) for s in f.samples]
    assert len(samples) < 1000
    values: dict[tuple[str, str], set[str]] = {}
    for sample in samples:
        for label, value in sample.labels.items():
            if label != "le":
                values.setdefault((sample.name, label), set()).add(value)
    assert {key: v for key, v in values.items() if len(v) >= 10} == {}


def test_an_endpoint_has_the_series_of_what_it_is_known_to_answer(metrics: Metrics) -> None:
    metrics.declare_statuses("/health", ["429"])
    wanted = {"/slack/events": "200 500 503", "/health": "200 429 500 503"}
    wanted["other"] = "200 404 405 500 503"
    text = rendered(metrics)
    for endpoint, statuses in wanted.items():
        found = re.findall(rf'http_requests_total{{endpoint="{endpoint}",status="(...)"}}', text)
        assert " ".join(sorted(found)) == statuses


def test_the_objectives_are_bucket_boundaries(metrics: Metrics) -> None:
    text = rendered(metrics)
    assert 'taskbridge_slack_ack_duration_seconds_bucket{kind="command",le="2.5"}' in text
    assert 'taskbridge_slack_ack_duration_seconds_bucket{kind="command",le="3.0"}' in text
    assert 'taskbridge_sync_lag_seconds_bucket{direction="to_notion",le="60.0"}' in text


def test_nothing_pending_is_no_age_at_all(metrics: Metrics) -> None:
    metrics.pending("notion", behind=3, oldest=datetime(2026, 1, 1, tzinfo=UTC), set_aside=1)
    text = rendered(metrics)
    assert 'taskbridge_followers_behind{follower="notion"} 3.0' in text
    assert 'taskbridge_dead_letters{follower="notion"} 1.0' in text
    name = "taskbridge_follower_oldest_pending_timestamp_seconds"
    assert f'{name}{{follower="notion"}} 1.767225' in text
    metrics.pending("notion", behind=0, oldest=None, set_aside=0)
    assert f'{name}{{follower="notion"}} NaN' in rendered(metrics)


@pytest.mark.parametrize(
    ("status", "label"),
    [(200, "200"), (429, "429"), (418, "4xx"), (503, "5xx"), (529, "5xx"), (None, "none")],
)
def test_a_call_to_notion_is_counted_by_a_bounded_status(
    metrics: Metrics, status: int | None, label: str
) -> None:
    assert notion_status(status) == label
    metrics.notion_called("create_page", status=status, seconds=0.2)
    wanted = f'notion_api_calls_total{{operation="create_page",status="{label}"}} 1.0'
    assert wanted in rendered(metrics)


def test_a_strange_label_value_becomes_other(metrics: Metrics) -> None:
    assert known("C024BE91L", ("a", "b")) == "other"
    metrics.slack_called("files.upload", status="ok")
    wanted = 'taskbridge_slack_api_requests_total{method="other",status="ok"} 1.0'
    assert wanted in rendered(metrics)


def test_the_build_is_shown(metrics: Metrics) -> None:
    assert 'taskbridge_build_info{commit="abc",version="1.2.3"} 1.0' in rendered(metrics)
